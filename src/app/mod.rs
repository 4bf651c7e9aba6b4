//! The assembly: settings become parts, parts become flows, flows get their listeners. The only place that names adapters.
//!
//! Building and running are two steps: `build` binds and returns the real ports, `run_until` serves. Tests use the same
//! `build` with port 0.

mod callbacks;
mod config_answer;
mod listeners;
mod page_rules;
mod parts;
mod readiness;
mod reload;
mod served;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;

pub use reload::{ReloadError, Reloader};

use reload::LoadedNow;
use served::{Live, Served};

use crate::account::AccountStore;
use crate::audit::{AuditEvent, AuditSink, EventKind, Trail};
use crate::domain::{Clock, Randomness, SystemClock, SystemRandom};
use crate::flow::{OutboxWorkers, ReceiptWorker, RecoveryFlow, Tasks};
use crate::limits::RateLimiter;
use crate::settings::{Settings, Snapshot};
use crate::sms::{ConsoleWriter, SmsProvider};

/// What comes from outside the process. Operators get the system's; tests pass their own.
pub struct Outside {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Randomness>,
    /// Where the console provider prints.
    pub console: ConsoleWriter,
    /// Instead of the configured account store.
    pub accounts: Option<Arc<dyn AccountStore>>,
    /// Instead of the configured providers.
    pub provider: Option<Arc<dyn SmsProvider>>,
    /// Sinks beside the trail and the metrics.
    pub sinks: Vec<Arc<dyn AuditSink>>,
    /// What connections to the public listener may cost.
    pub connections: Connections,
}

/// Bounds of connections, below everything that a request could be refused for.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// At once, for each worker; what is beyond waits to be accepted.
    pub per_worker: usize,
    /// A peer that stops reading holds memory and a connection; the system ends it after so long without progress.
    pub stalled_after: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self { per_worker: 4_096, stalled_after: Duration::from_secs(30) }
    }
}

impl Outside {
    /// The machine's clock and generator, standard output, and whatever the settings name.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock::start()),
            random: Arc::new(SystemRandom),
            console: ConsoleWriter::new(std::io::stdout()),
            accounts: None,
            provider: None,
            sinks: Vec::new(),
            connections: Connections::default(),
        }
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something in the configuration that only building could show.
    #[error("{0}")]
    Configuration(String),
    /// A dependency does not answer.
    #[error("{0}")]
    Dependency(String),
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({key}): {reason}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// The key that names it.
        key: &'static str,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The server ended by itself.
    #[error("the server ended: {0}")]
    Server(std::io::Error),
}

/// A built service that listens and does not serve yet.
pub struct Application {
    api: actix_web::dev::Server,
    ops: Option<actix_web::dev::Server>,
    api_address: SocketAddr,
    ops_address: Option<SocketAddr>,
    stopping: Arc<AtomicBool>,
    tasks: Tasks,
    recovery: RecoveryFlow,
    outbox: OutboxWorkers,
    live: Live,
    loaded: LoadedNow,
    receipts: ReceiptWorker,
    limiter: Arc<dyn RateLimiter>,
    clock: Arc<dyn Clock>,
    audit: Arc<dyn AuditSink>,
    trail: Arc<Trail>,
    delay: Duration,
    grace: Duration,
}

/// What confirmations and queue get at the end in any case.
const FLOOR: Duration = Duration::from_secs(2);

/// How often the gates forget what no longer limits anybody, and recoveries that ended by time are counted.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

