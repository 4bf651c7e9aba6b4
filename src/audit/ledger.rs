//! The file that is being written, and the end of its chain.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::entry::{Entry, What};
use super::seal::{self, GENESIS, Sealed};
use super::tail::{Torn, end_of_lines, last_line, put_aside};
use super::{AuditKey, days};
use crate::domain::{EventId, Randomness, Timestamp};

/// Options that make files for the owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The writing end of a trail.
pub(super) struct Ledger {
    dir: PathBuf,
    key: AuditKey,
    random: Arc<dyn Randomness>,
    head: Head,
    day: String,
    /// How far the day's file holds whole lines of ours.
    length: u64,
    file: Option<File>,
}

/// The last line of the chain.
#[derive(Clone)]
struct Head {
    seq: u64,
    hash: String,
}

/// Why a trail cannot be continued.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    /// Reading or repairing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The last line does not carry this key's seal.
    #[error("the last line of {} was not sealed with this key", .0.display())]
    Foreign(PathBuf),
}

impl Ledger {
    /// Finds the end of the chain. What follows the last whole line is put aside and named.
    pub(super) fn resume(
        dir: &Path,
        key: AuditKey,
        random: Arc<dyn Randomness>,
    ) -> Result<(Self, Option<Torn>), Unfit> {
        let mut torn = None;
        let mut head = Head { seq: 0, hash: GENESIS.to_owned() };
        let files = days::list(dir)?;
        for path in files.iter().rev() {
            let mut file = private().read(true).append(true).open(path)?;
            let whole = whole_lines(&mut file, path, u64::MAX)?;
            torn = torn.or(whole.torn);
            if let Some(line) = last_line(&mut file, whole.length)? {
                let sealed = Sealed::read(&line).filter(|line| line.holds(&key));
                let sealed = sealed.ok_or_else(|| Unfit::Foreign(path.clone()))?;
                head = Head { seq: sealed.seq, hash: String::from_utf8_lossy(sealed.hash).into_owned() };
                break;
            }
        }
        let day = files.last().and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy().into_owned();
        let length = u64::MAX;
        Ok((Self { dir: dir.to_owned(), key, random, head, day, length, file: None }, torn))
    }

    /// Writes `pending` and takes out what is safely on disk.
    ///
    /// Each day's part is written and synced as one: a crash of the machine loses at most the part on its way.
    ///
    /// # Errors
    /// What the file system says. What could not be written stays in `pending`, and the file ends where it did.
    pub(super) fn append(&mut self, pending: &mut VecDeque<Entry>) -> io::Result<()> {
        while let Some(first) = pending.front() {
            let day = self.day_of(first.at);
            if day != self.day {
                (self.file, self.length, self.day) = (None, u64::MAX, day);
            }
            if let Some(torn) = self.attach()? {
                let at = pending.front().map_or(Timestamp::from_millis(0), |entry| entry.at);
                pending.push_front(Entry { at, what: What::Resumed { file: torn.file, bytes: torn.bytes } });
            }
            let count = pending.iter().take_while(|entry| self.day_of(entry.at) == self.day).count();
            self.commit(pending.range(..count))?;
            pending.drain(..count);
        }
        Ok(())
    }

    /// A day never goes back: a machine that starts with its clock behind writes on in the newest file.
    fn day_of(&self, at: Timestamp) -> String {
        days::file_name(at).max(self.day.clone())
    }

    fn commit<'entry>(&mut self, entries: impl Iterator<Item = &'entry Entry>) -> io::Result<()> {
        let mut head = self.head.clone();
        let mut text = String::new();
        for entry in entries {
            head.seq += 1;
            let mut line = entry.json(head.seq, EventId::draw(&*self.random), &self.key)?;
            head.hash = seal::close(&mut line, &head.hash, &self.key);
            text.push_str(&line);
        }
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a batch must not stay. If even this fails, it is put aside when the file is attached again.
            let _ = file.set_len(self.length);
            self.file = None;
            return Err(error);
        }
        self.head = head;
        self.length += text.len() as u64;
        Ok(())
    }

    /// Opens the day's file unless it is open and still the one at its place, as long as it was left.
    fn attach(&mut self) -> io::Result<Option<Torn>> {
        let path = self.dir.join(&self.day);
        if self.file.is_some() {
            if std::fs::metadata(&path).is_ok_and(|found| found.len() == self.length) {
                return Ok(None);
            }
            tracing::error!(file = %path.display(), "somebody else changed or removed the audit file");
            self.file = None;
        }
        let known = path.exists();
        let mut file = private().read(true).append(true).create(true).open(&path)?;
        // The name must survive a crash as well as the lines; only Unix opens directories.
        if !known && cfg!(unix) {
            File::open(&self.dir)?.sync_all()?;
        }
        let whole = whole_lines(&mut file, &path, self.length)?;
        (self.length, self.file) = (whole.length, Some(file));
        Ok(whole.torn)
    }
}

/// How far a file holds whole lines, and what followed them.
struct Whole {
    length: u64,
    torn: Option<Torn>,
}

fn whole_lines(file: &mut File, path: &Path, limit: u64) -> io::Result<Whole> {
    let found = file.metadata()?.len();
    let length = end_of_lines(file, found.min(limit))?;
    let torn = if length < found { Some(put_aside(file, path, length)?) } else { None };
    Ok(Whole { length, torn })
}
