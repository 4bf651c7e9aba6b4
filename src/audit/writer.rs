//! The one thread that writes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::entry::{Entry, What};
use super::ledger::Ledger;
use crate::domain::Clock;

/// A failed write is tried again after so long; nobody may come while the service is not ready.
const RETRY: Duration = Duration::from_secs(1);

/// The most entries of one write.
const BATCH: usize = 1_024;

/// What the writer is told.
pub(super) enum Message {
    /// Write this.
    Entry(Entry),
    /// Answer when everything before has been tried.
    Flush(SyncSender<()>),
    /// Write what is there and end.
    Close,
}

/// What the callers see of the writer.
#[derive(Default)]
pub(super) struct Health {
    lost: AtomicU64,
    failure: Mutex<Option<String>>,
}

impl Health {
    /// Counts an event that could not be kept.
    pub(super) fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Why events cannot be kept now, or were not and the trail does not say so yet.
    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(reason) = &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(format!("the audit trail cannot be written: {reason}"));
        }
        match self.lost.load(Ordering::Relaxed) {
            0 => Ok(()),
            count => Err(format!("{count} audit events came faster than they could be written, and were lost")),
        }
    }

    fn set(&self, failure: Option<String>) {
        let mut known = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        match (&failure, &*known) {
            (Some(reason), None) => tracing::error!(%reason, "the audit trail cannot be written; trying again"),
            (None, Some(_)) => tracing::info!("the audit trail is written again"),
            _ => {}
        }
        *known = failure;
    }
}

/// Owns the file.
pub(super) struct Writer {
    pub(super) ledger: Ledger,
    pub(super) inbox: Receiver<Message>,
    pub(super) health: Arc<Health>,
    pub(super) clock: Arc<dyn Clock>,
    /// Not written yet; kept through a failure, up to `keep`.
    pub(super) pending: VecDeque<Entry>,
    pub(super) keep: usize,
}

enum Next {
    Write,
    Answer(SyncSender<()>),
    End,
}

impl Writer {
    /// Writes until told to close, or until nobody is left to tell it.
    pub(super) fn run(mut self) {
        self.write();
        loop {
            let next = self.gather();
            self.write();
            match next {
                Next::Write => {}
                // Nobody waits any more: fine.
                Next::Answer(waiting) => drop(waiting.send(())),
                Next::End => return,
            }
        }
    }

    /// Waits for something to do. After a failure, new entries do not bring the next try forward.
    fn gather(&mut self) -> Next {
        let failing = !self.pending.is_empty();
        let retry_at = self.clock.now().plus(RETRY);
        loop {
            match self.inbox.recv_timeout(RETRY) {
                Ok(Message::Entry(entry)) => self.keep(entry),
                Ok(Message::Flush(waiting)) => return Next::Answer(waiting),
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => return Next::End,
                Err(RecvTimeoutError::Timeout) => return Next::Write,
            }
            if !failing {
                return self.take_what_is_there();
            }
            if self.clock.now() >= retry_at {
                return Next::Write;
            }
        }
    }

    fn take_what_is_there(&mut self) -> Next {
        while self.pending.len() < BATCH {
            match self.inbox.try_recv() {
                Ok(Message::Entry(entry)) => self.keep(entry),
                Ok(Message::Flush(waiting)) => return Next::Answer(waiting),
                Ok(Message::Close) => return Next::End,
                Err(_) => return Next::Write,
            }
        }
        Next::Write
    }

    fn keep(&mut self, entry: Entry) {
        if self.pending.len() < self.keep {
            self.pending.push_back(entry);
        } else {
            self.health.lose();
        }
    }

    /// Writes what is pending, and behind it how many were lost.
    fn write(&mut self) {
        let lost = self.health.lost.load(Ordering::Relaxed);
        if lost > 0 {
            self.pending.push_back(Entry { at: self.clock.now(), what: What::Lost { count: lost } });
        }
        match self.ledger.append(&mut self.pending) {
            Ok(()) => {
                self.health.lost.fetch_sub(lost, Ordering::Relaxed);
                self.health.set(None);
            }
            Err(error) => {
                // The number may have grown by the next try.
                self.pending.retain(|entry| !matches!(entry.what, What::Lost { .. }));
                self.health.set(Some(error.to_string()));
            }
        }
    }
}
