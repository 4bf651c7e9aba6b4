//! Log lines, as text for people or JSON for machines. What never to log is kept out by the types: codes, passwords,
//! keys and credentials have no `Display`, addresses and numbers print masked.

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::reload::Handle;
use tracing_subscriber::util::SubscriberInitExt;

/// Libraries that log.
const FRAMEWORKS: [&str; 12] = [
    "actix_http",
    "actix_server",
    "actix_web",
    "actix_rt",
    "h2",
    "hyper",
    "hyper_util",
    "ldap3",
    "mio",
    "reqwest",
    "rustls",
    "sqlx",
];

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

/// The level of a log that runs.
pub struct LogLevel(Box<dyn Fn(EnvFilter) -> Result<(), LogError> + Send + Sync>);

impl LogLevel {
    /// Whether `level` can be set, before anything else depends on it.
    ///
    /// # Errors
    /// When `level` is no filter.
    pub fn check(level: &str) -> Result<(), LogError> {
        filter(level).map(drop)
    }

    fn of<S: 'static>(handle: Handle<EnvFilter, S>) -> Self {
        Self(Box::new(move |filter| handle.reload(filter).map_err(|error| LogError(error.to_string()))))
    }

    /// Logs at another level from now on.
    ///
    /// # Errors
    /// When `level` is no filter.
    pub fn set(&self, level: &str) -> Result<(), LogError> {
        self.0(filter(level)?)
    }
}

fn filter(level: &str) -> Result<EnvFilter, LogError> {
    EnvFilter::builder().parse(quieted(level)).map_err(|error| LogError(error.to_string()))
}

/// Starts logging to `writer` for the whole process. A second start is left as it is.
///
/// # Errors
/// When `level` is no filter.
pub fn init_logs<W>(format: LogFormat, level: &str, writer: W) -> Result<LogLevel, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Tests start many applications in one process; the first one's logging serves all.
    let (lines, level) = subscriber(format, level, writer)?;
    let _ = lines.try_init();
    Ok(level)
}

type Lines = Box<dyn Subscriber + Send + Sync>;

fn subscriber<W>(format: LogFormat, level: &str, writer: W) -> Result<(Lines, LogLevel), LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter(level)?).with_writer(writer);
    Ok(match format {
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(true).with_span_list(false);
            let builder = builder.with_filter_reloading();
            let level = LogLevel::of(builder.reload_handle());
            (Box::new(builder.finish()), level)
        }
        LogFormat::Text { colour } => {
            let builder = builder.with_ansi(colour).with_filter_reloading();
            let level = LogLevel::of(builder.reload_handle());
            (Box::new(builder.finish()), level)
        }
    })
}

/// The level with the parts that we are built from at `warn`, unless it names them: what they tell of their own work is noise
/// beside ours.
fn quieted(level: &str) -> String {
    let is_named = |part: &&&str| !level.split(',').any(|directive| directive.trim().starts_with(**part));
    let quiet: Vec<_> = FRAMEWORKS.iter().filter(is_named).map(|part| format!("{part}=warn")).collect();
    format!("{level},{}", quiet.join(","))
}

/// Panics become one log line each: where, and not with what words. The standard library quotes the text whose slicing
/// failed, and a text may be a password.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "internal error: a task panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::domain::{ChallengeId, MailboxAddress, OrderId, Purpose, RequestId, SystemRandom, Timestamp};
    use crate::flow::Delivery;

    #[test]
    fn libraries_are_quiet_unless_they_are_named() {
        let quiet = quieted("info,resetgate::sms=debug");
        assert!(quiet.starts_with("info,resetgate::sms=debug,") && quiet.contains(",actix_server=warn"), "{quiet}");
        assert!(EnvFilter::builder().parse(&quiet).is_ok());
        let named = quieted("debug,sqlx=trace");
        assert!(!named.contains("sqlx=warn") && named.contains("rustls=warn"), "{named}");
    }

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What `work` logs.
    fn logged(format: LogFormat, level: &str, work: impl FnOnce()) -> String {
        let page = Page::default();
        let writer = page.clone();
        let (lines, _) = subscriber(format, level, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(lines, work);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    /// An operator who looks into one person's trouble has one of the three ids.
    #[test]
    fn every_line_of_a_delivery_carries_the_ids_of_request_recovery_and_message() {
        let (request, challenge) = (RequestId::draw(&SystemRandom), ChallengeId::draw(&SystemRandom));
        let order = OrderId::draw(&SystemRandom);
        let delivery = Delivery::Code {
            challenge,
            purpose: Purpose::Recovery,
            send: 1,
            account: MailboxAddress::parse("zhangsan@example.gov.cn").unwrap(),
            locale: "zh-CN".into(),
            request,
            asked_at: Timestamp::from_millis(0),
        };
        for format in [LogFormat::Json, LogFormat::Text { colour: false }] {
            for level in ["info", "error"] {
                let work = || delivery.span(order).in_scope(|| tracing::error!(target: "resetgate::sms", "provider"));
                let line = logged(format, level, work);
                for id in [request.to_string(), challenge.to_string(), order.to_string()] {
                    assert_eq!(line.matches(&id).count(), 1, "{id}: {line}");
                }
                assert!(!line.contains("zhangsan"), "{line}");
            }
        }
    }

    #[test]
    fn what_libraries_tell_of_themselves_is_not_logged() {
        let work = || {
            tracing::info!(target: "actix_server::builder", "starting 2 workers");
            tracing::info!(target: "resetgate::cli", "listening");
        };
        let lines = logged(LogFormat::Json, "info", work);
        assert!(!lines.contains("workers") && lines.contains("listening"), "{lines}");
    }
}
