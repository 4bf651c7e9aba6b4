//! How a command fails: what, where, what to do; and with which exit code.

use std::fmt;
use std::io::ErrorKind;

use crate::account::{AccountError, AdminError};
use crate::cli::exit::{FAILED, OK, UNREACHABLE};

/// So many places are named before the rest is counted.
const SHOWN: usize = 20;

/// A failure in three parts.
#[derive(Debug)]
pub struct Failure {
    pub code: u8,
    what: String,
    places: Vec<String>,
    help: String,
    /// Said before the help, to whoever wanted to write.
    wrote_nothing: bool,
}

impl Failure {
    pub fn new(code: u8, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, what: what.into(), places: Vec::new(), help: help.into(), wrote_nothing: false }
    }

    /// Of a command that only asks: that nothing was written is no news.
    pub fn of_a_question(self) -> Self {
        Self { wrote_nothing: false, ..self }
    }

    pub fn at(mut self, places: impl IntoIterator<Item = String>) -> Self {
        self.places.extend(places);
        self
    }

    /// Whoever read our output has seen enough, as `head` does.
    pub fn is_closed_pipe(&self) -> bool {
        self.code == OK
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "error: {}", self.what)?;
        for place in self.places.iter().take(SHOWN) {
            writeln!(out, "  --> {place}")?;
        }
        if self.places.len() > SHOWN {
            writeln!(out, "  … and {} more", self.places.len() - SHOWN)?;
        }
        let first = if self.wrote_nothing { "nothing was written; " } else { "" };
        writeln!(out, "help: {first}{}", self.help)
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        let (code, help, wrote_nothing) = match &error {
            AccountError::Unavailable { .. } => (UNREACHABLE, "do what the reason says and repeat", true),
            AccountError::Unknown { .. } => {
                (UNREACHABLE, "look with `resetgate account show` before you repeat it", false)
            }
            _ => (FAILED, "try again", true),
        };
        Self { wrote_nothing, ..Self::new(code, error.to_string(), help) }
    }
}

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Store(error) => error.into(),
            AdminError::Taken { ref address } => {
                let help = format!("see which: resetgate account show {}", address.as_str());
                Self::new(FAILED, error.to_string(), help)
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let code = if error.kind() == ErrorKind::BrokenPipe { OK } else { FAILED };
        Self::new(code, format!("reading or writing failed: {error}"), "check where the output goes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_asked_is_not_told_that_nothing_was_written() {
        let lost = || Failure::from(AccountError::Unavailable { reason: "no answer".into() });
        assert!(lost().to_string().ends_with("help: nothing was written; do what the reason says and repeat\n"));
        assert!(lost().of_a_question().to_string().ends_with("help: do what the reason says and repeat\n"));
    }
}
