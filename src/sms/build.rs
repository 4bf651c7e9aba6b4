//! From settings to providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;

use super::console::{Console, ConsoleWriter};
#[cfg(any(feature = "huawei", feature = "twilio", feature = "vonage"))]
use super::receipts::Callback;
use super::router::{Router, Way};
use super::settings::{ProviderSettings, SmsSettings};
use super::station::Station;
use super::vendor::Times;
use super::{Discard, MessageKind, ReportSink, SmsObserver, SmsProvider};
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
    /// Where the vendors are to post receipts that are told so with each message, by the provider's name. A path of ours
    /// may be all that proves a receipt, so these are secrets. Who is not named is asked for none.
    pub callbacks: BTreeMap<String, SecretString>,
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
            callbacks: BTreeMap::new(),
        }
    }

    /// Where receipts about messages of a provider are to be posted, if anywhere.
    #[cfg(any(feature = "huawei", feature = "twilio", feature = "vonage"))]
    pub(super) fn callback(&self, provider: &str) -> Option<Callback> {
        self.callbacks.get(provider).map(Callback::new)
    }
}

/// Builds the providers and the routes to them. Reads the files that the settings name; opens no connection, and needs no
/// process-wide crypto provider. The system's certificates are loaded only for an `https` gateway without `ca_file`.
///
/// # Errors
/// Names the key and what to do: a missing table or file, certificates that cannot be read, a text that cannot be filled,
/// a route that carries no codes.
pub fn build(settings: &SmsSettings, around: &Surroundings) -> Result<Arc<Router>, SmsBuildError> {
    build_observed(settings, around, Vec::new(), None)
}

/// The router that runs, and which of its providers go on as they are.
pub type Before<'a> = (&'a Arc<Router>, &'a (dyn Fn(&str) -> bool + Sync));

/// The same, with somebody who is told what happens at the providers, and in place of a router that runs.
///
/// # Errors
/// As [`build`].
pub fn build_observed(
    settings: &SmsSettings,
    around: &Surroundings,
    observers: Vec<Arc<dyn SmsObserver>>,
    before: Option<Before<'_>>,
) -> Result<Arc<Router>, SmsBuildError> {
    let mut names: Vec<&String> = Vec::new();
    for name in settings.lists().flat_map(|(_, list)| list) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let kept = |name: &str| {
        let (router, goes_on) = before?;
        goes_on(name).then(|| router.station(name).map(|station| Arc::clone(&station.provider))).flatten()
    };
    let provider = |name: &&String| kept(name).map_or_else(|| build_one(settings, name, around), Ok);
    let providers = names.iter().map(provider).collect::<Result<Vec<_>, _>>()?;
    let mut ways = Vec::new();
    for (key, list) in settings.lists() {
        let way: Way = list.iter().filter_map(|name| names.iter().position(|known| *known == name)).collect();
        if !way.iter().any(|place| providers[*place].carries(MessageKind::Code)) {
            let problem = "none of these can carry a code; name one whose table has what codes need";
            return Err(SmsBuildError::new(key, problem));
        }
        ways.push(way);
    }
    let default = ways.remove(0);
    let routes = settings.routes.iter().filter_map(|name| settings.route.get(name).cloned()).zip(ways).collect();
    let station = |provider: Arc<dyn SmsProvider>| match before.and_then(|(router, _)| router.station(provider.name()))
    {
        Some(known) => known.followed_by(provider, settings.breaker),
        None => Station::new(provider, settings.breaker),
    };
    let stations = providers.into_iter().map(station).collect();
    let built = Router::new(stations, routes, default, Arc::clone(&around.clock));
    Ok(Arc::new(built.observed_by(observers)))
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
    let Some(provider) = settings.provider.get(name) else {
        return Err(SmsBuildError::new("providers", format!("there is no table [sms.{table}]; write it")));
    };
    let built: Result<Arc<dyn SmsProvider>, SmsBuildError> = match provider {
        ProviderSettings::Console(_) => {
            Ok(Arc::new(Console::new(name, around.console.clone(), Arc::clone(&around.clock))))
        }
        ProviderSettings::Http(own) => own.build(name, times, around),
        ProviderSettings::Aliyun(own) => own.build(name, times, around),
        ProviderSettings::Tencent(own) => own.build(name, times, around),
        ProviderSettings::Huawei(own) => own.build(name, times, around),
        ProviderSettings::Twilio(own) => own.build(name, times, around),
        ProviderSettings::Vonage(own) => own.build(name, times, around),
        ProviderSettings::AwsSns(own) => own.build(name, times, around),
        ProviderSettings::Smpp(own) => own.build(name, times, around),
        ProviderSettings::Cmpp(own) => own.build(name, times, around),
    };
    built.map_err(|error| error.below(&table))
}
