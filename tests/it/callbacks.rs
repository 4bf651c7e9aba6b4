//! The address that goes out with a message is one that its receipt comes in by.

use actix_web::{App, HttpResponse, HttpServer, web};
use resetgate::audit::EventKind;
use serde_json::json;
use tokio::sync::mpsc;
use url::{Url, form_urlencoded};

use crate::harness::{ANNA, Setup, TestApp};
use crate::receipts::{SECRET, TOKEN, signature};

const PUBLIC: &str = "https://reset.example.gov.cn";

/// A Twilio that takes every message; its address, and the forms it was sent.
fn cloud() -> (String, mpsc::UnboundedReceiver<String>) {
    let (tell, told) = mpsc::unbounded_channel();
    let server = HttpServer::new(move || {
        let tell = tell.clone();
        App::new().default_service(web::to(move |form: String| {
            tell.send(form).unwrap();
            async { HttpResponse::Created().json(json!({ "sid": "SM0", "status": "queued", "error_code": null })) }
        }))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    (address, told)
}

/// case 90, T23: whoever posts to the address that Twilio was told, signed as Twilio signs it, is believed.
#[tokio::test]
async fn a_receipt_comes_in_by_the_address_that_went_out_with_the_message() {
    for secret in ["", SECRET] {
        let (endpoint, mut forms) = cloud();
        let settings = format!(
            "[server]\npublic_url = \"{PUBLIC}\"\n[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"twilio\"\n\
             account_sid = \"AC00000000000000000000000000000000\"\nauth_token = \"{TOKEN}\"\nfrom = \"+15005550006\"\n\
             endpoint = \"{endpoint}\"\n[sms.receipts.main]\nformat = \"twilio\"\nauth_token = \"{TOKEN}\"\n\
             secret = \"{secret}\"\n"
        );
        let app = TestApp::start_with(Setup { configured_providers: true, ..Setup::with(&settings) }).await;
        app.claimant().start(ANNA).await;
        let form = forms.recv().await.unwrap();
        let told = form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "StatusCallback").unwrap().1;
        let path = Url::parse(&told).unwrap().path().to_owned();
        assert_eq!(told, format!("{PUBLIC}{path}"));
        app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
        let good = signature(&told, &[("MessageSid", "SM0"), ("MessageStatus", "delivered")]);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-twilio-signature", good.as_str())];
        let body = "MessageSid=SM0&MessageStatus=delivered";
        app.client().send("POST", &path, &headers, Some(body.into())).await.expect(204);
        app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
    }
}
