//! The desk that issues captchas, shows them and judges their answers.

use data_encoding::HEXLOWER;

use super::answer::{self, CaptchaAnswer, LONGEST};
use super::picture::Painter;
use super::seal::{Seal, Sealed};
use super::settings::{Bind, CaptchaSettings};
use super::{CaptchaError, CaptchaKind, Voice, voice, work};
use crate::domain::{Purpose, Randomness, Requester, Timestamp};

/// Issues, shows and judges; holds nothing about any captcha.
pub struct CaptchaDesk {
    settings: CaptchaSettings,
    seal: Seal,
    pub(super) painter: Painter,
}

/// A captcha on its way to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Sealed; only a desk with the same key can read it.
    pub id: String,
    /// What it asks for.
    pub kind: CaptchaKind,
    /// Who speaks, if it is a recording.
    pub voice: Voice,
    /// Until when an answer is accepted.
    pub expires_at: Timestamp,
    /// What a proof of work starts from, in ASCII.
    pub salt: Option<String>,
    /// Leading zero bits of a proof of work; zero for other kinds.
    pub bits: u8,
    /// Signs of the picture or digits of the recording; zero for proof of work.
    pub length: usize,
    /// Of the picture, in pixels; pages show it at half.
    pub width: u32,
    /// Of the picture, in pixels.
    pub height: u32,
    /// The other kinds that are offered.
    pub alternatives: Vec<CaptchaKind>,
}

