//! The flow credential: what the claimant's browser or client holds to continue its own challenge.

use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Randomness;

const PREFIX: &str = "ft_";

/// 256 random bits, told to the client once and rotated when the code was right.
#[derive(Clone)]
pub struct FlowCredential(SecretString);

impl FlowCredential {
    /// A fresh credential.
    #[must_use]
    pub fn draw(random: &dyn Randomness) -> Self {
        let bytes = zeroize::Zeroizing::new(random.bytes::<32>());
        Self(SecretString::from(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&*bytes))))
    }

    /// What a client sent; `None` when it cannot be a credential.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        (body.len() == 43 && BASE64URL_NOPAD.decode(body.as_bytes()).is_ok()).then(|| Self(SecretString::from(text)))
    }

    /// The text for the answer to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored. 256 random bits cannot be searched, so no key is needed.
    #[must_use]
    pub fn digest(&self) -> CredentialDigest {
        CredentialDigest(Sha256::digest(self.expose().as_bytes()).into())
    }
}

impl std::fmt::Debug for FlowCredential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("FlowCredential(••••)")
    }
}

/// SHA-256 of a credential.
#[derive(Clone, Copy)]
pub struct CredentialDigest([u8; 32]);

impl CredentialDigest {
    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for CredentialDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CredentialDigest(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_credential_reads_back_and_matches_only_itself() {
        let one = FlowCredential::draw(&SystemRandom);
        let again = FlowCredential::parse(one.expose()).unwrap();
        assert!(one.digest().matches(&again.digest()));
        assert!(!one.digest().matches(&FlowCredential::draw(&SystemRandom).digest()));
    }

    /// case 17: an empty, a short and a foreign text are no credentials.
    #[test]
    fn what_cannot_be_a_credential_is_refused() {
        let good = FlowCredential::draw(&SystemRandom).expose().to_owned();
        for bad in ["", "ft_", "null", &good[3..], &good[..20], &good.replace("ft_", "at_"), &format!("{good}A")] {
            assert!(FlowCredential::parse(bad).is_none(), "{bad}");
        }
    }
}
