//! Section `[limits]` of the configuration.

use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;

use super::RequesterGate;
use crate::domain::{Rate, network};

/// An IPv6 /48 may do so many times what a /64 in it may.
pub(super) const BLOCK_FACTOR: u32 = 4;

/// The longest span that a rate may have.
pub(super) const LONGEST: Duration = Duration::from_hours(366 * 24);

/// Prefix lengths of the widest networks that an organisation calls its own: 10.0.0.0/8, and more than any IPv6 holder has.
const WIDEST_KNOWN: (u8, u8) = (8, 16);

/// The largest count that a rate may have; a silent gate remembers one moment for each.
const LARGEST: u32 = 1_000_000;

/// How often something may happen.
///
/// Memory, at most: each rate of a requester gate remembers `max_keys` networks twice (/64 and /48) at about 50 bytes,
/// so the default six rates stay under 600 MB while a million networks of each size call at once, and under 1 MB on an
/// ordinary day. A silent gate remembers `max_keys` accounts or numbers at about 250 bytes, but only those that were
/// sent to, so the budget is the tighter bound: 2000 sends a day are under 2 MB.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsSettings {
    /// `false` lets everything through; for `resetgate dev` only.
    pub enabled: bool,
    /// Captchas issued to one requester.
    pub captcha: Vec<Rate>,
    /// Pictures and audio fetched by one requester.
    pub media: Vec<Rate>,
    /// Recoveries started and further codes asked for by one requester.
    pub start: Vec<Rate>,
    /// Codes presented and passwords sent by one requester, all accounts together.
    pub verify: Vec<Rate>,
    /// Challenge states read and challenges cancelled by one requester.
    pub read: Vec<Rate>,
    /// Starts given back to one requester for recoveries that succeeded; empty = none.
    pub forgive: Vec<Rate>,
    /// Networks of the organisation itself, which pass wider gates.
    pub known_networks: Vec<String>,
    /// Their gates.
    pub known: KnownRates,
    /// Codes to one account.
    pub account: Vec<Rate>,
    /// Codes to one number, whatever account.
    pub phone: Vec<Rate>,
    /// Codes into one block of ten thousand numbers.
    pub prefix: Vec<Rate>,
    /// Codes in all.
    pub budget: Vec<Rate>,
    /// Country codes that may be sent to, like `+86`.
    pub countries: Vec<String>,
    /// Networks, accounts and numbers remembered, by each rate or silent gate on its own.
    pub max_keys: usize,
}

/// The gates of one requester in a known network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRates {
    /// As in [`LimitsSettings`].
    pub captcha: Vec<Rate>,
    /// As in [`LimitsSettings`].
    pub media: Vec<Rate>,
    /// As in [`LimitsSettings`].
    pub start: Vec<Rate>,
    /// As in [`LimitsSettings`].
    pub verify: Vec<Rate>,
    /// As in [`LimitsSettings`].
    pub read: Vec<Rate>,
}

impl KnownRates {
    pub(super) fn rates(&self, gate: RequesterGate) -> &[Rate] {
        match gate {
            RequesterGate::Captcha => &self.captcha,
            RequesterGate::Media => &self.media,
            RequesterGate::Start => &self.start,
            RequesterGate::Verify => &self.verify,
            RequesterGate::Read => &self.read,
        }
    }
}

