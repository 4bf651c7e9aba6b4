//! The directory store against a real `OpenLDAP` server: every promise, however it is reached and however it writes.

use std::sync::Arc;

use resetgate::account::conformance::Cast;
use resetgate::account::ldap::LdapAccounts;
use resetgate::account::{
    AccountError, AccountSettings, AccountStore, HashPool, MaxAge, PasswordWrite, PasswordWritten, Surroundings,
};
use resetgate::domain::{ChallengeId, SubjectId, SystemRandom};

use crate::contract::{NOW, address, cast, clock, keeps_every_promise, password};
use crate::servers::certificates::Authority;
use crate::servers::slapd::{BASE, SERVICE, SERVICE_PASSWORD, Setup, Slapd};

/// The settings of a stage, and on top of them `more`, as TOML below `[account]`.
pub fn settings(more: &str) -> AccountSettings {
    let defaults: toml::Table = toml::from_str(include_str!("../../config/default.toml")).unwrap();
    let mut account = defaults["account"].as_table().unwrap().clone();
    let stage = format!(
        "kind = \"ldap\"
        timeout = \"30s\"
        hash.memory = \"8KiB\"
        [ldap]
        bind_dn = \"{SERVICE}\"
        bind_password = \"{SERVICE_PASSWORD}\"
        base = \"{BASE}\"
        filter = \"(&(objectClass=inetOrgPerson)(|(mail={{address}})(mailAlternateAddress={{address}})))\"
        connect_timeout = \"10s\"
        operation_timeout = \"10s\"
        [ldap.attributes]
        aliases = [\"mailAlternateAddress\"]
        phone_bound = \"phoneBoundAt\"
        birthday = \"birthday\"
        [ldap.password]
        expiry = \"passwordEnds\""
    );
    lay_over(&mut account, toml::from_str(&stage).unwrap());
    lay_over(&mut account, toml::from_str(more).unwrap());
    account.try_into().unwrap()
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

/// A store of these settings.
pub fn store(settings: &AccountSettings) -> Result<Arc<LdapAccounts>, AccountError> {
    let around = Surroundings { clock: clock(), random: Arc::new(SystemRandom) };
    let hashing = HashPool::new(&settings.hash, Arc::clone(&around.random))?;
    LdapAccounts::new(settings, hashing, &around).map(Arc::new)
}

/// A store that reaches `url` and nothing else.
pub fn reaching(url: &str, more: &str) -> Arc<LdapAccounts> {
    store(&settings(&format!("ldap.urls = [\"{url}\"]\n{more}"))).unwrap()
}

/// A store that reaches one of two.
pub fn over_two(first: &str, second: &str) -> Arc<LdapAccounts> {
    store(&settings(&format!("ldap.urls = [\"{first}\", \"{second}\"]"))).unwrap()
}

/// One write of a password, now.
pub async fn set(
    store: &LdapAccounts,
    who: &SubjectId,
    text: &str,
    challenge: ChallengeId,
) -> Result<PasswordWritten, AccountError> {
    let password = password(text);
    let max_age = Some(MaxAge::Months(1));
    let write = PasswordWrite { password: &password, max_age, revoke_sessions: true, challenge, now: NOW };
    store.set_password(who, write).await
}

/// A challenge of its own.
pub fn challenge() -> ChallengeId {
    ChallengeId::draw(&SystemRandom)
}

/// Zhang's key.
pub async fn zhang(store: &LdapAccounts) -> SubjectId {
    store.find(&address("zhang@example.org")).await.unwrap().unwrap().id
}

/// Whether zhang signs in.
pub async fn signs_in(store: &LdapAccounts, text: &str) -> bool {
    store.verify_password(&address("zhang@example.org"), &password(text)).await.unwrap()
}

fn with_rules() -> Cast {
    // Shorter than the server's policy wants.
    Cast { refused: Some(password("Short-7")), ..cast() }
}

const NO_RULES: &str = "a_refused_password_leaves_the_old_one";

#[tokio::test]
async fn password_modify_over_starttls_keeps_every_promise() {
    let authority = Authority::new();
    let server = Slapd::start(&Setup { shows: Some(&authority.shows("localhost")), ..Setup::default() });
    let file = authority.file();
    let more = format!("ldap.starttls = true\nldap.ca_file = '{}'", file.path().display());
    let store = reaching(&server.named_url(), &more);
    keeps_every_promise(store, with_rules(), &[]).await;
}

#[tokio::test]
async fn a_password_that_the_server_hashes_over_ldaps_keeps_every_promise() {
    let authority = Authority::new();
    let hashing =
        Setup { shows: Some(&authority.shows("localhost")), policy: "ppolicy_hash_cleartext", ..Setup::default() };
    let server = Slapd::start(&hashing);
    let file = authority.file();
    let more = format!(
        "ldap.ca_file = '{}'\nldap.password = {{ write = \"user_password\", hashed_by = \"server\", shadow_last_change = true }}",
        file.path().display()
    );
    let store = reaching(&server.tls_url(), &more);
    keeps_every_promise(store, with_rules(), &[]).await;
    let days = server.values("uid=zhang,ou=people,dc=example,dc=org", "shadowLastChange");
    assert_eq!(days, ["20780"], "2026-11-23");
}

#[tokio::test]
async fn a_password_that_is_hashed_here_keeps_every_promise() {
    for scheme in ["argon2id", "ssha512"] {
        let server = Slapd::start(&Setup::default());
        let more = format!("hash.scheme = \"{scheme}\"\nldap.password = {{ write = \"user_password\" }}");
        // The server cannot look into a hash, so its rules refuse none.
        keeps_every_promise(reaching(&server.url(), &more), cast(), &[NO_RULES]).await;
    }
}

/// Each way of keeping the end of validity is read back, whatever the attribute's schema can compare.
#[tokio::test]
async fn validity_in_days_keeps_every_promise() {
    let server = Slapd::start(&Setup::default());
    let more = "ldap.password = { expiry = \"shadowExpire\", expiry_format = \"days\", marker = \"resetMarker\" }";
    keeps_every_promise(reaching(&server.url(), more), with_rules(), &[]).await;
}

/// A plain directory without any of the optional attributes.
#[tokio::test]
async fn a_directory_that_keeps_nothing_besides_keeps_every_other_promise() {
    let server = Slapd::start(&Setup::default());
    let more = "ldap.attributes = { phone_bound = \"\", birthday = \"\", unit = \"\", work_phone = \"\" }
        ldap.password = { expiry = \"\" }
        ldap.scope = \"one\"";
    let store = reaching(&server.url(), more);
    store.check().await.unwrap();
    let error = store.expiring(NOW, NOW, 1).await.unwrap_err().to_string();
    assert!(error.contains("is not kept") && error.contains("account.ldap.password.expiry"), "{error}");
    let untried = ["validity_is_kept_to_the_calendar_month", "what_runs_out_is_listed"];
    keeps_every_promise(store, with_rules(), &untried).await;
}
