//! Why a policy cannot be built.

use std::path::PathBuf;

/// Why a policy cannot be built; for the operator at start.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A setting is out of range.
    #[error("policy.{key}: {problem}")]
    Setting {
        /// The key within `[policy]`.
        key: &'static str,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// The file cannot be read.
    #[error("policy.blocklist_file: cannot read {path}: {source}; name a readable file, or \"\" for the built-in list")]
    Unreadable {
        /// The configured path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file would fill the memory.
    #[error("policy.blocklist_file: {path} is larger than {limit} bytes; keep the most common passwords only")]
    TooLarge {
        /// The configured path.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// The file is in another encoding, or no text.
    #[error("policy.blocklist_file: line {line} of {path} is not UTF-8; convert the file to UTF-8")]
    NotText {
        /// The configured path.
        path: PathBuf,
        /// The first such line, counted from 1.
        line: usize,
    },
    /// An empty list would silently switch the rule off.
    #[error(
        "policy.blocklist_file: {path} holds no password of 3 characters or more; \
         write one a line, or \"\" for the built-in list"
    )]
    Empty {
        /// The configured path.
        path: PathBuf,
    },
}
