//! Chance, passed in and never called from the side.

/// A source of random bytes fit for codes, credentials and keys.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Randomness for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system generator is read")]
    fn fill(&self, bytes: &mut [u8]) {
        use rand::TryRngCore;
        if let Err(error) = rand::rngs::OsRng.try_fill_bytes(bytes) {
            // A guessable code is worse than no service, and no caller can go on without chance.
            tracing::error!(%error, "the operating system gives no random bytes; stopping");
            std::process::abort();
        }
    }
}

impl dyn Randomness + '_ {
    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A uniform number below `bound`, without modulo bias. `bound` of zero gives zero.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Draws past the last whole multiple of `bound` would favour small numbers; they are drawn again.
        let limit = u64::MAX - (u64::MAX % bound);
        loop {
            let draw = u64::from_le_bytes(self.bytes());
            if draw < limit {
                return draw % bound;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound() {
        let random: &dyn Randomness = &SystemRandom;
        for bound in [1, 2, 7, 10, 1_000_000] {
            assert!((0..1_000).all(|_| random.below(bound) < bound));
        }
        assert_eq!(random.below(0), 0);
    }

    /// case 3: nothing but the system generator goes into a draw, so two instances do not agree.
    #[test]
    fn two_draws_of_the_system_generator_differ() {
        let random: &dyn Randomness = &SystemRandom;
        assert_ne!(random.bytes::<32>(), random.bytes::<32>());
    }
}
