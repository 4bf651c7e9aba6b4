//! What refuses to start, and that every reason is told.

use super::*;

fn safe() -> SafetyFacts {
    SafetyFacts {
        dev: false,
        listen: "127.0.0.1:8080".parse().ok(),
        ops_listen: "127.0.0.1:9180".parse().ok(),
        public_https: true,
        public_loopback: false,
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        console_sms: Vec::new(),
        plain_sms: Vec::new(),
        unread_sms: Vec::new(),
        has_provider: true,
        captcha_required: true,
        limits_enabled: true,
        pepper_missing: false,
        audit_key_missing: false,
        keys_shared: false,
        trace_log: false,
        guess: GuessBudget { length: 6, max_attempts: 5, rates: vec![("limits.account", "10/1d".parse().unwrap())] },
    }
}

fn numbers(facts: &SafetyFacts) -> Vec<Number> {
    safety_findings(facts)
        .into_iter()
        .filter(|finding| finding.level == Level::Error)
        .map(|finding| finding.number)
        .collect()
}

#[test]
fn a_safe_configuration_gives_no_finding() {
    assert_eq!(safety_findings(&safe()), []);
}

type Change = fn(&mut SafetyFacts);

/// case 96: each unsafe fact is refused by itself.
#[test]
fn each_unsafe_fact_is_refused() {
    let table: [(Number, Change); 12] = [
        (Number::CaptchaOff, |facts| facts.captcha_required = false),
        (Number::LimitsOff, |facts| facts.limits_enabled = false),
        (Number::ConsoleSms, |facts| facts.console_sms = vec!["main".into()]),
        (Number::SecretMissing, |facts| facts.pepper_missing = true),
        (Number::SecretMissing, |facts| facts.audit_key_missing = true),
        (Number::SecretShared, |facts| facts.keys_shared = true),
        (Number::PlainHttp, |facts| facts.public_https = false),
        (Number::TrustsEverybody, |facts| facts.trusted_proxies = vec!["0.0.0.0/0".parse().unwrap()]),
        (Number::TrustsEverybody, |facts| facts.trusted_proxies = vec!["::/1".parse().unwrap()]),
        (Number::NoProvider, |facts| facts.has_provider = false),
        (Number::TraceLog, |facts| facts.trace_log = true),
        (Number::GuessBudget, |facts| facts.guess.max_attempts = 11),
    ];
    for (number, change) in table {
        let mut facts = safe();
        change(&mut facts);
        assert_eq!(numbers(&facts), [number]);
    }
}

#[test]
fn plain_http_is_fine_on_this_machine_alone() {
    let facts = SafetyFacts { public_https: false, public_loopback: true, ..safe() };
    assert_eq!(numbers(&facts), []);
}

#[test]
fn development_may_do_everything_but_be_reached() {
    let dev = SafetyFacts {
        dev: true,
        captcha_required: false,
        limits_enabled: false,
        console_sms: vec!["console".into()],
        public_https: false,
        public_loopback: true,
        guess: GuessBudget { rates: Vec::new(), ..safe().guess },
        ..safe()
    };
    assert_eq!(numbers(&dev), []);
    let open = SafetyFacts { listen: "0.0.0.0:8080".parse().ok(), ops_listen: "[::]:1".parse().ok(), ..dev.clone() };
    assert_eq!(numbers(&open), [Number::DevReachable, Number::DevReachable]);
    assert_eq!(numbers(&SafetyFacts { public_loopback: false, ..dev }), [Number::DevReachable]);
}

/// case 96: captcha off, limits off, loopback provider, no keys, trace, http public URL: refused, every reason listed.
#[test]
fn an_unsafe_start_is_refused_with_every_reason_and_its_place() {
    let text = "[server]
public_url = \"http://reset.example.gov.cn\"
trusted_proxies = [\"0.0.0.0/0\"]
[captcha]
required = false
[limits]
enabled = false
[sms]
providers = [\"terminal\"]
[sms.provider.terminal]
kind = \"console\"
[log]
level = \"trace\"
";
    let sources = MemorySources::default().file("a.toml", text);
    let report = Settings::load(&sources.inputs(&["a.toml"], &[]), &sources, Mode::Serve).unwrap_err();
    let text = report.render(false);
    for part in [
        "error[C031]: captcha.required: false lets programs start recoveries",
        "error[C032]: limits.enabled: false lets anybody send messages",
        "error[C033]: sms.provider.terminal.kind: \"console\" prints codes",
        "error[C034]: code.pepper: not given",
        "error[C034]: audit.key: not given",
        "error[C036]: server.public_url: http:// sends codes",
        "error[C037]: server.trusted_proxies: 0.0.0.0/0 is far more",
        "error[C041]: log.level: \"trace\"",
        "error[C040]: limits.enabled: a code of one account could be guessed too easily",
        "--> a.toml:5:12",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(report.errors(), 9, "{text}");
}

#[test]
fn too_good_a_chance_to_guess_is_refused_with_its_arithmetic() {
    let sources = MemorySources::default().file("a.toml", "[limits]\naccount = [\"1/60s\"]\nbudget = [\"2000/1d\"]\n");
    let text = Settings::load(&sources.inputs(&["a.toml"], &[]), &sources, Mode::Serve).unwrap_err().render(false);
    for part in [
        "error[C040]: limits.account: a code of one account could be guessed too easily\n  --> a.toml:2:11",
        "= codes sent to one account in 24h: 1440, as limits.account lets \"1/1m\" through (1 × 1440)",
        "1440 × 5 / 1000000 = 7.2e-3",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_proxy_that_is_not_named_is_noted() {
    let notes = safety_findings(&SafetyFacts { plain_sms: vec!["main".into()], ..safe() });
    assert_eq!((notes.len(), notes[0].level, notes[0].key.as_str()), (1, Level::Note, "sms.provider.main.tls"));
    let notes = safety_findings(&SafetyFacts { trusted_proxies: Vec::new(), ..safe() });
    assert_eq!((notes.len(), notes[0].level, notes[0].key.as_str()), (1, Level::Note, "server.trusted_proxies"));
}
