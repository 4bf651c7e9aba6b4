//! What a live check of a dependency found.

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two: `credentials`, `template SMS_1`, `balance`.
    pub what: String,
    /// How it is.
    pub state: Condition,
    /// What was seen, and what to do where something is wrong; no secret.
    pub text: String,
}

impl Finding {
    /// One of them.
    #[must_use]
    pub fn of(what: impl Into<String>, state: Condition, text: impl Into<String>) -> Self {
        Self { what: what.into(), state, text: text.into() }
    }
}

/// How a thing that was looked at is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// As it should be.
    Good,
    /// Works, or cannot be told; worth a look.
    Doubtful,
    /// Does not work.
    Bad,
}
