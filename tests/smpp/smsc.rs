//! The SMSC of the npm package `smpp`, run by node.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::provider::soon;

/// One SMSC on a free port of loopback. It ends with the test, and by itself should the test be killed.
pub struct Smsc {
    pub port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Smsc {
    pub async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smpp");
        let installed = folder.join("node_modules/smpp/package.json");
        assert!(
            installed.is_file(),
            "{} is not there; run `npm ci` in tests/smpp (tests/run does)",
            installed.display()
        );
        let node = std::env::var_os("NODE").unwrap_or_else(|| "node".into());
        let mut command = Command::new(node);
        command.arg("smsc.js").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().expect("node starts: apt-get install nodejs, or name it in NODE");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut smsc = Self { port: 0, lines, _process: process };
        smsc.port = smsc.next().await["port"].as_u64().unwrap().try_into().unwrap();
        smsc
    }

    /// What it saw next.
    pub async fn next(&mut self) -> Value {
        let line = soon(self.lines.next_line()).await.unwrap();
        serde_json::from_str(&line.expect("the SMSC runs")).unwrap()
    }

    /// The next thing it saw that has `name` in it.
    pub async fn next_with(&mut self, name: &str) -> Value {
        loop {
            let seen = self.next().await;
            if seen.get(name).is_some() {
                return seen;
            }
        }
    }
}
