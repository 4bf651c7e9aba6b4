//! From the configured servers to a connection.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, StdStream};
use rustix::net::sockopt::{set_socket_keepalive, set_tcp_keepidle};
use rustls::ClientConfig;
use tokio::net::TcpStream;

use super::fault::{Fault, code};
use super::server::Server;
use super::settings::LdapSettings;
use crate::domain::Clock;
use crate::outbound::{tls, tls_fault};

/// A server that failed is asked last for this long.
const SET_BACK: Duration = Duration::from_secs(30);

/// An idle connection is asked for a sign of life after this long, so that one that a firewall forgot is noticed.
const KEEP_ALIVE: Duration = Duration::from_mins(1);

/// The servers, in order, and who failed lately.
pub(super) struct Servers {
    in_order: Vec<(Server, AtomicI64)>,
    tls: Option<Arc<ClientConfig>>,
    connect: Duration,
    clock: Arc<dyn Clock>,
}

impl Servers {
    /// Reads the authorities; opens no connection.
    pub(super) fn new(settings: &LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let read =
            |url: &String| Server::parse(url, settings.starttls).map(|server| (server, AtomicI64::new(i64::MIN)));
        let servers = settings.urls.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let encrypted = servers.iter().any(|(server, _)| server.is_encrypted());
        let tls = encrypted.then(|| tls(settings.trust(), None)).transpose()?.map(Arc::new);
        Ok(Self { in_order: servers, tls, connect: settings.connect_timeout.get(), clock })
    }

    /// Every server.
    pub(super) fn all(&self) -> impl Iterator<Item = &Server> {
        self.in_order.iter().map(|(server, _)| server)
    }

    /// Signs in at the first server that answers, with what it said to that. A server that is busy or that nothing is
    /// heard of within the time counts as none.
    pub(super) async fn bind(&self, dn: &str, password: &str) -> Result<(Ldap, LdapResult), Fault> {
        let mut reasons = Vec::new();
        for (server, failed_at) in self.in_turn() {
            match self.bind_at(server, dn, password).await {
                Ok(bound) => {
                    failed_at.store(i64::MIN, Ordering::Relaxed);
                    return Ok(bound);
                }
                Err(reason) => {
                    failed_at.store(self.clock.now().as_millis(), Ordering::Relaxed);
                    reasons.push(format!("{}: {reason}", server.shown()));
                }
            }
        }
        // Nothing that a sign-in could have written is of interest: to the caller, nothing was sent.
        Err(Fault::Unsent(reasons.join("; ")))
    }

    /// Signs in at one server.
    pub(super) async fn bind_at(
        &self,
        server: &Server,
        dn: &str,
        password: &str,
    ) -> Result<(Ldap, LdapResult), String> {
        let work = async {
            let mut ldap = self.open(server).await?;
            let answer = guarded(self.connect, async { ldap.simple_bind(dn, password).await }).await;
            match answer.map_err(|fault| fault.without(password)) {
                Ok(answer) if matches!(answer.rc, code::BUSY | code::UNAVAILABLE) => {
                    Err("it is busy or has no way to its data".to_owned())
                }
                Ok(answer) => Ok((ldap, answer)),
                Err(Fault::Unsent(reason) | Fault::Silent(reason)) => Err(reason),
                Err(Fault::Refused(refusal)) => Err(refusal.shown()),
            }
        };
        match tokio::time::timeout(self.connect, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err("no answer within account.ldap.connect_timeout".to_owned()),
        }
    }

    /// Those that failed lately come last; without any other they are asked all the same.
    fn in_turn(&self) -> impl Iterator<Item = &(Server, AtomicI64)> {
        let back = self.clock.now().as_millis().saturating_sub(i64::try_from(SET_BACK.as_millis()).unwrap_or(0));
        let failed = move |(_, failed_at): &&(Server, AtomicI64)| failed_at.load(Ordering::Relaxed) > back;
        let (last, first): (Vec<_>, Vec<_>) = self.in_order.iter().partition(failed);
        first.into_iter().chain(last)
    }

    async fn open(&self, server: &Server) -> Result<Ldap, String> {
        let (host, port) = server.address();
        let stream = TcpStream::connect((host, port)).await.map_err(|error| format!("no connection: {error}"))?;
        // Many requests share a connection; without this, one would wait for the receipt of another.
        let prepared = stream.set_nodelay(true).and_then(|()| {
            set_socket_keepalive(&stream, true)?;
            set_tcp_keepidle(&stream, KEEP_ALIVE)?;
            stream.into_std()
        });
        let stream = prepared.map_err(|error| format!("no connection: {error}"))?;
        let settings =
            LdapConnSettings::new().set_std_stream(StdStream::Tcp(stream)).set_starttls(server.is_starttls());
        let settings = match &self.tls {
            Some(tls) => settings.set_config(Arc::clone(tls)),
            None => settings,
        };
        let opened = LdapConnAsync::from_url_with_settings(settings, server.url());
        let opened = AssertUnwindSafe(opened).catch_unwind().await.map_err(|_| "it does not speak LDAP".to_owned())?;
        let (connection, ldap) = opened.map_err(|error| unopened(&error))?;
        // Ends with the last handle. Whoever waits for an answer is told of a loss; nobody else needs to know.
        tokio::spawn(connection.drive().map(drop));
        Ok(ldap)
    }
}

/// Why there is no connection. Nothing secret was sent so far.
fn unopened(error: &LdapError) -> String {
    if let Some(fault) = tls_fault(error) {
        return format!("no connection: {fault}");
    }
    match error {
        LdapError::Io { source } => format!("no connection: {source}"),
        LdapError::LdapResult { result } => format!("it refuses StartTLS (code {})", result.rc),
        LdapError::ResultRecv { .. } | LdapError::OpSend { .. } => "it closed the connection".to_owned(),
        other => format!("no connection: {other}"),
    }
}

/// A piece of the library's work within its time. The library panics at answers that break the protocol; a panic ends
/// that piece of work and nothing else.
pub(super) async fn guarded<T>(limit: Duration, work: impl Future<Output = Result<T, LdapError>>) -> Result<T, Fault> {
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Err(_) => Err(Fault::Silent("no answer in time".to_owned())),
        Ok(Err(_)) => Err(Fault::Silent("the answer was no LDAP".to_owned())),
        Ok(Ok(Err(error))) => Err(Fault::of(&error)),
        Ok(Ok(Ok(done))) => Ok(done),
    }
}
