//! What `SQLite` says, in words an operator can act on.

use std::path::Path;

use sqlx::Error;

use crate::account::AccountError;

/// Primary result codes, <https://www.sqlite.org/rescode.html>.
const PERM: u32 = 3;
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

/// Nothing was written, for this reason.
pub(super) fn unavailable(reason: impl Into<String>) -> AccountError {
    AccountError::Unavailable { reason: reason.into() }
}

/// An error before the commit: nothing was written.
pub(super) fn before_commit(path: &Path, error: &Error) -> AccountError {
    unavailable(reason(path, error))
}

/// An error of the commit itself. Where `SQLite` has certainly kept the old state, nothing was written; where the file
/// system failed in the middle, what a later start will read back is not known.
pub(super) fn at_commit(path: &Path, error: &Error) -> AccountError {
    let reason = reason(path, error);
    match primary_code(error) {
        Some(BUSY | LOCKED | READONLY | FULL) => AccountError::Unavailable { reason },
        _ => AccountError::Unknown { reason },
    }
}

/// Whether another process is in the way, so that waiting helps.
pub(super) fn is_locked(error: &Error) -> bool {
    matches!(primary_code(error), Some(BUSY | LOCKED))
}

fn reason(path: &Path, error: &Error) -> String {
    let path = path.display();
    match primary_code(error) {
        Some(BUSY | LOCKED) => format!(
            "{path} is locked by another process; try again when that is done, or raise account.sqlite.busy_timeout"
        ),
        Some(FULL) => format!("the disk that holds {path} is full; make room there"),
        Some(READONLY | PERM) => format!("{path} may only be read; let this process write the file and its directory"),
        Some(CANTOPEN) => format!("{path} cannot be opened; check the path and who may write its directory"),
        Some(NOTADB) => format!("{path} is not a SQLite file; check account.sqlite.path"),
        Some(CORRUPT) => format!("{path} is damaged; restore it from a backup"),
        Some(IOERR) => format!("reading or writing {path} failed; check the disk ({error})"),
        _ => format!("{path}: {error}"),
    }
}

fn primary_code(error: &Error) -> Option<u32> {
    let Error::Database(inner) = error else { return None };
    // The library gives the extended code; its low byte is the primary one.
    inner.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::fmt;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    #[derive(Debug)]
    struct Code(u32);

    impl fmt::Display for Code {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "code {}", self.0)
        }
    }

    impl std::error::Error for Code {}

    impl DatabaseError for Code {
        fn message(&self) -> &'static str {
            "code"
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.to_string().into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn commit_of(code: u32) -> AccountError {
        at_commit(Path::new("accounts.db"), &Error::Database(Box::new(Code(code))))
    }

    /// case 79: only an outcome that nobody can know is called unknown.
    #[test]
    fn a_commit_is_unknown_only_when_the_file_system_failed_in_it() {
        let (busy_snapshot, full, read_only, fsync_failed) = (517, 13, 8, 1034);
        for code in [busy_snapshot, full, read_only] {
            assert!(matches!(commit_of(code), AccountError::Unavailable { .. }), "{code}");
        }
        assert!(matches!(commit_of(fsync_failed), AccountError::Unknown { .. }));
        let gone = at_commit(Path::new("accounts.db"), &Error::WorkerCrashed);
        assert!(matches!(gone, AccountError::Unknown { .. }));
    }

    #[test]
    fn every_reason_names_the_file() {
        for code in [3, 5, 6, 8, 10, 11, 13, 14, 26, 1] {
            assert!(commit_of(code).to_string().contains("accounts.db"), "{code}");
        }
        assert!(commit_of(13).to_string().contains("full"));
        assert!(commit_of(5).to_string().contains("locked by another process"));
    }
}
