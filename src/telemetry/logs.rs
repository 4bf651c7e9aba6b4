//! Log lines, as text for people or JSON for machines. What never to log is kept out by the types: codes, passwords,
//! keys and credentials have no `Display`, addresses and numbers print masked.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text {
        /// Whether the terminal shows colours.
        colour: bool,
    },
    /// For machines.
    Json,
}

/// Logging cannot start.
#[derive(Debug, thiserror::Error)]
#[error("log.level: {0}")]
pub struct LogError(String);

/// Starts logging to `writer` for the whole process. A second start is left as it is.
///
/// # Errors
/// When `level` is no filter.
pub fn init_logs<W>(format: LogFormat, level: &str, writer: W) -> Result<(), LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(level).map_err(|error| LogError(error.to_string()))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // Tests start many applications in one process; the first one's logging serves all.
    let _ = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).finish().try_init(),
        LogFormat::Text { colour } => builder.with_ansi(colour).finish().try_init(),
    };
    Ok(())
}

/// Panics become one log line each: where, and not with what words. The standard library quotes the text whose slicing
/// failed, and a text may be a password.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a part of the service panicked");
    }));
}
