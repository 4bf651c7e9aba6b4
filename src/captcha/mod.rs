//! Captchas: the test that a person answers before a code is sent. A picture, spoken digits, or proof of work.
//!
//! Nothing is stored when a captcha is issued: its id is a sealed box that holds the answer, what it is for, when it
//! ends and the seed of its drawing. Any replica with the service key opens it, draws the same bytes each time, and
//! judges an answer. That it is used once is the caller's business, who takes [`Sealed::id`] from a store of used ids,
//! right or wrong.

mod answer;
mod desk;
mod dice;
mod picture;
mod sample;
mod seal;
mod settings;
#[cfg(test)]
mod tests;
mod voice;
mod work;

pub use answer::CaptchaAnswer;
pub use desk::{CaptchaDesk, Issued};
pub use sample::{contact_sheet, sample};
pub use seal::Sealed;
pub use settings::{Bind, CaptchaSettings};
pub use voice::Voice;
pub use work::solve_pow;

/// What a person is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaKind {
    /// Type the signs of a picture.
    Image,
    /// Type the digits of a recording.
    Audio,
    /// Nothing; the machine computes (WCAG 2.2, 3.3.8: no test of perception or memory).
    Pow,
}

impl CaptchaKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Image, Self::Audio, Self::Pow];

    /// The word in configuration, API, metrics and audit lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Pow => "pow",
        }
    }

    const fn as_byte(self) -> u8 {
        match self {
            Self::Image => 1,
            Self::Audio => 2,
            Self::Pow => 3,
        }
    }
}

/// Why a captcha cannot be served. Says nothing about its answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptchaError {
    /// Not an id that this service made.
    #[error("no such captcha; ask for a new one")]
    Unknown,
    /// Its time is over.
    #[error("the captcha has expired; ask for a new one")]
    Expired,
    /// A picture was asked of a captcha that has none, or a recording.
    #[error("a captcha of kind `{}` has no such form; ask for another kind", .0.as_str())]
    WrongKind(CaptchaKind),
    /// The settings cannot be used; see [`CaptchaSettings::check`].
    #[error("captcha.{key}: {problem}")]
    Settings {
        /// The key below `[captcha]`.
        key: &'static str,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// A sign of the alphabet cannot be drawn.
    #[error("the sign `{sign}` cannot be drawn ({reason}); take it out of captcha.alphabet")]
    Glyphs {
        /// The sign.
        sign: char,
        /// What the drawing said.
        reason: String,
    },
}
