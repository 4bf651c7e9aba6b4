//! `resetgate serve`.

use std::io::Write;

use super::exit::{FAILED, OK, REFUSED, UNREACHABLE, refuse};
use super::wait;
use crate::app::{Application, Outside, StartError};
use crate::domain::Rate;
use crate::settings::{Inputs, LogFormat, Mode, Settings, Sources};
use crate::telemetry;

pub(super) fn run(inputs: &Inputs, sources: &dyn Sources, err: &mut dyn Write) -> u8 {
    let loaded = match Settings::load(inputs, sources, Mode::Serve) {
        Ok(loaded) => loaded,
        Err(report) => return refuse(&report, sources, err),
    };
    if loaded.notes.notes() > 0 {
        // Whoever does not read them has them in `config check`.
        let _ = write!(err, "{}", loaded.notes.render(sources.colour()));
    }
    if let Err(error) = start_logs(&loaded.settings, sources) {
        return tell(err, &error.to_string(), REFUSED);
    }
    wait(serve(&loaded.settings, Outside::system(), err, |_| Ok(())))
}

/// Builds, tells the addresses, and serves until a signal comes.
pub(super) async fn serve(
    settings: &Settings,
    outside: Outside,
    err: &mut dyn Write,
    ready: impl FnOnce(&Application) -> std::io::Result<()>,
) -> u8 {
    keep_memory_private();
    let application = match Application::build(settings, outside).await {
        Ok(application) => application,
        Err(error) => return tell(err, &error.to_string(), code(&error)),
    };
    let stop = match stop_signal() {
        Ok(stop) => stop,
        Err(error) => return tell(err, &format!("signals cannot be watched: {error}"), FAILED),
    };
    tell_start(settings, &application);
    // Nobody reads on a closed pipe; the service runs all the same.
    let _ = ready(&application);
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
pub(super) fn start_logs(settings: &Settings, sources: &dyn Sources) -> Result<(), telemetry::LogError> {
    use std::io::IsTerminal;
    let text = telemetry::LogFormat::Text { colour: sources.colour() };
    let format = match settings.log.format {
        LogFormat::Json => telemetry::LogFormat::Json,
        LogFormat::Auto if !std::io::stderr().is_terminal() => telemetry::LogFormat::Json,
        LogFormat::Text | LogFormat::Auto => text,
    };
    telemetry::init_logs(format, &settings.log.level, std::io::stderr)?;
    telemetry::log_panics();
    Ok(())
}

/// Ends with the first SIGTERM, SIGINT or SIGHUP; a second one ends the process at once.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    // The exit code of a process that a signal ended: 128 and its number.
    let mut next = async move || {
        tokio::select! { _ = terminate.recv() => 143, _ = interrupt.recv() => 130, _ = hangup.recv() => 129 }
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
