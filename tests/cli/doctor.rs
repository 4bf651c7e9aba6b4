//! `resetgate doctor`: what works and what does not, without a message.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::site::{OLD, Site};

/// Somebody who answers everything with 405 and this `Date`.
fn somebody(date: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.1 405 No\r\ndate: {date}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    url
}

fn state<'a>(looked: &'a serde_json::Value, part: &str, what: &str) -> &'a str {
    let all = looked.as_array().unwrap();
    let found = all.iter().find(|one| one["part"] == part && one["what"] == what);
    found.unwrap_or_else(|| panic!("{part}, {what}: {looked}"))["state"].as_str().unwrap()
}

#[test]
fn everything_is_looked_at_and_a_wrong_clock_is_bad() {
    let site = Site::new(&somebody("Sun, 06 Nov 1994 08:49:37 GMT"), "").with_anna();
    let looked = site.run(&["doctor", "--format", "json"]).expect(1);
    let looked: serde_json::Value = serde_json::from_str(&looked.out).unwrap();
    assert_eq!((state(&looked, "sms main", "connection"), state(&looked, "sms main", "clock")), ("good", "BAD"));
    assert_eq!((state(&looked, "accounts", "store"), state(&looked, "audit", "trail")), ("good", "good"));
    assert!(["good", "doubtful"].contains(&state(&looked, "disk", "audit.path")));
    assert_eq!(state(&looked, "page", "server.public_url"), "doubtful", "nobody can be reached there from here");
    assert!(!looked.to_string().contains(OLD) && !looked.to_string().contains("gB5nM1qW9eR7tY3u"), "{looked}");
}

#[test]
fn a_dead_provider_and_one_that_is_not_there_are_bad() {
    let site = Site::new("http://127.0.0.1:1/send", "").with_anna();
    let looked = site.run(&["doctor", "--provider", "main"]).expect(1);
    assert!(looked.out.contains("sms main  BAD       connection: 127.0.0.1:"), "{}", looked.out);
    assert!(!looked.out.contains("accounts"), "only the provider was asked about: {}", looked.out);
    assert!(site.run(&["doctor", "--provider", "other"]).expect(1).out.contains("there is no such provider"));
}

/// Whoever only looks makes no file, which would then belong to them and be taken for a store without accounts.
#[test]
fn an_account_file_that_is_not_there_is_bad_and_stays_away() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let looked = site.run(&["doctor"]).expect(1);
    assert!(looked.out.contains("there is no account file") && looked.out.contains("account import"), "{}", looked.out);
    assert!(!site.path("accounts.db").exists());
}

/// Each hook is looked at, and none is run.
#[test]
fn hooks_are_looked_at_without_being_run() {
    let directory = tempfile::tempdir().unwrap();
    let ran = directory.path().join("ran");
    let there = directory.path().join("kick");
    std::fs::write(&there, format!("#!/bin/sh\ntouch {}\n", ran.display())).unwrap();
    std::fs::set_permissions(&there, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (called, asked) = somebody_who_remembers();
    let hooks = format!(
        r#"[account]
hooks = ["there", "missing", "webmail", "gone", "dovecot"]
[account.hook.there]
kind = "command"
command = ["{}", "{{address}}"]
ends_sessions = true
[account.hook.missing]
kind = "command"
command = ["{}"]
ends_sessions = true
[account.hook.webmail]
kind = "http"
url = "{called}"
headers = {{ x-key = "k3y-of-the-webmail" }}
ends_sessions = false
[account.hook.gone]
kind = "http"
url = "http://127.0.0.1:1/changed"
headers = {{ x-key = "k3y-of-the-webmail" }}
ends_sessions = false
[account.hook.dovecot]
kind = "doveadm"
url = "http://127.0.0.1:1/doveadm/v1"
api_key = "k3y-of-dovecot"
"#,
        there.display(),
        directory.path().join("missing").display()
    );
    let site = Site::new("http://127.0.0.1:1/send", &hooks).with_anna();
    let looked = site.run(&["doctor", "--format", "json"]).expect(1);
    let looked: serde_json::Value = serde_json::from_str(&looked.out).unwrap();
    for (hook, what, expected) in [
        ("there", "command", "good"),
        ("missing", "command", "BAD"),
        ("webmail", "connection", "good"),
        ("gone", "connection", "BAD"),
        ("dovecot", "doveadm", "BAD"),
    ] {
        assert_eq!(state(&looked, &format!("hook {hook}"), what), expected, "{looked}");
    }
    assert!(looked.to_string().contains("there is no program") && !looked.to_string().contains("k3y"), "{looked}");
    assert!(!ran.exists(), "the program was run");
    let asked = asked.lock().unwrap().clone();
    assert!(asked.len() == 1 && asked[0].starts_with("HEAD / HTTP/1.1"), "{asked:?}");
}

/// Who answers everything, and the requests that came.
fn somebody_who_remembers() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/changed", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap_or(0);
            told.lock().unwrap().push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            let _ = write!(stream, "HTTP/1.1 204 No\r\nconnection: close\r\n\r\n");
        }
    });
    (url, asked)
}
