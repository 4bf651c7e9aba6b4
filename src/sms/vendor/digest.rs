//! What signed requests are made of.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 in lower-case hex.
pub(in crate::sms) fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// HMAC-SHA-256.
pub(in crate::sms) fn hmac_sha256(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(impossible) => unreachable!("HMAC takes keys of every length: {impossible}"),
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 in lower-case hex.
pub(in crate::sms) fn hmac_sha256_hex(key: &[u8], text: &str) -> String {
    HEXLOWER.encode(&hmac_sha256(key, text))
}
