//! Proof of work: SHA-256 of salt and nonce begins with so many zero bits.

use sha2::{Digest, Sha256};

/// Bytes of the longest nonce that is looked at.
const LONGEST_NONCE: usize = 64;

/// Whether `nonce` solves `salt` at `bits` leading zero bits.
pub(super) fn solves(salt: &str, nonce: &str, bits: u8) -> bool {
    if nonce.is_empty() || nonce.len() > LONGEST_NONCE || !nonce.is_ascii() {
        return false;
    }
    zero_bits(&Sha256::new().chain_update(salt).chain_update(nonce).finalize()) >= u32::from(bits)
}

/// Finds a nonce by trying, about 2^`bits` hashes: some 15 ms at 17 bits, two seconds at 24, in a release build.
#[must_use]
pub fn solve_pow(salt: &str, bits: u8) -> String {
    let salted = Sha256::new().chain_update(salt);
    let solved = |nonce: &String| zero_bits(&salted.clone().chain_update(nonce).finalize()) >= u32::from(bits);
    (0..u64::MAX).map(|nonce| nonce.to_string()).find(solved).unwrap_or_default()
}

fn zero_bits(digest: &[u8]) -> u32 {
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let next = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or(0) * 8 + next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bits_are_counted_from_the_front() {
        for (digest, bits) in [([0x80, 0], 0), ([0x01, 0xff], 7), ([0, 0xff], 8), ([0, 0x1f], 11), ([0, 0], 16)] {
            assert_eq!(zero_bits(&digest), bits);
        }
    }

    /// case 34: a wrong nonce, a nonce for another salt, an empty, long or non-ASCII one.
    #[test]
    fn a_found_nonce_solves_its_salt_and_nothing_else_does() {
        let nonce = solve_pow("salt", 12);
        assert!(solves("salt", &nonce, 12));
        assert!(!solves("other salt", &nonce, 12));
        assert!(!solves("salt", &nonce, 64));
        assert!(!solves("salt", "", 0));
        assert!(!solves("salt", &"1".repeat(65), 0));
        assert!(!solves("salt", "１", 0));
    }
}
