//! What the directory's own rules make of an account once its password was written: whether wrong passwords keep it locked
//! all the same, and when the password runs out whatever was chosen.

use std::time::Duration;

use super::LdapAccounts;
use super::entry::Entry;
use super::fault::Fault;
use super::settings::WriteMethod;
use super::times::{TimeFormat, read_any};
use crate::account::PasswordWritten;
use crate::domain::{Lock, Timestamp};

/// How long the person waits for it. The password stands, and what is not read is not told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Units of 100 ns in a millisecond.
const UNITS: u64 = 10_000;

/// Of an account, in Active Directory and elsewhere.
const IN_ACTIVE_DIRECTORY: [&str; 3] = ["lockoutTime", "msDS-ResultantPSO", "msDS-UserPasswordExpiryTimeComputed"];
const ELSEWHERE: [&str; 4] = ["pwdAccountLockedTime", "accountUnlockTime", "pwdPolicySubentry", "pwdChangedTime"];

/// What they make of it.
#[derive(Default)]
struct Standing {
    lock: Option<Lock>,
    password_ends: Option<Timestamp>,
}

impl LdapAccounts {
    pub(super) fn is_active_directory(&self) -> bool {
        self.settings.password.write == WriteMethod::UnicodePwd
    }

    /// Whether wrong passwords have locked it, now or once: the mark stays when the lock is over.
    pub(super) fn bears_lock(&self, entry: &Entry) -> bool {
        self.is_active_directory() && entry.text("lockoutTime").is_some_and(|since| since != "0")
    }

    /// What was written, with what the directory's own rules make of it. Nothing here fails the write.
    pub(super) async fn under_own_rules(&self, before: &Entry, mut written: PasswordWritten) -> PasswordWritten {
        let of = ["pwdAccountLockedTime", "accountUnlockTime", "pwdPolicySubentry"];
        let has_rules = self.is_active_directory()
            || !self.settings.password.policy.is_empty()
            || of.iter().any(|name| before.has(name));
        if !has_rules {
            return written;
        }
        match tokio::time::timeout(PATIENCE, self.standing(&before.dn)).await {
            Ok(Ok(standing)) => {
                written.lock = standing.lock;
                written.expires_at = written.expires_at.into_iter().chain(standing.password_ends).min();
            }
            Ok(Err(fault)) => {
                let error = crate::account::AccountError::from(fault);
                tracing::warn!(%error, "a password was written; whether the account is locked still could not be read");
            }
            Err(_) => tracing::warn!("a password was written; whether the account is locked still was not answered"),
        }
        written
    }

    async fn standing(&self, dn: &str) -> Result<Standing, Fault> {
        let ad = self.is_active_directory();
        let attributes: &[&str] = if ad { &IN_ACTIVE_DIRECTORY } else { &ELSEWHERE };
        let Some(entry) = self.look_at(dn, attributes).await? else { return Ok(Standing::default()) };
        if ad { self.in_active_directory(&entry).await } else { self.elsewhere(&entry).await }
    }

    async fn in_active_directory(&self, entry: &Entry) -> Result<Standing, Fault> {
        let moment = |name: &str| entry.text(name).and_then(|text| TimeFormat::Filetime.read(text));
        let lock = match moment("lockoutTime") {
            Some(since) => self.lock(since, self.lockout_duration(entry).await?),
            None => None,
        };
        Ok(Standing { lock, password_ends: moment("msDS-UserPasswordExpiryTimeComputed") })
    }

    /// Of the account's own policy, or else of its domain; `None` lasts until an administrator lifts it, or is not shown.
    async fn lockout_duration(&self, entry: &Entry) -> Result<Option<Duration>, Fault> {
        let (dn, name) = if let Some(policy) = entry.text("msDS-ResultantPSO") {
            (policy.to_owned(), "msDS-LockoutDuration")
        } else {
            let root = self.look_at("", &["defaultNamingContext"]).await?;
            let domain = root.and_then(|root| root.text("defaultNamingContext").map(str::to_owned));
            (domain.unwrap_or_default(), "lockoutDuration")
        };
        if dn.is_empty() {
            return Ok(None);
        }
        let policy = self.look_at(&dn, &[name]).await?;
        let units = policy.and_then(|policy| policy.text(name)?.parse::<i64>().ok());
        Ok(units
            .filter(|units| *units < 0 && *units != i64::MIN)
            .map(|units| Duration::from_millis(units.unsigned_abs() / UNITS)))
    }

    /// `ppolicy` of `OpenLDAP`, and 389's own time of unlocking.
    async fn elsewhere(&self, entry: &Entry) -> Result<Standing, Fault> {
        let configured = Some(self.settings.password.policy.as_str()).filter(|policy| !policy.is_empty());
        let policy = match entry.text("pwdPolicySubentry").or(configured) {
            Some(policy) => self.look_at(policy, &["pwdMaxAge", "pwdLockoutDuration"]).await?,
            None => None,
        };
        let span = |name: &str| {
            let seconds = policy.as_ref().and_then(|policy| policy.text(name)?.parse::<u64>().ok());
            seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs)
        };
        let moment = |name: &str| entry.text(name).and_then(read_any);
        let unlocks = moment("accountUnlockTime").and_then(|end| self.lock(end, Some(Duration::ZERO)));
        let locked = moment("pwdAccountLockedTime").and_then(|since| self.lock(since, span("pwdLockoutDuration")));
        let age = moment("pwdChangedTime").zip(span("pwdMaxAge"));
        Ok(Standing { lock: locked.or(unlocks), password_ends: age.map(|(since, age)| since.plus(age)) })
    }

    /// The lock that began at `since`, unless it is over.
    fn lock(&self, since: Timestamp, lasts: Option<Duration>) -> Option<Lock> {
        let ends_at = lasts.map(|lasts| since.plus(lasts));
        ends_at.is_none_or(|end| end > self.clock.now()).then_some(Lock { ends_at })
    }
}
