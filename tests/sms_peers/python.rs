//! Programs of the virtual environment that `tests/run` makes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// One program of it.
pub fn program(name: &str) -> Command {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "target", "sms_peers", "bin", name].iter().collect();
    assert!(path.exists(), "{} is missing; run tests/run once, it installs what the tests need", path.display());
    Command::new(path)
}

/// `moto`, which plays Amazon's services on a free port of loopback. It ends with this value, also when a test panics.
pub struct Moto {
    process: Child,
    pub address: String,
}

impl Moto {
    pub fn start() -> Self {
        let mut command = program("moto_server");
        command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut told = String::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else {
                let _ = process.kill();
                panic!("moto ended before it listened: {told}");
            };
            if let Some((_, address)) = line.split_once("Running on http://") {
                break address.trim().to_owned();
            }
            told.push_str(&line);
        };
        // It writes a line for each request; a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was told, of every service.
    pub fn data(&self) -> serde_json::Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(b"GET /moto-api/data.json HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{head}");
        serde_json::from_str(body).unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
