//! The account API: a store that is written from its description keeps every promise, and one that misbehaves breaks
//! nothing.

mod certificate;
mod description;
mod faults;
mod signature;

use std::sync::Arc;

use resetgate::account::{AccountSettings, AccountStore, Surroundings, open};
use resetgate::domain::{Clock, SystemClock, SystemRandom};
use serde_json::{Value, json};

use crate::contract::{address, cast, clock, keeps_every_promise, password};
use crate::dovecot::setup;
use crate::harness::TestApp;
use crate::servers::account_api::{AccountApi, KEY, KEY_ID, Person};

const OLD: &str = "Old-Password-1";

/// Settings over the defaults; `more` are lines of `[account.http]`.
pub fn settings(url: &str, more: &str) -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut root: toml::Table = toml::from_str(include_str!("../../../config/default.toml")).unwrap();
    let lines = format!(
        "kind = \"http\"\n[http]\nurl = \"{url}\"\nkey_id = \"{KEY_ID}\"\nkey = \"{KEY}\"\nconnect_timeout = \"500ms\"\n{more}"
    );
    let over: toml::Table = toml::from_str(&lines).unwrap();
    let account = root["account"].as_table_mut().unwrap();
    account["kind"] = over["kind"].clone();
    account["http"].as_table_mut().unwrap().extend(over["http"].as_table().unwrap().clone());
    root.try_into::<Root>().unwrap().account
}

pub async fn store(settings: &AccountSettings, clock: Arc<dyn Clock>) -> Arc<dyn AccountStore> {
    assert_eq!(settings.check(), []);
    open(settings, &Surroundings { clock, random: Arc::new(SystemRandom) }).await.unwrap()
}

pub fn person(id: &str, address: &str, phone: Option<&str>, with_password: bool) -> Person {
    let account = json!({
        "id": id, "address": address, "aliases": [], "unit": null, "enabled": true,
        "phone": phone, "phone_bound_at": null,
        "password_changed_at": with_password.then_some("2026-11-22T03:00:00Z"),
        "work_phone": null, "birthday": null,
    });
    Person { account, password: with_password.then_some(OLD) }
}

pub fn with(mut person: Person, changes: &[(&str, Value)]) -> Person {
    for (name, value) in changes {
        person.account[*name] = value.clone();
    }
    person
}

/// The people of the contract. Of several numbers the API gives the one to send to, as its description says.
fn people() -> Vec<Person> {
    vec![
        with(
            person("1", "zhang@example.org", Some("+8613800000000"), true),
            &[("aliases", json!(["zhang.san@example.org"]))],
        ),
        person("2", "li@example.org", None, false),
        with(person("3", "wang@example.org", Some("+8613800000002"), true), &[("enabled", json!(false))]),
        person("4", "zhao@example.org", Some("138 0000 0003"), false),
        with(person("5", "qian@example.org", Some("call me"), false), &[("birthday", json!("1990-02-31"))]),
    ]
}

#[tokio::test]
async fn an_account_api_keeps_every_promise() {
    let api = AccountApi::start(people(), clock()).await;
    let cast = resetgate::account::conformance::Cast { refused: Some(password("Password-2026")), ..cast() };
    keeps_every_promise(store(&settings(&api.url, ""), clock()).await, cast, &[]).await;
}

/// case 79: whatever an address is, it is asked about once and in the same way.
#[tokio::test]
async fn known_and_unknown_addresses_cost_the_same_requests() {
    let api = AccountApi::start(people(), clock()).await;
    let store = store(&settings(&api.url, ""), clock()).await;
    let mut asked = Vec::new();
    for who in ["zhang@example.org", "li@example.org", "wang@example.org", "nobody@example.org"] {
        store.find(&address(who)).await.unwrap();
        store.verify_password(&address(who), &password(OLD)).await.unwrap();
        asked.push(api.asked());
    }
    assert_eq!(asked, [const { ["find", "verify"] }; 4]);
}

