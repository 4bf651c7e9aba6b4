//! Safety facts from the merged values.
//!
//! Safety looks across sections that belong to different capabilities, so it reads the merged values, whose
//! kinds are checked already, and not the types that the capabilities keep for themselves.

use toml::Value;

use super::guess::GuessBudget;
use super::key::KeyPath;
use super::merged::Merged;
use super::safety::SafetyFacts;
use super::server::ServerSettings;
use crate::domain::Rate;

/// Rates that every code sent to one account counts against.
const SEND_RATES: [&str; 2] = ["limits.account", "limits.budget"];

/// Gathers the facts. `dev` is whether the service was started as `resetgate dev`, with its made-up accounts.
#[must_use]
pub fn gather(merged: &Merged, server: &ServerSettings, ops: Option<std::net::SocketAddr>, dev: bool) -> SafetyFacts {
    let at = |path: &str| merged.at(path);
    let text = |path: &str| at(path).and_then(Value::as_str).unwrap_or_default();
    let is_on = |path: &str| at(path).and_then(Value::as_bool).unwrap_or(false);
    let (pepper, audit_key) = (text("code.pepper"), text("audit.key"));
    let providers = texts(at("sms.providers"));
    SafetyFacts {
        dev,
        listen: Some(server.listen),
        ops_listen: ops,
        public_https: server.public_url.is_https(),
        public_loopback: server.public_url.is_loopback(),
        trusted_proxies: server.trusted_proxies.clone(),
        console_sms: console_providers(merged, &providers),
        plain_sms: plain_providers(merged, &providers),
        has_provider: !providers.is_empty(),
        captcha_required: is_on("captcha.required"),
        limits_enabled: is_on("limits.enabled"),
        pepper_missing: pepper.is_empty(),
        audit_key_missing: audit_key.is_empty(),
        keys_shared: !pepper.is_empty() && pepper == audit_key,
        trace_log: text("log.level").split(',').any(|part| part.trim().eq_ignore_ascii_case("trace")),
        guess: GuessBudget {
            length: number(at("code.length")),
            max_attempts: number(at("code.max_attempts")),
            rates: if is_on("limits.enabled") { rates(merged) } else { Vec::new() },
        },
    }
}

/// Those of the providers in use that print.
fn console_providers(merged: &Merged, providers: &[&str]) -> Vec<String> {
    let kind = |name: &&str| merged.get(&KeyPath::new(["sms", "provider", name, "kind"])).map(|held| &held.value);
    let prints = |name: &&&str| kind(name).and_then(Value::as_str) == Some("console");
    providers.iter().filter(prints).map(|&name| name.to_owned()).collect()
}

/// Those of the providers in use that are told to speak without TLS, unless they are on this machine.
fn plain_providers(merged: &Merged, providers: &[&str]) -> Vec<String> {
    let at = |name: &str, key: &str| merged.get(&KeyPath::new(["sms", "provider", name, key])).map(|held| &held.value);
    let is_plain = |name: &&&str| {
        let host = at(name, "host").and_then(Value::as_str).unwrap_or_default();
        let loopback = host.parse::<std::net::IpAddr>().map_or(host == "localhost", |address| address.is_loopback());
        at(name, "tls").and_then(Value::as_bool) == Some(false) && !loopback
    };
    providers.iter().filter(is_plain).map(|&name| name.to_owned()).collect()
}

/// A rate that cannot be read is reported elsewhere and counts for nothing here.
fn rates(merged: &Merged) -> Vec<(&'static str, Rate)> {
    let of =
        |key: &'static str| texts(merged.at(key)).into_iter().filter_map(move |rate| Some((key, rate.parse().ok()?)));
    SEND_RATES.into_iter().flat_map(of).collect()
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn number(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_integer).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::known;

    #[test]
    fn every_key_that_the_facts_read_exists() {
        let read = [
            "code.pepper",
            "audit.key",
            "sms.providers",
            "sms.provider.main.kind",
            "sms.provider.main.tls",
            "sms.provider.main.host",
            "captcha.required",
            "limits.enabled",
        ];
        for path in read.into_iter().chain(["log.level", "code.length", "code.max_attempts"]).chain(SEND_RATES) {
            assert!(known().key(&KeyPath::dotted(path)).is_some(), "{path}");
        }
    }
}
