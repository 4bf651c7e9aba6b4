//! The flow credential: what the claimant's browser or client holds to continue its own challenge.

use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{ChallengeId, Randomness};

const PREFIX: &str = "ft_";

/// The id of its challenge, which is no secret, and 256 random bits; told to the client once, and rotated when the code
/// was right. The id is in it because a client that starts again sends its credential and names no recovery.
#[derive(Clone)]
pub struct FlowCredential {
    text: SecretString,
    challenge: ChallengeId,
}

impl FlowCredential {
    /// A fresh credential for a challenge.
    #[must_use]
    pub fn draw(challenge: ChallengeId, random: &dyn Randomness) -> Self {
        let secret = zeroize::Zeroizing::new(random.bytes::<32>());
        let bytes = zeroize::Zeroizing::new([challenge.as_bytes().as_slice(), &*secret].concat());
        Self { text: SecretString::from(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes))), challenge }
    }

    /// What a client sent; `None` when it cannot be a credential.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX).filter(|body| body.len() == 64)?;
        let bytes = zeroize::Zeroizing::new(BASE64URL_NOPAD.decode(body.as_bytes()).ok()?);
        let (challenge, _) = bytes.split_first_chunk::<16>()?;
        Some(Self { text: SecretString::from(text), challenge: ChallengeId::of(*challenge) })
    }

    /// The challenge it says that it is for; whether it is, shows only the digest that is kept there.
    #[must_use]
    pub const fn challenge(&self) -> &ChallengeId {
        &self.challenge
    }

    /// The text for the answer to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
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
        let id = ChallengeId::draw(&SystemRandom);
        let one = FlowCredential::draw(id, &SystemRandom);
        let again = FlowCredential::parse(one.expose()).unwrap();
        assert!(one.digest().matches(&again.digest()));
        assert_eq!((one.challenge(), again.challenge()), (&id, &id));
        assert!(!one.digest().matches(&FlowCredential::draw(id, &SystemRandom).digest()));
    }

    /// case 17: an empty, a short and a foreign text are no credentials.
    #[test]
    fn what_cannot_be_a_credential_is_refused() {
        let id = ChallengeId::draw(&SystemRandom);
        let good = FlowCredential::draw(id, &SystemRandom).expose().to_owned();
        for bad in ["", "ft_", "null", &good[3..], &good[..20], &good.replace("ft_", "at_"), &format!("{good}A")] {
            assert!(FlowCredential::parse(bad).is_none(), "{bad}");
        }
    }
}
