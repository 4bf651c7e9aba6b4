//! The sealed box that a captcha's id is.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;

use super::answer::LONGEST;
use super::{CaptchaError, CaptchaKind, Voice};
use crate::domain::{CaptchaId, Purpose, Randomness, Timestamp};

const PREFIX: &str = "cap_";
/// Names what the key seals here, so that a box of another kind under the same key does not open.
const CONTEXT: &[u8] = b"resetgate captcha";
/// Changes with the layout; boxes of another version do not open.
const VERSION: u8 = 2;
const NONCE: usize = 24;
const TAG: usize = 16;
const CONTENTS: usize = 1 + 1 + 1 + 1 + 16 + 8 + 8 + 6 + 1 + 1 + LONGEST;
/// Letters of an id: every captcha of every kind has the same number.
const LETTERS: usize = PREFIX.len() + ((NONCE + CONTENTS + TAG) * 4).div_ceil(3);

/// What a captcha's id holds. Neither the answer nor the seed can be read from outside, or printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub(super) id: u128,
    pub(super) kind: CaptchaKind,
    /// Who speaks, if it is a recording.
    pub(super) voice: Voice,
    pub(super) purpose: Purpose,
    pub(super) expires_at: Timestamp,
    /// Of the drawing alone; drawn apart from the answer, so that no detail of a picture says anything about it.
    pub(super) seed: u64,
    /// Who asked for it; zeros when answers are not bound.
    pub(super) neighbourhood: [u8; 6],
    /// Cost of a proof of work.
    pub(super) bits: u8,
    /// Signs of the answer.
    pub(super) length: u8,
    /// The answer, then zeros; the salt of a proof of work.
    pub(super) answer: [u8; LONGEST],
}

impl Sealed {
    /// Names the captcha in a store of used ids.
    #[must_use]
    pub const fn id(&self) -> u128 {
        self.id
    }

    /// What it asks for.
    #[must_use]
    pub const fn kind(&self) -> CaptchaKind {
        self.kind
    }

    /// What it may be used for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Until when an answer is accepted, and its id must be remembered as used.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(super) fn answer(&self) -> &[u8] {
        &self.answer[..usize::from(self.length).min(LONGEST)]
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CONTENTS);
        bytes.extend([VERSION, self.kind.as_byte(), self.voice.as_byte(), self.purpose.as_byte()]);
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(self.expires_at.as_millis().to_be_bytes());
        bytes.extend(self.seed.to_be_bytes());
        bytes.extend(self.neighbourhood);
        bytes.extend([self.bits, self.length]);
        bytes.extend(self.answer);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[version, kind, voice, purpose], rest) = bytes.split_first_chunk()?;
        let (&id, rest) = rest.split_first_chunk()?;
        let (&expires_at, rest) = rest.split_first_chunk()?;
        let (&seed, rest) = rest.split_first_chunk()?;
        let (&neighbourhood, rest) = rest.split_first_chunk()?;
        let (&[bits, length], rest) = rest.split_first_chunk()?;
        (version == VERSION).then_some(Self {
            id: u128::from_be_bytes(id),
            kind: CaptchaKind::ALL.into_iter().find(|known| known.as_byte() == kind)?,
            voice: Voice::ALL.into_iter().find(|known| known.as_byte() == voice)?,
            purpose: [Purpose::Recovery, Purpose::Binding].into_iter().find(|known| known.as_byte() == purpose)?,
            expires_at: Timestamp::from_millis(i64::from_be_bytes(expires_at)),
            seed: u64::from_be_bytes(seed),
            neighbourhood,
            bits,
            length,
            answer: rest.try_into().ok()?,
        })
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sealed")
            .field("kind", &self.kind)
            .field("purpose", &self.purpose)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Closes and opens the boxes, under one key.
