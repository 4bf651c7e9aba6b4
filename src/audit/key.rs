//! The key of a trail.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Seals lines and hashes personal data. Two keys are drawn from the configured one, so that what is shown of either
/// says nothing about the other.
#[derive(Clone)]
pub struct AuditKey {
    chain: Hmac<Sha256>,
    refs: Hmac<Sha256>,
}

impl AuditKey {
    /// From the secret in the configuration.
    #[must_use]
    pub fn new(secret: &SecretString) -> Self {
        let draw = |purpose: &[u8]| {
            let own = keyed(secret.expose_secret().as_bytes()).chain_update(purpose).finalize().into_bytes();
            keyed(&own)
        };
        Self { chain: draw(b"resetgate audit chain 1"), refs: draw(b"resetgate audit reference 1") }
    }

    /// The seal of a line: HMAC-SHA-256 in hexadecimal digits.
    pub(super) fn seal(&self, body: &[u8]) -> String {
        HEXLOWER.encode(&self.chain.clone().chain_update(body).finalize().into_bytes())
    }

    /// What stands for an address, a number or an account, so that its lines can be found by who knows it: 128 bits of
    /// HMAC-SHA-256. `word` keeps the kinds apart.
    pub(super) fn reference(&self, word: &str, text: &str) -> String {
        let mac = self.refs.clone().chain_update(word).chain_update([0]).chain_update(text).finalize().into_bytes();
        format!("hmac:{}", HEXLOWER.encode(&mac[..16]))
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AuditKey(••••)")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(impossible) => unreachable!("HMAC takes keys of every length: {impossible}"),
    }
}
