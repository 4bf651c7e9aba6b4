//! The two listeners. Shared parts are built outside the factory closure, which runs once per worker.

use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::{Server, Service as _};
use actix_web::http::header;
use actix_web::middleware::{Condition, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use rustix::net::sockopt::set_tcp_user_timeout;

use super::parts::Parts;
use super::reload::LoadedNow;
use super::served::{Container, Live};
use super::{Connections, StartError, page_rules, readiness};
use crate::flow::{Door, ReceiptDesk};
use crate::http::api::{self, ApiRules};
use crate::http::ops::{self, Health};
use crate::http::{CallRules, ClientAddress, observe, pages, understand_head};
use crate::settings::Settings;
use crate::sms::receipts::ReceiptSettings;

fn bind(address: SocketAddr, key: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = TcpListener::bind(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (real, listener) = bound.map_err(|reason| StartError::Listen { address, key, reason })?;
    Ok((listener, real))
}

/// The public listener.
pub(super) fn api(
    settings: &Settings,
    live: &Live,
    connections: Connections,
) -> Result<(Server, SocketAddr), StartError> {
    let server = &settings.server;
    let (listener, address) = bind(server.listen, "server.listen")?;
    let origins: Vec<String> = server.cors_origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    let live = Arc::clone(live);
    let running = HttpServer::new(move || {
        let container = Rc::new(Container::of(Arc::clone(&live)));
        App::new()
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(observe))
            // Before all else, so that a request has one configuration from its beginning to its end.
            .wrap_fn(move |mut request, service| {
                request.add_data_container(container.current());
                service.call(request)
            })
            .configure(pages::configure)
            .configure(api::configure)
    })
    .workers(workers(server.workers))
    .keep_alive(server.keep_alive.get())
    .client_request_timeout(server.request_timeout.get())
    .shutdown_timeout((server.shutdown_grace.as_secs() / 2).max(1))
    .max_connections(connections.per_worker)
    .on_connect(move |connection, _| end_when_stalled(connection, connections.stalled_after))
    .disable_signals()
    .listen(listener);
    let running = running.map_err(|reason| StartError::Listen { address, key: "server.listen", reason })?;
    Ok((running.run(), address))
}

/// The operators' listener, where one is configured.
pub(super) fn ops(
    settings: &Settings,
    live: &Live,
    loaded: &LoadedNow,
    stopping: &Arc<AtomicBool>,
) -> Result<Option<(Server, SocketAddr)>, StartError> {
    let Some(wanted) = settings.ops.listen else { return Ok(None) };
    let (listener, address) = bind(wanted, "ops.listen")?;
    let health = web::Data::new(Health {
        checks: readiness::checks(live),
        remarks: readiness::remarks(live),
        stopping: Arc::clone(stopping),
        metrics: readiness::metrics(live),
        configuration: loaded.answer(),
        version: env!("CARGO_PKG_VERSION"),
    });
    let running = HttpServer::new(move || {
        App::new().app_data(health.clone()).wrap(from_fn(understand_head)).configure(ops::configure)
    })
    .workers(1)
    .disable_signals()
    .listen(listener);
    let running = running.map_err(|reason| StartError::Listen { address, key: "ops.listen", reason })?;
    Ok(Some((running.run(), address)))
}

/// Has the system end a connection whose peer has not read for `after`.
fn end_when_stalled(connection: &dyn Any, after: Duration) {
    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
    let stalled = connection.downcast_ref::<TcpStream>().map(|stream| set_tcp_user_timeout(stream, millis));
    if let Some(Err(error)) = stalled {
        tracing::debug!(%error, "TCP user timeout could not be set");
    }
}

fn workers(configured: usize) -> usize {
    if configured == 0 { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) } else { configured }
}

pub(super) fn call_rules(settings: &Settings, parts: &Parts, cors_origins: Vec<String>) -> CallRules {
    let server = &settings.server;
    CallRules {
        client_address: ClientAddress::new(server.trusted_proxies.clone(), server.client_ip_header),
        catalog: Arc::clone(&parts.catalog),
        random: Arc::clone(&parts.core.random),
        base: server.public_url.base().clone(),
        public_origin: server.public_url.origin(),
        cors_origins,
    }
}

pub(super) fn api_rules(settings: &Settings) -> ApiRules {
    ApiRules {
        captchas_for_others: !settings.server.cors_origins.is_empty(),
        example_address: settings.text.example_address.clone(),
        return_to: page_rules::return_to(settings),
        client_settings: page_rules::client_settings(settings),
    }
}

pub(super) fn receipt_desk(settings: &Settings, parts: &Parts) -> Result<ReceiptDesk, StartError> {
    let door = |(name, table): (&String, &ReceiptSettings)| {
        let wrong = |problem: &str| StartError::Configuration(format!("sms.receipts.{name}: {problem}"));
        let format = settings.sms.provider.get(name).and_then(|provider| table.format(provider));
        let door = Door {
            format: format.ok_or_else(|| wrong("it is not said how they are written; see `resetgate config check`"))?,
            secret: table.secret().cloned(),
            allow: table.networks().map_err(|problem| wrong(&problem))?,
        };
        Ok((name.as_str().into(), door))
    };
    let doors = settings.sms.receipts.iter().map(door).collect::<Result<_, _>>()?;
    Ok(ReceiptDesk::new(doors, Arc::clone(&parts.core.receipts), settings.server.public_url.as_str()))
}

/// Exact origins only, no credentials: integrators' pages use the flow credential, not our cookie.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "DELETE"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT_LANGUAGE])
        .expose_headers(["retry-after", "ratelimit", "ratelimit-policy", "x-request-id"])
        .block_on_origin_mismatch(false)
        .max_age(600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
