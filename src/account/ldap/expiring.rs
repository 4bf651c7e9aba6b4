//! Whose passwords run out soon.

use std::time::Duration;

use ldap3::adapters::PagedResults;

use super::LdapAccounts;
use super::connect::guarded;
use super::entry::Entry;
use super::examine::entry_named;
use super::fault::{Fault, code};
use super::query;
use super::times::TimeFormat;
use crate::account::{AccountError, Expiring};
use crate::domain::Timestamp;

/// Entries of one page; below the usual size limit of 500.
const PAGE: i32 = 250;

/// Entries that are looked at, at most: a bound on the work, far beyond what runs out in a month.
const MOST: usize = 100_000;

/// A page may take this many times what one answer may.
const PATIENCE: u32 = 4;

impl LdapAccounts {
    pub(super) async fn running_out(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Expiring>, AccountError> {
        let keeping = &self.settings.password;
        // Nobody runs out where nothing is kept; but to answer so would let the reminders stay away unnoticed.
        if keeping.expiry.is_empty() {
            let reason =
                "the end of a password is not kept; account.ldap.password.expiry would name an attribute for it";
            return Err(AccountError::Unavailable { reason: reason.to_owned() });
        }
        if limit == 0 {
            return Ok(Vec::new());
        }
        // What was lost while it lay idle is made anew by this, so that the list is asked for over a good connection.
        let lease = self.pool.search(&entry_named("", &["1.1"])).await?.lease;
        let mut ldap = lease.handle();
        let filter = self.between(now, until);
        let attributes = self.people.attributes().to_vec();
        let patience = self.settings.operation_timeout.get() * PATIENCE;
        let begin =
            ldap.streaming_search_with(PagedResults::new(PAGE), &self.settings.base, self.scope(), &filter, attributes);
        let mut stream = guarded(patience, begin).await?;
        let mut found: Vec<Expiring> = Vec::new();
        let mut seen = 0_usize;
        // The time is for the next entry, so that a page of any length may come as long as something comes.
        while let Some(item) = guarded(patience, stream.next()).await? {
            seen += 1;
            if seen > MOST {
                tracing::warn!(MOST, "more entries have an end of validity than are looked at; the rest is left out");
                return Ok(soonest(found, limit));
            }
            let Some(entry) = Entry::read(item.0) else { continue };
            found.extend(self.expiring_in(&entry, now, until));
            if found.len() >= limit.saturating_mul(2).max(1_000) {
                found = soonest(found, limit);
            }
        }
        let result = guarded(Duration::from_secs(1), async { Ok(stream.finish().await) }).await?;
        // Better those that the server does show than none.
        if matches!(result.rc, code::SIZE_LIMIT_EXCEEDED | code::ADMIN_LIMIT_EXCEEDED) {
            tracing::warn!(
                "the directory shows only some of the entries that have an end of validity; raise bind_dn's limit"
            );
            return Ok(soonest(found, limit));
        }
        Fault::unless_good(result)?;
        Ok(soonest(found, limit))
    }

    /// Compared by the server where the attribute has an order. `shadowExpire` has none in its schema (RFC 2307).
    fn between(&self, now: Timestamp, until: Timestamp) -> String {
        let (accounts, keeping) = (query::accounts(&self.settings.filter), &self.settings.password);
        let attribute = &keeping.expiry;
        let bounds = [now, until].map(|moment| keeping.expiry_format.values(Some(moment)).pop());
        match (keeping.expiry_format, bounds) {
            (TimeFormat::GeneralizedTime | TimeFormat::Filetime, [Some(from), Some(to)]) => {
                format!("(&{accounts}({attribute}>={from})({attribute}<={to}))")
            }
            _ => format!("(&{accounts}({attribute}=*))"),
        }
    }

    fn expiring_in(&self, entry: &Entry, now: Timestamp, until: Timestamp) -> Option<Expiring> {
        let expires_at = self.expiry(entry).filter(|end| *end > now && *end <= until)?;
        let subject = self.people.subject(entry, now).filter(|subject| subject.enabled)?;
        Some(Expiring { subject, expires_at })
    }
}

fn soonest(mut found: Vec<Expiring>, limit: usize) -> Vec<Expiring> {
    found.sort_by(|one, two| {
        (one.expires_at, one.subject.address.as_str()).cmp(&(two.expires_at, two.subject.address.as_str()))
    });
    found.truncate(limit);
    found
}
