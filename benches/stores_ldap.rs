//! What a reset costs through the directory store, beside the same operation of a bare client in the same run, on a
//! private `OpenLDAP` server.
//!
//! The store does more: it looks the entry up by its key first, so that a rename between code and password hits nobody
//! else. So the bare client is measured both ways, with that search and without.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

#[path = "../tests/stores/servers/certificates.rs"]
#[expect(dead_code, reason = "the server can show certificates, which is not measured")]
mod certificates;
#[path = "../tests/stores/servers/slapd.rs"]
#[expect(dead_code, reason = "tests do more with the server")]
mod slapd;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use ldap3::exop::PasswordModify;
use ldap3::{Ldap, LdapConnAsync, Scope};
use resetgate::account::ldap::LdapAccounts;
use resetgate::account::{AccountSettings, AccountStore, HashPool, PasswordWrite, Surroundings};
use resetgate::domain::{ChallengeId, Clock, MailboxAddress, NewPassword, SubjectId, SystemClock, SystemRandom};
use slapd::{BASE, SERVICE, SERVICE_PASSWORD, Setup, Slapd};
use tokio::runtime::Runtime;

const ZHANG: &str = "uid=zhang,ou=people,dc=example,dc=org";

/// Writes at once, where many are measured.
const CROWD: u64 = 16;

fn settings(url: &str) -> AccountSettings {
    let file: toml::Table = toml::from_str(include_str!("../config/default.toml")).unwrap();
    let mut account = file["account"].as_table().unwrap().clone();
    let ldap = account["ldap"].as_table_mut().unwrap();
    for (key, value) in [("bind_dn", SERVICE), ("bind_password", SERVICE_PASSWORD), ("base", BASE)] {
        ldap.insert(key.to_owned(), value.into());
    }
    ldap.insert("urls".to_owned(), vec![url].into());
    account.insert("kind".to_owned(), "ldap".into());
    account.try_into().unwrap()
}

fn store(url: &str) -> (LdapAccounts, Arc<dyn Clock>) {
    let settings = settings(url);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let around = Surroundings { clock: Arc::clone(&clock), random: Arc::new(SystemRandom) };
    let hashing = HashPool::new(&settings.hash, Arc::clone(&around.random)).unwrap();
    (LdapAccounts::new(&settings, hashing, &around).unwrap(), clock)
}

async fn bare(url: &str) -> Ldap {
    let (connection, mut ldap) = LdapConnAsync::new(url).await.unwrap();
    ldap3::drive!(connection);
    ldap.simple_bind(SERVICE, SERVICE_PASSWORD).await.unwrap().success().unwrap();
    ldap
}

async fn bare_write(mut ldap: Ldap, password: String) {
    let operation = PasswordModify { user_id: Some(ZHANG), old_pass: None, new_pass: Some(&password) };
    ldap.extended(operation).await.unwrap().success().unwrap();
}

async fn bare_search_and_write(mut ldap: Ldap, filter: &str, password: String) {
    let found = ldap.search(BASE, Scope::Subtree, filter, vec!["mail", "mobile"]).await.unwrap().success().unwrap();
    assert_eq!(found.0.len(), 1);
    bare_write(ldap, password).await;
}

async fn write(store: &LdapAccounts, clock: &dyn Clock, who: &SubjectId, password: String) {
    let password = NewPassword::parse(&password).unwrap();
    let challenge = ChallengeId::draw(&SystemRandom);
    let write =
        PasswordWrite { password: &password, max_age: None, revoke_sessions: false, challenge, now: clock.now() };
    store.set_password(who, write).await.unwrap();
}

fn passwords(bench: &mut Criterion) {
    let server = Slapd::start(&Setup::default());
    let runtime = Runtime::new().unwrap();
    let (store, clock) = store(&server.url());
    let address = MailboxAddress::parse("zhang@example.org").unwrap();
    let who = runtime.block_on(store.find(&address)).unwrap().unwrap().id;
    let ldap = runtime.block_on(bare(&server.url()));
    let filter = format!("(&(&(objectClass=inetOrgPerson)(mail=*))(entryUUID={}))", who.as_str());
    let counter = AtomicU64::new(0);
    let next = || format!("New-Password-{}", counter.fetch_add(1, Ordering::Relaxed));

    for (name, crowd) in [("set_password", 1), ("set_password_16_at_once", CROWD)] {
        let mut group = bench.benchmark_group(name);
        group.throughput(Throughput::Elements(crowd));
        group.bench_function("bare ldap3, modify alone", |bench| {
            bench.to_async(&runtime).iter(|| join_all((0..crowd).map(|_| bare_write(ldap.clone(), next()))));
        });
        group.bench_function("bare ldap3, search and modify", |bench| {
            let one = || bare_search_and_write(ldap.clone(), &filter, next());
            bench.to_async(&runtime).iter(|| join_all((0..crowd).map(|_| one())));
        });
        group.bench_function("store", |bench| {
            let one = || write(&store, &*clock, &who, next());
            bench.to_async(&runtime).iter(|| join_all((0..crowd).map(|_| one())));
        });
        group.finish();
    }
}

fn looking_up(bench: &mut Criterion) {
    let server = Slapd::start(&Setup::default());
    let runtime = Runtime::new().unwrap();
    let (store, _) = store(&server.url());
    let address = MailboxAddress::parse("zhang@example.org").unwrap();
    let ldap = runtime.block_on(bare(&server.url()));
    let mut group = bench.benchmark_group("find");
    group.bench_function("bare ldap3", |bench| {
        bench.to_async(&runtime).iter(|| {
            let mut ldap = ldap.clone();
            async move {
                let filter = "(&(objectClass=inetOrgPerson)(mail=zhang@example.org))";
                ldap.search(BASE, Scope::Subtree, filter, vec!["mail", "mobile"]).await.unwrap().success().unwrap()
            }
        });
    });
    group.bench_function("store", |bench| {
        bench.to_async(&runtime).iter(|| async { store.find(&address).await.unwrap() });
    });
    group.finish();
}

criterion_group!(benches, passwords, looking_up);
criterion_main!(benches);
