//! Common passwords.
//!
//! The whole password is compared, as NIST SP 800-63B-4 asks, not parts of it: `sunshine` within a long sentence is
//! fine. But people who must write 12 characters of 3 classes write `Password2024!`, which no list of a few thousand
//! holds. So, much as Microsoft Entra ID counts points, a password is also common when it falls into at most three pieces,
//! each an entry of the list, one character repeated, or a single character. Case and full width do not matter.
//! Letters are not read from look-alike digits; the list names the usual ones (`p@ssw0rd`).

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::PolicyError;
use super::fold;
use crate::domain::MAX_PASSWORD_BYTES;

/// Put together from names, words, years, dates, numbers people like and walks over the keyboard.
const BUILT_IN: &str = include_str!("../../config/common-passwords.txt");
/// Pieces that make a password uncommon.
const ENOUGH_PIECES: u8 = 4;
/// A shorter entry would be a piece of nearly everything.
const SHORTEST_ENTRY: usize = 3;
/// More than four million passwords.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Entries folded, sorted by their bytes, each once.
pub(super) struct Blocklist(Box<[Box<str>]>);

impl Blocklist {
    pub fn built_in() -> Self {
        Self::of_lines(BUILT_IN)
    }

    /// Reads an operator's list: UTF-8, one password a line; every line is one, there are no comments.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        let unreadable = |source| PolicyError::Unreadable { path: path.to_owned(), source };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        // One byte past the limit tells "too large" from "just fits", even where the file has no end.
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(PolicyError::TooLarge { path: path.to_owned(), limit: MAX_FILE_BYTES });
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            PolicyError::NotText { path: path.to_owned(), line }
        })?;
        let list = Self::of_lines(text);
        if list.0.is_empty() {
            return Err(PolicyError::Empty { path: path.to_owned() });
        }
        Ok(list)
    }

    pub fn of_lines(text: &str) -> Self {
        let mut entries: Vec<Box<str>> = text
            .trim_start_matches('\u{feff}')
            .lines()
            .map(fold::folded)
            .filter(|entry| entry.chars().nth(SHORTEST_ENTRY - 1).is_some())
            .map(|entry| entry.as_str().into())
            .collect();
        entries.sort_unstable();
        entries.dedup();
        Self(entries.into())
    }

    /// Whether a folded password falls into fewer pieces than make it uncommon.
    pub fn explains(&self, folded: &str) -> bool {
        let text = folded.as_bytes();
        // The fewest pieces that reach each byte. Only rare ligatures fold to more bytes than a password may have.
        let mut fewest = [ENOUGH_PIECES; MAX_PASSWORD_BYTES + 1];
        if text.len() >= fewest.len() {
            return false;
        }
        fewest[0] = 0;
        for (start, sign) in folded.char_indices() {
            let pieces = fewest[start] + 1;
            if pieces >= ENOUGH_PIECES {
                continue;
            }
            let ends = repeat_ends(&folded[start..], sign).chain(self.entry_ends(&text[start..]));
            for end in ends {
                fewest[start + end] = fewest[start + end].min(pieces);
            }
        }
        fewest[text.len()] < ENOUGH_PIECES
    }

    /// Where the entries that `text` begins with end. The range of entries that begin like `text` shrinks with every
    /// byte, so the walk stops where no entry goes on.
    fn entry_ends(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let mut alike = &self.0[..];
        let walk = text.iter().enumerate().map_while(move |(depth, byte)| {
            let from = alike.partition_point(|entry| entry.as_bytes().get(depth) < Some(byte));
            let to = alike.partition_point(|entry| entry.as_bytes().get(depth) <= Some(byte));
            alike = &alike[from..to];
            alike.first().map(|first| (first.len() == depth + 1).then_some(depth + 1))
        });
        walk.flatten()
    }

    /// A digest of the entries, for the version of the policy.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for entry in &self.0 {
            hash.update(entry.as_bytes());
            hash.update(b"\n");
        }
        hash.finalize().into()
    }
}

/// Where `sign`, standing once or repeated at the start of `text`, may end.
fn repeat_ends(text: &str, sign: char) -> impl Iterator<Item = usize> {
    let run = text.chars().take_while(move |next| *next == sign).count();
    (1..=run).map(move |times| times * sign.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_sorted_folded_and_free_of_repeats() {
        let lines: Vec<&str> = BUILT_IN.lines().collect();
        assert!(lines.len() >= 3_000, "{}", lines.len());
        assert!(lines.is_sorted_by(|one, next| one < next));
        assert!(lines.iter().all(|line| *fold::folded(line) == **line));
        assert_eq!(Blocklist::built_in().0.len(), lines.len());
    }

    #[test]
    fn every_entry_of_the_built_in_list_is_common() {
        let list = Blocklist::built_in();
        assert!(BUILT_IN.lines().all(|entry| list.explains(entry)));
    }

    #[test]
    fn a_password_of_three_pieces_is_common_and_one_of_four_is_not() {
        let list = Blocklist::of_lines("\u{feff}Sunshine\r\n２０２４\nab\n\nsun\n");
        for common in ["sunshine", "sunshine2024!!!!", "sunshine-2024", "sunsunsun", "ssssssssssss", "sunshine\u{20ac}"]
        {
            assert!(list.explains(common), "{common}");
        }
        for fine in ["sunshine-2024-", "sunsunsunsun", "xsunshiney2z", "abcde", "shinesunshine"] {
            assert!(!list.explains(fine), "{fine}");
        }
    }

    proptest::proptest! {
        /// The walk over the sorted list finds what trying every entry finds.
        #[test]
        fn walking_the_list_finds_every_entry_that_a_text_begins_with(
            entries in proptest::collection::vec("[abé]{3,6}", 0..30), text in "[abé]{0,10}",
        ) {
            let list = Blocklist::of_lines(&entries.join("\n"));
            let walked: Vec<usize> = list.entry_ends(text.as_bytes()).collect();
            let mut tried: Vec<usize> = entries.iter().filter(|entry| text.starts_with(*entry)).map(String::len).collect();
            tried.sort_unstable();
            tried.dedup();
            proptest::prop_assert_eq!(walked, tried);
        }
    }
}
