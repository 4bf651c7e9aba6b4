//! Which provider a message goes to: the first route that matches, its providers in order, and the next only where the
//! last one surely sent nothing. A provider's breaker is shared by all routes that lead to it.

use std::sync::Arc;

use async_trait::async_trait;

use super::breaker::Admission;
use super::passed::Passed;
use super::route::RouteSettings;
use super::settings::BreakerSettings;
use super::station::Station;
use super::{Attempt, MessageKind, SmsError, SmsFault, SmsMessage, SmsObserver, SmsProvider, SmsReceipt, Transcript};
use crate::domain::Clock;

/// All providers, and which messages go to which.
pub struct Router {
    stations: Vec<Station>,
    routes: Vec<(RouteSettings, Way)>,
    default: Way,
    clock: Arc<dyn Clock>,
    observers: Vec<Arc<dyn SmsObserver>>,
}

/// Places of stations, in the order they are asked.
pub(super) type Way = Vec<usize>;

/// A message that nobody is known to have taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Whose word it is: the last that was asked or passed by. Nothing when no provider carries such messages.
    pub provider: Option<Box<str>>,
    /// The word.
    pub error: SmsError,
}

/// How a provider is, for operators: single messages change it, so it is not for anybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderHealth {
    /// Its name in the configuration.
    pub name: String,
    /// Whether messages pass it by at present. When the time is over it counts as well before a message has tried it.
    pub passed_by: bool,
    /// What only an operator can mend.
    pub faults: Vec<SmsFault>,
}

/// What may be told to anybody: how the providers of the default route are. Of other routes nothing is shown, because
/// who takes them is not for strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Messages leave.
    None,
    /// Some of its providers take nothing.
    Partial,
    /// None of them takes anything.
    Full,
}

impl Router {
    /// One provider for all messages.
    #[must_use]
    pub fn alone(provider: Arc<dyn SmsProvider>, breaker: BreakerSettings, clock: Arc<dyn Clock>) -> Self {
        Self::new(vec![Station::new(provider, breaker)], Vec::new(), vec![0], clock)
    }

    pub(super) fn new(
        stations: Vec<Station>,
        routes: Vec<(RouteSettings, Way)>,
        default: Way,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { stations, routes, default, clock, observers: Vec::new() }
    }

    /// The same, telling `observers` what happens.
    #[must_use]
    pub fn observed_by(self, observers: Vec<Arc<dyn SmsObserver>>) -> Self {
        Self { observers, ..self }
    }

    /// The provider of this name, with what is known of it.
    pub(super) fn station(&self, name: &str) -> Option<&Station> {
        self.stations.iter().find(|station| station.provider.name() == name)
    }

    /// Takes leave of the providers that `next` has not taken over, and connects ahead those that are new there.
    pub async fn give_way_to(&self, next: &Self) {
        let kept = |station: &Station, router: &Self| {
            router.stations.iter().any(|other| Arc::ptr_eq(&other.provider, &station.provider))
        };
        let leaving = self.stations.iter().filter(|station| !kept(station, next));
        futures_util::future::join_all(leaving.map(|station| station.provider.close())).await;
        next.stations.iter().filter(|station| !kept(station, self)).for_each(|station| station.provider.start());
    }

    /// How each provider is.
    #[must_use]
    pub fn health(&self) -> Vec<ProviderHealth> {
        let now = self.clock.now();
        let health = |station: &Station| ProviderHealth {
            name: station.provider.name().to_owned(),
            passed_by: station.breaker.is_open(now),
            faults: station.faults(),
        };
        self.stations.iter().map(health).collect()
    }

    /// What may be told to anybody. When an outage has lasted for a while it counts as over for as long, whether or not a
    /// message tried: otherwise a page that turns people away would keep every provider from being tried.
    #[must_use]
    pub fn outage(&self) -> Outage {
        let now = self.clock.now();
        let stations = || self.default.iter().filter_map(|place| self.stations.get(*place));
        match stations().filter(|station| station.shows_out(now)).count() {
            0 => Outage::None,
            out if out == self.default.len() => Outage::Full,
            _ => Outage::Partial,
        }
    }

    /// Hands the message over, once at each provider of its route until one takes it or may have taken it.
    ///
    /// # Errors
    /// With the name of the provider whose word it is.
    pub async fn hand_over(&self, message: &SmsMessage) -> Result<SmsReceipt, Unsent> {
        self.walk(message, None).await
    }

    async fn walk(&self, message: &SmsMessage, mut transcript: Option<&mut Transcript>) -> Result<SmsReceipt, Unsent> {
        let mut passed = Passed::default();
        for station in self.route(message) {
            let (provider, name) = (&station.provider, station.provider.name());
            let began = self.clock.now();
            match station.breaker.admits(began) {
                Admission::Yes => {}
                Admission::Paused(left) => {
                    passed.paused(name, left);
                    continue;
                }
                Admission::Open => {
                    passed.by(name);
                    continue;
                }
            }
            let outcome = match &mut transcript {
                None => provider.send(message).await,
                Some(transcript) => provider.send_shown(message, transcript).await,
            };
            let now = self.clock.now();
            let attempt = Attempt { provider: name, message, outcome: &outcome, took: now.since(began) };
            self.observers.iter().for_each(|observer| observer.attempted(&attempt));
            for turn in station.learn(message, &outcome, now) {
                self.observers.iter().for_each(|observer| observer.turned(name, turn));
            }
            match outcome {
                Ok(receipt) => return Ok(receipt),
                Err(error) => {
                    tracing::warn!(provider = name, %error, "provider did not accept the message");
                    if !error.lets_another_try() {
                        return Err(Unsent { provider: Some(name.into()), error });
                    }
                    passed.said(name, error);
                }
            }
        }
        Err(passed.into_unsent())
    }

    /// The providers that are asked to take a message, in order.
    fn route<'r>(&'r self, message: &SmsMessage) -> impl Iterator<Item = &'r Station> {
        let (to, unit, kind) = (&message.to, message.unit.as_deref(), message.kind);
        let found = self.routes.iter().find(|(route, _)| route.matches(to, unit));
        let way = found.map_or(&self.default, |(_, way)| way);
        let stations = way.iter().filter_map(|place| self.stations.get(*place));
        stations.filter(move |station| station.provider.carries(kind))
    }
}

/// For tools that send one message; the service calls [`Router::hand_over`], which tells whose word an error is.
#[async_trait]
impl SmsProvider for Router {
    fn name(&self) -> &'static str {
        "router"
    }

    fn carries(&self, kind: MessageKind) -> bool {
        self.stations.iter().any(|station| station.provider.carries(kind))
    }

    fn is_available(&self) -> bool {
        self.outage() != Outage::Full
    }

    fn start(&self) {
        self.stations.iter().for_each(|station| station.provider.start());
    }

    async fn close(&self) {
        futures_util::future::join_all(self.stations.iter().map(|station| station.provider.close())).await;
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.walk(message, None).await.map_err(|unsent| unsent.error)
    }

    async fn send_shown(&self, message: &SmsMessage, transcript: &mut Transcript) -> Result<SmsReceipt, SmsError> {
        self.walk(message, Some(transcript)).await.map_err(|unsent| unsent.error)
    }

    fn draft(&self, message: &SmsMessage) -> Result<Transcript, SmsError> {
        self.route(message).next().map_or_else(|| Ok(Transcript::default()), |station| station.provider.draft(message))
    }
}

#[cfg(test)]
mod tests;
