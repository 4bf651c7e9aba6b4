//! Every sign of the alphabet, turned, leaned, bent and scaled beforehand, so that a picture only has to place them.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "coordinates of a picture of at most 480 x 200 pixels"
)]

use super::glyph::{self, Mask};
use super::wave::{sine, turned};
use crate::captcha::CaptchaError;
use crate::captcha::dice::Dice;

/// Renderings per sign.
const VARIANTS: u32 = 12;
/// The height of most of the crate's signs, in its pixels.
const NATIVE_HEIGHT: f32 = 38.0;
/// The same for everybody: the shapes hold no secret, only which of them a picture takes.
const SEED: u64 = 0x5eed_0f91_7ea5;

/// Renderings of each sign.
pub(super) struct Atlas {
    signs: Vec<u8>,
    masks: Vec<Mask>,
}

impl Atlas {
    /// Draws the signs of `alphabet` for cells of `cell` pixels in width and a picture `height` pixels high.
    pub(super) fn draw(alphabet: &str, cell: f32, height: f32) -> Result<Self, CaptchaError> {
        let mut dice = Dice::from_seed(SEED);
        let mut masks = Vec::new();
        for sign in alphabet.chars() {
            let mask = glyph::load(sign)?.bolder();
            for variant in 0..VARIANTS {
                masks.push(Shape::roll(&mut dice, variant, &mask, cell, height).render(&mask));
            }
        }
        Ok(Self { signs: alphabet.bytes().collect(), masks })
    }

    /// One rendering of `sign`, by chance.
    pub(super) fn pick(&self, sign: u8, dice: &mut Dice) -> Option<&Mask> {
        let place = self.signs.iter().position(|known| *known == sign)?;
        self.masks.get(place * VARIANTS as usize + dice.below(VARIANTS) as usize)
    }
}

/// How one rendering differs from the sign as the crate draws it.
struct Shape {
    turn: f32,
    lean: f32,
    scale: (f32, f32),
    bend: f32,
    phase: f32,
}

impl Shape {
    /// Spreads the turns evenly over the variants and draws the rest.
    fn roll(dice: &mut Dice, variant: u32, mask: &Mask, cell: f32, height: f32) -> Self {
        let fit = (cell * 1.22 / 26.0).min(height * 0.58 / NATIVE_HEIGHT);
        // Small letters grow, so that none is much smaller than its neighbours, and wide ones are squeezed.
        let grow = (NATIVE_HEIGHT / mask.height as f32).clamp(0.9, 1.1);
        let squeeze = (29.5 / (mask.width as f32 * grow)).clamp(0.68, 1.1);
        let size = fit * grow * dice.within(0.94, 1.08);
        let direction = if variant.is_multiple_of(2) { 1.0 } else { -1.0 };
        let step = variant as f32 / (VARIANTS - 1) as f32;
        Self {
            turn: direction * (0.12 + 0.26 * step),
            lean: dice.within(-0.22, 0.22),
            scale: (size * squeeze * dice.within(0.94, 1.06), size),
            bend: dice.within(1.0, 2.2) * fit,
            phase: dice.fraction(),
        }
    }

    /// Draws the mask through the inverse of the shape.
    fn render(&self, mask: &Mask) -> Mask {
        let (width, height) = (mask.width as f32 * self.scale.0, mask.height as f32 * self.scale.1);
        let (sin, cos) = turned(self.turn);
        let (slant, sides) = (sin.abs() + self.lean.abs(), 2.0 * self.bend + 4.0);
        let mut out = Mask::blank((width + height * slant + sides) as usize, (height + width * slant + sides) as usize);
        let (middle, centre) = (out.width as f32 / 2.0, out.height as f32 / 2.0);
        for (place, ink) in out.ink.iter_mut().enumerate() {
            let (x, y) = ((place % out.width) as f32 - middle, (place / out.width) as f32 - centre);
            let x = x + self.bend * sine(y / height * 0.8 + self.phase);
            let (x, y) = (x * cos + y * sin, y * cos - x * sin);
            let x = (x + self.lean * y) / self.scale.0 + mask.width as f32 / 2.0;
            *ink = smooth(mask, x, y / self.scale.1 + mask.height as f32 / 2.0) as u8;
        }
        out.trimmed()
    }
}

/// The ink between four pixels.
fn smooth(mask: &Mask, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (right, down) = (x - left, y - top);
    let at = |dx: isize, dy: isize| f32::from(mask.at(left as isize + dx, top as isize + dy));
    let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * right;
    let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * right;
    upper + (lower - upper) * down
}
