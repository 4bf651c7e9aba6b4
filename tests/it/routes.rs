//! Which gate stands before which route.

use resetgate::domain::{ChallengeId, FlowCredential, SystemRandom};
use resetgate::limits::RequesterGate;

use crate::harness::{Answer, Setup, TestApp};

/// Every route of the API, a body that gets as far as the gate, and the gate.
const ROUTES: [(&str, &str, Option<&str>, Option<RequesterGate>); 14] = [
    ("GET", "/v1/config", None, None),
    ("POST", "/v1/captchas", Some("{\"kind\":\"pow\"}"), Some(RequesterGate::Captcha)),
    ("GET", "/v1/captchas/{id}/image", None, Some(RequesterGate::Media)),
    ("GET", "/v1/captchas/{id}/audio", None, Some(RequesterGate::Media)),
    ("POST", "/v1/password-resets", Some("{\"account\":\"anna@example.gov.cn\"}"), Some(RequesterGate::Start)),
    ("GET", "/v1/password-resets/{id}", None, Some(RequesterGate::Read)),
    ("DELETE", "/v1/password-resets/{id}", None, Some(RequesterGate::Read)),
    ("POST", "/v1/password-resets/{id}/resend", Some("{}"), Some(RequesterGate::Start)),
    ("POST", "/v1/password-resets/{id}/verify", Some("{\"code\":\"123456\"}"), Some(RequesterGate::Verify)),
    ("POST", "/v1/password-resets/{id}/complete", Some("{\"new_password\":\"x\"}"), Some(RequesterGate::Verify)),
    ("POST", "/v1/delivery-reports/{provider}", Some("[]"), None),
    ("POST", "/v1/delivery-reports/{provider}/{secret}", Some("[]"), None),
    ("GET", "/openapi.json", None, None),
    ("GET", "/problems/{code}", None, None),
];

/// Calls a route with an id and a credential that look right and belong to nothing.
async fn call(app: &TestApp, (method, route, body, _): (&str, &str, Option<&str>, Option<RequesterGate>)) -> Answer {
    let id = ChallengeId::draw(&SystemRandom);
    let path = route.replace("{id}", &id.to_string()).replace("{code}", "bad_request");
    let client = app.client().holding(FlowCredential::draw(id, &SystemRandom).expose());
    client.send(method, &path, &[("content-type", "application/json")], body.map(Into::into)).await
}

/// case 98: each gate, once shut, shuts its own routes and no other.
#[tokio::test]
async fn each_gate_stands_before_its_own_routes_and_no_other() {
    for gate in RequesterGate::ALL {
        let app = TestApp::start_with(Setup::with(&format!("[limits]\n{} = [\"1/1h\"]", gate.name()))).await;
        let own = ROUTES.into_iter().find(|(.., of)| *of == Some(gate)).unwrap();
        assert_ne!(call(&app, own).await.status, 429, "{} has room for one", gate.name());
        for route in ROUTES {
            let answer = call(&app, route).await;
            let (method, path, _, of) = route;
            assert_eq!(
                answer.status == 429,
                of == Some(gate),
                "{method} {path} behind {}: {}",
                gate.name(),
                answer.body
            );
            if answer.status == 429 {
                assert_eq!(answer.body["violated-policies"], serde_json::json!([gate.name()]));
                assert!(answer.header("ratelimit-policy").unwrap().starts_with(&format!("\"{}\";", gate.name())));
            } else if let (Some(of), Some(told)) = (of, answer.header("ratelimit-policy")) {
                assert!(told.starts_with(&format!("\"{}\";", of.name())), "{method} {path}: {told}");
            }
        }
    }
}

/// case 98: the table above has every route of the API, so that none is added without a thought for its gate.
#[test]
fn the_table_has_every_route() {
    let source = include_str!("../../src/http/api/mod.rs");
    let routes = source.split("resource(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let served: Vec<_> = routes.filter(|route| route.starts_with("/v1/")).collect();
    assert!(served.len() >= 9, "{served:?}");
    for route in served {
        assert!(ROUTES.iter().any(|(_, listed, ..)| *listed == route), "{route} is not in the table");
    }
}
