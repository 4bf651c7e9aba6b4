//! A child process with everything it prints, and an end to every wait.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Longer than any step takes on a busy machine; a wait that reaches it fails its test.
const PATIENCE: Duration = Duration::from_mins(1);

/// The binary, with an environment that holds nothing of the machine's but where its tools are.
pub fn resetgate<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resetgate"));
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// What a stream has said so far.
#[derive(Clone, Default)]
struct Page(Arc<(Mutex<(String, bool)>, Condvar)>);

impl Page {
    fn read(&self, mut stream: impl Read + Send + 'static) {
        let page = self.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            let mut rest = Vec::new();
            while let Ok(count @ 1..) = stream.read(&mut bytes) {
                rest.extend_from_slice(&bytes[..count]);
                let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                let lines: Vec<u8> = rest.drain(..whole).collect();
                page.add(&lines, false);
            }
            page.add(&rest, true);
        });
    }

    fn add(&self, bytes: &[u8], ended: bool) {
        let mut held = self.0.0.lock().unwrap();
        held.0.push_str(std::str::from_utf8(bytes).expect("what is printed is UTF-8"));
        held.1 = ended;
        self.0.1.notify_all();
    }

    /// Waits until `found` finds something, the stream ends, or patience does.
    fn wait<T>(&self, found: impl Fn(&str, bool) -> Option<T>) -> Option<T> {
        let mut held = self.0.0.lock().unwrap();
        loop {
            if let Some(found) = found(&held.0, held.1) {
                return Some(found);
            }
            if held.1 {
                return None;
            }
            let (next, timed_out) = self.0.1.wait_timeout(held, PATIENCE).unwrap();
            held = next;
            if timed_out.timed_out() {
                return None;
            }
        }
    }

    fn text(&self) -> String {
        self.0.0.lock().unwrap().0.clone()
    }
}

/// A process of ours; dropping it ends it.
pub struct Running {
    child: Child,
    out: Page,
    err: Page,
}

/// What a process left behind.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// It must have ended with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.out, self.err);
        self
    }
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        Self::start_with(command, "")
    }

    pub fn start_with(command: &mut Command, input: &str) -> Self {
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        // Fails when it does not read to the end, as most commands do not.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let (out, err) = (Page::default(), Page::default());
        out.read(child.stdout.take().unwrap());
        err.read(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of standard output that `found` reads something from.
    #[track_caller]
    pub fn printed<T>(&self, found: impl Fn(&str) -> Option<T>) -> T {
        let seen = self.out.wait(|text, _| text.lines().find_map(&found));
        seen.unwrap_or_else(|| panic!("it was not printed:\n{}\n{}", self.out.text(), self.err.text()))
    }

    /// Waits for a line of the log that `found` reads something from.
    #[track_caller]
    pub fn logged<T>(&self, found: impl Fn(&str) -> Option<T>) -> T {
        self.logged_nth(1, found)
    }

    /// Waits for the `nth` line of the log, from 1, that `found` reads something from.
    #[track_caller]
    pub fn logged_nth<T>(&self, nth: usize, found: impl Fn(&str) -> Option<T>) -> T {
        let seen = self.err.wait(|text, _| text.lines().filter_map(&found).nth(nth - 1));
        seen.unwrap_or_else(|| panic!("it was not logged:\n{}\n{}", self.out.text(), self.err.text()))
    }

    /// Where it says it listens: the API, and the operators' port.
    pub fn addresses(&self) -> (SocketAddr, SocketAddr) {
        self.logged(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            let address = |key: &str| line[key].as_str()?.parse().ok();
            Some((address("api")?, address("ops")?))
        })
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub fn ended(mut self) -> Ended {
        let closed = [&self.out, &self.err].map(|page| page.wait(|_, ended| ended.then_some(())));
        assert_eq!(closed, [Some(()), Some(())], "it ends:\n{}\n{}", self.out.text(), self.err.text());
        let status = self.child.wait().unwrap();
        Ended { status, out: self.out.text(), err: self.err.text() }
    }

    /// Asks it to stop in good order and waits.
    #[track_caller]
    pub fn stopped(self) -> Ended {
        self.signal(Signal::TERM);
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is our own child and not waited for yet, so the number is still its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn run<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Ended {
    Running::start(&mut resetgate(arguments)).ended()
}

/// Runs a command that reads `input`.
#[track_caller]
pub fn run_with<'a>(arguments: impl IntoIterator<Item = &'a str>, input: &str) -> Ended {
    Running::start_with(&mut resetgate(arguments), input).ended()
}
