//! Spoken digits, made from nothing but arithmetic: no recording, no foreign licence.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sample counts of a few seconds, and samples cut to their range"
)]

mod mandarin;
mod phones;
mod tract;

use super::dice::Dice;
use phones::{HISS, Sound, Step, VOICE, Word};
use tract::{FRAME, RATE, Tract};

/// Milliseconds of the longest clip.
const LONGEST: f32 = 5_900.0;
/// Milliseconds before the first digit.
const LEAD: (f32, f32) = (150.0, 300.0);
/// Frames per millisecond.
const PER_MILLI: f32 = RATE / 1000.0 / FRAME as f32;
/// Half the time, in frames, in which the mouth moves from one sound to the next, and in which voice and hiss change.
const GLIDE: (usize, usize) = (6, 1);

/// The language in which digits are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Zero to nine.
    English,
    /// 零幺二三四五六七八九
    Mandarin,
}

impl Voice {
    /// Every voice.
    pub(super) const ALL: [Self; 2] = [Self::English, Self::Mandarin];

    /// The voice for readers of a language, by the first part of its BCP 47 tag; `None` where there is none.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            // Readers of Chinese have learnt Mandarin digits, also where another language is spoken at home.
            "zh" | "cmn" | "yue" => Some(Self::Mandarin),
            _ => None,
        }
    }

    pub(super) const fn as_byte(self) -> u8 {
        match self {
            Self::English => 1,
            Self::Mandarin => 2,
        }
    }

    const fn word(self, digit: u8) -> Word {
        match self {
            Self::English => phones::digit(digit),
            Self::Mandarin => mandarin::digit(digit),
        }
    }
}

/// A word that was planned: its sounds in frames, its pitch in semitones in each, and the pause after it in milliseconds.
struct Planned {
    sounds: Vec<Sound>,
    pitch: Vec<f32>,
    pause: f32,
}

/// Speaks `answer` as WAV (16 kHz, 16 bits, mono), the same bytes for the same seed.
pub(super) fn speak(answer: &[u8], voice: Voice, seed: u64) -> Vec<u8> {
    let mut dice = Dice::from_seed(seed);
    let pitch = dice.within(90.0, 170.0);
    // Higher voices belong to shorter tracts.
    let scale = 0.95 + (pitch - 90.0) / 80.0 * 0.13 + dice.within(-0.03, 0.03);
    let mut tract = Tract::new(scale, dice.bits());
    let plan = plan(answer, voice, &mut dice);
    let mut samples = Vec::new();
    silence(dice.within(LEAD.0, LEAD.1), &mut samples);
    for word in &plan {
        let lift = dice.within(0.97, 1.03);
        for (sound, semitones) in word.sounds.iter().zip(&word.pitch) {
            tract.speak(sound, pitch * lift * (semitones / 12.0).exp2() * dice.within(0.99, 1.01), &mut samples);
        }
        silence(word.pause, &mut samples);
    }
    disturb(&mut samples, &mut dice);
    wav(&samples)
}

fn plan(answer: &[u8], voice: Voice, dice: &mut Dice) -> Vec<Planned> {
    // Many digits are spoken faster, so that the clip does not get longer than people can keep in mind.
    let pace = dice.within(0.95, 1.1) * if answer.len() > 6 { 0.9 } else { 1.0 };
    let mut words: Vec<Planned> = answer
        .iter()
        .map(|sign| {
            let Word { steps, melody } = voice.word(*sign);
            let sounds = glide(&aims(steps, pace * dice.within(0.95, 1.05)));
            Planned { pitch: sung(&sounds, melody), sounds, pause: 0.0 }
        })
        .collect();
    let spoken = words.iter().map(|word| word.sounds.len()).sum::<usize>() as f32 / PER_MILLI;
    let pause = ((LONGEST - LEAD.1 - spoken) / words.len().max(1) as f32).clamp(0.0, 450.0);
    for word in &mut words {
        word.pause = pause * dice.within(0.6, 1.0);
    }
    words
}

