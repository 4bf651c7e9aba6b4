//! A voice: pulses and noise through the resonances of a vocal tract.
//!
//! The method is that of formant synthesis (D. H. Klatt, "Software for a cascade/parallel formant synthesizer",
//! 1980): resonances in a row for what passes the whole tract, one apart for hiss made at the teeth.

use std::f32::consts::{PI, TAU};

use super::phones::{BREATH, HISS, HISS_AT, HISS_WIDTH, Sound, VOICE};
use crate::captcha::dice::Dice;

/// Samples per second.
pub(super) const RATE: f32 = 16_000.0;
/// Samples between two changes of the tract: five milliseconds.
pub(super) const FRAME: usize = 80;
/// Widths of the first three resonances, and two fixed ones above them.
const WIDTHS: [f32; 3] = [70.0, 95.0, 140.0];
const UPPER: [(f32, f32); 2] = [(3500.0, 220.0), (4500.0, 300.0)];
/// The part of a period in which the folds are open.
const OPEN: f32 = 0.62;

/// Two poles: the resonator of Klatt's paper.
#[derive(Clone, Copy, Default)]
struct Resonator {
    gain: f32,
    near: f32,
    far: f32,
    last: [f32; 2],
}

impl Resonator {
    fn tune(&mut self, at: f32, width: f32) {
        let damp = (-PI * width / RATE).exp();
        self.far = -damp * damp;
        self.near = 2.0 * damp * (TAU * at.min(RATE * 0.47) / RATE).cos();
        self.gain = 1.0 - self.near - self.far;
    }

    fn pass(&mut self, input: f32) -> f32 {
        let output = self.gain * input + self.near * self.last[0] + self.far * self.last[1];
        self.last = [output, self.last[0]];
        output
    }
}

/// The state of a speaking voice.
pub(super) struct Tract {
    /// How much shorter the tract is than that of the table; resonances rise by it.
    scale: f32,
    row: [Resonator; 5],
    teeth: Resonator,
    /// Where in its period the voice is, 0 to 1.
    phase: f32,
    /// Smooths the pulses, as folds do that close softly.
    soft: f32,
    dice: Dice,
}

impl Tract {
    pub(super) fn new(scale: f32, seed: u64) -> Self {
        let mut row = [Resonator::default(); 5];
        for (resonator, (at, width)) in row[3..].iter_mut().zip(UPPER) {
            resonator.tune(at * scale, width);
        }
        let teeth = Resonator::default();
        Self { scale, row, teeth, phase: 0.0, soft: 0.0, dice: Dice::from_seed(seed) }
    }

    /// Speaks five milliseconds of a sound at a pitch in Hz.
    pub(super) fn speak(&mut self, sound: &Sound, pitch: f32, out: &mut Vec<f32>) {
        for ((resonator, at), width) in self.row.iter_mut().zip(&sound[..3]).zip(WIDTHS) {
            resonator.tune(at * self.scale, width);
        }
        self.teeth.tune(sound[HISS_AT], sound[HISS_WIDTH]);
        for _ in 0..FRAME {
            let noise = self.dice.within(-1.0, 1.0);
            let pulse = self.pulse(pitch);
            // Breath is stronger while the folds are open.
            let breath = noise * sound[BREATH] + noise * 0.02 * sound[VOICE] * f32::from(u8::from(self.phase < OPEN));
            let mut wave = pulse * sound[VOICE] + breath;
            for resonator in &mut self.row {
                wave = resonator.pass(wave);
            }
            out.push(wave + self.teeth.pass(noise * sound[HISS]) * (1000.0 / sound[HISS_WIDTH]).sqrt());
        }
    }

    /// The change of the air flow through the folds: rising slowly, cut off sharply.
    fn pulse(&mut self, pitch: f32) -> f32 {
        self.phase += pitch / RATE;
        self.phase -= self.phase.floor();
        let part = self.phase / OPEN;
        let flow = if part < 1.0 { 2.0 * part - 3.0 * part * part } else { 0.0 };
        self.soft += (flow - self.soft) * 0.55;
        self.soft
    }
}
