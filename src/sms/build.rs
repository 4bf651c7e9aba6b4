//! From settings to providers.

use std::ffi::OsString;
use std::sync::Arc;

#[cfg(feature = "cmpp")]
use super::cmpp;
use super::console::{Console, ConsoleWriter};
use super::failover::Failover;
use super::http;
use super::settings::{ProviderSettings, SmsSettings};
#[cfg(feature = "smpp")]
use super::smpp;
use super::vendor::Times;
use super::{Discard, ReportSink, SmsProvider};
use crate::domain::{Clock, Randomness, SystemClock, SystemRandom};

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

/// What providers work with.
#[derive(Clone)]
pub struct Surroundings {
    /// For signatures, breakers and dates that gateways answer with.
    pub clock: Arc<dyn Clock>,
    /// For nonces.
    pub random: Arc<dyn Randomness>,
    /// Where console providers print.
    pub console: ConsoleWriter,
    /// Who takes the receipts that come over a provider's own connection.
    pub reports: Arc<dyn ReportSink>,
}

impl Surroundings {
    /// The clock and the chance of this machine; nobody asks for receipts.
    #[must_use]
    pub fn of_this_machine(console: ConsoleWriter) -> Self {
        Self {
            clock: Arc::new(SystemClock::start()),
            random: Arc::new(SystemRandom),
            console,
            reports: Arc::new(Discard),
        }
    }
}

/// Builds the chain of providers. Reads the files that the settings name; opens no connection, and needs no
/// process-wide crypto provider. The system's certificates are loaded only for an `https` gateway without `ca_file`.
///
/// # Errors
/// Names the key and what to do: a missing table or file, certificates that cannot be read, a text that cannot be filled.
pub fn build(settings: &SmsSettings, around: &Surroundings) -> Result<Arc<Failover>, SmsBuildError> {
    let one = |name: &String| build_one(settings, name, around);
    let providers = settings.providers.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Failover::new(providers, settings.breaker, Arc::clone(&around.clock))))
}

/// Builds the one provider called `name`.
///
/// # Errors
/// As [`build`].
pub fn build_one(
    settings: &SmsSettings,
    name: &str,
    around: &Surroundings,
) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
    let table = format!("provider.{name}");
    let times = Times { connect: settings.connect_timeout.get(), total: settings.timeout.get() };
    match settings.provider.get(name) {
        None => Err(SmsBuildError::new("providers", format!("there is no table [sms.{table}]; write it"))),
        Some(ProviderSettings::Console(_)) => {
            Ok(Arc::new(Console::new(name, around.console.clone(), Arc::clone(&around.clock))))
        }
        Some(ProviderSettings::Http(gateway)) => {
            let credentials: Option<OsString> = std::env::var_os("CREDENTIALS_DIRECTORY");
            let provider = http::provider(name, gateway, times, around, credentials.as_deref());
            Ok(Arc::new(provider.map_err(|error| error.below(&table))?))
        }
        #[cfg(feature = "cmpp")]
        Some(ProviderSettings::Cmpp(gateway)) => {
            let provider = cmpp::provider(name, gateway, times, around);
            Ok(Arc::new(provider.map_err(|error| error.below(&table))?))
        }
        #[cfg(not(feature = "cmpp"))]
        Some(ProviderSettings::Cmpp(never)) => match *never {},
        #[cfg(feature = "smpp")]
        Some(ProviderSettings::Smpp(smsc)) => {
            let provider = smpp::provider(name, smsc, times, around);
            Ok(Arc::new(provider.map_err(|error| error.below(&table))?))
        }
        #[cfg(not(feature = "smpp"))]
        Some(ProviderSettings::Smpp(never)) => match *never {},
    }
}
