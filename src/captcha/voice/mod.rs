//! Spoken digits, made from nothing but arithmetic: no recording, no foreign licence.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sample counts of a few seconds, and samples cut to their range"
)]

mod phones;
mod tract;

use super::dice::Dice;
use phones::{HISS, Sound, Step, VOICE, digit};
use tract::{FRAME, RATE, Tract};

/// Milliseconds of the longest clip.
const LONGEST: f32 = 5_900.0;
/// Milliseconds before the first digit.
const LEAD: (f32, f32) = (150.0, 300.0);
/// Frames per millisecond.
const PER_MILLI: f32 = RATE / 1000.0 / FRAME as f32;
/// Half the time, in frames, in which the mouth moves from one sound to the next, and in which voice and hiss change.
const GLIDE: (usize, usize) = (6, 1);

/// Speaks `answer` as WAV (16 kHz, 16 bits, mono), the same bytes for the same seed.
pub(super) fn speak(answer: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice::from_seed(seed);
    let pitch = dice.within(90.0, 170.0);
    // Higher voices belong to shorter tracts.
    let scale = 0.95 + (pitch - 90.0) / 80.0 * 0.13 + dice.within(-0.03, 0.03);
    let mut tract = Tract::new(scale, dice.bits());
    let plan = plan(answer, &mut dice);
    let mut samples = Vec::new();
    silence(dice.within(LEAD.0, LEAD.1), &mut samples);
    for (sounds, gap) in &plan {
        let lift = dice.within(0.94, 1.08);
        for (place, sound) in sounds.iter().enumerate() {
            let fall = 1.08 - 0.22 * place as f32 / sounds.len() as f32;
            tract.speak(sound, pitch * lift * fall * dice.within(0.99, 1.01), &mut samples);
        }
        silence(*gap, &mut samples);
    }
    disturb(&mut samples, &mut dice);
    wav(&samples)
}

/// The sounds of each digit in frames, and the pause after it in milliseconds.
fn plan(answer: &[u8], dice: &mut Dice) -> Vec<(Vec<Sound>, f32)> {
    // Many digits are spoken faster, so that the clip does not get longer than people can keep in mind.
    let pace = dice.within(0.95, 1.1) * if answer.len() > 6 { 0.9 } else { 1.0 };
    let words: Vec<Vec<Sound>> =
        answer.iter().map(|sign| glide(&aims(digit(*sign), pace * dice.within(0.95, 1.05)))).collect();
    let spoken = words.iter().map(Vec::len).sum::<usize>() as f32 / PER_MILLI;
    let pause = ((LONGEST - LEAD.1 - spoken) / words.len().max(1) as f32).clamp(0.0, 450.0);
    words.into_iter().map(|word| (word, pause * dice.within(0.6, 1.0))).collect()
}

/// What is aimed at in each frame.
fn aims(steps: &[Step], pace: f32) -> Vec<Sound> {
    let frames = |millis: f32| (millis * pace * PER_MILLI).round() as usize;
    steps.iter().flat_map(|(sound, millis)| std::iter::repeat_n(**sound, frames(*millis))).collect()
}

/// What is reached: the mouth moves slowly, voice and hiss change fast.
fn glide(aims: &[Sound]) -> Vec<Sound> {
    let mean = |place: usize, part: usize, reach: usize| {
        let around = &aims[place.saturating_sub(reach)..(place + reach + 1).min(aims.len())];
        around.iter().map(|sound| sound[part]).sum::<f32>() / around.len() as f32
    };
    let mut sounds: Vec<Sound> = (0..aims.len())
        .map(|place| {
            std::array::from_fn(|part| match part {
                0..VOICE => mean(place, part, GLIDE.0),
                VOICE..=HISS => mean(place, part, GLIDE.1),
                _ => aims[place][part],
            })
        })
        .collect();
    fade(&mut sounds);
    sounds
}

/// Begins and ends a word softly.
fn fade(sounds: &mut [Sound]) {
    let count = sounds.len();
    for (place, sound) in sounds.iter_mut().enumerate() {
        let start = (place as f32 + 1.0) / 4.0;
        let end = (count - place) as f32 / 12.0;
        sound[VOICE] *= start.min(1.0) * end.min(1.0);
        for noise in &mut sound[VOICE + 1..=HISS] {
            *noise *= start.min(1.0) * (end * 4.0).min(1.0);
        }
    }
}

fn silence(millis: f32, samples: &mut Vec<f32>) {
    samples.resize(samples.len() + (millis * RATE / 1000.0) as usize, 0.0);
}

/// Levels the clip and lays a room's noise under it.
fn disturb(samples: &mut [f32], dice: &mut Dice) {
    let peak = samples.iter().fold(0.001_f32, |peak, sample| peak.max(sample.abs()));
    let gain = dice.within(0.6, 0.75) / peak;
    let (level, mut low) = (dice.within(0.003, 0.009), 0.0);
    for sample in samples {
        let white = dice.within(-1.0, 1.0);
        low += (white - low) * 0.2;
        *sample = *sample * gain + (0.4 * white + 2.0 * low) * level;
    }
}

fn wav(samples: &[f32]) -> Vec<u8> {
    let (rate, length) = (RATE as u32, samples.len() as u32 * 2);
    let mut out = Vec::with_capacity(samples.len() * 2 + 44);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(length + 36).to_le_bytes());
    // Sixteen bytes of format follow: plain numbers, one channel.
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&(rate * 2).to_le_bytes());
    // Two bytes per sample, sixteen bits.
    out.extend_from_slice(b"\x02\0\x10\0data");
    out.extend_from_slice(&length.to_le_bytes());
    for sample in samples {
        out.extend_from_slice(&((sample.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8]) -> usize {
        u32::from_le_bytes(bytes.try_into().unwrap()) as usize
    }

    #[test]
    fn a_clip_is_a_wav_file_of_at_most_six_seconds() {
        for answer in ["0000", "01234", "56789", "00000000", "11111111", "60606060"] {
            for seed in 0..5 {
                let wav = speak(answer.as_bytes(), seed);
                assert_eq!((&wav[..4], &wav[8..16], &wav[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
                assert_eq!((number(&wav[4..8]) + 8, number(&wav[40..44]) + 44), (wav.len(), wav.len()));
                assert_eq!((number(&wav[24..28]), number(&wav[28..32])), (16_000, 32_000));
                let seconds = number(&wav[40..44]) as f32 / 32_000.0;
                assert!((1.0..=6.0).contains(&seconds), "{answer} takes {seconds} s");
            }
        }
    }

    #[test]
    fn a_clip_repeats_from_its_seed_and_no_other_seed_speaks_alike() {
        assert_eq!(speak(b"40937", 7), speak(b"40937", 7));
        let (one, other) = (speak(b"40937", 7), speak(b"40937", 8));
        assert_ne!(one.len(), other.len());
        assert_ne!(one[44..4_000], other[44..4_000]);
    }

    #[test]
    fn every_digit_is_heard_and_none_is_cut_off() {
        for sign in b'0'..=b'9' {
            let wav = speak(&[sign; 4], 3);
            let samples: Vec<i32> =
                wav[44..].chunks_exact(2).map(|two| i32::from(i16::from_le_bytes([two[0], two[1]]))).collect();
            let peak = samples.iter().map(|sample| sample.abs()).max().unwrap();
            assert!((15_000..32_000).contains(&peak), "{}: {peak}", char::from(sign));
            let loud = samples.iter().filter(|sample| sample.abs() > 1_500).count();
            assert!(loud > samples.len() / 20, "{}: {loud} of {}", char::from(sign), samples.len());
        }
    }
}
