//! The keys that the reference file makes known.

use toml::{Table, Value};

use super::key::KeyPath;
use super::known::{DEFAULT_TEXT, Found, Kind, Known, known};

fn leaves(table: &Table, at: &KeyPath, found: &mut Vec<KeyPath>) {
    for (name, value) in table {
        match value {
            Value::Table(inner) => leaves(inner, &at.then(name), found),
            _ => found.push(at.then(name)),
        }
    }
}

#[test]
fn every_key_of_the_reference_file_is_known_with_its_kind() {
    let table: Table = toml::from_str(DEFAULT_TEXT).unwrap();
    let mut found = Vec::new();
    leaves(&table, &KeyPath::root(), &mut found);
    assert!(found.len() > 80, "{}", found.len());
    for path in found {
        assert!(known().key(&path).is_some(), "{path}");
    }
    for (path, kind) in [
        ("policy.min_length", Kind::Whole),
        ("policy.forbid_personal", Kind::Texts),
        ("captcha.size", Kind::Wholes),
        ("sms.provider.main.success", Kind::Table),
        ("sms.provider.main.header_files", Kind::Table),
        ("sms.provider.main.template.code.zh-CN", Kind::Text),
        ("sms.provider.main.params_by_name", Kind::Table),
        ("sms.provider.main.params", Kind::Texts),
        ("sms.text.code.fr", Kind::Text),
        ("server.trusted_proxies", Kind::Texts),
        ("log.access", Kind::Switch),
    ] {
        assert_eq!(known().key(&KeyPath::dotted(path)).map(|key| key.kind), Some(kind), "{path}");
    }
}

#[test]
fn exactly_the_keys_marked_secret_are_secret_and_have_a_file_form() {
    let secret: Vec<_> = known().keys().iter().filter(|key| key.secret).map(|key| key.pattern().join(".")).collect();
    let expected = [
        "code.pepper",
        "code.previous_pepper",
        "account.http.key",
        "account.hook.*.api_key",
        "account.hook.*.password",
        "account.hook.*.key",
        "account.hook.*.headers",
        "account.ldap.bind_password",
        "account.sql.password",
        "sms.provider.*.headers",
        "sms.provider.*.password",
        "sms.provider.*.secret",
        "sms.provider.*.key_secret",
        "sms.provider.*.auth_token",
        "sms.provider.*.api_secret",
        "sms.provider.*.secret_access_key",
        "sms.provider.*.session_token",
        "sms.receipts.*.secret",
        "sms.receipts.*.auth_token",
        "audit.key",
    ];
    assert_eq!(secret, expected);
    let key_secret = "sms.provider.main.key_secret_file";
    for path in ["code.pepper_file", "code.previous_pepper_file", key_secret, "account.http.key_file", "audit.key_file"]
    {
        assert!(matches!(known().find(&KeyPath::dotted(path)), Found::File(_)), "{path}");
    }
    for path in ["sms.provider.main.headers_file", "server.listen_file"] {
        assert!(matches!(known().find(&KeyPath::dotted(path)), Found::Unknown), "{path}");
    }
}

#[test]
fn a_misspelt_name_is_recognised_in_its_own_table() {
    for (typed, meant) in [
        ("server.listn", Some("listen")),
        ("servr", Some("server")),
        ("code.peper", Some("pepper")),
        ("code.pepper_fil", Some("pepper_file")),
        ("sms.provider.main.metod", Some("method")),
        ("server.zzz", None),
    ] {
        assert_eq!(known().suggest(&KeyPath::dotted(typed)).as_deref(), meant, "{typed}");
    }
    assert_eq!(known().section_with("pepper").as_deref(), Some("[code]"));
}

#[test]
fn a_value_is_shown_only_where_it_is_surely_no_secret() {
    for (path, hidden) in [
        ("code.pepper", true),
        ("code.peper", true),
        ("server.pepper", true),
        ("nowhere.zzz", true),
        ("sms.provider.main.headers", true),
        ("sms.provider.main.api_secret", true),
        ("server.listen", false),
        ("server.listn", false),
        ("code.pepper_file", false),
        ("sms.provider.main.body", true),
        ("sms.provider.main.url", false),
    ] {
        assert_eq!(known().hides(&KeyPath::dotted(path), Some("a")), hidden, "{path}");
    }
    assert!(known().hides(&KeyPath::dotted("sms.provider.main.url"), Some("https://a/?key=b")));
    assert!(known().hides(&KeyPath::dotted("account.sql.url"), Some("postgres://user:password@host/mail")));
    assert!(!known().hides(&KeyPath::dotted("account.sql.url"), Some("postgres://user@[::1]:5432/mail")));
}

#[test]
fn a_table_with_defaults_on_one_line_is_a_section_of_keys() {
    let known: &'static Known =
        Box::leak(Box::new(Known::read("[sms]\nbreaker = { failures = 5, window = \"30s\" } # x\n")));
    assert!(matches!(known.find(&KeyPath::dotted("sms.breaker")), Found::Section));
    assert_eq!(known.key(&KeyPath::dotted("sms.breaker.failures")).map(|key| key.kind), Some(Kind::Whole));
}
