use super::*;
use crate::account::{AccountKind, AccountSettings};

#[derive(Deserialize)]
struct Root {
    account: AccountSettings,
}

const SOUND: [(&str, &str); 6] = [
    ("kind = \"sqlite\"", "kind = \"ldap\""),
    ("[\"1m\", \"3m\", \"6m\", \"1y\", \"never\"]", "[\"never\"]"),
    ("urls = []", "urls = [\"ldaps://ldap.example.org\"]"),
    ("bind_dn = \"\"", "bind_dn = \"cn=resetgate,dc=example,dc=org\""),
    ("bind_password = \"\"", "bind_password = \"secret\""),
    ("base = \"\"", "base = \"ou=people,dc=example,dc=org\""),
];

fn with(changes: &[(&str, &str)]) -> Result<AccountSettings, toml::de::Error> {
    let text = include_str!("../../../../config/default.toml");
    // Only the tables of this store: other sections have keys of the same names.
    let (before, tables) = text.split_once("[account]").unwrap();
    let mut tables = tables.to_owned();
    for (from, to) in SOUND.iter().chain(changes) {
        assert!(tables.contains(from), "{from}");
        tables = tables.replacen(from, to, 1);
    }
    toml::from_str::<Root>(&format!("{before}[account]{tables}")).map(|root| root.account)
}

fn problems(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    with(changes).unwrap().check()
}

#[test]
fn a_directory_with_server_base_and_sign_in_needs_nothing_more() {
    let settings = with(&[]).unwrap();
    assert_eq!(settings.kind, AccountKind::Ldap);
    assert_eq!(settings.check(), []);
}

/// Every key that another kind of store leaves empty is asked for, and only by this one.
#[test]
fn what_only_a_directory_needs_is_asked_for_only_there() {
    let bare = toml::from_str::<Root>(include_str!("../../../../config/default.toml")).unwrap().account;
    assert_eq!(bare.check(), []);
    let empty = AccountSettings { kind: AccountKind::Ldap, ..bare };
    let keys: Vec<_> = empty.check().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["ldap.urls", "ldap.bind_dn", "ldap.bind_password", "ldap.base", "max_age_choices"]);
}

/// What a person chose must not be forgotten in silence.
#[test]
fn validity_that_no_attribute_keeps_is_refused() {
    let choices = ("[\"never\"]", "[\"never\", \"3m\"]");
    let found = problems(&[choices]);
    assert_eq!((found.len(), found[0].0.as_str()), (1, "max_age_choices"));
    assert!(found[0].1.contains("\"3m\"") && found[0].1.contains("account.ldap.password.expiry"), "{found:?}");
    assert_eq!(problems(&[choices, ("expiry = \"\"", "expiry = \"pwdEndTime\"")]), []);
}

#[test]
fn every_key_out_of_range_is_named_with_what_to_write() {
    let url = "urls = [\"ldaps://ldap.example.org\"]";
    for (from, to, key) in [
        (url, "urls = [\"ldap://ldap.example.org\"]", "ldap.urls"),
        (url, "urls = [\"ldaps://a.example\", \"nonsense\"]", "ldap.urls"),
        ("connections = 4", "connections = 0", "ldap.connections"),
        ("connections = 4", "connections = 65", "ldap.connections"),
        (
            "connect_timeout = \"1s\"               # for name,",
            "connect_timeout = \"3s\" # for name,",
            "ldap.connect_timeout",
        ),
        ("operation_timeout = \"1s\"", "operation_timeout = \"5s\"", "ldap.operation_timeout"),
        ("(mail={address})", "(mail=x)", "ldap.filter"),
        ("id = \"entryUUID\"", "id = \"\"", "ldap.id"),
        ("id = \"entryUUID\"", "id = \"a=b\"", "ldap.id"),
        ("address = \"mail\"", "address = \"\"", "ldap.attributes.address"),
        ("aliases = [", "aliases = [\"a)\", ", "ldap.attributes.aliases"),
        ("mobile = \"mobile\"", "mobile = \"\"", "ldap.attributes.mobile"),
        ("expiry = \"\"", "expiry = \"shadow Expire\"", "ldap.password.expiry"),
        ("marker = \"\"", "marker = \"(\"", "ldap.password.marker"),
    ] {
        let problems = problems(&[(from, to)]);
        assert!(
            problems.iter().any(|(named, text)| *named == key && text.contains("write")),
            "{key} {to}: {problems:?}"
        );
    }
}

#[test]
fn active_directory_takes_passwords_encrypted_only() {
    let unicode = ("write = \"password_modify\"", "write = \"unicode_pwd\"");
    assert_eq!(problems(&[unicode]), []);
    let plain = ("urls = [\"ldaps://ldap.example.org\"]", "urls = [\"ldap://127.0.0.1\"]");
    assert_eq!(problems(&[plain]), []);
    assert_eq!(problems(&[plain, unicode])[0].0, "ldap.password.write");
    assert_eq!(problems(&[plain, unicode, ("starttls = false", "starttls = true")]), []);
    assert_eq!(problems(&[unicode, ("clear_reset = false", "clear_reset = true")])[0].0, "ldap.password.write");
}

#[test]
fn an_unknown_operation_mark_or_format_is_refused() {
    for (from, to) in [
        ("write = \"password_modify\"", "write = \"replace\""),
        ("disabled = [", "disabled = [\"locked\", "),
        ("expiry_format = \"generalized_time\"", "expiry_format = \"seconds\""),
        ("scope = \"subtree\"", "scope = \"base\""),
    ] {
        assert!(with(&[(from, to)]).is_err(), "{to}");
    }
}

/// The examples that operators begin with are read, and lack only what is in a file.
#[test]
fn the_examples_are_sound() {
    for example in [
        include_str!("../../../../config/openldap.example.toml"),
        include_str!("../../../../config/active-directory.example.toml"),
    ] {
        let mut root: toml::Table = toml::from_str(include_str!("../../../../config/default.toml")).unwrap();
        let example = example.replace("bind_password_file", "bind_password");
        lay_over(&mut root, toml::from_str(&example).unwrap());
        let settings = root.try_into::<Root>().unwrap().account;
        assert_eq!(settings.check(), []);
    }
}

fn lay_over(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}
