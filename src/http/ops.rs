//! The operators' listener: liveness, readiness, metrics, version. Never exposed to the public.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use async_trait::async_trait;

use super::methods;

/// One thing that must work for the service to be ready.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Its name in the verbose answer.
    fn name(&self) -> &'static str;
    /// `Err` with the reason while it does not.
    async fn check(&self) -> Result<(), String>;
}

/// What operators are told beside it: something that does not work and does not make the service unready.
pub trait Remarks: Send + Sync {
    /// One line each: what it is, whether it is well, and in words.
    fn lines(&self) -> Vec<(String, bool, String)>;
}

/// Where the metrics come from.
#[async_trait]
pub trait Exposition: Send + Sync {
    /// All of them in the text format.
    async fn text(&self) -> String;
}

/// The configuration in force.
pub trait Configuration: Send + Sync {
    /// A seal of each value, by key; nothing where it is not followed.
    fn seals(&self) -> Option<BTreeMap<String, String>>;
}

/// What the operators' listener tells.
pub struct Health {
    /// What must work.
    pub checks: Vec<Box<dyn Readiness>>,
    /// What is told beside it.
    pub remarks: Box<dyn Remarks>,
    /// Set when the service is told to stop.
    pub stopping: Arc<AtomicBool>,
    /// The metrics.
    pub metrics: Box<dyn Exposition>,
    /// The configuration in force.
    pub configuration: Box<dyn Configuration>,
    /// The version of the binary.
    pub version: &'static str,
}

/// The routes of the operators' listener.
pub fn configure(routes: &mut web::ServiceConfig) {
    let resource = |path| methods::resource(path, "GET", |_| HttpResponse::MethodNotAllowed().finish());
    routes
        .service(resource("/livez").get(livez))
        .service(resource("/readyz").get(readyz))
        .service(resource("/metrics").get(metrics))
        .service(resource("/version").get(version))
        .service(resource("/config").get(configuration));
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

async fn readyz(health: web::Data<Health>, query: web::Query<Verbose>) -> HttpResponse {
    let mut report = String::new();
    let mut ready = true;
    let stopping = health.stopping.load(Ordering::SeqCst);
    if stopping {
        ready = false;
        report.push_str("[-] running: the service is stopping\n");
    }
    for check in &health.checks {
        let line = match check.check().await {
            Ok(()) => writeln!(report, "[+] {}: ok", check.name()),
            Err(reason) => {
                ready = false;
                writeln!(report, "[-] {}: {reason}", check.name())
            }
        };
        debug_assert!(line.is_ok(), "writing to a String does not fail");
    }
    for (what, is_well, words) in health.remarks.lines() {
        let line = writeln!(report, "[{}] {what}: {words}", if is_well { '+' } else { '!' });
        debug_assert!(line.is_ok(), "writing to a String does not fail");
    }
    report.push_str(if ready { "ready\n" } else { "not ready\n" });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = match query.verbose {
        Some(_) => report,
        None if ready => "ok\n".to_owned(),
        None => "not ready\n".to_owned(),
    };
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(body)
}

#[derive(Debug, serde::Deserialize)]
struct Verbose {
    verbose: Option<String>,
}

async fn metrics(health: web::Data<Health>) -> HttpResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, kind)).body(health.metrics.text().await)
}

async fn version(health: web::Data<Health>) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "name": "resetgate", "version": health.version }))
}

/// For `resetgate config diff`. The seals tell nothing to who does not hold the pepper.
async fn configuration(health: web::Data<Health>) -> HttpResponse {
    match health.configuration.seals() {
        Some(seals) => HttpResponse::Ok().json(serde_json::json!({ "seals": seals })),
        None => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("not followed\n"),
    }
}
