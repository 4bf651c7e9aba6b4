//! The crate's characters as masks, drawn alone once through its public interface.

use std::io::Cursor;

use ::captcha::Captcha;
use png::{ColorType, Decoder, Transformations};

use crate::captcha::CaptchaError;

/// Every sign that the crate can draw and that a picture may show: lower case and digits.
pub(in crate::captcha) const SIGNS: &str = "123456789abcdefghijklmnpqrstuvwxyz";

/// The field a sign is drawn on: wider and higher than any of them.
const FIELD: (u32, u32) = (96, 96);

/// Coverage of one character, 0 to 255, without its margins.
#[derive(Clone)]
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) ink: Vec<u8>,
}

impl Mask {
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, ink: vec![0; width * height] }
    }

    /// The ink at a place, nothing outside.
    pub(super) fn at(&self, x: isize, y: isize) -> u8 {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return 0 };
        if x >= self.width || y >= self.height {
            return 0;
        }
        self.ink[y * self.width + x]
    }

    /// The smallest part that holds all ink.
    pub(super) fn trimmed(&self) -> Self {
        let rows: Vec<usize> =
            (0..self.height).filter(|y| (0..self.width).any(|x| self.ink[y * self.width + x] > 0)).collect();
        let columns: Vec<usize> =
            (0..self.width).filter(|x| (0..self.height).any(|y| self.ink[y * self.width + x] > 0)).collect();
        let (Some((top, bottom)), Some((left, right))) = (ends(&rows), ends(&columns)) else {
            return Self::blank(0, 0);
        };
        let ink = (top..=bottom)
            .flat_map(|y| self.ink[y * self.width + left..=y * self.width + right].iter().copied())
            .collect();
        Self { width: right - left + 1, height: bottom - top + 1, ink }
    }

    /// Strokes thicker by about a pixel, so that they stay stronger than any noise across them.
    pub(super) fn bolder(&self) -> Self {
        let mut bold = Self::blank(self.width + 2, self.height + 2);
        for (place, ink) in bold.ink.iter_mut().enumerate() {
            let x = (place % (self.width + 2)).cast_signed() - 1;
            let y = (place / (self.width + 2)).cast_signed() - 1;
            let beside = [(-1, 0), (1, 0), (0, -1), (0, 1)].map(|(dx, dy)| self.at(x + dx, y + dy) / 5 * 3);
            *ink = beside.into_iter().max().unwrap_or(0).max(self.at(x, y));
        }
        bold
    }
}

fn ends(places: &[usize]) -> Option<(usize, usize)> {
    Some((*places.first()?, *places.last()?))
}

/// Draws `sign` alone, black on white, and keeps its ink.
pub(super) fn load(sign: char) -> Result<Mask, CaptchaError> {
    let wrong = |reason: &str| CaptchaError::Glyphs { sign, reason: reason.to_owned() };
    let drawn = Captcha::new().set_chars(&[sign]).add_char().view(FIELD.0, FIELD.1).as_png();
    let mut decoder = Decoder::new(Cursor::new(drawn.ok_or_else(|| wrong("nothing was drawn"))?));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| wrong(&error.to_string()))?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(|| wrong("too large"))?];
    let frame = reader.next_frame(&mut pixels).map_err(|error| wrong(&error.to_string()))?;
    let step = match frame.color_type {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgba => 4,
        ColorType::Rgb | ColorType::Indexed => 3,
    };
    let (width, height) = (FIELD.0 as usize, FIELD.1 as usize);
    let ink: Vec<u8> = pixels.chunks_exact(step).take(width * height).map(|pixel| 255 - pixel[0]).collect();
    if ink.len() < width * height || ink.iter().all(|&ink| ink < 128) {
        return Err(wrong("the drawing is empty"));
    }
    Ok(Mask { width, height, ink }.trimmed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_list_is_drawn_and_no_other_lower_case_or_digit_exists() {
        let mut known: Vec<char> =
            Captcha::new().supported_chars().into_iter().filter(|sign| !sign.is_ascii_uppercase()).collect();
        known.sort_unstable();
        assert_eq!(known.into_iter().collect::<String>(), SIGNS);
        for sign in SIGNS.chars() {
            let mask = load(sign).unwrap();
            assert!(mask.width > 5 && mask.height > 15, "{sign} is {}x{}", mask.width, mask.height);
        }
        assert!(load('0').is_err());
    }
}