impl Application {
    /// Builds every part and binds the listeners.
    ///
    /// # Errors
    /// [`StartError`]: names the key, or what does not answer.
    pub async fn build(settings: &Settings, outside: Outside) -> Result<Self, StartError> {
        let connections = outside.connections;
        let (parts, workers) = parts::build(settings, outside).await?;
        let stopping = Arc::new(AtomicBool::new(false));
        let (core, recovery) = (Arc::clone(&parts.core), parts.recovery.clone());
        let live: Live = Arc::new(ArcSwap::from_pointee(Served::new(settings, parts)?));
        let loaded = LoadedNow::nothing(Arc::clone(&core.keys));
        let (api, api_address) = listeners::api(settings, &live, connections)?;
        let (ops, ops_address) = listeners::ops(settings, &live, &loaded, &stopping)?.unzip();
        Ok(Self {
            live,
            loaded,
            api,
            ops,
            api_address,
            ops_address,
            stopping,
            tasks: core.tasks.clone(),
            recovery,
            outbox: workers.outbox,
            receipts: workers.receipts,
            limiter: core.limiter.clone(),
            clock: Arc::clone(&core.clock),
            audit: Arc::clone(&core.audit),
            trail: Arc::clone(&core.trail),
            delay: settings.server.shutdown_delay,
            grace: settings.server.shutdown_grace.get(),
        })
    }

    /// Where the API listens.
    #[must_use]
    pub const fn api_address(&self) -> SocketAddr {
        self.api_address
    }

    /// Where operators' questions are answered.
    #[must_use]
    pub const fn ops_address(&self) -> Option<SocketAddr> {
        self.ops_address
    }

    /// What takes over changed configurations; `first` is the one that this was built with.
    #[must_use]
    pub fn reloader(&self, first: Snapshot) -> Reloader {
        Reloader::new(Arc::clone(&self.live), self.loaded.clone(), first)
    }

    /// Serves until `stop` is over, then: not ready, stop accepting, finish confirmations and queue, close the trail.
    ///
    /// # Errors
    /// When a server ends by itself.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        self.audit.record(&AuditEvent::of(EventKind::Service { phase: "started" }));
        let sweeper = tokio::spawn(sweep(Arc::clone(&self.limiter), Arc::clone(&self.clock), self.recovery.clone()));
        let (api_handle, ops_handle) = (self.api.handle(), self.ops.as_ref().map(actix_web::dev::Server::handle));
        let api = tokio::spawn(self.api);
        let ops = tokio::spawn(async move {
            match self.ops {
                Some(server) => server.await,
                None => std::future::pending().await,
            }
        });
        let ended = tokio::select! {
            () = stop => Ok(()),
            ended = api => Err(ended),
            ended = ops => Err(ended),
        };
        self.stopping.store(true, Ordering::SeqCst);
        tracing::info!("shutting down");
        tokio::time::sleep(self.delay).await;
        // One deadline for requests, confirmations and queue together.
        let deadline = tokio::time::Instant::now() + self.grace;
        // A connection that is stuck may not cost the confirmations and the queue their turn.
        let left = || deadline.saturating_duration_since(tokio::time::Instant::now()).max(FLOOR);
        api_handle.stop(true).await;
        if !self.tasks.finish(left()).await {
            tracing::warn!("some password writes did not finish within server.shutdown_grace");
        }
        self.outbox.drain(left()).await;
        let router = Arc::clone(&self.live.load().parts.router);
        router.close().await;
        self.receipts.finish(FLOOR).await;
        sweeper.abort();
        self.audit.record(&AuditEvent::of(EventKind::Service { phase: "stopped" }));
        // Waits for the disk, so not on a thread that others wait for.
        let trail = self.trail;
        let closed = tokio::task::spawn_blocking(move || trail.close()).await;
        if let Err(reason) = closed.unwrap_or_else(|error| Err(error.to_string())) {
            tracing::error!(%reason, "the audit trail could not be closed");
        }
        if let Some(ops) = ops_handle {
            ops.stop(false).await;
        }
        match ended {
            Ok(()) => Ok(()),
            Err(Ok(Ok(()))) => Err(StartError::Server(std::io::Error::other("it stopped by itself"))),
            Err(Ok(Err(error))) => Err(StartError::Server(error)),
            Err(Err(error)) => Err(StartError::Server(std::io::Error::other(error))),
        }
    }
}

async fn sweep(limiter: Arc<dyn RateLimiter>, clock: Arc<dyn Clock>, recovery: RecoveryFlow) {
    let mut timer = tokio::time::interval(SWEEP_EVERY);
    loop {
        timer.tick().await;
        limiter.sweep(clock.now()).await;
        recovery.count_expired().await;
    }
}
