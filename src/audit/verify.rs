//! Reading a trail back and finding the first line that is not as it was written.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::seal::{GENESIS, LONGEST_LINE, Sealed};
use super::{AuditKey, days};

/// A trail that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many files.
    pub files: u64,
    /// How many lines.
    pub lines: u64,
    /// The number of the first line; above 1 when older files are kept elsewhere.
    pub first: u64,
    /// The number of the last line. Compare it with a copy kept elsewhere: lines cut off the very end leave a whole chain.
    pub last: u64,
    /// The seal of the last line, 64 hexadecimal digits.
    pub head: String,
}

/// The first line that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {why}", .file.display())]
pub struct Broken {
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Not the shape of a line of a trail.
    #[error("this is no line of an audit trail")]
    Shape,
    /// Its seal does not fit.
    #[error("this line was changed or made up, or the key is not the one it was written with")]
    Seal,
    /// Lines before it are not there.
    #[error("lines {from} to {to} are missing before this one")]
    Missing {
        /// The number of the first.
        from: u64,
        /// The number of the last.
        to: u64,
    },
    /// It is genuine, but not at its place.
    #[error("line number {found} stands where number {expected} belongs")]
    Place {
        /// The number that belongs here.
        expected: u64,
        /// The number of this line.
        found: u64,
    },
    /// It continues another line than the one before it.
    #[error("this line does not follow the one before it")]
    Link,
    /// It has no end.
    #[error("this line has no end: the service is writing it, or a crash tore it and the next start puts it aside")]
    Unfinished,
}

/// Why a trail is not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no trail.
    #[error("there is no audit trail in {}", .0.display())]
    Empty(PathBuf),
    /// It cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was tampered with or damaged.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// The bytes of a trail, for progress.
///
/// # Errors
/// When the directory cannot be read.
pub fn size(dir: &Path) -> Result<u64, Fault> {
    let unreadable = |source| Fault::Unreadable { path: dir.to_owned(), source };
    let files = days::list(dir).map_err(unreadable)?;
    files.iter().map(|file| file.metadata().map(|data| data.len())).sum::<io::Result<_>>().map_err(unreadable)
}

/// Reads the whole trail, line by line, and confirms every seal and link.
///
/// # Errors
/// The first broken line, or why the trail cannot be read.
pub fn verify(dir: &Path, key: &AuditKey) -> Result<Summary, Fault> {
    verify_with(dir, key, &mut |_| ())
}

/// The same, telling `progress` the bytes of each line read.
///
/// # Errors
/// The first broken line, or why the trail cannot be read.
pub fn verify_with(dir: &Path, key: &AuditKey, progress: &mut dyn FnMut(u64)) -> Result<Summary, Fault> {
    let files = days::list(dir).map_err(|source| Fault::Unreadable { path: dir.to_owned(), source })?;
    let mut reader = Reader { key, progress, found: None };
    for path in &files {
        reader.file(path)?;
    }
    let mut summary = reader.found.ok_or_else(|| Fault::Empty(dir.to_owned()))?;
    summary.files = files.len() as u64;
    Ok(summary)
}

struct Reader<'run> {
    key: &'run AuditKey,
    progress: &'run mut dyn FnMut(u64),
    found: Option<Summary>,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Fault> {
        let unreadable = |source| Fault::Unreadable { path: path.to_owned(), source };
        let mut input = BufReader::with_capacity(LONGEST_LINE, File::open(path).map_err(unreadable)?);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let most = LONGEST_LINE as u64;
            let length = input.by_ref().take(most).read_until(b'\n', &mut line).map_err(unreadable)? as u64;
            if length == 0 {
                return Ok(());
            }
            number += 1;
            self.line(&line).map_err(|why| Broken { file: path.to_owned(), line: number, why })?;
            (self.progress)(length);
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Why> {
        let unfinished = if line.len() < LONGEST_LINE { Why::Unfinished } else { Why::Shape };
        let line = line.strip_suffix(b"\n").ok_or(unfinished)?;
        let line = Sealed::read(line).ok_or(Why::Shape)?;
        if !line.holds(self.key) {
            return Err(Why::Seal);
        }
        let Some(before) = &mut self.found else {
            self.found = Some(first(&line)?);
            return Ok(());
        };
        let expected = before.last + 1;
        if line.seq > expected {
            return Err(Why::Missing { from: expected, to: line.seq - 1 });
        }
        if line.seq < expected {
            return Err(Why::Place { expected, found: line.seq });
        }
        if line.prev != before.head.as_bytes() {
            return Err(Why::Link);
        }
        before.lines += 1;
        before.last = line.seq;
        before.head = String::from_utf8_lossy(line.hash).into_owned();
        Ok(())
    }
}

/// The first line begins the chain, or continues files that are kept elsewhere.
fn first(line: &Sealed<'_>) -> Result<Summary, Why> {
    if line.seq == 1 && line.prev != GENESIS.as_bytes() {
        return Err(Why::Link);
    }
    let head = String::from_utf8_lossy(line.hash).into_owned();
    Ok(Summary { files: 0, lines: 1, first: line.seq, last: line.seq, head })
}
