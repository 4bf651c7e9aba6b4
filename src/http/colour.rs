//! The colour of a brand, and whether people can read what is written in it.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// What WCAG 2 asks between a text and what is behind it (success criterion 1.4.3).
pub const MIN_CONTRAST: f64 = 4.5;

const WHITE: Colour = Colour { red: 255, green: 255, blue: 255 };

/// What is behind the text of a page on a dark screen.
const DARK: Colour = Colour { red: 0x14, green: 0x17, blue: 0x1c };

/// Why a text is no colour for a page.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ColourError {
    /// Not `#rrggbb`.
    #[error("`{0}` is no colour; write # and six hexadecimal digits, like \"#0b5cab\"")]
    Form(String),
    /// White text on it, or text of it on white, is hard to read.
    #[error("contrast with white is {}:1, at least {MIN_CONTRAST}:1 is needed; choose a darker colour", rounded(*.0))]
    Contrast(f64),
}

/// A colour as screens mix it (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// [`ColourError::Form`] when it is something else.
    pub fn parse(text: &str) -> Result<Self, ColourError> {
        let wrong = || ColourError::Form(text.to_owned());
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(wrong)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| wrong());
        Ok(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }

    /// Whether white text can be read on it, and text in it on white.
    ///
    /// # Errors
    /// [`ColourError::Contrast`] with the ratio when not.
    pub fn check_on_white(self) -> Result<(), ColourError> {
        let contrast = self.contrast(WHITE);
        if contrast < MIN_CONTRAST { Err(ColourError::Contrast(contrast)) } else { Ok(()) }
    }

    /// The contrast ratio of WCAG 2, from 1 (the same) to 21 (black and white).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The colour for dark screens: itself with as little white as makes it readable there.
    #[must_use]
    pub fn for_dark(self) -> Self {
        let lighter = (0..=100).map(|percent| self.with_white(percent));
        lighter.into_iter().find(|colour| colour.contrast(DARK) >= MIN_CONTRAST).unwrap_or(WHITE)
    }

    /// Relative luminance of WCAG 2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    fn with_white(self, percent: u16) -> Self {
        let mixed = |part: u8| part + u8::try_from(u16::from(255 - part) * percent / 100).unwrap_or(0);
        Self { red: mixed(self.red), green: mixed(self.green), blue: mixed(self.blue) }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}

/// Rounded down, so that 4.499 does not look as if it were enough.
fn rounded(contrast: f64) -> String {
    format!("{:.2}", (contrast * 100.0).floor() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn contrast_is_what_wcag_computes() {
        for (one, two, expected) in [
            ("#000000", "#ffffff", "21.00"),
            ("#ffffff", "#ffffff", "1.00"),
            ("#777777", "#ffffff", "4.47"),
            ("#767676", "#ffffff", "4.54"),
            ("#ff0000", "#ffffff", "3.99"),
            ("#0000ff", "#ffffff", "8.59"),
        ] {
            assert_eq!(rounded(colour(one).contrast(colour(two))), expected, "{one} {two}");
            assert_eq!(rounded(colour(two).contrast(colour(one))), expected, "{two} {one}");
        }
    }

    /// I7: a colour that is too light is refused with its ratio.
    #[test]
    fn a_colour_that_is_hard_to_read_on_white_is_refused_with_the_ratio() {
        assert_eq!(colour("#0b5cab").check_on_white(), Ok(()));
        let problem = colour("#777777").check_on_white().unwrap_err().to_string();
        assert_eq!(problem, "contrast with white is 4.47:1, at least 4.5:1 is needed; choose a darker colour");
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(colour("#0B5CAB").to_string(), "#0b5cab");
        for text in ["", "#", "0b5cab", "#0b5ca", "#0b5cab0", "#+b5cab", "#gggggg", "blue", "#é12é"] {
            assert!(Colour::parse(text).unwrap_err().to_string().contains("six hexadecimal digits"), "{text}");
        }
    }

    #[test]
    fn on_dark_screens_every_colour_is_lightened_just_enough() {
        for text in ["#0b5cab", "#000000", "#7a0019", "#14171c"] {
            let lighter = colour(text).for_dark();
            assert!(lighter.contrast(DARK) >= MIN_CONTRAST, "{text} {lighter}");
            assert!(lighter.contrast(DARK) < MIN_CONTRAST + 0.2, "{text} {lighter} is lighter than it need be");
            assert_eq!(lighter, colour(text).for_dark());
        }
        assert_eq!(colour("#ffd700").for_dark(), colour("#ffd700"));
    }
}