/// case 79: the same of whole starts, through the API of the gateway and to the end of their deliveries.
#[tokio::test]
async fn starts_for_known_and_unknown_addresses_cost_the_same_request() {
    let now: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let api = AccountApi::start(people(), Arc::clone(&now)).await;
    let app = TestApp::start_with(setup("", Some(store(&settings(&api.url, ""), now).await))).await;
    let mut sent = 0;
    for (number, who) in ["zhang", "li", "wang", "nobody"].iter().enumerate() {
        let mut claimant = app.claimant_from(&format!("203.0.113.{number}"));
        claimant.try_start(&format!("{who}@example.org")).await.expect(202);
        sent += u32::from(app.delivery(&claimant.id, 1).await.is_ok());
        assert_eq!(api.asked(), ["find"], "{who}");
    }
    assert_eq!(sent, 1, "zhang alone has a phone and is enabled");
}

/// case 66: an API that compares too generously hands nobody another person's account.
#[tokio::test]
async fn an_account_without_the_address_that_was_asked_for_is_refused() {
    let wrong = with(person("1", "zhang@example.org", None, true), &[("aliases", json!(["anna@example.org"]))]);
    let api = AccountApi::start(vec![wrong], clock()).await;
    let store = store(&settings(&api.url, ""), clock()).await;
    assert!(store.find(&address("anna@example.org")).await.unwrap().is_some());
    api.people.rename("anna@example.org", "zhang@example.org").await;
    let error = store.find(&address("anna@example.org")).await.unwrap_err().to_string();
    assert!(error.contains("does not have the address") && !error.contains("zhang"), "{error}");
}

#[tokio::test]
async fn a_live_check_says_whether_it_answers_and_takes_our_requests() {
    let api = AccountApi::start(people(), clock()).await;
    let told = async |settings: &AccountSettings| {
        let findings = store(settings, clock()).await.examine().await;
        findings.into_iter().map(|finding| format!("{:?} {}", finding.state, finding.text)).collect::<Vec<_>>()
    };
    let good = told(&settings(&api.url, "")).await;
    assert!(good.len() == 1 && good[0].starts_with("Good"), "{good:?}");
    let mut other = settings(&api.url, "");
    other.http.key = "another-key-another-key-another-key".to_owned().into();
    let bad = told(&other).await;
    assert!(bad.len() == 1 && bad[0].starts_with("Bad") && bad[0].contains("compare key_id and key"), "{bad:?}");
    api.stop().await;
    let gone = told(&settings(&api.url, "")).await;
    assert!(gone[0].starts_with("Bad") && gone[0].contains("no connection"), "{gone:?}");
}

/// All of them, also where thousands run out at one moment; and a store that begins anew each time is told so, once.
#[tokio::test]
async fn whoever_runs_out_is_told_once_however_many_they_are() {
    let many = (0..2_500).map(|id| person(&id.to_string(), &format!("p{id}@example.org"), None, false));
    let api = AccountApi::start(many.collect(), clock()).await;
    let store = store(&settings(&api.url, ""), clock()).await;
    let (now, in_a_day) = (clock().now(), clock().now().plus(std::time::Duration::from_hours(24)));
    api.people.let_expire(in_a_day.as_millis() - 1).await;
    for (limit, requests) in [(100_000, 3), (2_000, 2), (10, 1), (2_500, 3)] {
        let told = store.expiring(now, in_a_day, limit).await.unwrap();
        let different: std::collections::BTreeSet<_> = told.iter().map(|one| one.subject.id.as_str()).collect();
        assert_eq!((told.len(), different.len()), (limit.min(2_500), limit.min(2_500)));
        assert_eq!(api.asked().len(), requests, "{limit}");
    }
    api.people.forget_what_was_told();
    let error = store.expiring(now, in_a_day, 100_000).await.unwrap_err().to_string();
    assert!(error.contains("each once"), "{error}");
    assert_eq!(api.asked().len(), 2);
}
