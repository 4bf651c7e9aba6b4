//! Claimants who recover again and again.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::connection::Connection;
use super::servers::Service;

/// One client connection that walks through recoveries.
pub struct Walker {
    connection: Connection,
    account: String,
}

impl Walker {
    /// The person of this number.
    pub async fn new(service: &Service, place: usize) -> Self {
        let connection = Connection::open(service.api).await;
        Self { connection, account: format!("person{place}@example.gov.cn") }
    }

    async fn captcha(&mut self) -> Value {
        let issued = self.connection.post("/v1/captchas", None, &json!({ "kind": "pow" }), 201).await;
        let salt = issued["salt"].as_str().expect("a proof of work has a salt");
        json!({ "id": issued["id"], "nonce": resetgate::captcha::solve_pow(salt, 8) })
    }

    async fn recover(&mut self, service: &Service, captcha: &Value) {
        let body = json!({ "account": self.account, "captcha": captcha });
        let started = self.connection.post("/v1/password-resets", None, &body, 202).await;
        let id = started["id"].as_str().expect("an id");
        let code = service.outbound.code(id).await;
        let path = format!("/v1/password-resets/{id}");
        let body = json!({ "code": code });
        let verified =
            self.connection.post(&format!("{path}/verify"), started["flow_token"].as_str(), &body, 200).await;
        let body = json!({ "new_password": "Tiantian-2026x" });
        self.connection.post(&format!("{path}/complete"), verified["flow_token"].as_str(), &body, 200).await;
    }
}

/// The time that so many recoveries take, shared among the walkers; captchas are solved before.
pub async fn recoveries(service: &Service, walkers: &mut [Walker], times: u64) -> Duration {
    let each = share(times, walkers.len());
    let prepared = join_all(walkers.iter_mut().zip(&each).map(async |(walker, &times)| {
        let mut captchas = Vec::new();
        for _ in 0..times {
            captchas.push(walker.captcha().await);
        }
        captchas
    }));
    let prepared = prepared.await;
    let began = stopwatch();
    join_all(walkers.iter_mut().zip(&prepared).map(async |(walker, captchas)| {
        for captcha in captchas {
            walker.recover(service, captcha).await;
        }
    }))
    .await;
    began.elapsed()
}

/// Spreads a number of recoveries over connections.
pub fn share(times: u64, connections: usize) -> Vec<u64> {
    let connections = connections as u64;
    (0..connections).map(|place| times / connections + u64::from(place < times % connections)).collect()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
pub fn stopwatch() -> Instant {
    Instant::now()
}
