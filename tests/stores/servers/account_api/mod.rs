//! An account API as somebody would write it from the description: people in a file, signatures verified.

mod people;
mod signature;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use resetgate::domain::Clock;
use serde_json::{Value, json};

pub use people::{People, Person};
pub use signature::{Refusal, Verifier};

pub const KEY_ID: &str = "gate-1";
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Operations and bodies, in order.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// A running API. Ends when it is dropped.
pub struct AccountApi {
    /// `http://127.0.0.1:PORT/resetgate`
    pub url: String,
    pub people: Arc<People>,
    asked: Asked,
    server: ServerHandle,
}

struct Inside {
    people: Arc<People>,
    asked: Asked,
    verifier: Verifier,
}

impl AccountApi {
    pub async fn start(people: Vec<Person>, clock: Arc<dyn Clock>) -> Self {
        let people = Arc::new(People::of(people).await);
        let asked = Asked::default();
        let verifier = Verifier::new(KEY_ID, KEY, clock);
        let inside = web::Data::new(Inside { people: Arc::clone(&people), asked: Arc::clone(&asked), verifier });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/resetgate", listener.local_addr().unwrap());
        let app = move || App::new().app_data(inside.clone()).route("/resetgate/{operation}", web::post().to(serve));
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, people, asked, server: handle }
    }

    /// The operations that were asked for since the last call, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap()).into_iter().map(|(operation, _)| operation).collect()
    }

    /// The bodies that came since the last call, in order.
    pub fn bodies(&self) -> Vec<Value> {
        std::mem::take(&mut *self.asked.lock().unwrap()).into_iter().map(|(_, body)| body).collect()
    }

    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl Drop for AccountApi {
    fn drop(&mut self) {
        // The message alone ends it; nobody waits.
        drop(self.server.stop(false));
    }
}

async fn serve(request: HttpRequest, body: web::Bytes, inside: web::Data<Inside>) -> HttpResponse {
    if let Err(refusal) = inside.verifier.verify(&request, &body) {
        return problem(401, "unauthorized", &json!({ "detail": format!("{refusal:?}") }));
    }
    let operation = &request.match_info()["operation"];
    let version = request.headers().get("resetgate-version").and_then(|version| version.to_str().ok());
    let (Some("1"), Ok(asked)) = (version, serde_json::from_slice::<Value>(&body)) else {
        return problem(400, "bad_request", &json!({}));
    };
    inside.asked.lock().unwrap().push((operation.to_owned(), asked.clone()));
    let once = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    match inside.people.answer(operation, &asked, once).await {
        Ok(Value::Null) => HttpResponse::NoContent().finish(),
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err("policy") => problem(422, "policy", &json!({ "violations": ["used before"] })),
        Err("not_found") => problem(404, "not_found", &json!({})),
        Err("disabled") => problem(409, "disabled", &json!({})),
        Err("not_supported") => problem(501, "not_supported", &json!({})),
        Err(_) => problem(400, "bad_request", &json!({})),
    }
}

fn problem(status: u16, code: &str, more: &Value) -> HttpResponse {
    let mut body = json!({ "type": "about:blank", "title": code, "status": status, "code": code });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let status = StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status).content_type("application/problem+json").body(body.to_string())
}
