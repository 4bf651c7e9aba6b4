//! The journeys' writes: a password, a phone.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use ldap3::Mod;
use ldap3::exop::PasswordModify;
use zeroize::Zeroizing;

use super::LdapAccounts;
use super::entry::Entry;
use super::fault::{Doing, Fault, code};
use super::pool::Lease;
use super::remembered::Progress;
use super::settings::{Hasher, WriteMethod};
use super::times::generalized_time;
use crate::account::hashing::Scheme as HashScheme;
use crate::account::{AccountError, PasswordWrite, PasswordWritten};
use crate::domain::{NewPassword, PhoneNumber, SubjectId, Timestamp};

type Change = Mod<Vec<u8>>;

impl LdapAccounts {
    pub(super) async fn write_password(
        &self,
        subject: &SubjectId,
        write: &PasswordWrite<'_>,
        begun: &AtomicBool,
    ) -> Result<PasswordWritten, AccountError> {
        let mut turn = self.remembered.turn(write.challenge, subject, write.now).await;
        if let Progress::Done(written) = *turn {
            return Ok(written);
        }
        let Some((entry, lease)) = self.by_id(subject).await? else { return Err(AccountError::NoSuchAccount) };
        if self.bears(&entry, write) {
            let written = self.under_own_rules(&entry, self.as_it_stands(&entry, write)).await;
            *turn = Progress::Done(written);
            return Ok(written);
        }
        if *turn == Progress::Begun {
            begun.store(true, Ordering::SeqCst);
            return Err(AccountError::Unknown { reason: "an earlier request was not answered".to_owned() });
        }
        if !self.people.is_enabled(&entry, write.now) {
            return Err(AccountError::NoSuchAccount);
        }
        let password = self.password_changes(write.password).await?;
        // From here on a request may have been heard, even when nobody waits for its answer any more.
        begun.store(true, Ordering::SeqCst);
        *turn = Progress::Begun;
        match self.send(&entry, &lease, write, password).await {
            Ok(written) => {
                *turn = Progress::Done(written);
                let written = self.under_own_rules(&entry, written).await;
                *turn = Progress::Done(written);
                Ok(written)
            }
            Err(fault) => {
                let error = fault.without(write.password.expose()).into_error(Doing::WritingPassword);
                if !matches!(error, AccountError::Unknown { .. }) {
                    *turn = Progress::None;
                }
                Err(error)
            }
        }
    }

    /// Everything in one operation; only Password Modify, which takes nothing besides, is followed by a second.
    async fn send(
        &self,
        entry: &Entry,
        lease: &Lease,
        write: &PasswordWrite<'_>,
        password: Option<Change>,
    ) -> Result<PasswordWritten, Fault> {
        // Without a place for it there is no validity, whatever was chosen.
        let kept = !self.settings.password.expiry.is_empty();
        let chosen = write.max_age.filter(|_| kept).and_then(|age| age.expiry(write.now));
        let left = self.end_to_leave(entry, write);
        let expires_at = chosen.or(left);
        let mut written = PasswordWritten { changed_at: write.now, expires_at, sessions_revoked: false, lock: None };
        let besides = self.besides(write, expires_at, left.is_some());
        let limit = self.timeout.get();
        if let Some(password) = password {
            let changes: Vec<_> = std::iter::once(password).chain(besides).collect();
            self.modify(entry, lease, changes).await?;
            return Ok(written);
        }
        let operation =
            PasswordModify { user_id: Some(&entry.dn), old_pass: None, new_pass: Some(write.password.expose()) };
        self.pool.extended(lease, operation, limit).await?;
        if besides.is_empty() {
            return Ok(written);
        }
        // The password stands. To call that a failure would keep the notice from a person whose password was changed.
        if let Err(fault) = self.pool.modify(lease, &entry.dn, besides, limit).await {
            let error = fault.into_error(Doing::WritingPassword);
            tracing::error!(%error, "a password was written, but not what belongs to it (account.ldap.password)");
            written.expires_at = None;
        }
        Ok(written)
    }

    /// The end of the account that stays, where nothing was chosen: no choice must not lengthen what the directory has.
    fn end_to_leave(&self, entry: &Entry, write: &PasswordWrite<'_>) -> Option<Timestamp> {
        let is_left = write.max_age.is_none() && self.people.password_ends_with_account();
        self.expiry(entry).filter(|end| is_left && *end > write.now)
    }

    /// Writes, and lifts the lock of wrong passwords in the same operation. Where that right is missing, the answer is a no
    /// to the whole, and what remains is asked for by itself.
    async fn modify(&self, entry: &Entry, lease: &Lease, changes: Vec<Change>) -> Result<(), Fault> {
        let limit = self.timeout.get();
        if self.bears_lock(entry) {
            let mut all = changes.clone();
            all.push(replace("lockoutTime", vec![b"0".to_vec()]));
            match self.pool.modify(lease, &entry.dn, all, limit).await {
                Err(Fault::Refused(refusal)) if refusal.code == code::INSUFFICIENT_ACCESS => {
                    tracing::warn!(
                        "a locked account keeps its lock for a while: account.ldap.bind_dn may not write lockoutTime"
                    );
                }
                done => return done.map(drop),
            }
        }
        self.pool.modify(lease, &entry.dn, changes, limit).await.map(drop)
    }

