//! The trail on a real directory, with a clock that moves only when told to.

mod lines;
#[cfg(target_os = "linux")]
mod outage;
mod restarts;
mod sinks;
mod tampering;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::domain::{ManualClock, PhoneNumber, Region, SystemRandom, Timestamp};

/// Four seconds before midnight in UTC.
const START: Timestamp = Timestamp::from_millis(1_795_478_396_000);
const FIRST_DAY: &str = "audit-2026-11-23.ndjson";
const SECOND_DAY: &str = "audit-2026-11-24.ndjson";

/// A directory for a trail, and what outlives a restart.
struct Place {
    dir: TempDir,
    clock: Arc<ManualClock>,
    settings: AuditSettings,
}

impl Place {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let settings = AuditSettings { path: dir.path().join("audit"), key: "k".repeat(32).into() };
        Self { dir, clock: Arc::new(ManualClock::at(START)), settings }
    }

    fn open(&self) -> Trail {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> Result<Trail, TrailError> {
        Trail::open(&self.settings, self.clock.clone(), Arc::new(SystemRandom))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.settings.path.join(name)
    }

    fn verify(&self) -> Result<Summary, Fault> {
        verify(&self.settings.path, &AuditKey::new(&self.settings.key))
    }

    fn broken(&self) -> (String, u64, Why) {
        match self.verify() {
            Err(Fault::Broken(Broken { file, line, why })) => (name(&file), line, why),
            other => panic!("not broken: {other:?}"),
        }
    }

    /// All lines of all files, read as JSON.
    fn lines(&self) -> Vec<serde_json::Value> {
        let files = days::list(&self.settings.path).unwrap();
        let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.lines().iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// A closed trail of two days with four lines each.
    fn filled(self) -> Self {
        let trail = self.open();
        for _ in 0..8 {
            trail.record(&AuditEvent::of(EventKind::CodeVerified));
            self.clock.advance(Duration::from_secs(1));
        }
        trail.close().unwrap();
        self
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn address() -> MailboxAddress {
    MailboxAddress::parse("zhangsan@example.org").unwrap()
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("13800138765", Region::CN).unwrap()
}
