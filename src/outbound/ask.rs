//! Asking once, and what it means when there is no answer.

use super::{Answer, tls_fault};
use crate::domain::Timestamp;

/// A request ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// There was no connection, so nothing left.
    #[error("{0}")]
    NotSent(String),
    /// There was one, so it may have been read and done.
    #[error("{0}")]
    Lost(String),
}

/// Sends a request and reads the answer, with at most `max_body` bytes of its body; none is read when that is 0.
///
/// # Errors
/// [`Unanswered::NotSent`] only when nothing left. A total time that ends while still connecting counts as
/// [`Unanswered::Lost`], which errs on the side of silence.
pub async fn ask(
    client: &reqwest::Client,
    request: reqwest::Request,
    max_body: usize,
    now: impl Fn() -> Timestamp,
) -> Result<Answer, Unanswered> {
    let response = client.execute(request).await.map_err(unanswered)?;
    Ok(Answer::read(response, max_body, now()).await)
}

fn unanswered(error: reqwest::Error) -> Unanswered {
    let error = error.without_url();
    match (error.is_connect() || error.is_builder(), error.is_timeout()) {
        (true, true) => Unanswered::NotSent("no connection in time".to_owned()),
        (true, false) => Unanswered::NotSent(format!("no connection: {}", innermost(&error))),
        (false, true) => Unanswered::Lost("no answer in time".to_owned()),
        (false, false) => Unanswered::Lost(format!("the connection was lost before an answer: {}", innermost(&error))),
    }
}

/// The cause at the bottom, on one line and short: what the outer errors add is "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    if let Some(fault) = tls_fault(error) {
        return fault;
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    one_line(&deepest.to_string(), 200)
}

/// Text from outside as it may stand in a log: on one line, without control characters, at most `most` characters.
#[must_use]
pub fn one_line(text: &str, most: usize) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(most).collect()
}