    /// The change of the password itself; `None` is the operation of its own.
    async fn password_changes(&self, password: &NewPassword) -> Result<Option<Change>, AccountError> {
        let keeping = &self.settings.password;
        Ok(match (keeping.write, keeping.hashed_by) {
            (WriteMethod::PasswordModify, _) => None,
            (WriteMethod::UserPassword, Hasher::Server) => {
                // A server would take it for a hash that is made already, or for a word on who verifies it.
                if password.expose().starts_with('{') {
                    let reason = "it begins like a mark of a hash: {".to_owned();
                    return Err(AccountError::PasswordRefused { reason });
                }
                Some(replace("userPassword", vec![password.expose().as_bytes().to_vec()]))
            }
            (WriteMethod::UserPassword, Hasher::Resetgate) => {
                let hash = self.hashing.hash(password).await?;
                Some(replace("userPassword", vec![marked(self.hash, hash.expose()).into_bytes()]))
            }
            (WriteMethod::UnicodePwd, _) => Some(replace("unicodePwd", vec![unicode_pwd(password)])),
        })
    }

    /// What is written along with a password.
    fn besides(&self, write: &PasswordWrite<'_>, expires_at: Option<Timestamp>, is_left: bool) -> Vec<Change> {
        let keeping = &self.settings.password;
        let mut changes = Vec::new();
        if !keeping.expiry.is_empty() && !is_left {
            let values = keeping.expiry_format.values(expires_at);
            changes.push(replace(&keeping.expiry, values.into_iter().map(String::into_bytes).collect()));
        }
        if keeping.shadow_last_change {
            let today = write.now.as_secs().div_euclid(86_400).to_string();
            changes.push(replace("shadowLastChange", vec![today.into_bytes()]));
        }
        if keeping.clear_reset {
            changes.push(replace("pwdReset", Vec::new()));
        }
        if !keeping.marker.is_empty() {
            changes.push(replace(&keeping.marker, vec![write.challenge.to_string().into_bytes()]));
        }
        changes
    }

    /// Whether the directory itself says that the challenge has written.
    fn bears(&self, entry: &Entry, write: &PasswordWrite<'_>) -> bool {
        let marker = &self.settings.password.marker;
        !marker.is_empty() && entry.texts(marker).contains(&write.challenge.to_string().as_str())
    }

    /// What an earlier write left behind.
    fn as_it_stands(&self, entry: &Entry, write: &PasswordWrite<'_>) -> PasswordWritten {
        let changed = entry.text(&self.settings.attributes.password_changed).and_then(super::times::read_any);
        PasswordWritten {
            changed_at: changed.unwrap_or(write.now),
            expires_at: self.expiry(entry),
            sessions_revoked: false,
            lock: None,
        }
    }

    pub(super) async fn write_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
        begun: &AtomicBool,
    ) -> Result<(), AccountError> {
        let found = self.by_id(subject).await?.filter(|(entry, _)| self.people.is_enabled(entry, now));
        let Some((entry, lease)) = found else { return Err(AccountError::NoSuchAccount) };
        let of = &self.settings.attributes;
        let value = phone.map(|phone| phone.e164().as_bytes().to_vec());
        let mut changes = vec![replace(&of.mobile, value.into_iter().collect())];
        if !of.phone_bound.is_empty() {
            let since = phone.and_then(|_| generalized_time(now));
            changes.push(replace(&of.phone_bound, since.into_iter().map(String::into_bytes).collect()));
        }
        begun.store(true, Ordering::SeqCst);
        let done = self.pool.modify(&lease, &entry.dn, changes, self.timeout.get()).await;
        let hidden = |fault: Fault| fault.without(phone.map_or("\0", PhoneNumber::e164));
        done.map(drop).map_err(|fault| hidden(fault).into_error(Doing::WritingPhone))
    }
}

/// A hash with the mark that `OpenLDAP` knows its scheme by, instead of the one that `account.hash.prefix` may have set.
fn marked(scheme: HashScheme, hash: &str) -> String {
    let bare = hash.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or(hash, |(_, bare)| bare);
    let mark = match scheme {
        HashScheme::Argon2id => "ARGON2",
        HashScheme::BlfCrypt | HashScheme::Sha512Crypt => "CRYPT",
        HashScheme::Ssha512 => "SSHA512",
        // Refused by the check of the settings: no directory reads Dovecot's.
        HashScheme::Pbkdf2 => "PBKDF2",
    };
    format!("{{{mark}}}{bare}")
}

/// All values of an attribute; none removes it, also when it is not there.
fn replace(name: &str, values: Vec<Vec<u8>>) -> Change {
    Mod::Replace(name.as_bytes().to_vec(), HashSet::from_iter(values))
}

/// `unicodePwd`: the password in quotes, UTF-16 with the low byte first ([MS-ADTS] 3.1.1.3.1.5).
fn unicode_pwd(password: &NewPassword) -> Vec<u8> {
    let quoted = Zeroizing::new(format!("\"{}\"", password.expose()));
    quoted.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_bears_the_mark_that_openldap_knows() {
        assert_eq!(marked(HashScheme::Argon2id, "{ARGON2ID}$argon2id$v=19"), "{ARGON2}$argon2id$v=19");
        assert_eq!(marked(HashScheme::Sha512Crypt, "$6$salt$hash"), "{CRYPT}$6$salt$hash");
        assert_eq!(marked(HashScheme::Ssha512, "{SSHA512}AAAA"), "{SSHA512}AAAA");
    }

    /// As Microsoft's example has it: `"new"` is 22 00 6E 00 65 00 77 00 22 00.
    #[test]
    fn unicode_pwd_is_the_quoted_password_in_utf_16_with_the_low_byte_first() {
        let bytes = |text: &str| unicode_pwd(&NewPassword::parse(text).unwrap());
        assert_eq!(bytes("new"), [0x22, 0, 0x6e, 0, 0x65, 0, 0x77, 0, 0x22, 0]);
        assert_eq!(bytes("密\"🔑"), [0x22, 0, 0xc6, 0x5b, 0x22, 0, 0x3d, 0xd8, 0x11, 0xdd, 0x22, 0]);
    }
}
