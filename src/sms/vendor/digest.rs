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

/// Headers as a signature lists them: `name:value` and a line end each. Names are in lower case and sorted.
pub(in crate::sms) fn header_lines(headers: &[(&str, &str)]) -> String {
    headers.iter().flat_map(|(name, value)| [*name, ":", value.trim(), "\n"]).collect()
}

/// The names alone, with semicolons between.
pub(in crate::sms) fn header_names(headers: &[(&str, &str)]) -> String {
    headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
}
