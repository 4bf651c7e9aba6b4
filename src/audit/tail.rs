//! The end of a file of lines.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::seal::LONGEST_LINE;

/// What followed the last whole line: a crash stopped the writing, or somebody else wrote.
#[derive(Debug)]
pub(super) struct Torn {
    /// The file that it went to, beside the day's.
    pub(super) file: String,
    /// How much it was.
    pub(super) bytes: u64,
}

/// Where the last whole line before `limit` ends: just behind its line end, or 0.
pub(super) fn end_of_lines(file: &mut File, limit: u64) -> io::Result<u64> {
    const CHUNK: u64 = 8 * 1024;
    let mut end = limit;
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        let bytes = read_range(file, start, end)?;
        if let Some(at) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The last whole line before `end`, without its line end; `None` when there is none.
pub(super) fn last_line(file: &mut File, end: u64) -> io::Result<Option<Vec<u8>>> {
    let end = end_of_lines(file, end)?;
    if end == 0 {
        return Ok(None);
    }
    let start = end_of_lines(file, end - 1)?;
    if end - start > LONGEST_LINE as u64 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its last line is longer than any that is written here",
        ));
    }
    read_range(file, start, end - 1).map(Some)
}

/// Moves everything from `from` on into a file of its own, so that the next line begins a line and nothing is destroyed.
pub(super) fn put_aside(file: &mut File, path: &Path, from: u64) -> io::Result<Torn> {
    let aside = free_name(path);
    file.seek(SeekFrom::Start(from))?;
    let mut copy = super::ledger::private().write(true).create_new(true).open(&aside)?;
    let copied = io::copy(file, &mut copy).and_then(|bytes| copy.sync_all().map(|()| bytes));
    let bytes = copied.inspect_err(|_| drop(std::fs::remove_file(&aside)))?;
    file.set_len(from)?;
    file.sync_all()?;
    let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Torn { file: name, bytes })
}

fn free_name(path: &Path) -> PathBuf {
    let name = |number: u32| path.with_extension(format!("torn-{number}"));
    (1..u32::MAX).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(u32::MAX))
}

fn read_range(file: &mut File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(end.saturating_sub(start)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
