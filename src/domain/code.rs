//! The one-time code (动态密码) and the keyed digest that is stored in its place.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{ChallengeId, MailboxAddress, Purpose, Randomness, signs};

/// Why a typed code cannot be a code. Says nothing about the right one, and costs no attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Something other than digits and what may stand between them, and no message that holds one code.
    #[error("the code has {expected} digits and nothing else")]
    NotDigits {
        /// How many digits a code has.
        expected: usize,
    },
    /// Another number of digits.
    #[error("the code has {expected} digits, {given} were typed")]
    Length {
        /// How many digits a code has.
        expected: usize,
        /// How many were typed.
        given: usize,
    },
}

/// Two messages' worth of Chinese, in bytes.
const LONGEST: usize = 512;

/// Six digits (or as configured), uniform over all of them, leading zeros kept. Never stored, printed only into the message.
#[derive(Clone)]
pub struct OneTimeCode(SecretString);

impl OneTimeCode {
    /// Draws a code of `digits` digits (4 to 10).
    #[must_use]
    pub fn draw(random: &dyn Randomness, digits: usize) -> Self {
        let digits = digits.clamp(4, 10);
        let number = random.below(10_u64.pow(u32::try_from(digits).unwrap_or(10)));
        Self(SecretString::from(format!("{number:0digits$}")))
    }

    /// Reads what a claimant typed: digits in either width, with the blanks, hyphens and invisible signs that phones and
    /// input methods add (see [`signs`]). When the whole message was pasted, the one number of `digits` digits in it is
    /// the code; it may stand there more than once.
    ///
    /// # Errors
    /// When it cannot be a code of `digits` digits. Any other sign, letters without one such number, and several are
    /// [`CodeError::NotDigits`].
    pub fn parse(typed: &str, digits: usize) -> Result<Self, CodeError> {
        let no_digits = CodeError::NotDigits { expected: digits };
        // A message is short; whatever is long is refused before any work is done on it.
        if typed.len() > LONGEST {
            return Err(no_digits);
        }
        // No text of this length outgrows it, so that no copy of a code is left behind.
        let mut plain = Zeroizing::new(String::with_capacity(LONGEST));
        plain.extend(signs::plain(typed));
        if plain.chars().any(char::is_alphabetic) {
            let mut runs = plain.split(|sign: char| !sign.is_ascii_digit()).filter(|run| run.len() == digits);
            let code = runs.next().ok_or(no_digits)?;
            return if runs.all(|other| other == code) { Ok(Self(SecretString::from(code))) } else { Err(no_digits) };
        }
        let mut code = Zeroizing::new(String::with_capacity(LONGEST));
        code.extend(plain.chars().filter(|sign| !matches!(sign, ' ' | '-')));
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(no_digits);
        }
        if code.len() != digits {
            return Err(CodeError::Length { expected: digits, given: code.len() });
        }
        Ok(Self(SecretString::from(code.as_str())))
    }

    /// The digits, for the message to the phone and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("OneTimeCode(••••••)")
    }
}

/// HMAC-SHA-256 of a code, bound to one challenge, purpose and account: worthless anywhere else.
#[derive(Clone, Copy)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for CodeDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CodeDigest(••••)")
    }
}

/// The service key for codes, and the former one while a rotation lasts.
///
/// Six digits can be searched through in a blink, so an unkeyed hash of a code would be the code (NIST SP 800-63B-4, 3.1.2.2).
pub struct CodeKeys {
    current: SecretSlice<u8>,
    previous: Option<SecretSlice<u8>>,
}

impl CodeKeys {
    /// Codes are armed under `current` and accepted under either.
    #[must_use]
    pub fn new(current: SecretSlice<u8>, previous: Option<SecretSlice<u8>>) -> Self {
        Self { current, previous }
    }

    /// The digest under which a fresh code is armed.
    #[must_use]
    pub fn seal(&self, id: &ChallengeId, purpose: Purpose, account: &MailboxAddress, code: &OneTimeCode) -> CodeDigest {
        digest(&self.current, id, purpose, account, code)
    }

    /// The digests that a presented code may have been armed under: the current key first, then the former.
    #[must_use]
    pub fn present(
        &self,
        id: &ChallengeId,
        purpose: Purpose,
        account: &MailboxAddress,
        code: &OneTimeCode,
    ) -> Vec<CodeDigest> {
        std::iter::once(&self.current)
            .chain(self.previous.as_ref())
            .map(|key| digest(key, id, purpose, account, code))
            .collect()
    }

    /// A key for another use, so that the operator keeps one secret and no two uses share a key.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let mut mac = keyed(&self.current);
        mac.update(b"resetgate/derive/v1\0");
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for CodeKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CodeKeys(••••)")
    }
}

fn keyed(key: &SecretSlice<u8>) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key.expose_secret()) {
        Ok(mac) => mac,
        Err(impossible) => unreachable!("HMAC takes keys of every length: {impossible}"),
    }
}

