//! Private servers for the tests: each in a directory of its own, on a free port of the loopback, gone with the test.

pub mod account_api;
pub mod certificates;
pub mod dovecot;
pub mod fault;
pub mod ldap_proxy;
pub mod mariadb;
pub mod postgres;
pub mod proxy;
pub mod samba;
pub mod slapd;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// The server that other tests are using now, or a new one. The last of them ends it.
pub fn shared<T>(held: &Mutex<Weak<T>>, start: impl FnOnce() -> T) -> Arc<T> {
    // A start that failed has been told by the test that tried it.
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let server = Arc::new(start());
        *held = Arc::downgrade(&server);
        server
    })
}

/// A port that nobody has now.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Whether the tests run as root, whom database servers refuse to serve as.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as `user` where the tests run as root, and as who runs the tests elsewhere.
pub fn command_as(user: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(program);
    command
}

/// Gives a directory to `user` where the tests run as root.
pub fn hand_over(directory: &Path, user: &str) {
    if is_root() {
        let done = Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(directory).status().unwrap();
        assert!(done.success());
    }
}

/// A file that only `user` can read.
pub fn private_file(directory: &Path, name: &str, content: &str, user: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    hand_over(&path, user);
    path
}

/// Runs a command to its end; it must succeed.
pub fn run(command: &mut Command, needs: &str) -> String {
    let ran = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{needs} is needed: {error}"));
    let said = [ran.stdout, ran.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(ran.status.success(), "{command:?}: {said}");
    said
}

/// Waits until the server says that it is there, at most a minute.
pub fn wait_until(mut is_there: impl FnMut() -> bool, what: &str) {
    for _ in 0..600 {
        if is_there() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} does not come up");
}

/// Ends a process by its id, and waits for the end.
pub fn end(child: &mut Child, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_child(child);
    // It may have ended by itself.
    rustix::process::kill_process(id, signal).ok();
    child.wait().ok();
}
