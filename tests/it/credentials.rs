//! The flow credential: as a header for programs, as a cookie for browsers, and never both ways at once.

use serde_json::json;

use crate::harness::{ANNA, Answer, Client, TestApp, UNKNOWN};

/// The cookie that an answer sets: its value, and what a browser is told about it.
fn cookie(answer: &Answer) -> (String, Vec<String>) {
    let lines: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(lines.len(), 1, "{answer:?}");
    let mut parts = lines[0].to_str().unwrap().split("; ");
    let value = parts.next().unwrap().strip_prefix("__Host-resetgate=").expect("our cookie").to_owned();
    let mut attributes: Vec<_> = parts.map(str::to_owned).collect();
    attributes.sort();
    (value, attributes)
}

fn browser(client: &Client, value: &str) -> Client {
    client.clone().with("cookie", &format!("theme=dark; __Host-resetgate={value}; lang=zh"))
}

/// case 22: a browser walks the whole journey with its cookie alone, which rotates at the proof and is gone at the end.
#[tokio::test]
async fn a_browser_walks_with_its_cookie_alone() {
    let app = TestApp::start().await;
    let mut anna = app.claimant();
    let started = anna.try_start(ANNA).await.expect(202);
    let (first, attributes) = cookie(&started);
    assert_eq!(first, started.text("flow_token"));
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
    let code = anna.code().await;
    let holder = browser(&anna.client, &first);
    holder.get(&anna.path("")).await.expect(200);
    let verified = holder.post(&anna.path("/verify"), &json!({ "code": code })).await.expect(200);
    let (second, _) = cookie(&verified);
    assert_ne!(first, second);
    holder.get(&anna.path("")).await.problem(401, "unauthorized");
    let body = json!({ "new_password": "Tiantian-2026x" });
    holder.post(&anna.path("/complete"), &body).await.problem(401, "unauthorized");
    let done = browser(&anna.client, &second).post(&anna.path("/complete"), &body).await.expect(200);
    let (value, attributes) = cookie(&done);
    assert_eq!(value, "");
    assert!(attributes.contains(&"Max-Age=0".to_owned()), "{attributes:?}");
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
}

/// case 22: whoever has another challenge's credential, or none, has nothing.
#[tokio::test]
async fn a_credential_opens_its_own_challenge_only() {
    let app = TestApp::start().await;
    let anna = app.claimant_from("198.51.100.1").start(ANNA).await;
    let other = app.claimant_from("198.51.100.2").start(UNKNOWN).await;
    let code = json!({ "code": anna.code().await });
    for client in [other.holder(), browser(&other.client, &other.credential), other.client.clone()] {
        client.get(&anna.path("")).await.problem(401, "unauthorized");
        client.post(&anna.path("/verify"), &code).await.problem(401, "unauthorized");
        client.post(&anna.path("/resend"), &json!({})).await.problem(401, "unauthorized");
        client.send("DELETE", &anna.path(""), &[], None).await.problem(401, "unauthorized");
    }
    assert_eq!(anna.status().await.expect(200).body["attempts_left"], 5);
}

#[tokio::test]
async fn a_wrong_header_is_not_made_good_by_a_cookie() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let holder = browser(&anna.client, &anna.credential);
    holder.get(&anna.path("")).await.expect(200);
    let foreign = format!("Flow ft_{}", "A".repeat(64));
    for wrong in [foreign.as_str(), "Flow null", "Basic YW5uYTp4", ""] {
        holder.clone().with("authorization", wrong).get(&anna.path("")).await.problem(401, "unauthorized");
    }
    // And a good header needs no cookie, not even a good one.
    browser(&anna.holder(), "ft_nonsense").get(&anna.path("")).await.expect(200);
}