fn digest(
    key: &SecretSlice<u8>,
    id: &ChallengeId,
    purpose: Purpose,
    account: &MailboxAddress,
    code: &OneTimeCode,
) -> CodeDigest {
    let mut mac = keyed(key);
    mac.update(b"resetgate/code/v1\0");
    mac.update(id.as_bytes());
    mac.update(&[purpose.as_byte()]);
    // The address is of variable length and cannot hold a NUL, so the code cannot slide into it.
    mac.update(account.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(code.expose().as_bytes());
    CodeDigest(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    fn keys(current: u8, previous: Option<u8>) -> CodeKeys {
        CodeKeys::new(vec![current; 32].into(), previous.map(|byte| vec![byte; 32].into()))
    }

    /// case 1: a million codes, chi-square over each position; 9 degrees of freedom, p = 10⁻⁶ at 45.1.
    #[test]
    fn codes_are_uniform_in_every_position_and_keep_their_leading_zeros() {
        let mut counts = [[0_u32; 10]; 6];
        let draws = 1_000_000;
        let mut leading = 0;
        for _ in 0..draws {
            let code = OneTimeCode::draw(&SystemRandom, 6);
            assert_eq!(code.expose().len(), 6);
            leading += u32::from(code.expose().starts_with("000"));
            for (position, digit) in code.expose().bytes().enumerate() {
                counts[position][usize::from(digit - b'0')] += 1;
            }
        }
        let expected = f64::from(draws) / 10.0;
        for position in counts {
            let chi: f64 = position.iter().map(|&seen| (f64::from(seen) - expected).powi(2) / expected).sum();
            assert!(chi < 45.1, "chi-square {chi}");
        }
        assert!((700..1_300).contains(&leading), "{leading} codes began with 000");
    }

    /// case 7: each form is a code or is refused as one; no form is both.
    #[test]
    fn spaces_hyphens_and_full_width_digits_are_folded_and_all_else_is_refused() {
        for typed in [
            "123456",
            " 123456 ",
            "123 456",
            "123-456",
            "１２３４５６",
            "123\u{3000}456",
            "123456\t",
            "123456\r\n",
            "123\u{2009}456",
            "123\u{202f}456",
            "１２３－４５６",
            "123\u{2010}456",
            "\u{202a}123456\u{202c}",
            "1\u{200b}23\u{feff}456",
        ] {
            assert_eq!(OneTimeCode::parse(typed, 6).unwrap().expose(), "123456", "{typed}");
        }
        for typed in ["١٢٣٤٥٦", "+12345", "1e5", "0x1E240", "123456\0", "12345a", "①②③④⑤⑥", "null"] {
            assert_eq!(OneTimeCode::parse(typed, 6).unwrap_err(), CodeError::NotDigits { expected: 6 }, "{typed}");
        }
        for (typed, given) in [("", 0), ("12345", 5), ("1234567", 7)] {
            assert_eq!(OneTimeCode::parse(typed, 6).unwrap_err(), CodeError::Length { expected: 6, given });
        }
    }

    #[test]
    fn a_pasted_message_gives_its_code_and_two_numbers_give_none() {
        for typed in [
            "动态密码123456，5分钟内有效",
            "code １２３４５６ ok",
            "Your code is 123456.\n@example.gov.cn #123456",
            "【市政邮箱】\u{200b}123456（动态密码）, 13800138000",
        ] {
            assert_eq!(OneTimeCode::parse(typed, 6).unwrap().expose(), "123456", "{typed}");
        }
        for typed in ["用123456或654321", "abc", "动态密码12345", "动态密码1234567", "a".repeat(600).as_str()]
        {
            assert_eq!(OneTimeCode::parse(typed, 6).unwrap_err(), CodeError::NotDigits { expected: 6 }, "{typed}");
        }
    }

    /// case 18, case 21: another challenge, account or purpose gives another digest.
    #[test]
    fn a_digest_is_bound_to_its_challenge_purpose_and_account() {
        let keys = keys(1, None);
        let (one, two) = (ChallengeId::draw(&SystemRandom), ChallengeId::draw(&SystemRandom));
        let (anna, bert) =
            (MailboxAddress::parse("anna@example.org").unwrap(), MailboxAddress::parse("bert@example.org").unwrap());
        let code = OneTimeCode::parse("002569", 6).unwrap();
        let sealed = keys.seal(&one, Purpose::Recovery, &anna, &code);
        assert!(sealed.matches(&keys.present(&one, Purpose::Recovery, &anna, &code)[0]));
        assert!(!sealed.matches(&keys.present(&two, Purpose::Recovery, &anna, &code)[0]));
        assert!(!sealed.matches(&keys.present(&one, Purpose::Binding, &anna, &code)[0]));
        assert!(!sealed.matches(&keys.present(&one, Purpose::Recovery, &bert, &code)[0]));
    }

    /// case 101: under a new key alone an old code is void; with the former key beside it, it works.
    #[test]
    fn a_rotated_key_voids_codes_unless_the_former_key_is_still_given() {
        let id = ChallengeId::draw(&SystemRandom);
        let anna = MailboxAddress::parse("anna@example.org").unwrap();
        let code = OneTimeCode::parse("123456", 6).unwrap();
        let old = keys(1, None).seal(&id, Purpose::Recovery, &anna, &code);
        let accepts = |keys: &CodeKeys| {
            keys.present(&id, Purpose::Recovery, &anna, &code).iter().any(|digest| old.matches(digest))
        };
        assert!(!accepts(&keys(2, None)));
        assert!(accepts(&keys(2, Some(1))));
    }

    /// case 99: neither the code nor a digest can be printed by accident.
    #[test]
    fn debug_output_shows_no_digit() {
        let code = OneTimeCode::parse("123456", 6).unwrap();
        assert!(!format!("{code:?}").contains(|sign: char| sign.is_ascii_digit()));
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics_and_gives_ascii_digits_or_nothing(typed in "\\PC{0,300}") {
            if let Ok(code) = OneTimeCode::parse(&typed, 6) {
                proptest::prop_assert!(code.expose().len() == 6 && code.expose().bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
