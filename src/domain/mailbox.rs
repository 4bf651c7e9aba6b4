//! A mail address as the key of an account.

use std::fmt;

/// Why a typed text is no mail address that this service knows how to look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Nothing was typed.
    #[error("a mail address is needed")]
    Empty,
    /// No `@`, or more than one.
    #[error("a mail address has one @ between name and domain")]
    At,
    /// The part before the `@`.
    #[error("the name before the @ may hold letters a-z, digits and . _ % + - ' and similar ASCII signs")]
    Local,
    /// The part after the `@`.
    #[error("the domain after the @ is not a domain name")]
    Domain,
    /// Longer than RFC 5321 allows: 64 before the `@`, 254 in all.
    #[error("the mail address is too long")]
    TooLong,
}

/// The one canonical form of a mail address: lower-case ASCII name, domain in A-labels.
///
/// Names outside ASCII are refused rather than folded: every folding maps two addresses to one account
/// for somebody (Django CVE-2019-19844, GitHub 2016, Spotify 2013). `name+tag` stays an address of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxAddress {
    text: Box<str>,
    at: usize,
}

impl MailboxAddress {
    /// Reads a typed address; white space around it is dropped.
    ///
    /// # Errors
    /// Names the part that is wrong.
    pub fn parse(typed: &str) -> Result<Self, MailboxError> {
        // Longest that can still shrink to 254: the domain may be written in U-labels of four bytes a sign.
        if typed.len() > 1_100 {
            return Err(MailboxError::TooLong);
        }
        let typed = typed.trim_matches([' ', '\t']);
        if typed.is_empty() {
            return Err(MailboxError::Empty);
        }
        let (local, domain) = typed.split_once('@').ok_or(MailboxError::At)?;
        if domain.contains('@') {
            return Err(MailboxError::At);
        }
        let local = canonical_local(local)?;
        let domain = canonical_domain(domain)?;
        if local.len() > 64 || local.len() + 1 + domain.len() > 254 {
            return Err(MailboxError::TooLong);
        }
        Ok(Self { at: local.len(), text: format!("{local}@{domain}").into_boxed_str() })
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`, the user name of the mail system.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The domain in A-labels.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// Enough for an administrator to recognise, not enough to write to: `zh***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = if self.at > 3 { 2 } else { 1 };
        format!("{}***@{}", &self.text[..shown.min(self.at)], self.domain())
    }
}

fn canonical_local(local: &str) -> Result<String, MailboxError> {
    // RFC 5321 dot-string; quoted names are refused, no mail system of the field gives them out.
    let atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let sound = !local.is_empty() && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(atext));
    if sound { Ok(local.to_ascii_lowercase()) } else { Err(MailboxError::Local) }
}

fn canonical_domain(domain: &str) -> Result<String, MailboxError> {
    // One trailing dot is the root of the name tree, the same domain.
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| MailboxError::Domain)?;
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if ascii.len() <= 253 && ascii.split('.').all(label) {
        Ok(ascii.to_ascii_lowercase())
    } else {
        Err(MailboxError::Domain)
    }
}

/// Addresses are personal data: `Debug` shows the masked form, so a log line cannot hold the whole one by accident.
impl fmt::Debug for MailboxAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(typed: &str) -> Result<String, MailboxError> {
        MailboxAddress::parse(typed).map(|address| address.as_str().to_owned())
    }

    /// case 56: variants of one address are one key, or refused.
    #[test]
    fn variants_of_an_address_are_one_key_or_refused() {
        for typed in ["anna@example.org", "ANNA@EXAMPLE.ORG", " anna@example.org ", "anna@example.org."] {
            assert_eq!(canonical(typed).unwrap(), "anna@example.org", "{typed}");
        }
        assert_eq!(canonical("anna+tag@example.org").unwrap(), "anna+tag@example.org");
        for (typed, error) in [
            ("\"anna\"@example.org", MailboxError::Local),
            ("anna.@example.org", MailboxError::Local),
            ("an..na@example.org", MailboxError::Local),
            ("anna@example.org%0a", MailboxError::Domain),
            ("anna@example.org\n", MailboxError::Domain),
            ("anna@@example.org", MailboxError::At),
            ("anna@one@two", MailboxError::At),
            ("anna", MailboxError::At),
            ("@example.org", MailboxError::Local),
            ("anna@", MailboxError::Domain),
            ("  ", MailboxError::Empty),
        ] {
            assert_eq!(canonical(typed), Err(error), "{typed:?}");
        }
        assert_eq!(canonical(&format!("{}@example.org", "a".repeat(65))), Err(MailboxError::TooLong));
    }

    /// case 66: no sign outside ASCII is folded into a name inside it.
    #[test]
    fn look_alikes_are_never_mapped_to_another_account() {
        for typed in [
            "mıke@example.org",
            "MİKE@example.org",
            "mi\u{212a}e@example.org",
            "oﬁce@example.org",
            "ａnna@example.org",
            "a\u{301}nna@example.org",
            "\u{202e}anna@example.org",
            "an\u{200d}na@example.org",
        ] {
            assert_eq!(canonical(typed), Err(MailboxError::Local), "{typed}");
        }
    }

    /// case 67: both spellings of an international domain are one, a homograph is another.
    #[test]
    fn both_spellings_of_an_international_domain_are_one_key() {
        assert_eq!(canonical("anna@bücher.example"), canonical("anna@xn--bcher-kva.example"));
        assert_ne!(canonical("anna@exаmple.org"), canonical("anna@example.org"));
        assert_eq!(canonical("信息@例子.测试"), Err(MailboxError::Local));
    }

    #[test]
    fn the_masked_form_hides_the_name() {
        assert_eq!(MailboxAddress::parse("zhangsan@example.org").unwrap().masked(), "zh***@example.org");
        assert_eq!(MailboxAddress::parse("ab@example.org").unwrap().masked(), "a***@example.org");
    }

    proptest::proptest! {
        /// case 68: canonicalisation is idempotent for any text.
        #[test]
        fn canonicalising_twice_changes_nothing(typed in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(once) = canonical(&typed) {
                proptest::prop_assert_eq!(canonical(&once), Ok(once.clone()));
                proptest::prop_assert!(once.is_ascii());
            }
        }
    }
}
