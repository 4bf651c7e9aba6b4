//! Gates: how often something may happen, by requester, account, phone, prefix and in all.
//!
//! Gates by requester are token buckets and may be told; gates by account, phone, prefix and budget count
//! exactly over a rolling window and are silent, because their answer would tell strangers about other people.

mod bounded;
mod bucket;
mod holds;
mod memory;
mod requesters;
mod sends;
mod settings;
#[cfg(test)]
mod tests;
mod ticks;
mod window;

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{PhoneNumber, Requester, SubjectId, Timestamp};

pub use memory::MemoryLimits;
pub use settings::{KnownRates, LimitsSettings};

/// A gate that a requester passes. Its answer may be told: it speaks of the requester's own activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequesterGate {
    /// Issuing captchas.
    Captcha,
    /// Fetching pictures and audio.
    Media,
    /// Starting a recovery and asking for a further code.
    Start,
    /// Presenting codes and completing, all accounts together.
    Verify,
    /// Reading the state of a challenge, and cancelling it.
    Read,
}

impl RequesterGate {
    /// Every gate.
    pub const ALL: [Self; 5] = [Self::Captcha, Self::Media, Self::Start, Self::Verify, Self::Read];

    /// The name in the configuration, in metrics and in `violated-policies`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captcha => "captcha",
            Self::Media => "media",
            Self::Start => "start",
            Self::Verify => "verify",
            Self::Read => "read",
        }
    }
}

/// What is left at a gate after a request passed; for the `RateLimit` fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The policy that is closest to its limit: so many at once.
    pub limit: u32,
    /// Over so many seconds.
    pub window_secs: u64,
    /// So many more may follow at once.
    pub remaining: u32,
}

/// A gate is shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// When the same request would pass; at least one second.
    pub retry_after: Duration,
    /// So many at once.
    pub limit: u32,
    /// Over so many seconds.
    pub window_secs: u64,
}

/// Which silent gate refused a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendGate {
    /// Sends for one account.
    Account,
    /// Sends to one phone, whatever account.
    Phone,
    /// Sends into one block of ten thousand numbers.
    Prefix,
    /// Country not on the allow-list.
    Country,
    /// All sends together.
    Budget,
    /// A provider wants nothing for this number for a while.
    Held,
}

impl SendGate {
    /// Every gate.
    pub const ALL: [Self; 6] = [Self::Account, Self::Phone, Self::Prefix, Self::Country, Self::Budget, Self::Held];

    /// The name in metrics and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Phone => "phone",
            Self::Prefix => "prefix",
            Self::Country => "country",
            Self::Budget => "budget",
            Self::Held => "phone_held",
        }
    }
}

/// One send in the windows of the silent gates. It is no copy of anything, so it can be given back once at most; dropped,
/// it stands.
#[derive(Debug)]
#[must_use = "a message that did not leave gives its booking back"]
pub struct Booking {
    /// Where it stands for account, phone and prefix, and under which moment.
    places: [Option<(u128, Timestamp)>; 3],
    /// The moment under which it stands in the budget.
    spent: Option<Timestamp>,
}

impl Booking {
    /// Of a limiter that counts nothing.
    const NOWHERE: Self = Self { places: [None; 3], spent: None };

    /// The part of account and phone; block of numbers and budget stay charged when that alone is given back.
    ///
    /// For a provider's refusal: a gateway may have sent what it seems to refuse, and asking for the same refusal without
    /// end must not be free. The person may ask again at once, and what strangers can spend stays bounded.
    pub fn of_the_person(self) -> Self {
        let [account, phone, _] = self.places;
        Self { places: [account, phone, None], spent: None }
    }
}

/// The limiter cannot answer. A gate that cannot count is shut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limiter is unavailable: {reason}")]
pub struct LimitsError {
    /// What failed.
    pub reason: String,
}

/// How often something may happen: in one process, or shared by several.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Passes one request of a requester through a gate: every bucket of it (IPv4 or /64, and /48) or none is charged
    /// as far as the limiter can tell.
    async fn pass(&self, gate: RequesterGate, requester: &Requester)
    -> Result<Result<Allowance, Limited>, LimitsError>;

    /// A recovery of this requester succeeded: the start that it took is given back, so that many people behind one
    /// address who each get their password do not shut the gate for each other.
    ///
    /// One success gives back one start and no more, never above a full gate, and only as often as `limits.forgive` says:
    /// starts that lead to nothing are as few as before.
    async fn forgive(&self, requester: &Requester) -> Result<(), LimitsError>;

    /// Books one send to an account's phone: all windows or none. `now` is when it was asked for: a gate of one a minute
    /// must let the next through a minute after, however long each waited for its turn.
    async fn book_send(
        &self,
        account: &SubjectId,
        phone: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Result<Booking, SendGate>, LimitsError>;

    /// Gives a booking back, for a message that did not leave: each window that it names counts as if it had not been asked for.
    async fn give_back(&self, booking: Booking) -> Result<(), LimitsError>;

    /// Books a message that must go out (a notice) on the budget, whether or not anything is left.
    async fn book_notice(&self, now: Timestamp) -> Result<(), LimitsError>;

    /// Refuses sends to a number for `wait`, at most a day: a provider counts messages of others to it as well, and its
    /// count is the one that matters.
    async fn hold(&self, phone: &PhoneNumber, wait: Duration, now: Timestamp) -> Result<(), LimitsError>;

    /// The part of the send budget that is left, 0 to 1: the smaller of hour and day.
    async fn budget_left(&self, now: Timestamp) -> Result<f64, LimitsError>;

    /// Forgets what no longer limits anybody.
    async fn sweep(&self, now: Timestamp);
}
