//! chromedriver: one process for all tests of the binary, ended by its id when the last of them is done with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

/// Sessions hold it; who comes when none is left starts another one.
static LIVING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

/// How long a request that ends something may take.
const ENDING: Duration = Duration::from_secs(20);

/// A running chromedriver.
pub struct Driver {
    child: Child,
    port: u16,
    // Kept open: a process whose output nobody holds dies of its next line.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// The one that runs, or a new one.
    pub fn shared() -> Arc<Self> {
        let mut living = LIVING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        living.upgrade().unwrap_or_else(|| {
            let driver = Arc::new(Self::start());
            *living = Arc::downgrade(&driver);
            driver
        })
    }

    /// It takes a free port of IPv4 and ends when somebody else has the same one of IPv6; then another will do.
    fn start() -> Self {
        (0..5).find_map(|_| Self::try_start()).expect("chromedriver ended before it listened, five times")
    }

    fn try_start() -> Option<Self> {
        // Port 0: it takes a free one and says which.
        let child = Command::new(program("chromedriver", "chromium-driver"))
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.expect("chromedriver starts");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                child.wait().unwrap();
                return None;
            }
            let said = line.split_once("started successfully on port ").map(|(_, port)| port);
            if let Some(port) = said.and_then(|port| port.trim().trim_end_matches('.').parse().ok()) {
                break port;
            }
        };
        Some(Self { child, port, _output: output })
    }

    /// Where it listens.
    pub fn base(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// A request from where nothing can be awaited; whether there was an answer.
    pub fn call(&self, method: &str, path: &str) -> bool {
        let exchange = || -> std::io::Result<usize> {
            let mut wire = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            wire.set_read_timeout(Some(ENDING))?;
            write!(wire, "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n", self.port)?;
            wire.read(&mut [0; 1_024])
        };
        exchange().is_ok_and(|read| read > 0)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It ends whatever browser is left, then itself; the signal is for one that hangs.
        self.call("GET", "/shutdown");
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is.
///
/// A test of pages without a browser would prove nothing, so its absence is a failure.
pub fn program(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]);
    let found = places.map(|place| place.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!("`{name}` is not there, and the pages are tested in a real browser: apt-get install {package}")
    })
}

/// A file that `npm ci` puts there.
pub fn module(file: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules").join(file);
    assert!(path.is_file(), "{} is not there; run `npm ci` in tests/browser (tests/run does)", path.display());
    path
}
