//! Writes of this process by their challenge, where no table keeps them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::account::PasswordWritten;
use crate::domain::{ChallengeId, SubjectId};

/// So many are remembered, the latest; a challenge lives for minutes.
const MOST: usize = 10_000;

/// What became of the write of one challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing was written.
    Open,
    /// The commit had begun and its answer is not known.
    Unknown,
    Written(PasswordWritten),
}

type Key = (ChallengeId, SubjectId);

/// Held while a write is under way: repeats wait for its fate.
pub(super) type Slot = Arc<tokio::sync::Mutex<Fate>>;

#[derive(Default)]
pub(super) struct Recent(Mutex<Held>);

#[derive(Default)]
struct Held {
    slots: HashMap<Key, Slot>,
    order: VecDeque<Key>,
}

impl Recent {
    pub(super) fn slot(&self, challenge: ChallengeId, subject: &SubjectId) -> Slot {
        let key = (challenge, subject.clone());
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = held.slots.get(&key) {
            return Arc::clone(slot);
        }
        if held.order.len() >= MOST
            && let Some(oldest) = held.order.pop_front()
        {
            held.slots.remove(&oldest);
        }
        let slot = Slot::new(tokio::sync::Mutex::new(Fate::Open));
        held.order.push_back(key.clone());
        held.slots.insert(key, Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn the_oldest_is_forgotten_first_and_memory_has_an_end() {
        let recent = Recent::default();
        let who = SubjectId::new("1");
        let first = ChallengeId::draw(&SystemRandom);
        *recent.slot(first, &who).try_lock().unwrap() = Fate::Unknown;
        assert_eq!(*recent.slot(first, &who).try_lock().unwrap(), Fate::Unknown);
        assert_eq!(*recent.slot(first, &SubjectId::new("2")).try_lock().unwrap(), Fate::Open, "of another account");
        for _ in 0..MOST {
            recent.slot(ChallengeId::draw(&SystemRandom), &who);
        }
        assert_eq!(recent.0.lock().unwrap().slots.len(), MOST);
        assert_eq!(*recent.slot(first, &who).try_lock().unwrap(), Fate::Open);
    }
}
