//! Safety facts from the merged values.
//!
//! Safety looks across sections that belong to different capabilities, so it reads the merged values, whose
//! kinds are checked already, and not the types that the capabilities keep for themselves.

use toml::Value;

use super::guess::GuessBudget;
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
        plain_sms: plain_providers(merged),
        console_sms: console_providers(merged),
        unread_sms: unread_providers(merged),
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

/// The providers that print.
fn console_providers(merged: &Merged) -> Vec<String> {
    providers(merged, "kind").filter(|(_, kind)| kind.as_str() == Some("console")).map(|(name, _)| name).collect()
}

/// The providers that are told to speak without TLS, unless they are on this machine.
fn plain_providers(merged: &Merged) -> Vec<String> {
    let hosts: Vec<_> = providers(merged, "host").collect();
    let is_near = |name: &str| {
        let host = hosts.iter().find(|(own, _)| own == name).and_then(|(_, host)| host.as_str()).unwrap_or_default();
        host.parse::<std::net::IpAddr>().map_or(host == "localhost", |address| address.is_loopback())
    };
    let plain = providers(merged, "tls").filter(|(name, tls)| tls.as_bool() == Some(false) && !is_near(name));
    plain.map(|(name, _)| name).collect()
}

/// The gateways whose success is a 200 and nothing else.
fn unread_providers(merged: &Merged) -> Vec<String> {
    let is_bare = |rule: &Value| {
        let is_ok = rule.get("status").and_then(Value::as_array).is_some_and(|all| all.contains(&Value::Integer(200)));
        is_ok && rule.get("pointer").is_none() && rule.get("pattern").is_none()
    };
    providers(merged, "success").filter(|(_, rule)| is_bare(rule)).map(|(name, _)| name).collect()
}

/// What `key` is in each provider's table. Each is in use by the default list or by a route: a table that is not
/// refuses to start.
fn providers<'a>(merged: &'a Merged, key: &'a str) -> impl Iterator<Item = (String, &'a Value)> {
    merged.iter().filter_map(move |(path, held)| match path.names() {
        [sms, provider, name, last] if [sms, provider, last] == ["sms", "provider", key] => {
            Some((name.clone(), &held.value))
        }
        _ => None,
    })
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
    use crate::settings::KeyPath;
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
            "sms.provider.main.success",
            "captcha.required",
            "limits.enabled",
        ];
        for path in read.into_iter().chain(["log.level", "code.length", "code.max_attempts"]).chain(SEND_RATES) {
            assert!(known().key(&KeyPath::dotted(path)).is_some(), "{path}");
        }
    }
}
