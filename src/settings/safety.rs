//! Combinations that are legal one by one and unsafe together. Start-up lists every reason at once.

use std::net::SocketAddr;

use ipnet::IpNet;

use super::guess::GuessBudget;
use super::problem::{Finding, Number};

/// Networks wider than these are no proxies of anybody's own: half the Internet is as good as all of it.
const WIDEST: (u8, u8) = (8, 7);

/// What safety depends on, as plain data.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact that is true or not, and they are independent")]
pub struct SafetyFacts {
    /// Started as `resetgate dev`.
    pub dev: bool,
    /// Where the API listens; `None` when that could not be read.
    pub listen: Option<SocketAddr>,
    /// Where probes and metrics listen.
    pub ops_listen: Option<SocketAddr>,
    /// Whether people come encrypted.
    pub public_https: bool,
    /// Whether the public address leads to this machine only.
    pub public_loopback: bool,
    /// Peers whose forwarded header is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Names of providers that print codes.
    pub console_sms: Vec<String>,
    /// Names of providers on other machines that are spoken to without encryption.
    pub plain_sms: Vec<String>,
    /// Names of gateways whose answers count as a success by a status that errors have as well.
    pub unread_sms: Vec<String>,
    /// Whether any provider is named.
    pub has_provider: bool,
    /// Whether a start costs a captcha.
    pub captcha_required: bool,
    /// Whether gates count.
    pub limits_enabled: bool,
    /// Whether `code.pepper` is empty.
    pub pepper_missing: bool,
    /// Whether `audit.key` is empty.
    pub audit_key_missing: bool,
    /// Whether both are given and the same.
    pub keys_shared: bool,
    /// Whether everything is logged, contents of messages among it.
    pub trace_log: bool,
    /// How easily codes are guessed.
    pub guess: GuessBudget,
}

/// Every reason not to start, and what is merely worth knowing.
#[must_use]
pub fn findings(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = secrets(facts);
    if facts.dev {
        found.extend(dev(facts));
        return found;
    }
    found.extend(defences(facts));
    found.extend(messages(facts));
    found.extend(exposure(facts));
    found.extend(notes(facts));
    found
}

fn secrets(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (missing, key, file, what) in [
        (
            facts.pepper_missing,
            "code.pepper",
            "pepper",
            "without this key a stored digest of a code is as good as the code",
        ),
        (
            facts.audit_key_missing,
            "audit.key",
            "audit",
            "without this key the addresses in the audit trail can be searched for",
        ),
    ] {
        if missing {
            let (section, last) = key.split_once('.').unwrap_or(("", key));
            let help = format!(
                "resetgate secret new --out secrets/{file}, then {last}_file = \"secrets/{file}\" under [{section}]"
            );
            found.push(Finding::error(Number::SecretMissing, key, format!("not given; {what}"), help));
        }
    }
    if facts.keys_shared {
        let problem = "the same as code.pepper; whoever may search the audit trail could forge digests of codes";
        found.push(Finding::error(Number::SecretShared, "audit.key", problem, "resetgate secret new makes another"));
    }
    found
}

/// In development nothing but reachability is dangerous: codes are shown and people are made up.
fn dev(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (key, listen) in [("server.listen", facts.listen), ("ops.listen", facts.ops_listen)] {
        if listen.is_some_and(|listen| !is_loopback(listen)) {
            let problem = "development mode shows codes to whoever asks, and this address can be reached by others";
            found.push(Finding::error(
                Number::DevReachable,
                key,
                problem,
                "listen on 127.0.0.1, or start with resetgate serve",
            ));
        }
    }
    if !facts.public_loopback {
        let problem = "development mode has no public address";
        found.push(Finding::error(
            Number::DevReachable,
            "server.public_url",
            problem,
            "leave it out, or start with resetgate serve",
        ));
    }
    found
}

