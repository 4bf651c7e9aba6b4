//! The files of a trail: one a day, named by the day in UTC, so that their names sort as they were written.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::Timestamp;

const PREFIX: &str = "audit-";
const SUFFIX: &str = ".ndjson";

/// The file of the day that `at` falls in.
pub(super) fn file_name(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    format!("{PREFIX}{}{SUFFIX}", moment.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// All files of a trail, the oldest first.
///
/// # Errors
/// When the directory cannot be read.
pub(super) fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        if name.to_str().is_some_and(is_file_name) {
            files.push(dir.join(name));
        }
    }
    files.sort();
    Ok(files)
}

fn is_file_name(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .is_some_and(|day| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok())
}
