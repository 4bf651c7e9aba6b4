//! From an answer and a seed to a picture.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "coordinates of a picture of at most 480 x 200 pixels"
)]

use super::atlas::Atlas;
use super::canvas::{Canvas, Curve};
use super::deflate::Code;
use super::glyph::Mask;
use super::png_writer::{self, Palette};
use super::wave::sine;
use crate::captcha::CaptchaError;
use crate::captcha::dice::Dice;

/// Inks on grounds: each stroke at least seven to one against its ground (WCAG 2.2, 1.4.6).
const PALETTES: [Palette; 4] = [
    [[0xf7, 0xf9, 0xfc], [0xb5, 0xbf, 0xcf], [0x6a, 0x7a, 0x96], [0x1c, 0x2b, 0x4a]],
    [[0xf8, 0xf9, 0xf5], [0xb7, 0xc3, 0xb8], [0x6c, 0x80, 0x70], [0x1d, 0x36, 0x26]],
    [[0xfb, 0xf8, 0xf5], [0xcb, 0xbc, 0xb1], [0x92, 0x76, 0x68], [0x47, 0x26, 0x1a]],
    [[0xf9, 0xf7, 0xfb], [0xc3, 0xb9, 0xcc], [0x81, 0x70, 0x92], [0x33, 0x21, 0x47]],
];

/// Pictures that the code of the files is made from.
const SAMPLES: usize = 16;

/// Draws pictures of one size from one alphabet.
pub(in crate::captcha) struct Painter {
    atlas: Atlas,
    code: Code,
    width: usize,
    height: usize,
}

impl Painter {
    pub(in crate::captcha) fn new(
        alphabet: &str,
        length: usize,
        (width, height): (usize, usize),
    ) -> Result<Self, CaptchaError> {
        let cell = width as f32 * 0.9 / length as f32;
        let atlas = Atlas::draw(alphabet, cell, height as f32)?;
        let mut painter = Self { atlas, code: Code::trained(&[]), width, height };
        let signs: Vec<u8> = alphabet.bytes().cycle().take(length * SAMPLES).collect();
        let samples: Vec<Vec<u8>> =
            signs.chunks_exact(length).zip(0..).map(|(text, seed)| painter.sample(text, seed)).collect();
        painter.code = Code::trained(&samples);
        Ok(painter)
    }

    fn sample(&self, text: &[u8], seed: u64) -> Vec<u8> {
        png_writer::pack(self.width, &self.draw(text, &mut Dice::from_seed(seed)).ink)
    }

    /// The same bytes for the same answer and seed.
    pub(in crate::captcha) fn paint(&self, answer: &[u8], seed: u64) -> Vec<u8> {
        let mut dice = Dice::from_seed(seed);
        let canvas = self.draw(answer, &mut dice);
        let palette = &PALETTES[dice.below(PALETTES.len() as u32) as usize];
        png_writer::write(self.width, &canvas.ink, palette, &self.code)
    }

    /// Several pictures in rows of `columns`, as one.
    pub(in crate::captcha) fn paint_sheet(&self, draws: &[(String, u64)], columns: usize) -> Vec<u8> {
        let columns = columns.clamp(1, draws.len().max(1));
        let mut ink = Vec::new();
        for line in draws.chunks(columns) {
            let canvases: Vec<Canvas> = line
                .iter()
                .map(|(answer, seed)| self.draw(answer.as_bytes(), &mut Dice::from_seed(*seed)))
                .chain(std::iter::repeat_with(|| Canvas::blank(self.width, self.height)))
                .take(columns)
                .collect();
            for row in 0..self.height {
                for canvas in &canvases {
                    ink.extend(&canvas.ink[row * self.width..(row + 1) * self.width]);
                }
            }
        }
        png_writer::write(self.width * columns, &ink, &PALETTES[0], &self.code)
    }

    fn draw(&self, answer: &[u8], dice: &mut Dice) -> Canvas {
        let mut canvas = Canvas::blank(self.width, self.height);
        self.write(&mut canvas, answer, dice);
        self.cross(&mut canvas, dice);
        self.speckle(&mut canvas, dice);
        canvas
    }

    /// Puts the signs side by side, each at its own height, touching at most at their corners.
    fn write(&self, canvas: &mut Canvas, answer: &[u8], dice: &mut Dice) {
        let masks: Vec<&Mask> = answer.iter().filter_map(|sign| self.atlas.pick(*sign, dice)).collect();
        let sway = self.sway(dice);
        let (width, height) = (self.width as i32, self.height as i32);
        let total: i32 = masks.iter().map(|mask| mask.width as i32).sum();
        let edge = width / 40 + 3;
        let spare = width - 2 * edge - total;
        let gaps = (masks.len() as i32 - 1).max(1);
        // Wide signs in a narrow picture overlap evenly; otherwise they stand close, with the spare room outside.
        let gap = (spare / gaps).min(width / 70);
        let mut left = edge + dice.between(0, spare - gap * gaps);
        for mask in masks {
            let (room, play) = (height - mask.height as i32, height / 8);
            let middle = room / 2;
            let top = (middle + dice.between(-play, play)).clamp(room.min(2), (room - 2).max(0));
            canvas.stamp(mask, left, top, &sway);
            left += mask.width as i32 + gap;
        }
    }

    /// How far each row moves sideways: one slow wave.
    fn sway(&self, dice: &mut Dice) -> Vec<i8> {
        let (reach, phase) = (dice.within(1.5, 3.5), dice.fraction());
        let count = dice.within(1.0, 2.0) / self.height as f32;
        (0..self.height).map(|y| (reach * sine(y as f32 * count + phase)) as i8).collect()
    }

    /// Lines through the signs, thinner than their strokes: dark ones that join neighbours, light ones that part strokes.
    fn cross(&self, canvas: &mut Canvas, dice: &mut Dice) {
        for _ in 0..1 {
            let breadth = self.height as f32 * dice.within(0.009, 0.012);
            canvas.stroke(&self.curve(dice, breadth), 0);
        }
        for _ in 0..2 {
            let breadth = self.height as f32 * dice.within(0.018, 0.023);
            canvas.stroke(&self.curve(dice, breadth), 255);
        }
    }

    fn curve(&self, dice: &mut Dice, breadth: f32) -> Curve {
        let height = self.height as f32;
        Curve {
            start: height * dice.within(0.4, 0.6),
            drop: height * dice.within(-0.14, 0.14),
            waves: [
                (height * dice.within(0.08, 0.16), dice.within(0.8, 1.8), dice.fraction()),
                (height * dice.within(0.02, 0.07), dice.within(2.5, 4.5), dice.fraction()),
            ],
            breadth,
        }
    }

    fn speckle(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let (width, height) = (self.width as f32, self.height as f32);
        for round in 0..self.width / 4 {
            let place = (dice.fraction() * width, dice.fraction() * height);
            let ink = [255, 170, 100, 0][round % 4];
            canvas.speck(place, dice.within(0.006, 0.014) * height, ink);
        }
    }
}
