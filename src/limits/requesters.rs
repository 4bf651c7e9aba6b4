//! Gates by requester: every bucket of a gate must let a request through.

use std::sync::Arc;

use ipnet::IpNet;

use super::bucket::Buckets;
use super::settings::BLOCK_FACTOR;
use super::ticks::Ticks;
use super::{Allowance, Limited, LimitsSettings, RequesterGate};
use crate::domain::{Clock, Network, Rate, Requester, network};

/// What a gate without a limit answers.
pub(super) const UNLIMITED: Allowance = Allowance { limit: u32::MAX, window_secs: 1, remaining: u32::MAX };

/// The five gates, once for everybody and once for the networks that are known.
pub(super) struct RequesterGates {
    ticks: Ticks,
    gates: [Gate; RequesterGate::ALL.len()],
    known_gates: [Gate; RequesterGate::ALL.len()],
    known: Box<[IpNet]>,
    proxies: Box<[IpNet]>,
    /// How often a start is given back.
    forgive: Option<Gate>,
}

impl RequesterGates {
    pub(super) fn new(settings: &LimitsSettings, clock: &Arc<dyn Clock>) -> Self {
        let ticks = Ticks::start(Arc::clone(clock));
        Self::over(settings, ticks, None)
    }

    fn over(settings: &LimitsSettings, ticks: Ticks, before: Option<&Self>) -> Self {
        let gate = |rates: &[Rate], before: Option<&Gate>| Gate::new(rates, settings.max_keys, &ticks, before);
        let gates = RequesterGate::ALL.map(|one| gate(settings.rates(one), before.map(|old| old.gate(one))));
        let known_gates = std::array::from_fn(|place| {
            let one = RequesterGate::ALL[place];
            gate(settings.known.rates(one), before.and_then(|old| old.known_gates.get(place)))
        });
        let old = before.and_then(|old| old.forgive.as_ref());
        let forgive = (!settings.forgive.is_empty()).then(|| gate(&settings.forgive, old));
        let known = settings.known_networks.iter().filter_map(|text| network(text).ok()).collect();
        let proxies = before.map(|old| old.proxies.clone()).unwrap_or_default();
        Self { ticks, gates, known_gates, known, proxies, forgive }
    }

    /// Requests that seem to come from a proxy itself come from anybody, so that it is no known network.
    pub(super) fn set_proxies(&mut self, proxies: &[IpNet]) {
        self.proxies = proxies.into();
    }

    /// The same gates with other rates: what was counted at a rate counts at the one in its place.
    pub(super) fn following(&self, settings: &LimitsSettings) -> Self {
        Self::over(settings, self.ticks.clone(), Some(self))
    }

    pub(super) fn pass(&self, gate: RequesterGate, requester: &Requester) -> Result<Allowance, Limited> {
        self.ticks.tick();
        self.gate_for(gate, requester).pass(requester)
    }

    /// Gives one start back, as far as that may happen.
    pub(super) fn forgive(&self, requester: &Requester) {
        self.ticks.tick();
        if self.forgive.as_ref().is_some_and(|gate| gate.pass(requester).is_ok()) {
            self.gate_for(RequesterGate::Start, requester).give_back(requester);
        }
    }

    fn gate_for(&self, gate: RequesterGate, requester: &Requester) -> &Gate {
        let within = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&requester.address()));
        let is_known = !self.known.is_empty() && within(&self.known) && !within(&self.proxies);
        if is_known { of(&self.known_gates, gate) } else { self.gate(gate) }
    }

    pub(super) fn gate(&self, gate: RequesterGate) -> &Gate {
        of(&self.gates, gate)
    }

    pub(super) fn sweep(&self) {
        self.ticks.tick();
        let all = self.gates.iter().chain(&self.known_gates).chain(&self.forgive);
        all.flat_map(|gate| gate.site.iter().chain(&gate.block)).for_each(Buckets::sweep);
    }
}

fn of(gates: &[Gate; RequesterGate::ALL.len()], gate: RequesterGate) -> &Gate {
    let [captcha, media, start, verify, read] = gates;
    match gate {
        RequesterGate::Captcha => captcha,
        RequesterGate::Media => media,
        RequesterGate::Start => start,
        RequesterGate::Verify => verify,
        RequesterGate::Read => read,
    }
}

/// One gate: each of its rates for the IPv4 address or IPv6 /64, and four times that for the IPv6 /48.
pub(super) struct Gate {
    site: Box<[Buckets]>,
    block: Box<[Buckets]>,
}

impl Gate {
    fn new(rates: &[Rate], max_keys: usize, ticks: &Ticks, before: Option<&Self>) -> Self {
        let buckets = |factor, before: Option<&[Buckets]>| {
            let before = |place| before.and_then(|buckets| buckets.get(place));
            let rates = rates.iter().enumerate();
            rates.map(|(place, rate)| Buckets::new(*rate, factor, max_keys, ticks.clone(), before(place))).collect()
        };
        Self {
            site: buckets(1, before.map(|gate| &*gate.site)),
            block: buckets(BLOCK_FACTOR, before.map(|gate| &*gate.block)),
        }
    }

    /// Passes one request through.
    ///
    /// All buckets are looked at before any is charged: a refusal costs nothing, and
    /// its wait is that of the slowest bucket. Only a request that loses a race between look and charge has paid the
    /// buckets before the one that refused it. Order: short spans first, /64 before /48.
    fn pass(&self, requester: &Requester) -> Result<Allowance, Limited> {
        let slowest = (self.count(requester) > 1)
            .then(|| self.buckets(requester).filter_map(|(buckets, network)| buckets.look(network).err()))
            .and_then(|refusals| refusals.max_by_key(|limited| limited.retry_after));
        if let Some(limited) = slowest {
            return Err(limited);
        }
        let mut closest = UNLIMITED;
        for (buckets, network) in self.buckets(requester) {
            let allowance = buckets.charge(network)?;
            if allowance.remaining < closest.remaining {
                closest = allowance;
            }
        }
        Ok(closest)
    }

    /// Puts one back into every bucket.
    fn give_back(&self, requester: &Requester) {
        self.buckets(requester).for_each(|(buckets, network)| buckets.give_back(network));
    }

    fn buckets(&self, requester: &Requester) -> impl Iterator<Item = (&Buckets, Network)> {
        let site = requester.network();
        let wide = requester.block().into_iter();
        self.site
            .iter()
            .map(move |buckets| (buckets, site))
            .chain(wide.flat_map(|block| self.block.iter().map(move |buckets| (buckets, block))))
    }

    fn count(&self, requester: &Requester) -> usize {
        self.site.len() + if requester.block().is_some() { self.block.len() } else { 0 }
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.site.iter().chain(&self.block).map(Buckets::len).max().unwrap_or(0)
    }
}
