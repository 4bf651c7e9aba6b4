//! What may keep a person out although their new password was written.

use super::Timestamp;

/// A lock that wrong passwords have put on an account and that the write of a new one could not lift. It ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// When it ends; `None` where the store does not tell.
    pub ends_at: Option<Timestamp>,
}