impl CaptchaDesk {
    /// Draws every sign of the alphabet once, which takes about a tenth of a second.
    ///
    /// # Errors
    /// When the settings are out of range, or a sign cannot be drawn.
    pub fn new(settings: &CaptchaSettings, key: [u8; 32]) -> Result<Self, CaptchaError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(CaptchaError::Settings { key, problem });
        }
        let size = (settings.size.0 as usize, settings.size.1 as usize);
        let painter = Painter::new(&settings.alphabet, settings.length, size)?;
        Ok(Self { settings: settings.clone(), seal: Seal::new(key), painter })
    }

    /// What is offered; the first is the default.
    #[must_use]
    pub fn kinds(&self) -> &[CaptchaKind] {
        &self.settings.kinds
    }

    /// Makes a captcha and stores nothing.
    #[must_use]
    pub fn issue(
        &self,
        random: &dyn Randomness,
        kind: CaptchaKind,
        voice: Voice,
        purpose: Purpose,
        from: &Requester,
        now: Timestamp,
    ) -> Issued {
        let sealed = self.draw(random, kind, voice, purpose, from, now);
        self.described(self.seal.close(&sealed, random), &sealed)
    }

    /// A captcha as it was issued, from its id.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn shown(&self, id: &str, now: Timestamp) -> Result<Issued, CaptchaError> {
        Ok(self.described(id.to_owned(), &self.open(id, now)?))
    }

    fn described(&self, id: String, sealed: &Sealed) -> Issued {
        let kind = sealed.kind;
        let pow = kind == CaptchaKind::Pow;
        Issued {
            id,
            kind,
            voice: sealed.voice,
            expires_at: sealed.expires_at,
            salt: pow.then(|| salt(sealed)),
            bits: sealed.bits,
            length: if pow { 0 } else { self.settings.length },
            width: self.settings.size.0,
            height: self.settings.size.1,
            alternatives: self.kinds().iter().copied().filter(|other| *other != kind).collect(),
        }
    }

    fn draw(
        &self,
        random: &dyn Randomness,
        kind: CaptchaKind,
        voice: Voice,
        purpose: Purpose,
        from: &Requester,
        now: Timestamp,
    ) -> Sealed {
        let (length, answer) = self.draw_answer(random, kind);
        Sealed {
            id: Seal::draw_id(random),
            kind,
            voice,
            purpose,
            expires_at: now.plus(self.settings.ttl.get()),
            seed: u64::from_le_bytes(random.bytes()),
            neighbourhood: self.neighbourhood(from),
            bits: if kind == CaptchaKind::Pow { self.settings.pow_bits } else { 0 },
            length,
            answer,
        }
    }

    fn draw_answer(&self, random: &dyn Randomness, kind: CaptchaKind) -> (u8, [u8; LONGEST]) {
        let signs = match kind {
            CaptchaKind::Image => self.settings.alphabet.as_bytes(),
            CaptchaKind::Audio => b"0123456789",
            CaptchaKind::Pow => return (16, random.bytes()),
        };
        let mut answer = [0; LONGEST];
        for place in answer.iter_mut().take(self.settings.length) {
            let draw = usize::try_from(random.below(signs.len() as u64)).unwrap_or(0);
            *place = signs.get(draw).copied().unwrap_or(b'3');
        }
        (u8::try_from(self.settings.length).unwrap_or(0), answer)
    }

    /// A text such as a picture asks for.
    pub(super) fn draw_text(&self, random: &dyn Randomness) -> String {
        let (length, answer) = self.draw_answer(random, CaptchaKind::Image);
        answer.iter().take(usize::from(length)).map(|sign| char::from(*sign)).collect()
    }

    fn neighbourhood(&self, from: &Requester) -> [u8; 6] {
        match self.settings.bind {
            Bind::Network => from.neighbourhood(),
            Bind::None => [0; 6],
        }
    }

    /// Reads an id.
    ///
    /// # Errors
    /// [`CaptchaError::Unknown`] when it is not one that a desk with this key made, [`CaptchaError::Expired`] when its
    /// time is over.
    pub fn open(&self, id: &str, now: Timestamp) -> Result<Sealed, CaptchaError> {
        self.seal.open(id, now)
    }

    /// The picture as PNG, the same bytes each time: a fresh drawing of the same answer would help a reader to
    /// average the noise away. Takes tens of microseconds.
    ///
    /// # Errors
    /// [`CaptchaError::WrongKind`].
    pub fn picture(&self, sealed: &Sealed) -> Result<Vec<u8>, CaptchaError> {
        if sealed.kind != CaptchaKind::Image {
            return Err(CaptchaError::WrongKind(sealed.kind));
        }
        Ok(self.painter.paint(sealed.answer(), sealed.seed))
    }

    /// The recording as WAV, digits in the language it was issued for, the same bytes each time: at most 6 s and 200 KB. Takes about three
    /// milliseconds, so call it off the async threads.
    ///
    /// # Errors
    /// [`CaptchaError::WrongKind`].
    pub fn audio(&self, sealed: &Sealed) -> Result<Vec<u8>, CaptchaError> {
        if sealed.kind != CaptchaKind::Audio {
            return Err(CaptchaError::WrongKind(sealed.kind));
        }
        Ok(voice::speak(sealed.answer(), sealed.voice, sealed.seed))
    }

    /// Whether the answer is right, for this purpose, from the neighbourhood that asked. The caller takes the id from
    /// the store of used ids first, whatever the outcome.
    #[must_use]
    pub fn judge(&self, sealed: &Sealed, answer: &CaptchaAnswer, purpose: Purpose, from: &Requester) -> bool {
        if sealed.purpose != purpose || sealed.neighbourhood != self.neighbourhood(from) {
            return false;
        }
        match (sealed.kind, answer) {
            (CaptchaKind::Image | CaptchaKind::Audio, CaptchaAnswer::Text(typed)) => {
                answer::matches(sealed.answer(), typed)
            }
            (CaptchaKind::Pow, CaptchaAnswer::Nonce(nonce)) => work::solves(&salt(sealed), nonce, sealed.bits),
            _ => false,
        }
    }
}

impl std::fmt::Debug for CaptchaDesk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CaptchaDesk").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn salt(sealed: &Sealed) -> String {
    HEXLOWER.encode(&sealed.answer)
}