pub(super) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(key)))
    }

    /// The number that a fresh captcha is known by.
    pub(super) fn draw_id(random: &dyn Randomness) -> u128 {
        CaptchaId::draw(random).as_u128()
    }

    /// The id that `contents` travel as.
    pub(super) fn close(&self, contents: &Sealed, random: &dyn Randomness) -> String {
        // 192 random bits do not repeat, whatever the number of replicas that seal under the key.
        let nonce: [u8; NONCE] = random.bytes();
        let payload = Payload { msg: &contents.to_bytes(), aad: CONTEXT };
        // Sealing fails only for texts of 256 GiB; an empty box would be one that never opens.
        let closed = self.0.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        let mut id = PREFIX.to_owned();
        BASE64URL_NOPAD.encode_append(&[&nonce, closed.as_slice()].concat(), &mut id);
        id
    }

    /// What an id holds, if this key closed it and `now` is within its time.
    pub(super) fn open(&self, id: &str, now: Timestamp) -> Result<Sealed, CaptchaError> {
        let contents = self.contents(id).ok_or(CaptchaError::Unknown)?;
        if now >= contents.expires_at { Err(CaptchaError::Expired) } else { Ok(contents) }
    }

    fn contents(&self, id: &str) -> Option<Sealed> {
        if id.len() != LETTERS {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(id.strip_prefix(PREFIX)?.as_bytes()).ok()?;
        let (&nonce, closed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: closed, aad: CONTEXT };
        Sealed::from_bytes(&self.0.decrypt(&XNonce::from(nonce), payload).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn contents() -> Sealed {
        Sealed {
            id: Seal::draw_id(&SystemRandom),
            kind: CaptchaKind::Image,
            voice: Voice::Mandarin,
            purpose: Purpose::Binding,
            expires_at: Timestamp::from_millis(1_000_001),
            seed: 7,
            neighbourhood: [4, 1, 2, 3, 0, 0],
            bits: 17,
            length: 5,
            answer: *b"tsm37\0\0\0\0\0\0\0\0\0\0\0",
        }
    }

    #[test]
    fn a_box_opens_under_its_own_key_within_its_time() {
        let (seal, contents) = (Seal::new([7; 32]), contents());
        let id = seal.close(&contents, &SystemRandom);
        assert_eq!(seal.open(&id, NOW), Ok(contents.clone()));
        assert_eq!(seal.open(&id, contents.expires_at), Err(CaptchaError::Expired));
        assert_eq!(Seal::new([8; 32]).open(&id, NOW), Err(CaptchaError::Unknown));
        assert_ne!(seal.close(&contents, &SystemRandom), id);
    }

    /// case 28 and case 30: an id is opaque, and no changed, cut or longer one opens.
    #[test]
    fn every_changed_byte_is_refused() {
        let seal = Seal::new([7; 32]);
        let id = seal.close(&contents(), &SystemRandom);
        let bytes = BASE64URL_NOPAD.decode(&id.as_bytes()[PREFIX.len()..]).unwrap();
        for (place, bit) in (0..bytes.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            let changed = PREFIX.to_owned() + &BASE64URL_NOPAD.encode(&changed);
            assert_eq!(seal.open(&changed, NOW), Err(CaptchaError::Unknown), "byte {place} bit {bit}");
        }
        for other in ["", "cap_", &id[4..], &id[..id.len() - 1], &format!("{id}A"), &id.replace("cap_", "rst_")] {
            assert_eq!(seal.open(other, NOW), Err(CaptchaError::Unknown), "{other}");
        }
    }

    #[test]
    fn debug_output_holds_neither_answer_nor_seed_nor_id() {
        let shown = format!("{:?}", contents());
        assert_eq!(shown, "Sealed { kind: Image, purpose: Binding, expires_at: Timestamp(1000001), .. }");
    }

    proptest::proptest! {
        #[test]
        fn opening_any_text_never_panics(text in "\\PC{0,200}") {
            proptest::prop_assert_eq!(Seal::new([7; 32]).open(&text, NOW), Err(CaptchaError::Unknown));
        }

        #[test]
        fn opening_any_bytes_of_the_right_length_never_panics(letters in "cap_[A-Za-z0-9_-]{134}") {
            proptest::prop_assert_eq!(letters.len(), LETTERS);
            proptest::prop_assert_eq!(Seal::new([7; 32]).open(&letters, NOW), Err(CaptchaError::Unknown));
        }

        #[test]
        fn any_contents_are_read_without_a_panic(bytes in proptest::collection::vec(0_u8.., 0..80)) {
            if let Some(read) = Sealed::from_bytes(&bytes) {
                proptest::prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}
