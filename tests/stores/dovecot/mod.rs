//! From a forgotten password to the mail clients: the whole journey, then IMAP and SMTP through a Dovecot that reads
//! the same accounts, with its auth cache on.

mod account_api;
mod elsewhere;
mod embedded;

use std::sync::Arc;

use resetgate::account::AccountStore;
use resetgate::audit::EventKind;
use resetgate::domain::{Clock, SystemClock};
use serde_json::json;

use crate::harness::{ANNA, OLD_PASSWORD, Setup, TestApp};
use crate::servers::dovecot::{API_KEY, Dovecot, Ports};

pub const ALIAS: &str = "anna.zhang@example.gov.cn";
pub const NEW: &str = "Tiantian-2026x";

/// The lines that make the hook known.
pub fn hook(ports: Ports) -> String {
    format!(
        "[account]\nhooks = [\"dovecot\"]\n[account.hook.dovecot]\nkind = \"doveadm\"\n\
         url = \"http://127.0.0.1:{}/doveadm/v1\"\napi_key = \"{API_KEY}\"\n",
        ports.doveadm
    )
}

/// A file of `config/dovecot` as installed: with other values of some settings.
pub fn installed(name: &str, values: &[(&str, &str)]) -> String {
    let path = format!("{}/config/dovecot/{name}.conf.ext", env!("CARGO_MANIFEST_DIR"));
    let mut text = std::fs::read_to_string(path).unwrap();
    for (key, value) in values {
        let line =
            text.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("the file has it").to_owned();
        text = text.replace(&line, &format!("{key} = {value}"));
    }
    text
}

/// An application in the present, over the embedded store or another one.
pub fn setup(settings: &str, store: Option<Arc<dyn AccountStore>>) -> Setup {
    let accounts = store.map(|store| Box::new(move |_| store) as Box<_>);
    Setup { start: SystemClock::start().now(), accounts, ..Setup::with(settings) }
}

/// The names of the hooks that did what they are for, and why others did not.
fn hooks_told(app: &TestApp) -> Vec<Result<String, String>> {
    let told = app.events.all().into_iter().filter_map(|event| match event.kind {
        EventKind::HookDone { hook, .. } => Some(Ok(hook.into())),
        EventKind::HookFailed { reason, .. } => Some(Err(reason)),
        _ => None,
    });
    told.collect()
}

/// case 81, with the hook: the old password is out at once, by every name and in every door, and so is who was in.
pub async fn the_old_password_is_out_at_once(app: &TestApp, dovecot: &Dovecot) {
    for name in [ANNA, ALIAS] {
        assert!(dovecot.lets_in(name, OLD_PASSWORD).await, "{name} before: {}", dovecot.log());
        assert!(!dovecot.lets_in(name, NEW).await);
    }
    let session = dovecot.imap(ANNA, OLD_PASSWORD).await.unwrap();
    let by_alias = dovecot.imap(ALIAS, OLD_PASSWORD).await.unwrap();
    let anna = app.claimant().verified(ANNA).await;
    let done = anna.complete(NEW).await.expect(200);
    assert_eq!(hooks_told(app), [Ok("dovecot".to_owned())], "{}", dovecot.log());
    assert_eq!(done.body["sessions_revoked"], true);
    session.ended().await;
    by_alias.ended().await;
    for name in [ANNA, ALIAS] {
        // The old one first: a sign-in with the new one would drive it out of the cache by itself.
        assert!(!dovecot.lets_in(name, OLD_PASSWORD).await, "{name} after: {}", dovecot.log());
        assert!(dovecot.lets_in(name, NEW).await, "{name} after: {}", dovecot.log());
    }
}

/// Without the hook: the cache goes on letting the old password in, and whoever was in stays. This is what it is for.
pub async fn without_the_hook_the_cache_keeps_the_old_password(app: &TestApp, dovecot: &Dovecot) {
    assert!(dovecot.lets_in(ANNA, OLD_PASSWORD).await);
    let mut session = dovecot.imap(ANNA, OLD_PASSWORD).await.unwrap();
    let done = app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
    assert_eq!(done.body["sessions_revoked"], false);
    assert!(dovecot.lets_in(ANNA, OLD_PASSWORD).await, "the cache holds it");
    assert!(session.is_open().await);
    assert!(dovecot.lets_in(ANNA, NEW).await);
    assert!(!dovecot.lets_in(ANNA, OLD_PASSWORD).await, "driven out by the new one");
}

/// A claimant who wants to stay signed in elsewhere does; the cache is flushed all the same.
pub async fn sessions_stay_when_that_is_wanted(app: &TestApp, dovecot: &Dovecot) {
    let mut session = dovecot.imap(ANNA, OLD_PASSWORD).await.unwrap();
    let anna = app.claimant().verified(ANNA).await;
    let body = json!({ "new_password": NEW, "revoke_sessions": false });
    let done = anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    assert_eq!(done.body["sessions_revoked"], false);
    assert_eq!(hooks_told(app), [Ok("dovecot".to_owned())]);
    assert!(session.is_open().await);
    assert!(!dovecot.lets_in(ANNA, OLD_PASSWORD).await);
}
