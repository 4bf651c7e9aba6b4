//! Whether the gateway is still there: `CMPP_ACTIVE_TEST` when it was quiet for long, and at once when it owes an answer.

use std::time::Duration;

use tokio::time::Instant;

/// Tests in a row without an answer that end a connection: N of the standard.
const TESTS: u32 = 3;

/// What is to be done about the silence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Test,
    GiveUp,
}

pub(super) struct Vigil {
    idle: Duration,
    answer: Duration,
    heard: Instant,
    /// Tests sent since the last one was answered, and when its answer is due.
    tests: Option<(u32, Instant)>,
    doubted: bool,
}

impl Vigil {
    pub(super) fn new(idle: Duration, answer: Duration, now: Instant) -> Self {
        Self { idle, answer, heard: now, tests: None, doubted: false }
    }

    /// Something came, whatever it was.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.doubted = false;
    }

    /// A test was answered.
    pub(super) fn answered(&mut self) {
        self.tests = None;
    }

    /// An answer did not come in time. Until something does, no message is written: it might be lost like that one.
    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.doubted
    }

    pub(super) fn due_at(&self) -> Instant {
        match self.tests {
            Some((_, due)) => due,
            None if self.doubted => self.heard,
            None => self.heard + self.idle,
        }
    }

    /// What is due now. A test that is due counts as sent.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if now < self.due_at() {
            return None;
        }
        let sent = self.tests.map_or(0, |(sent, _)| sent);
        if sent == TESTS {
            return Some(Due::GiveUp);
        }
        self.tests = Some((sent + 1, now + self.answer));
        Some(Due::Test)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_mins(3);
    const ANSWER: Duration = Duration::from_secs(5);

    /// case 94: three tests without an answer are the end.
    #[test]
    fn a_gateway_that_answers_no_test_is_given_up_after_the_third() {
        let start = Instant::now();
        let mut vigil = Vigil::new(IDLE, ANSWER, start);
        assert_eq!(vigil.due(start + IDLE / 2), None);
        for test in 0..3 {
            assert_eq!(vigil.due(start + IDLE + test * ANSWER), Some(Due::Test), "{test}");
            assert_eq!(vigil.due(start + IDLE + test * ANSWER), None, "{test}");
        }
        assert_eq!(vigil.due(start + IDLE + 3 * ANSWER), Some(Due::GiveUp));
    }

    #[test]
    fn an_answered_test_and_any_word_put_the_next_one_off() {
        let start = Instant::now();
        let mut vigil = Vigil::new(IDLE, ANSWER, start);
        assert_eq!(vigil.due(start + IDLE), Some(Due::Test));
        vigil.heard(start + IDLE);
        vigil.answered();
        assert_eq!(vigil.due_at(), start + 2 * IDLE);
        vigil.heard(start + IDLE + ANSWER);
        assert_eq!(vigil.due_at(), start + 2 * IDLE + ANSWER);
    }

    #[test]
    fn an_answer_that_is_owed_brings_a_test_at_once_and_holds_messages_back_until_a_word_comes() {
        let start = Instant::now();
        let mut vigil = Vigil::new(IDLE, ANSWER, start);
        vigil.doubt();
        assert!(vigil.is_doubted());
        assert_eq!(vigil.due(start), Some(Due::Test));
        vigil.heard(start + ANSWER);
        assert!(!vigil.is_doubted());
        vigil.answered();
        assert_eq!(vigil.due_at(), start + ANSWER + IDLE);
    }
}
