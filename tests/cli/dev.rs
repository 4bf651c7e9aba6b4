//! `resetgate dev`: nothing to configure, everything to try.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::Instant;

use rustix::process::Signal;
use serde_json::json;

use crate::process::{Running, resetgate, run_with};
use crate::web::{Person, get};

const NEW: &str = "Tiantian-2026x";

/// `dev` on free ports, with a directory of its own for temporary data.
pub fn dev(temporary: &tempfile::TempDir) -> Command {
    let mut command = resetgate(["dev"]);
    command.env("RESETGATE__SERVER__LISTEN", "127.0.0.1:0").env("RESETGATE__OPS__LISTEN", "127.0.0.1:0");
    command.env("TMPDIR", temporary.path());
    command
}

/// The address that stands in a printed line.
fn address(running: &Running, line: &str) -> SocketAddr {
    let read = |text: &str| text.strip_prefix(line)?.trim().strip_prefix("http://")?.split('/').next()?.parse().ok();
    running.printed(read)
}

pub fn api(running: &Running) -> SocketAddr {
    address(running, "  Page ")
}

pub fn ops(running: &Running) -> SocketAddr {
    address(running, "  Ops ")
}

/// The code of the message about a challenge, which is one line of output.
pub fn code(running: &Running, challenge: &str) -> String {
    let line = running.printed(|line| (line.contains("SMS →") && line.contains(challenge)).then(|| line.to_owned()));
    let mut digits = line.split(|sign: char| !sign.is_ascii_digit()).filter(|run| run.len() == 6);
    digits.next_back().expect("a code in the message").to_owned()
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "told, and judged only by a bound that no machine reaches")]
fn now() -> Instant {
    Instant::now()
}

/// case 96: the demo people have published passwords, so they are put into no store that stays.
#[test]
fn dev_puts_its_demo_people_into_no_store_that_stays() {
    let (temporary, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let real = elsewhere.path().join("accounts.db");
    let refused = dev(&temporary).env("RESETGATE__ACCOUNT__SQLITE__PATH", &real).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("account.sqlite.path"));
    assert!(!real.exists());
}

/// Closing the terminal is a way to stop: in good order, with nothing left behind.
#[test]
fn a_hang_up_stops_dev_in_good_order() {
    let temporary = tempfile::tempdir().unwrap();
    let running = Running::start(&mut dev(&temporary));
    api(&running);
    running.signal(Signal::HUP);
    running.ended().expect(0);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
#[expect(clippy::print_stdout, reason = "the measured time is worth knowing")]
fn dev_is_ready_at_once_on_the_ports_it_is_given_and_says_what_to_try() {
    let (temporary, wanted, wanted_ops) = (tempfile::tempdir().unwrap(), free(), free());
    let began = now();
    let mut command = dev(&temporary);
    command.env("RESETGATE__SERVER__LISTEN", wanted.to_string());
    let running = Running::start(command.env("RESETGATE__OPS__LISTEN", wanted_ops.to_string()));
    assert_eq!((api(&running), ops(&running)), (wanted, wanted_ops));
    assert_eq!(get(wanted_ops, "/readyz").expect(200).text, "ok\n");
    let took = began.elapsed();
    println!("dev was ready after {took:?}");
    assert!(took.as_secs() < 10, "{took:?}");
    get(wanted, "/v1/config").expect(200);
    running.printed(|line| line.contains("Codes are printed below").then_some(()));
    let ended = running.stopped().expect(0);
    for line in
        ["  API  ", "  Account   zhangsan@", "  Account   lisi@", "  Account   wangwu@", "  Password  ", "  Sign in   "]
    {
        assert!(ended.out.contains(line), "{line} in {}", ended.out);
    }
}

#[test]
fn a_person_gets_back_in_with_the_code_on_the_terminal_and_nothing_is_left_on_disk() {
    let temporary = tempfile::tempdir().unwrap();
    let running = Running::start(&mut dev(&temporary));
    let mut person = Person::at(api(&running));
    person.start("zhangsan@example.gov.cn").expect(202);
    let code = code(&running, &person.id);
    person.step("verify", &json!({ "code": code })).expect(200);
    person.step("complete", &json!({ "new_password": NEW })).expect(200);

    let store = running.printed(|line| {
        let rest = line.strip_prefix("  Sign in   resetgate --set ")?;
        Some(rest.split(' ').next()?.to_owned())
    });
    let verify = ["--set", &store, "account", "verify", "zhangsan@example.gov.cn"];
    run_with(verify, NEW).expect(0);
    run_with(verify, "Old-Password-2025").expect(1);

    let mut stranger = Person::at(api(&running));
    stranger.start("lisi@example.gov.cn").expect(202);
    running.logged(|line| (line.contains("no message was sent") && line.contains("no_phone")).then_some(()));

    let ended = running.stopped().expect(0);
    let messages: Vec<_> = ended.out.lines().filter(|line| line.contains("SMS →")).collect();
    assert_eq!(messages.len(), 2, "the code and the notice, a line each: {messages:?}");
    assert!(messages.iter().all(|line| line.contains("138****0000") && !line.contains("13800000000")));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "the temporary data is gone");
}

#[test]
fn dev_refuses_to_be_reached_from_elsewhere() {
    let temporary = tempfile::tempdir().unwrap();
    let ended = Running::start(dev(&temporary).env("RESETGATE__SERVER__LISTEN", "0.0.0.0:0")).ended().expect(3);
    assert!(ended.err.contains("server.listen") && ended.err.contains("127.0.0.1"), "{}", ended.err);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "a refused start leaves nothing either");
}
