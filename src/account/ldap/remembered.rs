//! Writes of passwords by challenge, so that a repeat writes nothing.
//!
//! A directory has no place of its own for this. What is kept here lasts as long as the process: after a restart, a
//! repeat of an earlier write is taken for a new one, unless `account.ldap.password.marker` names an attribute that
//! keeps the challenge in the directory. Challenges themselves are kept in memory too, and do not outlive a restart.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::account::PasswordWritten;
use crate::domain::{ChallengeId, SubjectId, Timestamp};

/// No challenge lives longer than an hour and a half.
const LIFE: Duration = Duration::from_hours(2);

/// The oldest beyond that are forgotten early. So many resets in two hours is far more than any budget for messages.
const MOST: usize = 20_000;

/// What became of the write of a challenge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing was written.
    #[default]
    None,
    /// A request was sent, and what became of it is not known.
    Begun,
    /// It was written.
    Done(PasswordWritten),
}

/// The turn of one write. Repeats of the same challenge wait for it.
pub(super) type WriteTurn = OwnedMutexGuard<Progress>;

type Key = (ChallengeId, SubjectId);

/// Every write of the last two hours.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Book>);

#[derive(Default)]
struct Book {
    turns: HashMap<Key, Arc<Turn<Progress>>>,
    order: VecDeque<(Timestamp, Key)>,
}

impl Remembered {
    /// Waits for the turn of a challenge's write.
    pub(super) async fn turn(&self, challenge: ChallengeId, subject: &SubjectId, now: Timestamp) -> WriteTurn {
        let turn = self.0.lock().unwrap_or_else(PoisonError::into_inner).turn((challenge, subject.clone()), now);
        turn.lock_owned().await
    }
}

impl Book {
    fn turn(&mut self, key: Key, now: Timestamp) -> Arc<Turn<Progress>> {
        while self.order.front().is_some_and(|(since, _)| self.order.len() > MOST || now.since(*since) > LIFE) {
            if let Some((_, old)) = self.order.pop_front() {
                self.turns.remove(&old);
            }
        }
        if let Some(turn) = self.turns.get(&key) {
            return Arc::clone(turn);
        }
        self.order.push_back((now, key.clone()));
        Arc::clone(self.turns.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    const NOW: Timestamp = Timestamp::from_millis(1_763_866_800_000);

    #[tokio::test]
    async fn a_repeat_waits_and_learns_what_became_of_the_first() {
        let book = Arc::new(Remembered::default());
        let (one, who) = (ChallengeId::draw(&SystemRandom), SubjectId::new("1"));
        let mut first = book.turn(one, &who, NOW).await;
        let repeat = tokio::spawn({
            let (book, who) = (Arc::clone(&book), who.clone());
            async move { *book.turn(one, &who, NOW).await }
        });
        *first = Progress::Begun;
        drop(first);
        assert_eq!(repeat.await.unwrap(), Progress::Begun);
        assert_eq!(*book.turn(one, &SubjectId::new("2"), NOW).await, Progress::None);
    }

    /// A flood of writes costs bounded memory, and what is old is forgotten.
    #[tokio::test]
    async fn the_book_is_bounded_by_time_and_number() {
        let book = Remembered::default();
        let who = SubjectId::new("1");
        let first = ChallengeId::draw(&SystemRandom);
        *book.turn(first, &who, NOW).await = Progress::Begun;
        *book.turn(first, &who, NOW.plus(LIFE)).await = Progress::Begun;
        assert_eq!(*book.turn(first, &who, NOW.plus(LIFE * 2)).await, Progress::None);
        for _ in 0..MOST + 10 {
            drop(book.turn(ChallengeId::draw(&SystemRandom), &who, NOW.plus(LIFE * 2)).await);
        }
        let book = book.0.lock().unwrap();
        assert!(book.turns.len() == book.order.len() && book.order.len() <= MOST + 1, "{}", book.order.len());
    }
}