fn defences(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    if !facts.captcha_required {
        let problem = "false lets programs start recoveries for every address they know";
        found.push(Finding::error(Number::CaptchaOff, "captcha.required", problem, "true; false is for resetgate dev"));
    }
    if !facts.limits_enabled {
        let problem = "false lets anybody send messages without end, at your cost";
        found.push(Finding::error(Number::LimitsOff, "limits.enabled", problem, "true; false is for resetgate dev"));
    }
    if facts.guess.is_exceeded() {
        let key = facts.guess.sends().map_or("limits.enabled", |(_, key, _)| key);
        let problem = "a code of one account could be guessed too easily";
        let help = "fewer codes a day (limits.account), fewer tries (code.max_attempts) or longer codes (code.length)";
        let finding = Finding::error(Number::GuessBudget, key, problem, help);
        found.push(Finding { detail: facts.guess.arithmetic(), ..finding });
    }
    found
}

fn messages(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in &facts.console_sms {
        let key = format!("sms.provider.{name}.kind");
        let problem = "\"console\" prints codes on the terminal and into its logs, where others read them";
        found.push(Finding::error(
            Number::ConsoleSms,
            &key,
            problem,
            "\"http\" with the url of a gateway; \"console\" is for resetgate dev",
        ));
    }
    if !facts.has_provider {
        let help = "name a gateway: providers = [\"main\"] under [sms], and a table [sms.provider.main]";
        found.push(Finding::error(Number::NoProvider, "sms.providers", "empty, so no code can leave", help));
    }
    found
}

fn exposure(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    if !facts.public_https && !facts.public_loopback {
        let problem = "http:// sends codes and new passwords in the clear";
        found.push(Finding::error(
            Number::PlainHttp,
            "server.public_url",
            problem,
            "https://, with a proxy in front that ends TLS",
        ));
    }
    for network in facts.trusted_proxies.iter().filter(|network| is_everybody(network)) {
        let problem = format!(
            "{network} is far more than your proxies: whoever is in it may claim any client address and passes every gate"
        );
        found.push(Finding::error(
            Number::TrustsEverybody,
            "server.trusted_proxies",
            problem,
            "the addresses of your own proxies",
        ));
    }
    if facts.trace_log {
        let problem = "\"trace\" for everything logs what passes on the wire, codes among it";
        found.push(Finding::error(
            Number::TraceLog,
            "log.level",
            problem,
            "\"debug\", or \"info,resetgate::sms=trace\" for one part",
        ));
    }
    found
}

fn notes(facts: &SafetyFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    if facts.trusted_proxies.is_empty() && facts.public_https {
        let problem =
            "empty, while public_url is https and so somebody else ends TLS: everybody shares that proxy's limits";
        found.push(Finding::note("server.trusted_proxies", problem, "the address of the proxy, like \"127.0.0.1/32\""));
    }
    for name in &facts.plain_sms {
        let problem = "false sends codes, numbers and the password of the account in the clear";
        let help = "true where the gateway speaks TLS; otherwise a line or a tunnel that nobody else is on";
        found.push(Finding::note(&format!("sms.provider.{name}.tls"), problem, help));
    }
    for name in &facts.unread_sms {
        let problem = "reads no body, and many gateways answer 200 to what they refuse: `-1,balance not enough` would count as sent";
        let help = "what its answers hold: pointer = \"/code\", equals = 0 for JSON, or pattern = \"^0,\" for a text; drop 200 where it \
                    answers with another status";
        found.push(Finding::note(&format!("sms.provider.{name}.success"), problem, help));
    }
    if facts.ops_listen.is_some_and(|listen| !is_loopback(listen)) {
        let problem = "probes and metrics can be reached from other machines";
        found.push(Finding::note("ops.listen", problem, "keep the port off public networks, or listen on 127.0.0.1"));
    }
    found
}

fn is_loopback(listen: SocketAddr) -> bool {
    listen.ip().to_canonical().is_loopback()
}

fn is_everybody(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST.0,
        IpNet::V6(network) => network.prefix_len() < WIDEST.1,
    }
}
