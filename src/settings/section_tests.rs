//! Ranges of the sections that live here.

use super::*;

/// The problems that `--set` arguments cause, beyond what an empty configuration has.
fn refused(sets: &[&str]) -> String {
    let sources = MemorySources::default();
    Settings::load(&sources.inputs(&[], sets), &sources, Mode::Serve).unwrap_err().render(false)
}

/// case 97: zero, too little, too much and a code that outlives the ceiling of NIST are refused with their key.
#[test]
fn values_outside_their_range_are_refused_by_name() {
    for (set, part) in [
        ("code.ttl=11m", "error[C015]: code.ttl: 11m is too much; write 2m to 10m"),
        ("code.ttl=601s", "code.ttl: 601s is too much"),
        ("code.ttl=1m", "code.ttl: 1m is too little"),
        ("code.ttl=300", "error[C014]: code.ttl: `300` is not a span of time"),
        ("code.length=5", "code.length: 5 is too little; write 6 to 10"),
        ("code.length=300", "code.length: invalid value: integer `300`, expected a whole number from 0 to 255"),
        ("code.max_attempts=0", "code.max_attempts: 0 is too little"),
        ("code.max_sends=6", "code.max_sends: 6 is too much"),
        ("code.resend_after=1s", "code.resend_after: 1s is too little"),
        ("flow.ttl=2h", "flow.ttl: 2h is too much"),
        ("flow.ttl=4m", "flow.ttl: 4m ends before a code of 5m does"),
        ("flow.verified_ttl=31m", "flow.verified_ttl: 31m is too much"),
        ("flow.max_refusals=0", "flow.max_refusals: 0 is too little"),
        ("flow.live_per_account=11", "flow.live_per_account: 11 is too much"),
        ("server.max_body=2MiB", "server.max_body: 2MiB is too much"),
        ("server.max_body=2MB", "server.max_body: `2MB` is not a size"),
        ("server.shutdown_delay=1h", "server.shutdown_delay: longer than 10m"),
        ("server.listen=localhost:80", "server.listen: `localhost:80` is no address and port"),
        ("server.public_url=mail.example", "server.public_url: `mail.example` is no web address"),
        ("server.cors_origins=*", "server.cors_origins: `*` stands for every page there is"),
        (
            "server.trusted_proxies=10.0.0.1/8",
            "server.trusted_proxies: `10.0.0.1/8` has an address in a network's place",
        ),
        ("server.client_ip_header=x-client", "server.client_ip_header: unknown variant `x-client`"),
        ("ops.listen=127.0.0.1:8080", "ops.listen: 127.0.0.1:8080 is what server.listen takes"),
        ("text.default_locale=fr", "text.default_locale: `fr` is not spoken here"),
        ("text.example_address=zhangsan", "text.example_address: a mail address has one @"),
        ("help.url=intranet", "help.url: is no web address"),
        ("help.email=it", "help.email: a mail address"),
        ("log.format=xml", "log.format: unknown variant `xml`"),
        ("log.level=info,a=loud", "log.level: `info,a=loud` is no level"),
    ] {
        let text = refused(&[set]);
        assert!(text.contains(part), "{set}\n{text}");
    }
}

#[test]
fn the_ends_of_every_range_are_accepted() {
    let text = refused(&[
        "code.ttl=10m",
        "code.length=10",
        "code.max_sends=5",
        "code.max_attempts=10",
        "flow.ttl=1h",
        "flow.verified_ttl=30m",
        "server.max_body=1MiB",
        "server.shutdown_delay=0s",
        "server.workers=0",
        "ops.listen=",
        "server.trusted_proxies=10.0.0.0/8,::1",
        "server.cors_origins=https://portal.example",
        "log.level=info,resetgate::sms=debug",
    ]);
    assert!(!text.contains("C014") && !text.contains("C015"), "{text}");
}

/// case 96: keys that anybody could know or search for are refused, and never repeated.
#[test]
fn a_weak_pepper_is_refused_without_being_shown() {
    for (pepper, part) in [
        ("kurz", "has 4 characters and needs at least 32"),
        ("abababababababababababababababababab", "repeats 2 characters"),
        ("this-is-an-example-pepper-of-the-manual", "is an example that everybody can read"),
    ] {
        let text = refused(&[&format!("code.pepper={pepper}")]);
        assert!(text.contains(part) && text.contains("error[C015]: code.pepper"), "{text}");
        assert!(!text.contains(pepper), "{text}");
    }
    let strong = "q3v8Zk1mT0yWc5uR7hXs2eBn4dGj6fLp";
    let text = refused(&[&format!("code.pepper={strong}"), &format!("code.previous_pepper={strong}")]);
    assert!(text.contains("code.previous_pepper: the same as pepper"), "{text}");
}

#[test]
fn the_rules_of_a_challenge_come_from_code_and_flow() {
    let sources = MemorySources::default();
    let inputs = sources.inputs(&[], &["code.ttl=4m", "flow.ttl=20m"]);
    let loaded = load(&inputs, &sources, |_: &Settings, _| Vec::new()).unwrap();
    let rules = loaded.settings.challenge_rules();
    assert_eq!((rules.code_ttl.as_secs(), rules.ttl.as_secs(), rules.max_attempts, rules.max_sends), (240, 1200, 5, 3));
}
