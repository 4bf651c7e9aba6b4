use std::collections::BTreeMap;

use super::*;
use crate::domain::{MailboxAddress, SystemClock, SystemRandom, Timestamp};

/// The section over its defaults.
fn settings(lines: &str) -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut root: toml::Table = toml::from_str(include_str!("../../../config/default.toml")).unwrap();
    root["account"].as_table_mut().unwrap().extend(toml::from_str::<toml::Table>(lines).unwrap());
    root.try_into::<Root>().unwrap().account
}

fn chain(lines: &str) -> HookChain {
    let settings = settings(lines);
    assert_eq!(settings.check(), []);
    let around = Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
    HookChain::build(&settings, &around).unwrap()
}

fn change(revoke_sessions: bool) -> PasswordChange {
    let address = MailboxAddress::parse("anna@example.org").unwrap();
    let names = vec![address.clone()];
    let (own, at) = (names.clone(), Timestamp::from_millis(0));
    PasswordChange { address, names, own, unit: None, at, revoke_sessions, certain: true }
}

async fn told(chain: &HookChain, revoke_sessions: bool) -> (Vec<String>, bool) {
    let reports = chain.run(&change(revoke_sessions)).await;
    let ended = crate::account::sessions_ended(&reports);
    (reports.into_iter().map(|report| format!("{} {:?}", report.hook, report.outcome)).collect(), ended)
}

const THREE: &str = r#"
hooks = ["cache", "kick", "bad"]
[hook.cache]
kind = "command"
command = ["/bin/true"]
ends_sessions = false
[hook.kick]
kind = "command"
command = ["/bin/true"]
ends_sessions = true
[hook.bad]
kind = "command"
command = ["/bin/false"]
ends_sessions = false
"#;

#[tokio::test]
async fn hooks_run_in_their_order_and_one_that_fails_stops_no_other() {
    let all = ["cache Ok(())", "kick Ok(())", "bad Err(\"it ended with code 1\")"].map(str::to_owned).to_vec();
    assert_eq!(told(&chain(THREE), true).await, (all, true));
    let turned = THREE.replace("[\"cache\", \"kick\", \"bad\"]", "[\"bad\", \"kick\", \"cache\"]");
    assert_eq!(told(&chain(&turned), true).await.0[0], "bad Err(\"it ended with code 1\")");
}

#[tokio::test]
async fn sessions_are_ended_only_when_that_is_wanted_and_caches_always_flushed() {
    let (told, ended) = told(&chain(THREE), false).await;
    assert_eq!((told.len(), ended), (2, false), "{told:?}");
}

#[tokio::test]
async fn sessions_count_as_ended_only_when_nobody_who_should_have_failed() {
    let both = THREE.replace("/bin/false\"]\nends_sessions = false", "/bin/false\"]\nends_sessions = true");
    assert!(!told(&chain(&both), true).await.1);
    assert!(!told(&chain("hooks = []"), true).await.1);
}

#[tokio::test]
async fn each_has_its_time_and_all_have_theirs() {
    let slow = THREE.replace("[\"/bin/true\"]", "[\"/bin/sleep\", \"600\"]\ntimeout = \"150ms\"");
    let began = SystemClock::start();
    let (each, _) = told(&chain(&slow), true).await;
    assert_eq!(each[..2], ["cache Err(\"it did not end in time\")", "kick Err(\"it did not end in time\")"]);
    assert_eq!(each[2], "bad Err(\"it ended with code 1\")");
    let (all, _) = told(
        &chain(&format!(
            "hooks_timeout = \"150ms\"\n{}",
            slow.replace("/bin/false\"]", "/bin/false\"]\ntimeout = \"100ms\"")
        )),
        true,
    )
    .await;
    assert!(all[1].contains("all the time") && all[2].contains("all the time"), "{all:?}");
    assert!(began.now().as_millis() - Timestamp::from_millis(0).as_millis() > 0);
}

fn refused(lines: &str) -> Vec<String> {
    let problems = settings(lines).check();
    assert!(problems.iter().all(|(_, problem)| !problem.contains("s3cr3t")), "{problems:?}");
    problems.into_iter().map(|(key, _)| key).collect()
}

#[test]
fn hooks_that_cannot_work_are_named() {
    let one = |kind: &str, lines: &str| format!("hooks = [\"a\"]\n[hook.a]\nkind = \"{kind}\"\n{lines}");
    let local = "url = \"http://127.0.0.1:8888/doveadm/v1\"";
    for (lines, keys) in [
        ("hooks = [\"a\"]".to_owned(), vec!["hooks"]),
        ("hooks_timeout = \"31s\"".to_owned(), vec!["hooks_timeout"]),
        (THREE.replace("\"bad\"]", "\"kick\"]"), vec!["hooks", "hook.bad"]),
        (one("doveadm", &format!("{local}\napi_key = \"s3cr3t\"")), vec![]),
        (one("doveadm", &format!("{local}\npassword = \"s3cr3t\"\nuser = \"local_part\"")), vec![]),
        (one("doveadm", local), vec!["hook.a.api_key"]),
        (one("doveadm", &format!("{local}\napi_key = \"s3cr3t\"\npassword = \"s3cr3t\"")), vec!["hook.a.api_key"]),
        (one("doveadm", "url = \"http://mail.example.org/doveadm/v1\"\napi_key = \"s3cr3t\""), vec!["hook.a.url"]),
        (one("doveadm", &format!("{local}\napi_key = \"s3cr3t\"\ntimeout = \"6s\"")), vec!["hook.a.timeout"]),
        (one("http", &format!("{local}\nends_sessions = true")), vec!["hook.a.key_id"]),
        (one("http", &format!("{local}\nends_sessions = true\nkey_id = \"k\"\nkey = \"s3cr3t\"")), vec!["hook.a.key"]),
        (one("http", &format!("{local}\nends_sessions = true\nheaders = {{ a = \"s3cr3t\" }}")), vec![]),
        (one("command", "command = []\nends_sessions = true"), vec!["hook.a.command"]),
        (one("command", "command = [\"kick\"]\nends_sessions = true"), vec!["hook.a.command"]),
        (one("command", "command = [\"/bin/true\", \"-u{address}\"]\nends_sessions = true"), vec!["hook.a.command"]),
    ] {
        assert_eq!(refused(&lines), keys, "{lines}");
    }
}

/// case 99: neither keys nor addresses that may hold some are shown.
#[test]
fn debug_output_shows_no_key() {
    let hooks: BTreeMap<String, HookSettings> = toml::from_str(
        "[a]\nkind = \"doveadm\"\nurl = \"http://s3cr3t@127.0.0.1\"\napi_key = \"s3cr3t\"\n\
         [b]\nkind = \"http\"\nurl = \"http://s3cr3t@127.0.0.1\"\nkey = \"s3cr3t\"\nheaders = { a = \"s3cr3t\" }\nends_sessions = true",
    )
    .unwrap();
    assert!(!format!("{hooks:?}").contains("s3cr3t"));
}
