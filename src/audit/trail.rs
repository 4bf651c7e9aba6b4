//! The audit trail: files of chained lines.

use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::entry::{Entry, What};
use super::ledger::{Ledger, Unfit, private};
use super::writer::{Health, Message, Writer};
use super::{AuditEvent, AuditKey, AuditSettings, AuditSink};
use crate::domain::{Clock, Randomness};

/// Events that may wait for the writer, and as many more that it keeps while the disk fails. About 5 MB in all.
const QUEUE: usize = 8_192;

/// Why a trail cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// Another process has it.
    #[error("another process writes the audit trail in {}; give each its own [audit] path", .0.display())]
    Busy(PathBuf),
    /// The last line was changed, or sealed with another key.
    #[error(
        "the last line of {} was not sealed with audit.key: it was changed, or the key was; check with `resetgate audit verify`, \
         and begin a new trail with an empty directory as [audit] path", .0.display()
    )]
    Foreign(PathBuf),
    /// The file system refused.
    #[error("the audit trail in {} cannot be opened: {source}", .dir.display())]
    Io {
        /// The configured directory.
        dir: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// Writes every event that is not routine as one line of JSON, one file a day in UTC, each line sealed and chained to
/// the one before, across files and restarts.
///
/// `record` only puts the event into a bounded queue. One thread writes what is there as one batch and syncs it, so
/// that while a slow disk works the next batch grows. While the disk fails, events wait; when there is no room left
/// they are counted, `check` says so, and a line `events.lost` says how many once writing works again.
///
/// What a crash tore off is moved into a `.torn-1` file beside the day's and a line `chain.resumed` names it. Lines cut off the very end,
/// or the newest files deleted, leave a chain that is whole: only a copy of the last number elsewhere shows that.
pub struct Trail {
    outbox: SyncSender<Message>,
    health: Arc<Health>,
    clock: Arc<dyn Clock>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Held as long as the trail is open.
    _lock: File,
}

impl Trail {
    /// Opens the trail, continues its chain and starts its writer.
    ///
    /// # Errors
    /// When the directory cannot be used, another process has it, or its last line is not sealed with this key.
    pub fn open(
        settings: &AuditSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, TrailError> {
        Self::with_room(settings, clock, random, QUEUE)
    }

    pub(super) fn with_room(
        settings: &AuditSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
        room: usize,
    ) -> Result<Self, TrailError> {
        let dir = settings.path.as_path();
        let unusable = |source| TrailError::Io { dir: dir.to_owned(), source };
        make(dir).map_err(unusable)?;
        let lock = lock(dir)?;
        let (ledger, torn) =
            Ledger::resume(dir, AuditKey::new(&settings.key), random).map_err(|reason| match reason {
                Unfit::Io(source) => unusable(source),
                Unfit::Foreign(file) => TrailError::Foreign(file),
            })?;
        let mut pending = VecDeque::new();
        if let Some(torn) = torn {
            tracing::warn!(file = %torn.file, bytes = torn.bytes, "the audit trail ended in the middle of a line");
            pending.push_back(Entry { at: clock.now(), what: What::Resumed { file: torn.file, bytes: torn.bytes } });
        }
        let (outbox, inbox) = sync_channel(room);
        let health = Arc::new(Health::default());
        let writer =
            Writer { ledger, inbox, health: Arc::clone(&health), clock: Arc::clone(&clock), pending, keep: room };
        let thread = std::thread::Builder::new().name("audit".into()).spawn(move || writer.run()).map_err(unusable)?;
        Ok(Self { outbox, health, clock, thread: Mutex::new(Some(thread)), _lock: lock })
    }

    /// Waits until everything recorded before is on disk, or has been tried.
    pub fn flush(&self) {
        let (done, waiting) = sync_channel(1);
        if self.outbox.send(Message::Flush(done)).is_ok() {
            // Without an answer the writer has ended, and `check` says so.
            let _ = waiting.recv();
        }
    }

    /// Writes what is still in the queue and ends the writer. Later events are lost.
    ///
    /// # Errors
    /// The reason, when not everything could be written.
    pub fn close(&self) -> Result<(), String> {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        let _ = self.outbox.send(Message::Close);
        thread.join().map_err(|_| "the audit writer died".to_owned())?;
        self.health.check()
    }
}

impl AuditSink for Trail {
    fn record(&self, event: &AuditEvent) {
        if event.kind.is_routine() {
            return;
        }
        let entry = Entry { at: self.clock.now(), what: What::Event(Box::new(event.clone())) };
        if self.outbox.try_send(Message::Entry(entry)).is_err() {
            self.health.lose();
        }
    }

    fn check(&self) -> Result<(), String> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.as_ref().is_none_or(JoinHandle::is_finished) {
            return Err("the audit trail is closed".to_owned());
        }
        self.health.check()
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        if let Err(reason) = self.close() {
            tracing::error!(%reason, "the audit trail was not written to its end");
        }
    }
}

fn make(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

fn lock(dir: &Path) -> Result<File, TrailError> {
    let unusable = |source| TrailError::Io { dir: dir.to_owned(), source };
    let file = private().write(true).create(true).truncate(false).open(dir.join("audit.lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(TrailError::Busy(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}
