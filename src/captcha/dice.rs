//! Chance for the details of a picture or a clip: fast, and repeatable from the sealed seed.
//!
//! It draws no answer and no code; those come from [`crate::domain::Randomness`].

/// A splitmix64 generator. Not fit for secrets.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mix = self.0;
        mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mix ^ (mix >> 31)
    }

    /// A number below `bound`; zero for a bound of zero.
    pub(super) const fn below(&mut self, bound: u32) -> u32 {
        (((self.bits() >> 32) * bound as u64) >> 32) as u32
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub(super) const fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low {
            return low;
        }
        low.wrapping_add_unsigned(self.below(high.abs_diff(low) + 1))
    }

    /// A fraction from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit a single-precision fraction")]
    pub(super) const fn fraction(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// A fraction of the range from `low` to `high`.
    pub(super) const fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.fraction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_repeat_from_their_seed_and_stay_in_their_range() {
        let (mut one, mut other) = (Dice::from_seed(7), Dice::from_seed(7));
        for _ in 0..1_000 {
            let roll = one.between(-3, 3);
            assert_eq!(roll, other.between(-3, 3));
            assert!((-3..=3).contains(&roll));
        }
        assert_eq!(one.between(5, 4), 5);
        assert_eq!(one.below(0), 0);
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&one.fraction())));
    }
}
