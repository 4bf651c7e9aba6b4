//! The description for implementers: its examples are what the API that was written from it says.

use jsonschema::Draft;
use resetgate::account::http::OPENAPI;
use serde_json::{Value, json};

use super::{OLD, person, with};
use crate::contract::{clock, password};
use crate::servers::account_api::{People, Person};

/// The people of the examples.
fn people(description: &Value) -> Vec<Person> {
    let zhang = &description["paths"]["/find"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]["primary"]
        ["value"]["account"];
    let disabled = person("1044", "wangwu@example.gov.cn", None, true);
    vec![
        Person { account: zhang.clone(), password: Some(OLD) },
        person("1043", "lisi@example.gov.cn", None, false),
        with(disabled, &[("enabled", json!(false))]),
    ]
}

fn description() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

fn assert_valid(description: &Value, schema: &Value, value: &Value) {
    let mut schema = schema.clone();
    schema["components"] = json!({ "schemas": description["components"]["schemas"] });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    let judge = options.build(&schema).unwrap();
    let errors: Vec<_> = judge.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value:#}");
}

/// Every request example is sent; the answer is the example of the same name, or the problem of that name.
#[tokio::test]
async fn every_example_is_answered_as_the_description_says() {
    let description = description();
    let mut played = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let operation = &item["post"];
        let asked = &operation["requestBody"]["content"]["application/json"];
        for (name, example) in asked["examples"].as_object().unwrap() {
            let people = People::of(people(&description)).await;
            assert_valid(&description, &asked["schema"], &example["value"]);
            let once = (path == "/password").then_some("rst_0123456789abcdefghjkmnpqr0");
            let answer = people.answer(&path[1..], &example["value"], once).await;
            let good = &operation["responses"]["200"]["content"]["application/json"];
            match answer {
                Ok(Value::Null) => assert!(operation["responses"]["204"].is_object(), "{path} {name}"),
                Ok(answer) => {
                    assert_valid(&description, &good["schema"], &answer);
                    assert_eq!(answer, good["examples"][name]["value"], "{path} {name}");
                }
                Err(code) => {
                    assert!(good["examples"][name].is_null(), "{path} {name}: {code}");
                    let told = has_problem(&description, operation, code);
                    assert!(told, "{path} {name}: {code}");
                }
            }
            played += 1;
        }
    }
    assert!(played >= 18, "{played}");
}

/// Whether an operation lists the problem, with an example that is what its schema says.
fn has_problem(description: &Value, operation: &Value, code: &str) -> bool {
    let responses = operation["responses"].as_object().unwrap();
    responses.iter().any(|(status, response)| {
        let Some(reference) = response["$ref"].as_str() else { return false };
        let problem = &description.pointer(&reference[1..]).unwrap()["content"]["application/problem+json"];
        let example = &problem["examples"][code]["value"];
        if example.is_null() {
            return false;
        }
        assert_valid(description, &problem["schema"], example);
        example["status"].as_u64() == status.parse().ok()
    })
}

fn walk(node: &Value, see: &mut impl FnMut(&str)) {
    match node {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                see(reference);
            }
            members.values().for_each(|inner| walk(inner, see));
        }
        Value::Array(items) => items.iter().for_each(|inner| walk(inner, see)),
        _ => {}
    }
}

#[test]
fn every_reference_names_something() {
    let description = description();
    let mut seen = 0;
    walk(&description, &mut |reference| {
        assert!(description.pointer(&reference[1..]).is_some(), "{reference}");
        seen += 1;
    });
    assert!(seen > 20, "{seen}");
    assert_eq!(description["openapi"], "3.1.0");
}

/// What the gateway sends is what the description says that it sends.
#[tokio::test]
async fn what_is_sent_is_what_is_described() {
    use resetgate::account::{MaxAge, PasswordWrite};
    use resetgate::domain::{SubjectId, Timestamp};
    let api = crate::servers::account_api::AccountApi::start(people(&description()), clock()).await;
    let store = super::store(&super::settings(&api.url, ""), clock()).await;
    let now = Timestamp::from_millis(1_795_417_200_000);
    let (id, new) = (SubjectId::new("1042"), password("Tiantian-2026x"));
    for max_age in [Some(MaxAge::Months(3)), Some(MaxAge::Never), None] {
        let challenge = resetgate::domain::ChallengeId::draw(&resetgate::domain::SystemRandom);
        let write = PasswordWrite { password: &new, max_age, revoke_sessions: true, challenge, now };
        store.set_password(&id, write).await.unwrap();
    }
    let description = description();
    let schema = &description["paths"]["/password"]["post"]["requestBody"]["content"]["application/json"];
    let bodies = api.bodies();
    let validity: Vec<_> = bodies.iter().map(|body| (&body["validity"], &body["expires_at"])).collect();
    let until = json!("2027-02-23T07:00:00Z");
    assert_eq!(
        validity,
        [(&json!("until"), &until), (&json!("never"), &Value::Null), (&json!("default"), &Value::Null)]
    );
    assert_eq!(bodies[0], schema["examples"]["three_months"]["value"]);
    for body in &bodies {
        assert_valid(&description, &schema["schema"], body);
    }
}
