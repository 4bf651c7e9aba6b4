//! Chance that a test knows.

use std::collections::VecDeque;
use std::sync::Mutex;

use resetgate::domain::{Randomness, SystemRandom};

/// Codes and the signs of captchas are drawn as numbers of eight bytes. These come from a list while it lasts;
/// everything else comes from the system.
#[derive(Default)]
pub struct Scripted {
    next: Mutex<VecDeque<u64>>,
    drawn: Mutex<Vec<u64>>,
}

impl Scripted {
    /// The next numbers to be drawn.
    pub fn then(&self, numbers: impl IntoIterator<Item = u64>) {
        self.next.lock().unwrap().extend(numbers);
    }

    /// Every number drawn so far.
    pub fn drawn(&self) -> Vec<u64> {
        self.drawn.lock().unwrap().clone()
    }
}

impl Randomness for Scripted {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
        let Ok(number) = <&mut [u8; 8]>::try_from(bytes) else { return };
        if let Some(next) = self.next.lock().unwrap().pop_front() {
            *number = next.to_le_bytes();
        }
        self.drawn.lock().unwrap().push(u64::from_le_bytes(*number));
    }
}
