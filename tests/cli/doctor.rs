//! `resetgate doctor`: what works and what does not, without a message.

use std::io::{Read, Write};
use std::net::TcpListener;

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
