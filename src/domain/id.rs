//! Identifiers: a word for the kind, then 128 random bits. An id is not a secret; credentials are.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};

use super::Randomness;

/// The text is not an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct IdError;

/// Crockford's base 32 in lower case: no letters that people mistake for digits.
fn base32() -> &'static Encoding {
    static ENCODING: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut spec = Specification::new();
        spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        spec.encoding().unwrap_or(data_encoding::BASE32_DNSSEC)
    });
    &ENCODING
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A fresh id.
            #[must_use]
            pub fn draw(random: &dyn Randomness) -> Self {
                Self(random.bytes())
            }

            /// The id with these bytes.
            #[must_use]
            pub const fn of(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 128 bits, as a short map key.
            #[must_use]
            pub const fn as_u128(&self) -> u128 {
                u128::from_be_bytes(self.0)
            }

            /// The 16 bytes, as they go into a digest.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str($prefix)?;
                out.write_str(&base32().encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($prefix).ok_or(IdError)?;
                let bytes = base32().decode(digits.as_bytes()).map_err(|_| IdError)?;
                Ok(Self(bytes.try_into().map_err(|_| IdError)?))
            }
        }
    };
}

id!(
    /// Names one challenge, from request to end.
    ChallengeId, "rst_"
);
id!(
    /// Names one captcha once its seal is open; the id on the wire is the seal itself.
    CaptchaId, "cap_"
);
id!(
    /// Names one HTTP request, in answers, logs and audit lines.
    RequestId, "req_"
);
id!(
    /// Names one message at the providers, and in their receipts.
    OrderId, "ord_"
);
id!(
    /// Names one audit event.
    EventId, "evt_"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn an_id_reads_back_as_itself() {
        let id = ChallengeId::draw(&SystemRandom);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), "rst_".len() + 26);
    }

    #[test]
    fn other_kinds_other_lengths_and_other_letters_are_refused() {
        let good = ChallengeId::draw(&SystemRandom).to_string();
        for bad in [
            "",
            "rst_",
            &good[4..],
            &good.replace("rst_", "cap_"),
            &format!("{good}0"),
            "rst_uuuuuuuuuuuuuuuuuuuuuuuuuu",
        ] {
            assert_eq!(bad.parse::<ChallengeId>(), Err(IdError), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics_and_accepts_only_what_it_prints(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<ChallengeId>() {
                proptest::prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
