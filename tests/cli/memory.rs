//! What only the machine knows of a process: whether its memory may be read, and in which zone it thinks.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::dev::{api, code, dev, ops};
use crate::gateway::{Gateway, Manner};
use crate::process::Running;
use crate::site::{ANNA, Site};
use crate::web::{Person, get};

const NOBODY: u32 = 65_534;

/// Who owns what `/proc` shows of a process: its own owner while its memory may be dumped, otherwise root.
fn owner(process: u32) -> u32 {
    std::fs::metadata(format!("/proc/{process}/environ")).unwrap().uid()
}

/// The same command as an owner other than root, from a copy that everybody may read: a program that its owner may not
/// read is never dumped, and would prove nothing.
fn as_nobody(command: &Command, place: &Path) -> Command {
    let copy = place.join("resetgate");
    std::fs::copy(command.get_program(), &copy).unwrap();
    let readable = || std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&copy, readable()).unwrap();
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o777)).unwrap();
    let mut other = Command::new(copy);
    other.args(command.get_args()).env_clear();
    other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other.uid(NOBODY).gid(NOBODY).current_dir("/");
    other
}

/// case 102: no core dump holds a code or a password, and no other process of the same owner reads the memory. What was
/// secret is wiped when it is dropped (types of `secrecy` and `zeroize`), as far as the compiler makes no copies.
#[test]
fn the_memory_of_the_service_is_nobodys_business() {
    let temporary = tempfile::tempdir().unwrap();
    let root = rustix::process::getuid().is_root();
    let me = if root { NOBODY } else { rustix::process::getuid().as_raw() };
    let mut command = dev(&temporary);
    let mut sleeper = Command::new("sleep");
    sleeper.arg("60");
    if root {
        command = as_nobody(&command, temporary.path());
        sleeper.uid(NOBODY);
    }
    let sleeper = Running::start(&mut sleeper);
    assert_eq!(owner(sleeper.id()), me, "an ordinary process may be dumped");
    let running = Running::start(&mut command);
    let ops = ops(&running);
    assert_eq!(owner(running.id()), 0, "the service may not");
    let metrics = get(ops, "/metrics").expect(200).text;
    assert!(metrics.contains("\nprocess_open_fds "), "and it still knows itself: {metrics}");
    running.stopped().expect(0);
}

#[expect(clippy::disallowed_methods, reason = "the machine's time is what the answers are compared with")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// Seconds since 1970 of a time that must be written in UTC.
fn utc(text: &str) -> i64 {
    assert!(text.ends_with('Z'), "{text}");
    let moment: jiff::Timestamp = text.parse().unwrap();
    moment.as_second()
}

/// case 105: answers, trail and logs are in UTC, whatever zone the machine is set to; only texts for people are in its zone.
#[test]
fn every_time_that_programs_read_is_in_utc_whatever_the_zone() {
    let temporary = tempfile::tempdir().unwrap();
    let running = Running::start(dev(&temporary).env("TZ", "XXX-13:45"));
    let mut person = Person::at(api(&running));
    let started = person.start("zhangsan@example.gov.cn").expect(202).json();
    let code = code(&running, &person.id);
    let verified = person.step("verify", &json!({ "code": code })).expect(200).json();
    let body = json!({ "new_password": "Tiantian-2026x", "max_age": "P1M" });
    let done = person.step("complete", &body).expect(200).json();
    running.stopped().expect(0);
    for text in [&started["server_time"], &started["expires_at"], &verified["verified_until"], &done["changed_at"]] {
        let text = text.as_str().unwrap();
        assert!((utc(text) - now()).abs() < 3_600, "{text} is not UTC");
    }
    utc(done["password_expires_at"].as_str().unwrap());

    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "").with_anna();
    let running = Running::start(site.command(&["serve"]).env("TZ", "XXX-13:45"));
    Person::at(running.addresses().0).start(ANNA).expect(202);
    gateway.code();
    let ended = running.stopped().expect(0);
    let trail = site.trail();
    let lines = trail.lines().map(|line| (line, "ts")).chain(ended.err.lines().map(|line| (line, "timestamp")));
    for (line, key) in lines.filter(|(line, _)| line.starts_with('{')) {
        let read: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = read[key].as_str().unwrap_or_else(|| panic!("{key} in {line}"));
        assert!((utc(text) - now()).abs() < 3_600, "{text} is not UTC");
    }
    assert!(trail.lines().count() == 4 && ended.err.lines().count() > 3);
}
