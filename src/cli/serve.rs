//! `resetgate serve`.

use std::io::Write;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::{FAILED, OK, REFUSED, UNREACHABLE, refuse};
use super::follow::Follow;
use super::wait;
use crate::app::{Application, Outside, StartError};
use crate::domain::Rate;
use crate::settings::{Inputs, LogFormat, Mode, Settings, Snapshot, Sources};
use crate::telemetry::{self, LogLevel};

pub(super) fn run(inputs: &Inputs, sources: &dyn Sources, err: &mut dyn Write) -> u8 {
    let loaded = match Settings::load(inputs, sources, Mode::Serve) {
        Ok(loaded) => loaded,
        Err(report) => return refuse(&report, sources, err),
    };
    if loaded.notes.notes() > 0 {
        // Whoever does not read them has them in `config check`.
        let _ = write!(err, "{}", loaded.notes.render(sources.colour()));
    }
    let level = match start_logs(&loaded.settings, sources) {
        Ok(level) => level,
        Err(error) => return tell(err, &error.to_string(), REFUSED),
    };
    let first = Snapshot::of(&loaded.merged, sources);
    let follow = Follow { inputs: inputs.clone(), first, level };
    wait(serve(&loaded.settings, Outside::system(), err, Some(follow), |_| Ok(())))
}

/// Builds, tells the addresses, and serves until a signal comes. With `follow`, SIGHUP has the configuration read anew;
/// without, it stops: the terminal that all is shown on is gone.
pub(super) async fn serve(
    settings: &Settings,
    outside: Outside,
    err: &mut dyn Write,
    follow: Option<Follow>,
    ready: impl FnOnce(&Application) -> std::io::Result<()>,
) -> u8 {
    keep_memory_private();
    // From the beginning, so that one which comes while all is built ends nothing.
    let hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => return tell(err, &format!("signals cannot be watched: {error}"), FAILED),
    };
    let application = match Application::build(settings, outside).await {
        Ok(application) => application,
        Err(error) => return tell(err, &error.to_string(), code(&error)),
    };
    let (hangups, follow) = match follow {
        Some(follow) => (None, Some((hangups, follow))),
        None => (Some(hangups), None),
    };
    let stop = match stop_signal(hangups) {
        Ok(stop) => stop,
        Err(error) => return tell(err, &format!("signals cannot be watched: {error}"), FAILED),
    };
    tell_start(settings, &application);
    // Nobody reads on a closed pipe; the service runs all the same.
    let _ = ready(&application);
    if let Some((hangups, follow)) = follow {
        tokio::spawn(follow.run(hangups, &application));
    }
    match application.run_until(stop).await {
        Ok(()) => OK,
        Err(error) => tell(err, &error.to_string(), code(&error)),
    }
}

/// The one line that says what runs here, and with what.
fn tell_start(settings: &Settings, application: &Application) {
    let ops = application.ops_address().map(tracing::field::display);
    let limits = if settings.limits.enabled { "on" } else { "off" };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        public_url = settings.server.public_url.as_str(),
        api = %application.api_address(),
        ops,
        account_store = settings.account.kind.name(),
        state_store = "memory",
        providers = settings.sms.providers.join(","),
        limits,
        budget = %listed(&settings.limits.budget),
        per_account = %listed(&settings.limits.account),
        "listening"
    );
}

/// Rates as they are written.
fn listed(rates: &[Rate]) -> String {
    rates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

const fn code(error: &StartError) -> u8 {
    match error {
        StartError::Configuration(_) => REFUSED,
        StartError::Dependency(_) => UNREACHABLE,
        StartError::Listen { .. } | StartError::Server(_) => FAILED,
    }
}

fn tell(err: &mut dyn Write, message: &str, code: u8) -> u8 {
    // The exit code says it where nobody reads.
    let _ = writeln!(err, "error: {message}");
    code
}

/// Starts the log on standard error.
pub(super) fn start_logs(settings: &Settings, sources: &dyn Sources) -> Result<LogLevel, telemetry::LogError> {
    use std::io::IsTerminal;
    let text = telemetry::LogFormat::Text { colour: sources.colour() };
    let format = match settings.log.format {
        LogFormat::Json => telemetry::LogFormat::Json,
        LogFormat::Auto if !std::io::stderr().is_terminal() => telemetry::LogFormat::Json,
        LogFormat::Text | LogFormat::Auto => text,
    };
    let level = telemetry::init_logs(format, &settings.log.level, std::io::stderr)?;
    telemetry::log_panics();
    Ok(level)
}

/// Ends with the first SIGTERM or SIGINT, or SIGHUP where that stops; a second one ends the process at once.
fn stop_signal(mut hangups: Option<Signal>) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // The exit code of a process that a signal ended: 128 and its number.
    let mut next = async move || {
        let hangup = async {
            match &mut hangups {
                Some(hangups) => hangups.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! { _ = terminate.recv() => 143, _ = interrupt.recv() => 130, _ = hangup => 129 }
    };
    Ok(async move {
        next().await;
        tokio::spawn(async move {
            let code = next().await;
            tracing::warn!("second signal: exiting immediately");
            std::process::exit(code);
        });
    })
}

/// Codes and passwords pass through memory: no core dump, and no other process of the same owner may read it.
fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps could not be disabled");
    }
}