impl LimitsSettings {
    /// What is wrong: the key inside the section, and what to write instead.
    #[must_use]
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for gate in RequesterGate::ALL {
            check_rates(gate.name(), self.rates(gate), &mut problems);
            check_refill(gate.name(), self.rates(gate), &mut problems);
            check_rates(known_key(gate), self.known.rates(gate), &mut problems);
            check_refill(known_key(gate), self.known.rates(gate), &mut problems);
        }
        if !self.forgive.is_empty() {
            check_rates("forgive", &self.forgive, &mut problems);
            check_refill("forgive", &self.forgive, &mut problems);
        }
        problems.extend(self.known_networks.iter().filter_map(|text| {
            let problem = match network(text) {
                Ok(read) if is_too_wide(&read) => format!(
                    "`{text}` is far more than networks of your own: strangers would pass the wider gates; write your own, like \"203.0.113.0/28\""
                ),
                Ok(_) => return None,
                Err(problem) => problem,
            };
            Some(("known_networks", problem))
        }));
        for (key, rates) in
            [("account", &self.account), ("phone", &self.phone), ("prefix", &self.prefix), ("budget", &self.budget)]
        {
            check_rates(key, rates, &mut problems);
        }
        if self.countries.is_empty() {
            problems.push(("countries", "allows no country, so no code could be sent; write [\"+86\"]".to_owned()));
        }
        for country in self.countries.iter().filter(|country| !is_country_code(country)) {
            let problem =
                format!("`{country}` is not a country code; write a plus and one to three digits, like \"+86\"");
            problems.push(("countries", problem));
        }
        if !(1_000..=100_000_000).contains(&self.max_keys) {
            let problem = format!("is {}; write a number from 1000 to 100000000", self.max_keys);
            problems.push(("max_keys", problem));
        }
        problems
    }

    /// Known networks that lie inside `proxies`: clients in those may claim any address, and none of them is known.
    #[must_use]
    pub fn check_proxies(&self, proxies: &[IpNet]) -> Vec<(&'static str, String)> {
        let inside = |text: &String| {
            let known = network(text).ok()?;
            let proxy = proxies.iter().find(|proxy| proxy.contains(&known))?;
            let problem = format!(
                "`{text}` lies inside {proxy} of server.trusted_proxies, whose machines may claim any address; name only the proxies themselves there"
            );
            Some(("known_networks", problem))
        };
        self.known_networks.iter().filter_map(inside).collect()
    }

    /// The rates of a requester gate.
    pub(super) fn rates(&self, gate: RequesterGate) -> &[Rate] {
        match gate {
            RequesterGate::Captcha => &self.captcha,
            RequesterGate::Media => &self.media,
            RequesterGate::Start => &self.start,
            RequesterGate::Verify => &self.verify,
            RequesterGate::Read => &self.read,
        }
    }
}

const fn known_key(gate: RequesterGate) -> &'static str {
    match gate {
        RequesterGate::Captcha => "known.captcha",
        RequesterGate::Media => "known.media",
        RequesterGate::Start => "known.start",
        RequesterGate::Verify => "known.verify",
        RequesterGate::Read => "known.read",
    }
}

fn is_too_wide(network: &IpNet) -> bool {
    let widest = if matches!(network, IpNet::V4(_)) { WIDEST_KNOWN.0 } else { WIDEST_KNOWN.1 };
    network.prefix_len() < widest
}

fn check_rates(key: &'static str, rates: &[Rate], problems: &mut Vec<(&'static str, String)>) {
    if rates.is_empty() {
        problems.push((key, "holds no rate; write at least one, like [\"5/1h\"]".to_owned()));
    }
    for rate in rates {
        if rate.period.get() > LONGEST {
            problems.push((key, format!("`{rate}` looks back too far; write a span of at most 366d")));
        }
        if rate.count.get() > LARGEST {
            problems.push((key, format!("`{rate}` counts too far; write a count of at most {LARGEST}")));
        }
    }
    for (shorter, longer) in rates.iter().zip(rates.iter().skip(1)) {
        if shorter.period >= longer.period || shorter.count >= longer.count {
            let problem = format!(
                "`{longer}` after `{shorter}`: one of them never matters; write short spans first, each later rate with a longer span and a larger count"
            );
            problems.push((key, problem));
        }
    }
}

/// Requester gates refill one by one; the /48 has the finest steps.
fn check_refill(key: &'static str, rates: &[Rate], problems: &mut Vec<(&'static str, String)>) {
    for rate in rates {
        let step = rate.period.get() / rate.count.get().saturating_mul(BLOCK_FACTOR);
        if step.is_zero() {
            problems
                .push((key, format!("`{rate}` is finer than a nanosecond; write a smaller count or a longer span")));
        }
    }
}

fn is_country_code(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=3).contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit()) && !digits.starts_with('0')
}
