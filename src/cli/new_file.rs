//! Writing a file that must not be there yet.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::exit::{FAILED, OK};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner.
    Owner,
    /// Whoever the process's mask allows.
    Everybody,
}

/// Creates `path` with `text`, and the directories above it where they are missing.
///
/// # Errors
/// As the operating system says, and when the file exists: nothing is ever overwritten.
pub fn create(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    let (mut file, mut directory) = (OpenOptions::new(), DirBuilder::new());
    file.write(true).create_new(true);
    directory.recursive(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        file.mode(0o600);
        directory.mode(0o700);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        directory.create(parent)?;
    }
    let mut file = file.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Creates the file and says so, or says why not. The exit code: 0, or 1.
///
/// # Errors
/// When the streams cannot be written to.
pub fn create_and_tell(
    path: &Path,
    text: &str,
    readers: Readers,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    match create(path, text, readers) {
        Ok(()) => writeln!(out, "wrote {}", path.display()).map(|()| OK),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => writeln!(
            err,
            "error: {} exists and is not overwritten\nhelp: name another file, or remove it first",
            path.display()
        )
        .map(|()| FAILED),
        Err(error) => writeln!(err, "error: cannot write {}: {error}", path.display()).map(|()| FAILED),
    }
}
