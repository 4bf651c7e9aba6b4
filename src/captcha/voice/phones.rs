//! What sounds are made of, those that several languages share, and the English digits; for a vocal tract of 17 cm.

/// What a sound is made of: three resonances in Hz, then how strong voice, breath and hiss are (0 to 1), then
/// where the hiss lies and how wide it is, in Hz.
pub(super) type Sound = [f32; 8];

/// Places in a [`Sound`].
pub(super) const VOICE: usize = 3;
pub(super) const BREATH: usize = 4;
pub(super) const HISS: usize = 5;
pub(super) const HISS_AT: usize = 6;
pub(super) const HISS_WIDTH: usize = 7;

pub(super) const EE: Sound = [280.0, 2250.0, 2950.0, 0.8, 0.0, 0.0, 5000.0, 2000.0];
const IH: Sound = [400.0, 1950.0, 2550.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const EH: Sound = [560.0, 1800.0, 2500.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const UH: Sound = [620.0, 1180.0, 2450.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const SCHWA: Sound = [480.0, 1450.0, 2450.0, 0.8, 0.0, 0.0, 5000.0, 2000.0];
const AW: Sound = [570.0, 860.0, 2450.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
pub(super) const AH: Sound = [740.0, 1220.0, 2500.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const AY: Sound = [470.0, 1500.0, 2500.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const EY: Sound = [480.0, 1980.0, 2560.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
const OH: Sound = [480.0, 920.0, 2400.0, 1.0, 0.0, 0.0, 5000.0, 2000.0];
pub(super) const OO: Sound = [310.0, 950.0, 2250.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const OO_FRONT: Sound = [320.0, 1450.0, 2350.0, 0.9, 0.0, 0.0, 5000.0, 2000.0];
const R: Sound = [340.0, 1150.0, 1550.0, 0.7, 0.0, 0.0, 5000.0, 2000.0];
const R_END: Sound = [420.0, 1250.0, 1600.0, 0.8, 0.0, 0.0, 5000.0, 2000.0];
pub(super) const W: Sound = [290.0, 650.0, 2250.0, 0.6, 0.0, 0.0, 5000.0, 2000.0];
pub(super) const N: Sound = [270.0, 1550.0, 2550.0, 0.45, 0.0, 0.0, 5000.0, 2000.0];
const V: Sound = [270.0, 1100.0, 2200.0, 0.3, 0.0, 0.06, 6000.0, 4000.0];
pub(super) const Z: Sound = [270.0, 1600.0, 2550.0, 0.3, 0.0, 0.35, 5800.0, 1500.0];
pub(super) const S: Sound = [320.0, 1650.0, 2550.0, 0.0, 0.0, 0.6, 5800.0, 1500.0];
const F: Sound = [300.0, 1050.0, 2200.0, 0.0, 0.03, 0.16, 6000.0, 5000.0];
const TH: Sound = [300.0, 1350.0, 2500.0, 0.0, 0.02, 0.13, 6500.0, 4000.0];
pub(super) const T_SHUT: Sound = [300.0, 1750.0, 2650.0, 0.0, 0.0, 0.0, 4500.0, 2500.0];
const T_BURST: Sound = [320.0, 1750.0, 2650.0, 0.0, 0.1, 0.7, 4500.0, 2500.0];
const T_BREATH: Sound = [340.0, 1650.0, 2500.0, 0.0, 0.35, 0.1, 4500.0, 2500.0];
const K_SHUT: Sound = [300.0, 2050.0, 2350.0, 0.0, 0.0, 0.0, 2200.0, 700.0];
const K_BURST: Sound = [320.0, 2000.0, 2400.0, 0.0, 0.15, 0.6, 2200.0, 700.0];

/// A sound and for how many milliseconds it is aimed at.
pub(super) type Step = (&'static Sound, f32);

/// How a digit is spoken.
pub(super) struct Word {
    /// Its sounds, one after the other.
    pub steps: &'static [Step],
    /// How its pitch moves through what is voiced: semitones above the voice's own, at equal distances.
    pub melody: &'static [f32],
}

/// English words fall a little, each for itself.
const FALL: &[f32] = &[1.3, -0.5, -2.6];

/// A digit in English.
pub(super) const fn digit(digit: u8) -> Word {
    let steps: &[Step] = match digit {
        b'0' => &[(&Z, 140.0), (&IH, 120.0), (&R, 90.0), (&OH, 150.0), (&OO, 80.0)],
        b'1' => &[(&W, 110.0), (&UH, 160.0), (&N, 170.0)],
        b'2' => &[(&T_SHUT, 30.0), (&T_BURST, 18.0), (&T_BREATH, 45.0), (&OO_FRONT, 130.0), (&OO, 150.0)],
        b'3' => &[(&TH, 110.0), (&R, 80.0), (&EE, 230.0)],
        b'4' => &[(&F, 120.0), (&AW, 190.0), (&R_END, 120.0)],
        b'5' => &[(&F, 110.0), (&AH, 150.0), (&AY, 50.0), (&EE, 70.0), (&V, 90.0)],
        b'6' => &[(&S, 130.0), (&IH, 110.0), (&K_SHUT, 60.0), (&K_BURST, 22.0), (&S, 140.0)],
        b'7' => &[(&S, 120.0), (&EH, 110.0), (&V, 65.0), (&SCHWA, 70.0), (&N, 110.0)],
        b'8' => &[(&EY, 140.0), (&EE, 90.0), (&T_SHUT, 70.0), (&T_BURST, 18.0), (&T_BREATH, 50.0)],
        b'9' => &[(&N, 100.0), (&AH, 150.0), (&AY, 50.0), (&EE, 70.0), (&N, 130.0)],
        _ => &[],
    };
    Word { steps, melody: FALL }
}
