//! The Mandarin digits, as numbers are read out sign by sign: 零幺二三四五六七八九.
//!
//! One is yāo, as telephone numbers and codes are read, because yī and qī are taken for each other: same tone, same
//! vowel. Tones are those of a word spoken alone: 55, 35, 214, 51 on the scale of five levels of Y. R. Chao.

use super::phones::{AH, EE, N, Sound, Step, T_SHUT, W, Word};

const A: Sound = [800.0, 1300.0, 2550.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const A_BACK: Sound = [700.0, 1050.0, 2500.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const J: Sound = [270.0, 2250.0, 2950.0, 0.6, 0.0, 0.0, 5000.0, 2000.0];
/// The vowel of líng, between i and the schwa before the nasal.
const I_OPEN: Sound = [360.0, 2050.0, 2700.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const O: Sound = [500.0, 900.0, 2400.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const U: Sound = [350.0, 680.0, 2350.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const ER: Sound = [620.0, 1280.0, 2250.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const ER_END: Sound = [470.0, 1350.0, 1680.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
/// The vowel of sì, made with the tongue where the s was.
const APICAL: Sound = [360.0, 1400.0, 2500.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const L: Sound = [330.0, 1400.0, 2650.0, 0.5, 0.0, 0.0, 5000.0, 2000.0];
/// After a front vowel.
const NG: Sound = [300.0, 1650.0, 2450.0, 0.45, 0.0, 0.0, 5000.0, 2000.0];
const B_SHUT: Sound = [250.0, 850.0, 2200.0, 0.0, 0.0, 0.0, 1000.0, 1500.0];
const B_BURST: Sound = [350.0, 950.0, 2250.0, 0.1, 0.05, 0.2, 1000.0, 1500.0];
/// Softer than the vowel after it: a loud hiss hides the tone.
const S: Sound = [320.0, 1500.0, 2550.0, 0.0, 0.0, 0.22, 5600.0, 2500.0];
const Z: Sound = [330.0, 1450.0, 2500.0, 0.4, 0.0, 0.12, 5600.0, 2500.0];
/// The hiss of q and j lies lower than that of s.
const Q_HISS: Sound = [300.0, 2150.0, 2900.0, 0.0, 0.04, 0.22, 3900.0, 2200.0];
const Q_BREATH: Sound = [300.0, 2250.0, 2950.0, 0.0, 0.22, 0.1, 3900.0, 2200.0];

const HIGH: &[f32] = &[4.5, 4.6, 4.4];
const RISING: &[f32] = &[-1.0, -1.5, 0.5, 3.0, 4.5];
const DIPPING: &[f32] = &[-1.5, -4.5, -6.0, -5.0, -1.0];
const FALLING: &[f32] = &[5.5, 5.0, 1.5, -2.5, -5.5];

/// A digit in Mandarin.
pub(super) const fn digit(digit: u8) -> Word {
    let (steps, melody): (&[Step], _) = match digit {
        b'0' => (&[(&L, 80.0), (&I_OPEN, 190.0), (&NG, 150.0)], RISING),
        b'1' => (&[(&J, 70.0), (&A, 110.0), (&A_BACK, 90.0), (&O, 60.0), (&U, 50.0)], HIGH),
        b'2' => (&[(&ER, 140.0), (&ER_END, 180.0)], FALLING),
        b'3' => (&[(&S, 130.0), (&A, 180.0), (&AH, 30.0), (&N, 110.0)], HIGH),
        b'4' => (&[(&S, 130.0), (&Z, 15.0), (&APICAL, 240.0)], FALLING),
        b'5' => (&[(&W, 90.0), (&U, 320.0)], DIPPING),
        b'6' => (&[(&L, 80.0), (&J, 70.0), (&O, 110.0), (&U, 90.0)], FALLING),
        b'7' => (&[(&T_SHUT, 30.0), (&Q_HISS, 110.0), (&Q_BREATH, 50.0), (&EE, 220.0)], HIGH),
        b'8' => (&[(&B_SHUT, 30.0), (&B_BURST, 12.0), (&A_BACK, 20.0), (&A, 260.0)], HIGH),
        b'9' => (&[(&T_SHUT, 30.0), (&Q_HISS, 60.0), (&J, 90.0), (&O, 150.0), (&U, 120.0)], DIPPING),
        _ => (&[], HIGH),
    };
    Word { steps, melody }
}