/// A melody stretched over what is voiced: that is where a tone is heard.
fn sung(sounds: &[Sound], melody: &[f32]) -> Vec<f32> {
    let voiced = |sound: &Sound| sound[VOICE] > 0.2;
    let first = sounds.iter().position(voiced).unwrap_or(0);
    let last = sounds.iter().rposition(voiced).unwrap_or(0).max(first + 1);
    let at = |place: usize| {
        let part = (place.clamp(first, last) - first) as f32 / (last - first) as f32 * (melody.len() - 1) as f32;
        let (low, high) = (melody[part.floor() as usize], melody[part.ceil() as usize]);
        low + (high - low) * part.fract()
    };
    (0..sounds.len()).map(at).collect()
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
        for (answer, seed) in ["0000", "01234", "56789", "00000000", "99999999", "60606060"].iter().zip(0..) {
            for voice in Voice::ALL {
                let wav = speak(answer.as_bytes(), voice, seed);
                assert_eq!((&wav[..4], &wav[8..16], &wav[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
                assert_eq!((number(&wav[4..8]) + 8, number(&wav[40..44]) + 44), (wav.len(), wav.len()));
                assert_eq!((number(&wav[24..28]), number(&wav[28..32])), (16_000, 32_000));
                let seconds = number(&wav[40..44]) as f32 / 32_000.0;
                assert!((1.0..=6.0).contains(&seconds), "{answer} takes {seconds} s by {voice:?}");
            }
        }
    }

    #[test]
    fn a_clip_repeats_from_its_seed_and_no_other_seed_speaks_alike() {
        for voice in Voice::ALL {
            assert_eq!(speak(b"40937", voice, 7), speak(b"40937", voice, 7));
            let (one, other) = (speak(b"40937", voice, 7), speak(b"40937", voice, 8));
            assert_ne!(one.len(), other.len());
            assert_ne!(one[44..4_000], other[44..4_000]);
        }
    }

    #[test]
    fn every_digit_is_heard_and_none_is_cut_off() {
        for (sign, voice) in (b'0'..=b'9').flat_map(|sign| Voice::ALL.map(|voice| (sign, voice))) {
            let wav = speak(&[sign; 4], voice, 3);
            let samples: Vec<i32> =
                wav[44..].chunks_exact(2).map(|two| i32::from(i16::from_le_bytes([two[0], two[1]]))).collect();
            let peak = samples.iter().map(|sample| sample.abs()).max().unwrap();
            assert!((15_000..32_000).contains(&peak), "{} by {voice:?}: {peak}", char::from(sign));
            let loud = samples.iter().filter(|sample| sample.abs() > 1_500).count();
            assert!(loud > samples.len() / 20, "{} by {voice:?}: {loud} of {}", char::from(sign), samples.len());
        }
    }

    /// The pitch of a voiced stretch in Hz, by the lag at which it is most like itself.
    fn pitch(samples: &[f32]) -> f32 {
        let like = |lag: usize| samples.iter().zip(&samples[lag..]).map(|(one, other)| one * other).sum::<f32>();
        let lag = (40..220).max_by(|one, other| like(*one).total_cmp(&like(*other))).unwrap();
        RATE / lag as f32
    }

    /// The four tones, measured in the sound itself: level, rising, dipping, falling.
    #[test]
    fn every_mandarin_digit_has_its_tone() {
        for sign in b'0'..=b'9' {
            let Word { steps, melody } = Voice::Mandarin.word(sign);
            let sounds = glide(&aims(steps, 1.0));
            let (mut tract, mut samples) = (Tract::new(1.0, 5), Vec::new());
            for (sound, semitones) in sounds.iter().zip(sung(&sounds, melody)) {
                tract.speak(sound, 130.0 * (semitones / 12.0).exp2(), &mut samples);
            }
            let first = sounds.iter().position(|sound| sound[VOICE] > 0.2).unwrap() * FRAME;
            let last = sounds.iter().rposition(|sound| sound[VOICE] > 0.2).unwrap() * FRAME;
            let heard = |part: f32| pitch(&samples[first + ((last - first - 960) as f32 * part) as usize..][..960]);
            let (start, middle, end) = (heard(0.0), heard(0.5), heard(1.0));
            let (up, down) = (1.06, 0.94);
            let has_tone = match sign {
                b'0' => end > start * up && end > middle,
                b'1' | b'3' | b'7' | b'8' => (down..up).contains(&(end / start)) && start > 150.0,
                b'2' | b'4' | b'6' => end < middle * down && middle < start * down,
                _ => middle < start * down && end > middle * up,
            };
            assert!(has_tone, "{}: {start} {middle} {end} Hz", char::from(sign));
        }
    }
}
