//! Members of a body: one value of one type each, and nothing is guessed.

use serde_json::{Value, json};

use crate::harness::{ANNA, TestApp, UNBOUND, UNKNOWN};

/// Values that are no text.
fn no_text() -> [Value; 7] {
    [json!(null), json!(true), json!(0), json!(1e5), json!([ANNA]), json!({ "account": ANNA }), json!([[ANNA]])]
}

/// case 63: `account` is one text; a list, an object, a number or nothing is refused and nobody gets a message.
#[tokio::test]
async fn the_account_is_one_text() {
    let app = TestApp::start().await;
    let client = app.client();
    for value in no_text() {
        client.post("/v1/password-resets", &json!({ "account": value })).await.problem(400, "bad_request");
    }
    client.post("/v1/password-resets", &json!({})).await.problem(400, "bad_request");
    client.post_text("/v1/password-resets", &format!("[\"{ANNA}\"]")).await.problem(400, "bad_request");
    client.post_text("/v1/password-resets", &format!("\"{ANNA}\"")).await.problem(400, "bad_request");
    let two = format!("{{\"account\":\"{ANNA}\",\"account\":\"{UNBOUND}\"}}");
    let answer = client.post_text("/v1/password-resets", &two).await.problem(400, "bad_request");
    assert_eq!(answer.body["errors"][0]["code"], "duplicate_member");
    let escaped = format!("{{\"account\":\"{ANNA}\",\"acc\\u006funt\":\"{UNBOUND}\"}}");
    client.post_text("/v1/password-resets", &escaped).await.problem(400, "bad_request");
    for list in
        [format!("{ANNA},{UNBOUND}"), format!("{ANNA} {UNBOUND}"), format!("{ANNA}\r\nBcc: {UNBOUND}"), String::new()]
    {
        client.post("/v1/password-resets", &json!({ "account": list })).await.problem(422, "validation_failed");
    }
    assert_eq!(app.events.count(|event| event.kind.name() == "reset.requested"), 0);
}

/// case 63: what a query says beside a body is not read; there is one recipient.
#[tokio::test]
async fn a_query_names_nobody() {
    let app = TestApp::start().await;
    let claimant = app.claimant();
    let body = json!({ "account": ANNA, "captcha": claimant.captcha().await });
    let answer = claimant.client.post(&format!("/v1/password-resets?account={UNBOUND}&phone=13900139000"), &body).await;
    app.delivery(&answer.expect(202).text("id"), 1).await.unwrap();
    assert_eq!(app.outbound.all().iter().map(|message| message.to.as_str()).collect::<Vec<_>>(), ["+8613800138000"]);
}

/// case 64: what is no code costs no try and opens nothing, for a decoy, which has no stored code, as for anybody.
#[tokio::test]
async fn what_is_no_code_opens_nothing() {
    let app = TestApp::start().await;
    for (number, account) in [(1, ANNA), (2, UNBOUND), (3, UNKNOWN)] {
        let claimant = app.claimant_from(&format!("198.51.100.{number}")).start(account).await;
        let _ = app.delivery(&claimant.id, 1).await;
        let (holder, path) = (claimant.holder(), claimant.path("/verify"));
        for value in [json!(null), json!(true), json!([]), json!(["123456"]), json!({}), json!(123_456)] {
            holder.post(&path, &json!({ "code": value })).await.problem(400, "bad_request");
        }
        holder.post(&path, &json!({})).await.problem(400, "bad_request");
        for text in ["", "null", "undefined", "none", "NaN", "\0\0\0\0\0\0"] {
            holder.post(&path, &json!({ "code": text })).await.problem(422, "code_format");
        }
        assert_eq!(claimant.status().await.expect(200).body["attempts_left"], 5);
    }
}

/// case 64: what is no credential is nobody's.
#[tokio::test]
async fn what_is_no_credential_is_nobodys() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let padded = format!("Flow {}=", anna.credential);
    let doubled = format!("Flow {0} {0}", anna.credential);
    let bearer = format!("Bearer {}", anna.credential);
    let tried =
        ["", "Flow", "Flow ", "Flow null", "Flow undefined", "Flow ft_", &padded, &doubled, &bearer, &anna.credential];
    for header in tried {
        let client = anna.client.clone().with("authorization", header);
        let answer = client.get(&anna.path("")).await.problem(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Flow"));
    }
    for cookie in ["__Host-resetgate=", "__Host-resetgate=null", "__Host-resetgate", "resetgate=x"] {
        anna.client.clone().with("cookie", cookie).get(&anna.path("")).await.problem(401, "unauthorized");
    }
    anna.client.get(&anna.path("")).await.problem(401, "unauthorized");
    anna.holder().get(&anna.path("")).await.expect(200);
}
