//! A field of ink, and what can be put on it.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "coordinates of a picture of at most 480 x 200 pixels, cut to the field before they are used"
)]

use super::glyph::Mask;
use super::wave::sine;

/// Ink per pixel, 0 for the ground to 255 for the full stroke, row by row.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) ink: Vec<u8>,
}

/// A line across the whole width: two waves on a slope.
pub(super) struct Curve {
    /// Height at the left edge, in pixels from the top.
    pub(super) start: f32,
    /// How much lower the right end is than the left one.
    pub(super) drop: f32,
    /// Half the height, waves over the width and phase of each of the two waves.
    pub(super) waves: [(f32, f32, f32); 2],
    /// Stroke width.
    pub(super) breadth: f32,
}

impl Curve {
    fn at(&self, part: f32) -> f32 {
        let swing: f32 = self.waves.iter().map(|(half, count, phase)| half * sine(part * count + phase)).sum();
        self.start + self.drop * part + swing
    }
}

/// Curves are straight over so many columns.
const STRIDE: usize = 4;

impl Canvas {
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, ink: vec![0; width * height] }
    }

    /// Puts a mask with its upper left corner at a place, each row moved sideways by `sway`; what is outside is cut.
    pub(super) fn stamp(&mut self, mask: &Mask, left: i32, top: i32, sway: &[i8]) {
        for (row, ink) in mask.ink.chunks_exact(mask.width.max(1)).enumerate() {
            let Ok(y) = usize::try_from(top + row as i32) else { continue };
            if y >= self.height {
                break;
            }
            let left = left + i32::from(sway.get(y).copied().unwrap_or(0));
            let cut = (-left).max(0) as usize;
            let start = left.max(0) as usize;
            let Some(ink) = ink.get(cut..) else { continue };
            let line = &mut self.ink[y * self.width..(y + 1) * self.width];
            for (under, over) in line.iter_mut().skip(start).zip(ink) {
                *under = under.saturating_add(*over);
            }
        }
    }

    /// Draws a curve in full ink, or with `ink` of zero cuts it out of what is there.
    pub(super) fn stroke(&mut self, curve: &Curve, ink: u8) {
        let mut here = curve.at(0.0);
        for left in (0..self.width).step_by(STRIDE) {
            let next = curve.at((left + STRIDE) as f32 / self.width as f32);
            let slope = (next - here) / STRIDE as f32;
            // A steep stroke is cut along a longer span of the column; the root's first terms are near enough.
            let reach = curve.breadth / 2.0 * (1.0 + (slope * slope / 2.0).min(1.5));
            for x in left..(left + STRIDE).min(self.width) {
                let middle = here + slope * (x - left) as f32;
                self.span(x, (middle - reach) * 256.0, (middle + reach) * 256.0, ink);
            }
            here = next;
        }
    }

    /// Inks one column between two heights in 1/256 of a pixel, the ends by as much as is covered.
    fn span(&mut self, x: usize, upper: f32, lower: f32, ink: u8) {
        let (upper, lower) = (upper.max(0.0) as usize, (lower.max(0.0) as usize).min(self.height * 256));
        for y in upper / 256..lower.div_ceil(256) {
            let cover = lower.min(y * 256 + 256) - upper.max(y * 256);
            self.blend(y * self.width + x, ink, cover as i32);
        }
    }

    /// Draws a round speck.
    pub(super) fn speck(&mut self, (x, y): (f32, f32), radius: f32, ink: u8) {
        let (left, top) = ((x - radius).max(0.0) as usize, (y - radius).max(0.0) as usize);
        let (right, bottom) = ((x + radius + 1.0).max(0.0) as usize, (y + radius + 1.0).max(0.0) as usize);
        for row in top..bottom.min(self.height) {
            for column in left..right.min(self.width) {
                let (across, down) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
                let cover = (radius + 0.5 - (across * across + down * down) / (radius + 0.5)).clamp(0.0, 1.0);
                self.blend(row * self.width + column, ink, (cover * 256.0) as i32);
            }
        }
    }

    /// Moves one pixel towards `ink` by `cover` of 256.
    fn blend(&mut self, place: usize, ink: u8, cover: i32) {
        if let Some(under) = self.ink.get_mut(place) {
            let old = i32::from(*under);
            *under = (old + (((i32::from(ink) - old) * cover) >> 8)) as u8;
        }
    }
}
