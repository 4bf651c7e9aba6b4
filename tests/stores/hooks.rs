//! Hooks of the operator's own after a reset: what a call says, that it is signed, and when it comes.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use resetgate::account::AccountError;
use resetgate::domain::SystemClock;
use serde_json::{Value, json};

use crate::dovecot::setup;
use crate::harness::{ANNA, Directory, Setup, TestApp};
use crate::servers::account_api::{KEY, KEY_ID, Verifier};

const NEW: &str = "Tiantian-2026x";

/// A webmail that is told of changes.
struct Webmail {
    url: String,
    heard: Arc<Mutex<Vec<Value>>>,
    server: ServerHandle,
}

struct Inside {
    verifier: Verifier,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Webmail {
    fn start() -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let verifier = Verifier::new(KEY_ID, KEY, Arc::new(SystemClock::start()));
        let inside = web::Data::new(Inside { verifier, heard: Arc::clone(&heard) });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/changed", listener.local_addr().unwrap());
        let app = move || App::new().app_data(inside.clone()).route("/changed", web::post().to(hear));
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, heard, server: handle }
    }

    fn signed(&self) -> String {
        format!(
            "[account]\nhooks = [\"webmail\"]\n[account.hook.webmail]\nkind = \"http\"\nurl = \"{}\"\n\
             key_id = \"{KEY_ID}\"\nkey = \"{KEY}\"\nends_sessions = true\n",
            self.url
        )
    }

    fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Webmail {
    fn drop(&mut self) {
        // The message alone ends it; nobody waits.
        drop(self.server.stop(false));
    }
}

/// Signed, or with the key of this webmail's own.
async fn hear(request: HttpRequest, body: web::Bytes, inside: web::Data<Inside>) -> HttpResponse {
    let own = request.headers().get("x-webmail-key").is_some_and(|key| key == "k3y");
    if !own && inside.verifier.verify(&request, &body).is_err() {
        return HttpResponse::Unauthorized().finish();
    }
    inside.heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    HttpResponse::NoContent().finish()
}

#[tokio::test]
async fn a_call_is_signed_and_says_whose_password_changed_and_nothing_more() {
    let webmail = Webmail::start();
    let app = TestApp::start_with(setup(&webmail.signed(), None)).await;
    let done = app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
    assert_eq!(done.body["sessions_revoked"], true);
    let expected = json!({
        "event": "password.reset", "address": ANNA, "unit": null, "at": app.now().to_string(), "outcome": "written",
    });
    assert_eq!(webmail.heard(), [expected]);
}

#[tokio::test]
async fn a_call_may_carry_the_webmails_own_key_instead() {
    let webmail = Webmail::start();
    let own = webmail
        .signed()
        .replace(&format!("key_id = \"{KEY_ID}\"\nkey = \"{KEY}\""), "headers = { x-webmail-key = \"k3y\" }");
    let app = TestApp::start_with(setup(&own, None)).await;
    app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
    assert_eq!(webmail.heard().len(), 1);
}

/// A hook that only ends sessions is left alone when nobody wants them ended.
#[tokio::test]
async fn a_call_that_ends_sessions_comes_only_when_that_is_wanted() {
    let webmail = Webmail::start();
    let app = TestApp::start_with(setup(&webmail.signed(), None)).await;
    let anna = app.claimant().verified(ANNA).await;
    let body = json!({ "new_password": NEW, "revoke_sessions": false });
    let done = anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    assert_eq!((&done.body["sessions_revoked"], webmail.heard().len()), (&json!(false), 0));
}

/// case 79: a write that may have been done is followed by the hooks, which are told so; one that was surely not is not.
#[tokio::test]
async fn hooks_follow_a_write_that_may_have_been_done_and_no_other() {
    let webmail = Webmail::start();
    let directory = Arc::new(Directory::default());
    let base = setup(&webmail.signed(), None);
    let app = TestApp::start_with(Setup { accounts: Some(directory.between()), ..base }).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.refuse_write(AccountError::Unavailable { reason: "away".to_owned() });
    anna.complete(NEW).await.problem(503, "store_unavailable");
    assert_eq!(webmail.heard(), [Value::Null; 0]);
    directory.deny_write(AccountError::Unknown { reason: "the connection was lost".to_owned() });
    anna.complete(NEW).await.problem(503, "store_outcome_unknown");
    let outcomes: Vec<_> = webmail.heard().into_iter().map(|body| body["outcome"].clone()).collect();
    assert_eq!(outcomes, ["unknown"]);
}
