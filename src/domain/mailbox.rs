//! A mail address as the key of an account.

use std::fmt;

use super::signs;

/// Why a typed text is no mail address that this service knows how to look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Nothing was typed.
    #[error("a mail address is needed")]
    Empty,
    /// No `@`, or more than one.
    #[error("a mail address has one @ between name and domain")]
    At,
    /// A sign within it that nobody sees: it may name another account than the eye reads.
    #[error("the mail address holds a sign that cannot be seen; type it anew instead of pasting it")]
    Hidden,
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

/// Longest that can still shrink to 254, in bytes: the domain may be written in U-labels of four bytes a sign.
const LONGEST: usize = 1_100;

/// The one canonical form of a mail address: lower-case ASCII name, domain in A-labels.
///
/// Names outside ASCII are refused rather than folded: every folding maps two addresses to one account
/// for somebody (Django CVE-2019-19844, GitHub 2016, Spotify 2013). `name+tag` stays an address of its own.
///
/// There are two readers. [`MailboxAddress::parse`] is for what an account store holds, and folds nothing but case: two
/// accounts that a directory keeps apart stay two. [`MailboxAddress::typed`] is for what a person typed, pasted or wrote
/// into a file, and first takes away what the eye does not tell apart: blanks and invisible signs at its ends, and full
/// width, which is a way of typing and no other letter (RFC 8265 maps it, too). What is found is an account whose stored
/// address is the ASCII one. A sign within an address that is invisible, or a dash that is no hyphen, is refused by both.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxAddress {
    text: Box<str>,
    at: usize,
}

impl MailboxAddress {
    /// Reads an address as a person wrote it. `home` is the mail domain that a bare name belongs to; empty for none.
    ///
    /// # Errors
    /// Names the part that is wrong.
    pub fn typed(text: &str, home: &str) -> Result<Self, MailboxError> {
        if text.len() > LONGEST {
            return Err(MailboxError::TooLong);
        }
        // This one turns the letters behind it around: what is read is another address.
        if text.contains('\u{202e}') {
            return Err(MailboxError::Hidden);
        }
        let mut address: String = signs::trimmed(text).chars().map(signs::half_width).collect();
        if !home.is_empty() && !address.is_empty() && !address.contains('@') {
            address.push('@');
            address.push_str(home);
        }
        Self::parse(&address)
    }

    /// Reads a stored address; blanks and tabs around it are dropped.
    ///
    /// # Errors
    /// Names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        if text.len() > LONGEST {
            return Err(MailboxError::TooLong);
        }
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(MailboxError::Empty);
        }
        // Names of domains are written with some of them, which are then dropped: two texts would be one address.
        if text.chars().any(signs::is_invisible) {
            return Err(MailboxError::Hidden);
        }
        let (local, domain) = text.split_once('@').ok_or(MailboxError::At)?;
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
    // No domain has another dash than the hyphen, yet some would pass for signs of another domain.
    if domain.chars().any(|sign| sign != '-' && signs::is_dash(sign)) {
        return Err(MailboxError::Domain);
    }
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
        ] {
            assert_eq!(canonical(typed), Err(MailboxError::Local), "{typed}");
        }
        for hidden in ["\u{202e}anna@example.org", "an\u{200d}na@example.org", "anna@exam\u{ad}ple.org"] {
            assert_eq!(canonical(hidden), Err(MailboxError::Hidden), "{}", hidden.escape_unicode());
        }
    }

    /// case 56, case 66: of what is typed, only what the eye does not tell apart is folded, and never a letter.
    #[test]
    fn a_typed_address_loses_what_nobody_sees_and_gains_its_domain() {
        let typed = |text: &str, home: &str| MailboxAddress::typed(text, home).map(|read| read.as_str().to_owned());
        for text in [
            " anna@example.org\t\r\n",
            "\u{feff}anna@example.org\u{200b}",
            "\u{202a}anna@example.org\u{202c}\u{a0}",
            "ａｎｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "Anna＠example。org\u{3000}",
        ] {
            assert_eq!(typed(text, "").as_deref(), Ok("anna@example.org"), "{}", text.escape_unicode());
        }
        assert_eq!(typed("ＺＨＡＮＧ", "example.gov.cn").as_deref(), Ok("zhang@example.gov.cn"));
        assert_eq!(typed("zhang@other.cn", "example.gov.cn").as_deref(), Ok("zhang@other.cn"));
        assert_eq!(typed(" \u{200b}", "example.gov.cn"), Err(MailboxError::Empty));
        assert_eq!(typed("zhang", ""), Err(MailboxError::At));
        for (text, error) in [
            ("mıke@example.org", MailboxError::Local),
            ("mi\u{212a}e@example.org", MailboxError::Local),
            ("\u{202e}anna@example.org", MailboxError::Hidden),
            ("an\u{a0}na@example.org", MailboxError::Local),
            ("an\u{2010}na@example.org", MailboxError::Local),
            ("an\u{200b}na@example.org", MailboxError::Hidden),
            ("anna@exam\u{2060}ple.org", MailboxError::Hidden),
            ("anna@an\u{2010}na.org", MailboxError::Domain),
            ("anna@exam\u{2009}ple.org", MailboxError::Domain),
            ("anna＠@example.org", MailboxError::At),
        ] {
            assert_eq!(typed(text, ""), Err(error), "{}", text.escape_unicode());
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
