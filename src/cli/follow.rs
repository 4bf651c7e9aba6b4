//! SIGHUP: the configuration is read anew, and taken over whole or not at all.

use std::future::Future;

use tokio::signal::unix::Signal;

use crate::app::{Application, Reloader};
use crate::settings::{Change, Inputs, Mode, Settings, Snapshot, SystemSources};
use crate::telemetry::LogLevel;

/// What it takes to read the configuration again.
pub(super) struct Follow {
    /// Where it is read from.
    pub inputs: Inputs,
    /// What was read at the start.
    pub first: Snapshot,
    /// The level of the log.
    pub level: LogLevel,
}

impl Follow {
    /// Reads the configuration anew with every signal. Signals that come while one is followed are followed as one.
    pub(super) fn run(self, mut hangups: Signal, application: &Application) -> impl Future<Output = ()> + use<> {
        let Self { inputs, first, level } = self;
        let reloader = application.reloader(first);
        async move {
            while hangups.recv().await.is_some() {
                match reload(&inputs, &reloader, &level).await {
                    Ok(changes) => {
                        let keys: Vec<_> = changes.iter().map(|change| change.key.to_string()).collect();
                        let keys = keys.join(", ");
                        // The figure first: who reads the line finds it changed.
                        reloader.tell(true);
                        tracing::info!(changed = keys, "the configuration was reloaded");
                    }
                    Err(reason) => {
                        reloader.tell(false);
                        tracing::error!(%reason, "the configuration was not reloaded; the one before stays in force");
                    }
                }
            }
        }
    }
}

async fn reload(inputs: &Inputs, reloader: &Reloader, level: &LogLevel) -> Result<Vec<Change>, String> {
    let inputs = inputs.clone();
    let read = move || {
        let loaded = Settings::load(&inputs, &SystemSources, Mode::Serve).map_err(|report| report.render(false))?;
        let snapshot = Snapshot::of(&loaded.merged, &SystemSources);
        Ok::<_, String>((loaded.settings, snapshot))
    };
    // Waits for disks.
    let (settings, snapshot) = tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())??;
    LogLevel::check(&settings.log.level).map_err(|error| error.to_string())?;
    let changes = reloader.reload(&settings, snapshot).await.map_err(|error| error.to_string())?;
    // The rest is in force already, so a level that cannot be set makes the reload no failure.
    if let Err(error) = level.set(&settings.log.level) {
        tracing::warn!(%error, "the log keeps its level");
    }
    Ok(changes)
}
