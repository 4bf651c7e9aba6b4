//! Taking over a changed configuration while the service runs: all of it or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;

use super::StartError;
use super::parts::{Unchanged, build_anew};
use super::served::{Live, Served};
use crate::domain::CodeKeys;
use crate::http::ops::Configuration;
use crate::settings::{Change, Settings, Snapshot};

/// Why a configuration was not taken over; the one before is in force, whole.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// These keys need a restart.
    #[error("changed keys that need a restart: {}", named(.0))]
    Restart(Vec<Change>),
    /// Something in it could not be built.
    #[error(transparent)]
    Build(#[from] StartError),
}

fn named(changes: &[Change]) -> String {
    changes.iter().map(|change| change.key.to_string()).collect::<Vec<_>>().join(", ")
}

/// The configuration in force, for those who ask at the operators' port.
#[derive(Clone)]
pub(super) struct LoadedNow {
    keys: Arc<CodeKeys>,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
}

impl LoadedNow {
    pub(super) fn nothing(keys: Arc<CodeKeys>) -> Self {
        Self { keys, snapshot: Arc::default() }
    }

    pub(super) fn answer(&self) -> Box<dyn Configuration> {
        Box::new(self.clone())
    }
}

impl Configuration for LoadedNow {
    fn seals(&self) -> Option<BTreeMap<String, String>> {
        let snapshot = self.snapshot.load_full()?;
        Some(snapshot.seals(&self.keys.derive(Snapshot::SEAL_LABEL)))
    }
}

/// Takes over configurations, one at a time.
#[derive(Clone)]
pub struct Reloader {
    live: Live,
    loaded: LoadedNow,
    turn: Arc<Mutex<()>>,
}

impl Reloader {
    pub(super) fn new(live: Live, loaded: LoadedNow, first: Snapshot) -> Self {
        loaded.snapshot.store(Some(Arc::new(first)));
        let reloader = Self { live, loaded, turn: Arc::default() };
        reloader.tell(true);
        reloader
    }

    /// Takes over a configuration that was loaded and checked, and says what changed. Requests under way end with what
    /// they began with; recoveries, counts and breakers go on.
    ///
    /// # Errors
    /// [`ReloadError`]; nothing has changed then.
    pub async fn reload(&self, settings: &Settings, snapshot: Snapshot) -> Result<Vec<Change>, ReloadError> {
        let _turn = self.turn.lock().await;
        let before = self.loaded.snapshot.load_full().unwrap_or_default();
        let changes = before.changes(&snapshot);
        let fixed: Vec<Change> = changes.iter().filter(|change| !change.is_taken_over).cloned().collect();
        if !fixed.is_empty() {
            return Err(ReloadError::Restart(fixed));
        }
        let served = self.live.load_full();
        let provider = |name: &str| {
            let tables = [format!("sms.provider.{name}"), format!("sms.receipts.{name}")];
            let shared = ["sms.timeout", "sms.connect_timeout"];
            tables.iter().map(String::as_str).chain(shared).all(|table| before.agrees(&snapshot, table))
        };
        let kind = format!("account.{}", settings.account.kind.name());
        let unchanged = Unchanged { accounts: before.agrees(&snapshot, &kind), provider: &provider };
        let (parts, courier) = build_anew(settings, &served.parts, &unchanged).await?;
        let (core, couriers) = (Arc::clone(&parts.core), Arc::clone(&parts.couriers));
        let next = Arc::new(Served::new(settings, parts)?);
        // From here on nothing can fail.
        core.limiter.follow(&settings.limits);
        couriers.store(courier);
        self.live.store(Arc::clone(&next));
        self.loaded.snapshot.store(Some(Arc::new(snapshot)));
        let grace = settings.sms.timeout.get();
        tokio::spawn(async move {
            // Messages that were being handed over get the time that one may take.
            tokio::time::sleep(grace).await;
            served.parts.router.give_way_to(&next.parts.router).await;
        });
        Ok(changes)
    }

    /// Sets the figures of the last try.
    pub fn tell(&self, successful: bool) {
        let core = &self.live.load().parts.core;
        core.metrics.gauges().reloaded(successful, core.clock.now());
    }
}
