//! The chain: each line ends with the seal of the line before and its own.
//!
//! ```text
//! {"seq":7,…,"prev":"64 digits","hash":"64 digits"}
//! ```
//!
//! `hash` is the HMAC of everything before `,"hash"`, `prev` included. A plain hash would let anyone who can write the
//! file change a line and compute the rest of the chain anew.

use super::AuditKey;

/// The `prev` of the very first line.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The longest line, its end included; what is longer was not written here.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

const SEQ: &[u8] = b"{\"seq\":";
const PREV: &str = ",\"prev\":\"";
const HASH: &str = ",\"hash\":\"";
const DIGITS: usize = GENESIS.len();

/// Closes `json`, one object in one line, with its place in the chain. Gives back its own seal.
pub(super) fn close(json: &mut String, prev: &str, key: &AuditKey) -> String {
    json.truncate(json.len().saturating_sub(1));
    json.push_str(PREV);
    json.push_str(prev);
    json.push('"');
    let hash = key.seal(json.as_bytes());
    json.push_str(HASH);
    json.push_str(&hash);
    json.push_str("\"}\n");
    hash
}

/// A line that has the shape of a sealed one.
pub(super) struct Sealed<'line> {
    /// Its number.
    pub(super) seq: u64,
    /// The seal of the line before.
    pub(super) prev: &'line [u8],
    /// Its own seal.
    pub(super) hash: &'line [u8],
    body: &'line [u8],
}

impl<'line> Sealed<'line> {
    /// Reads a line without its line end.
    pub(super) fn read(line: &'line [u8]) -> Option<Self> {
        let (body, hash) = field(line.strip_suffix(b"}")?, HASH)?;
        let (_, prev) = field(body, PREV)?;
        let digits = body.strip_prefix(SEQ)?;
        let end = digits.iter().position(|sign| *sign == b',')?;
        let seq = std::str::from_utf8(&digits[..end]).ok()?.parse().ok()?;
        Some(Self { seq, prev, hash, body })
    }

    /// Whether this line was sealed with this key and not changed since.
    pub(super) fn holds(&self, key: &AuditKey) -> bool {
        key.seal(self.body).as_bytes() == self.hash
    }
}

/// Splits the last member, of 64 digits, from an object.
fn field<'line>(text: &'line [u8], name: &str) -> Option<(&'line [u8], &'line [u8])> {
    let text = text.strip_suffix(b"\"")?;
    let (before, digits) = text.split_at_checked(text.len().checked_sub(DIGITS)?)?;
    Some((before.strip_suffix(name.as_bytes())?, digits))
}
