//! From settings to providers.

use std::ffi::OsString;
use std::sync::Arc;

use super::console::{Console, ConsoleWriter};
use super::failover::Failover;
use super::http::HttpProvider;
use super::settings::{ProviderSettings, SmsSettings};
use super::{ReportSink, SmsProvider};
use crate::domain::{Clock, Randomness};

/// What providers work with beside their settings.
#[derive(Clone)]
pub struct Means {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Randomness>,
    /// Where console providers print.
    pub console: ConsoleWriter,
    /// Who is told what became of messages, by providers that say so over their own connection.
    pub reports: Arc<dyn ReportSink>,
}

/// Why the providers could not be built from the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sms.{key}: {problem}")]
pub struct SmsBuildError {
    /// The key below `[sms]`.
    pub key: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl SmsBuildError {
    pub(super) fn new(key: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self { key: key.into(), problem: problem.to_string() }
    }

    pub(super) fn below(mut self, table: &str) -> Self {
        self.key = format!("{table}.{}", self.key);
        self
    }
}

/// Builds the chain of providers. Reads the files that the settings name; opens no connection, and needs no
/// process-wide crypto provider. The system's certificates are loaded only for an `https` gateway without `ca_file`.
///
/// # Errors
/// Names the key and what to do: a missing table or file, certificates that cannot be read, a text that cannot be filled.
pub fn build(settings: &SmsSettings, means: &Means) -> Result<Arc<Failover>, SmsBuildError> {
    let one = |name: &String| build_one(settings, name, means);
    let providers = settings.providers.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Failover::new(providers, settings.breaker, Arc::clone(&means.clock))))
}

/// Builds the one provider called `name`.
///
/// # Errors
/// As [`build`].
pub fn build_one(settings: &SmsSettings, name: &str, means: &Means) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
    let table = format!("provider.{name}");
    let Means { clock, console, .. } = means;
    match settings.provider.get(name) {
        None => Err(SmsBuildError::new("providers", format!("there is no table [sms.{table}]; write it"))),
        Some(ProviderSettings::Console(_)) => Ok(Arc::new(Console::new(name, console.clone(), Arc::clone(clock)))),
        Some(ProviderSettings::Http(http)) => {
            let credentials: Option<OsString> = std::env::var_os("CREDENTIALS_DIRECTORY");
            let times = (settings.connect_timeout.get(), settings.timeout.get());
            let provider = HttpProvider::new(name, http, times, Arc::clone(clock), credentials.as_deref());
            Ok(Arc::new(provider.map_err(|error| error.below(&table))?))
        }
    }
}
