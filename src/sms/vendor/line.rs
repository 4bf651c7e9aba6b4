//! The line to a vendor: asks once, within its time.

use std::sync::Arc;

use super::answer::Answer;
use super::{SmsError, Stamp, Surroundings};
use crate::domain::{Clock, Randomness};

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
        let response = self.client.execute(request).await.map_err(unanswered)?;
        Ok(Answer::read(response, reads_body, self.clock.now()).await)
    }
}

/// The request ended without an answer. Without a connection nothing left; with one, it may have.
/// A total time that ends while still connecting counts as unknown, which errs on the side of silence.
fn unanswered(error: reqwest::Error) -> SmsError {
    let error = error.without_url();
    let cause = innermost(&error);
    match (error.is_connect() || error.is_builder(), error.is_timeout()) {
        (true, true) => SmsError::Unreachable { reason: "no connection in time".to_owned() },
        (true, false) => SmsError::Unreachable { reason: format!("no connection: {cause}") },
        (false, true) => SmsError::Unknown { reason: "no answer in time".to_owned() },
        (false, false) => SmsError::Unknown { reason: format!("the connection was lost before an answer: {cause}") },
    }
}

/// The cause at the bottom, on one line and short: what the outer errors add is "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string().chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(200).collect()
}
