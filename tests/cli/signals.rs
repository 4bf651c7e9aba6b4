//! Starting where something is in the way, stopping by signals, and asking from a container whether it is well.

use std::net::{SocketAddr, TcpListener};

use rustix::process::Signal;

use crate::gateway::{Gateway, Manner};
use crate::process::{Running, resetgate};
use crate::site::{ANNA, Site};
use crate::web::{Person, ask, get};

fn stopping(running: &Running) {
    running.logged(|line| line.contains("\"message\":\"shutting down\"").then_some(()));
}

#[test]
fn a_signal_makes_it_not_ready_then_it_ends_in_good_order() {
    let gateway = Gateway::open(Manner::Takes);
    for signal in [Signal::TERM, Signal::INT] {
        let site = Site::new(&gateway.url, "");
        let running = Running::start(site.command(&["serve"]).env("RESETGATE__SERVER__SHUTDOWN_DELAY", "2s"));
        let (api, ops) = running.addresses();
        get(ops, "/readyz").expect(200);
        running.signal(signal);
        stopping(&running);
        let report = get(ops, "/readyz?verbose").expect(503);
        assert!(report.text.contains("[-] running: the service is stopping"), "{}", report.text);
        get(api, "/v1/config").expect(200);
        running.ended().expect(0);
        assert!(ask(api, "GET", "/v1/config", &[], "").is_err(), "nobody listens any more");
        assert!(site.trail().contains("\"stopped\""));
    }
}

#[test]
fn a_second_signal_stops_at_once_whatever_still_hangs() {
    let gateway = Gateway::open(Manner::Hangs);
    let site = Site::new(&gateway.url, "").with_anna();
    let mut command = site.command(&["serve"]);
    command.env("RESETGATE__SMS__TIMEOUT", "60s").env("RESETGATE__SERVER__SHUTDOWN_GRACE", "10m");
    let running = Running::start(&mut command);
    Person::at(running.addresses().0).start(ANNA).expect(202);
    assert_eq!(gateway.next()["to"], "+8613800138001");
    running.signal(Signal::TERM);
    stopping(&running);
    running.signal(Signal::TERM);
    let ended = running.ended().expect(143);
    assert!(ended.err.contains("second signal: exiting immediately"), "{}", ended.err);
}

#[test]
fn a_port_that_is_taken_is_named_with_its_key() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let site = Site::new("http://127.0.0.1:1/send", "");
    for (variable, key) in [("RESETGATE__SERVER__LISTEN", "server.listen"), ("RESETGATE__OPS__LISTEN", "ops.listen")] {
        let ended = Running::start(site.command(&["serve"]).env(variable, &address)).ended().expect(1);
        let text = format!("error: cannot listen on {address} ({key}): ");
        assert!(ended.err.contains(&text) && ended.err.contains("in use"), "{}", ended.err);
    }
}

#[test]
fn a_trail_that_another_process_writes_and_a_store_that_cannot_be_opened_are_dependencies() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let first = Running::start(&mut site.command(&["serve"]));
    first.addresses();
    let second = Running::start(&mut site.command(&["serve"])).ended().expect(4);
    assert!(second.err.contains("another process writes the audit trail"), "{}", second.err);
    first.stopped().expect(0);

    let lost = Running::start(site.command(&["serve"]).env("RESETGATE__ACCOUNT__SQLITE__PATH", "/nowhere/accounts.db"));
    let lost = lost.ended().expect(4);
    assert!(lost.err.contains("/nowhere/accounts.db"), "{}", lost.err);
}

fn healthcheck(ops: &str) -> i32 {
    let mut command = resetgate(["healthcheck"]);
    Running::start(command.env("RESETGATE__OPS__LISTEN", ops)).ended().status.code().unwrap()
}

#[test]
fn the_healthcheck_tells_ready_from_not_ready_from_nobody_there() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let running = Running::start(site.command(&["serve"]).env("RESETGATE__SERVER__SHUTDOWN_DELAY", "1m"));
    let ops: SocketAddr = running.addresses().1;
    assert_eq!(healthcheck(&ops.to_string()), 0);
    running.signal(Signal::TERM);
    stopping(&running);
    assert_eq!(healthcheck(&ops.to_string()), 1);
    // The second signal: nobody waits a minute here.
    running.signal(Signal::INT);
    running.ended().expect(130);
    assert_eq!(healthcheck(&ops.to_string()), 4);
    assert_eq!(healthcheck(""), 1, "there is nobody to ask");
}
