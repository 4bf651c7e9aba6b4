//! How a directory says that an account is disabled.

use std::str::FromStr;

use super::entry::Entry;
use super::settings::is_attribute;
use super::times::read_any;
use crate::domain::Timestamp;

/// `attribute=value`, `attribute*=part`, `attribute&bits`, or `attribute<now`: a moment that has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabledMark {
    attribute: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Equals(String),
    Contains(String),
    Bits(u32),
    Passed,
}

/// Not a mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` says of no attribute what it must be; write \"name=value\", \"name*=part\", \"name&2\" (bits) or \"name<now\" (a time that has passed)"
)]
pub struct DisabledMarkError(String);

impl DisabledMark {
    /// What must be read to tell.
    pub(super) fn attribute(&self) -> &str {
        &self.attribute
    }

    /// Whether it says when the account itself ends.
    pub(super) fn is_end(&self) -> bool {
        self.test == Test::Passed
    }

    /// Whether the entry bears it at `now`. Case does not matter, as in most directories.
    pub(super) fn is_on(&self, entry: &Entry, now: Timestamp) -> bool {
        entry.texts(&self.attribute).iter().any(|value| match &self.test {
            Test::Equals(wanted) => value.to_lowercase() == *wanted,
            Test::Contains(part) => value.to_lowercase().contains(part.as_str()),
            // Active Directory's flags are a signed 32-bit number.
            Test::Bits(bits) => value.parse::<i64>().is_ok_and(|flags| flags & i64::from(*bits) != 0),
            Test::Passed => {
                // Zero is "never" in Active Directory, and the first day of all in the shadow attributes (`chage -E 0`).
                let zero_is_never = !self.attribute.to_lowercase().starts_with("shadow");
                read_any(value).is_some_and(|end| end <= now && !(zero_is_never && end.as_millis() == 0))
            }
        })
    }
}

impl FromStr for DisabledMark {
    type Err = DisabledMarkError;

    fn from_str(text: &str) -> Result<Self, DisabledMarkError> {
        let wrong = || DisabledMarkError(text.chars().take(100).collect());
        let split = text.find(['=', '*', '&', '<']).ok_or_else(wrong)?;
        let (attribute, rest) = text.split_at(split);
        let sign = if let Some(bits) = rest.strip_prefix('&') {
            Test::Bits(bits.parse().ok().filter(|bits| *bits != 0).ok_or_else(wrong)?)
        } else if rest == "<now" {
            Test::Passed
        } else if let Some(part) = rest.strip_prefix("*=") {
            Test::Contains(part.to_lowercase())
        } else {
            Test::Equals(rest.strip_prefix('=').ok_or_else(wrong)?.to_lowercase())
        };
        let is_empty = matches!(&sign, Test::Equals(value) | Test::Contains(value) if value.is_empty());
        if is_empty || !is_attribute(attribute) {
            return Err(wrong());
        }
        Ok(Self { attribute: attribute.to_owned(), test: sign })
    }
}

impl<'de> serde::Deserialize<'de> for DisabledMark {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T03:00:00Z.
    const NOW: Timestamp = Timestamp::from_millis(1_795_402_800_000);

    fn is_on(mark: &str, attribute: &str, value: &str) -> bool {
        let entry = Entry::of("cn=x", &[(attribute, value)]);
        mark.parse::<DisabledMark>().unwrap().is_on(&entry, NOW)
    }

    #[test]
    fn an_account_ends_at_its_time_however_the_directory_writes_it() {
        for (attribute, past, future) in [
            ("accountExpires", "134162892000000000", "134400000000000000"),
            ("krbPrincipalExpiration", "20261123030000Z", "20261123030001Z"),
            ("shadowExpire", "20780", "20781"),
        ] {
            let mark = format!("{attribute}<now");
            assert!(is_on(&mark, attribute, past) && !is_on(&mark, attribute, future), "{attribute}");
            let zero = if attribute.starts_with("shadow") { None } else { Some("0") };
            for never in zero.into_iter().chain(["-1", "", "9223372036854775807", "never"]) {
                assert!(!is_on(&mark, attribute, never), "{attribute} {never}");
            }
        }
    }

    #[test]
    fn the_marks_of_the_field_are_understood() {
        assert!(is_on("pwdAccountLockedTime=000001010000Z", "pwdAccountLockedTime", "000001010000Z"));
        // Locked for a while by wrong passwords: a recovery is what helps.
        assert!(!is_on("pwdAccountLockedTime=000001010000Z", "pwdAccountLockedTime", "20261125080000Z"));
        assert!(is_on("userAccountControl&2", "userAccountControl", "514"));
        assert!(!is_on("userAccountControl&2", "userAccountControl", "512"));
        assert!(is_on("userAccountControl&2", "useraccountcontrol", "-2147483646"));
        assert!(is_on("nsAccountLock=TRUE", "nsaccountlock", "true"));
        assert!(is_on("accountStatus*=lock", "accountStatus", "temporarily-LOCKED"));
        assert!(!is_on("nsAccountLock=true", "accountStatus", "true"));
    }

    #[test]
    fn what_is_no_mark_is_refused_with_the_way_to_write_it() {
        for text in ["", "a", "=x", "a=", "a*=", "a&", "a&0", "a&x", "a b=c", "a*b", "a<", "a<5", "<now"] {
            assert!(text.parse::<DisabledMark>().unwrap_err().to_string().contains("write"), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics(text in "\\PC{0,20}[=*&<]{0,2}\\PC{0,10}") {
            let _ = text.parse::<DisabledMark>();
        }
    }
}
