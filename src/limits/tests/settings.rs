use super::*;

fn problems(change: impl FnOnce(&mut LimitsSettings)) -> Vec<(&'static str, String)> {
    let mut settings = defaults();
    change(&mut settings);
    settings.check()
}

fn rates(texts: &[&str]) -> Vec<crate::domain::Rate> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn the_defaults_are_sound() {
    assert_eq!(defaults().check(), []);
}

/// case 97: what could never work or never matter is refused by name, with what to write instead.
#[test]
fn a_setting_that_cannot_work_is_named() {
    type Change = fn(&mut LimitsSettings);
    let table: [(&str, &str, Change); 11] = [
        ("start", "no rate", |settings| settings.start.clear()),
        ("budget", "no rate", |settings| settings.budget.clear()),
        ("start", "finer than a nanosecond", |settings| settings.start = rates(&["1000000/1ms"])),
        ("read", "counts too far", |settings| settings.read = rates(&["1000001/1h"])),
        ("phone", "looks back too far", |settings| settings.phone = rates(&["5/367d"])),
        ("media", "looks back too far", |settings| settings.media = rates(&["5/9999999999d"])),
        ("account", "never matters", |settings| settings.account = rates(&["5/1h", "1/60s"])),
        ("account", "never matters", |settings| settings.account = rates(&["5/60s", "5/1h"])),
        ("countries", "no country", |settings| settings.countries.clear()),
        ("countries", "`86`", |settings| settings.countries = vec!["86".into()]),
        ("max_keys", "1000", |settings| settings.max_keys = 999),
    ];
    for (key, text, change) in table {
        let found = problems(change);
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        assert!(found[0].0 == key && found[0].1.contains(text), "{key}: {found:?}");
    }
    for bad in ["", "+", "+0", "+1234", "+8a", "86+", "+８６"] {
        assert_eq!(problems(|settings| settings.countries = vec![bad.into()]).len(), 1, "{bad}");
    }
}

/// case 97: a limiter built from what `check` refuses is still shut rather than open, and does not panic.
#[test]
fn a_refused_setting_does_not_panic_when_it_is_used_all_the_same() {
    let settings = LimitsSettings { start: rates(&["4000000000/1ms", "4294967295/99999999999d"]), ..defaults() };
    let gates = Gates::of(&settings);
    let _ = gates.pass(RequesterGate::Start, "2001:db8::1");
    let settings = LimitsSettings { start: rates(&["3/99999999999d"]), ..defaults() };
    assert_eq!(Gates::of(&settings).passed(RequesterGate::Start, "203.0.113.7", 9), 3);
}

#[test]
fn an_unknown_key_is_refused() {
    let mut file: toml::Table = toml::from_str(include_str!("../../../config/default.toml")).unwrap();
    let mut section = file.remove("limits").unwrap();
    section.as_table_mut().unwrap().insert("acount".into(), toml::Value::Array(Vec::new()));
    assert!(section.try_into::<LimitsSettings>().unwrap_err().to_string().contains("acount"));
}

#[test]
fn a_known_network_is_the_organisations_own_and_outside_those_that_may_claim_any_address() {
    let of = |text: &str| problems(|settings| settings.known_networks = vec![text.into()]);
    for text in ["203.0.113.0/28", "203.0.113.7", "10.0.0.0/8", "2001:db8::/32", "fd00::/16"] {
        assert_eq!(of(text), [], "{text}");
    }
    for (text, words) in [
        ("0.0.0.0/0", "far more"),
        ("10.0.0.0/7", "`10.0.0.0/7`"),
        ("::/0", "far more"),
        ("2000::/3", "far more"),
        ("10.0.0.1/8", "write \"10.0.0.0/8\""),
        ("office", "is no network"),
    ] {
        let found = of(text);
        assert!(found.len() == 1 && found[0].0 == "known_networks" && found[0].1.contains(words), "{text}: {found:?}");
    }
    let settings = LimitsSettings { known_networks: vec!["10.1.0.0/16".into()], ..defaults() };
    let inside = |proxy: &str| settings.check_proxies(&[proxy.parse().unwrap()]).len();
    assert_eq!(
        (inside("10.0.0.0/8"), inside("10.1.0.0/16"), inside("10.1.0.5/32"), inside("10.2.0.0/16")),
        (1, 1, 0, 0)
    );
}

#[test]
fn the_gates_of_known_networks_are_checked_like_the_others() {
    let found = problems(|settings| settings.known.start = rates(&["5/1h", "1/60s"]));
    assert!(found.len() == 1 && found[0].0 == "known.start", "{found:?}");
    assert_eq!(problems(|settings| settings.forgive.clear()), []);
}
