//! Gates by requester: every bucket of a gate must let a request through.

use std::sync::Arc;

use super::bucket::Buckets;
use super::settings::BLOCK_FACTOR;
use super::ticks::Ticks;
use super::{Allowance, Limited, LimitsSettings, RequesterGate};
use crate::domain::{Clock, Network, Rate, Requester};

/// What a gate without a limit answers.
pub(super) const UNLIMITED: Allowance = Allowance { limit: u32::MAX, window_secs: 1, remaining: u32::MAX };

/// The five gates.
pub(super) struct RequesterGates {
    ticks: Ticks,
    gates: [Gate; RequesterGate::ALL.len()],
}

impl RequesterGates {
    pub(super) fn new(settings: &LimitsSettings, clock: &Arc<dyn Clock>) -> Self {
        let ticks = Ticks::start(Arc::clone(clock));
        let gates = RequesterGate::ALL.map(|gate| Gate::new(settings.rates(gate), settings.max_keys, &ticks));
        Self { ticks, gates }
    }

    pub(super) fn pass(&self, gate: RequesterGate, requester: &Requester) -> Result<Allowance, Limited> {
        self.ticks.tick();
        self.gate(gate).pass(requester)
    }

    pub(super) fn gate(&self, gate: RequesterGate) -> &Gate {
        let [captcha, media, start, verify, read] = &self.gates;
        match gate {
            RequesterGate::Captcha => captcha,
            RequesterGate::Media => media,
            RequesterGate::Start => start,
            RequesterGate::Verify => verify,
            RequesterGate::Read => read,
        }
    }

    pub(super) fn sweep(&self) {
        self.ticks.tick();
        self.gates.iter().flat_map(|gate| gate.site.iter().chain(&gate.block)).for_each(Buckets::sweep);
    }
}

/// One gate: each of its rates for the IPv4 address or IPv6 /64, and four times that for the IPv6 /48.
pub(super) struct Gate {
    site: Box<[Buckets]>,
    block: Box<[Buckets]>,
}

impl Gate {
    fn new(rates: &[Rate], max_keys: usize, ticks: &Ticks) -> Self {
        let buckets = |factor| rates.iter().map(|rate| Buckets::new(*rate, factor, max_keys, ticks.clone())).collect();
        Self { site: buckets(1), block: buckets(BLOCK_FACTOR) }
    }

    /// Passes one request through.
    ///
    /// governor gives nothing back, so all buckets are looked at before any is charged: a refusal costs nothing, and
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
