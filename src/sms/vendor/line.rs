//! The line to a vendor: asks once, within its time.

use std::sync::Arc;

use super::{SmsError, Stamp, Surroundings};
use crate::domain::{Clock, Randomness};
use crate::outbound::{self, Answer, MAX_BODY, Unanswered};

/// An HTTP client with a clock and chance.
pub(in crate::sms) struct Line {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
}

impl Line {
    pub(super) fn new(client: reqwest::Client, around: &Surroundings) -> Self {
        Self { client, clock: Arc::clone(&around.clock), random: Arc::clone(&around.random) }
    }

    /// What a request made now is stamped with.
    pub(in crate::sms) fn stamp(&self) -> Stamp {
        Stamp { now: self.clock.now(), nonce: self.random.bytes() }
    }

    /// Sends a request and reads the answer, with its body where it is wanted.
    ///
    /// # Errors
    /// [`SmsError::Unreachable`] when there was no connection, [`SmsError::Unknown`] when there was one and no answer.
    pub(in crate::sms) async fn ask(&self, request: reqwest::Request, reads_body: bool) -> Result<Answer, SmsError> {
        let max_body = if reads_body { MAX_BODY } else { 0 };
        Ok(outbound::ask(&self.client, request, max_body, || self.clock.now()).await?)
    }
}

impl From<Unanswered> for SmsError {
    fn from(unanswered: Unanswered) -> Self {
        let reason = unanswered.to_string();
        match unanswered {
            Unanswered::NotSent(_) => Self::Unreachable { reason },
            Unanswered::Lost(_) => Self::Unknown { reason },
        }
    }
}
