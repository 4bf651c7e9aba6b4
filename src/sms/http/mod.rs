//! A gateway reached over HTTP: one request a message, one word from its answer.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;

use self::answer::Answer;
use self::client::Trust;
use self::outgoing::Outgoing;
use self::rules::Rules;
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, SmsReceipt};
use crate::domain::Clock;

mod answer;
mod check;
mod client;
mod headers;
mod outgoing;
mod rules;
mod settings;

pub use settings::{AnswerRule, Format, HttpSettings, Method};

/// One gateway. Each message is sent once: no retry, no redirect, no proxy.
pub struct HttpProvider {
    name: Box<str>,
    client: reqwest::Client,
    headers: HeaderMap,
    outgoing: Outgoing,
    rules: Rules,
    clock: Arc<dyn Clock>,
}

impl HttpProvider {
    /// Reads the settings and the files they name. `times` are for connecting and in all; `credentials` stands for
    /// `$CREDENTIALS_DIRECTORY`; `clock` tells how far away a date in `Retry-After` is.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub fn new(
        name: &str,
        settings: &HttpSettings,
        times: (Duration, Duration),
        clock: Arc<dyn Clock>,
        credentials: Option<&OsStr>,
    ) -> Result<Self, SmsBuildError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let first = |problems: Vec<(String, String)>| problems.into_iter().next().unwrap_or_default();
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        let outgoing = Outgoing::read(settings).map_err(first).map_err(refused)?;
        let headers = headers::read(settings, outgoing.format(), credentials).map_err(refused)?;
        let trust = match ca_file(settings) {
            _ if !outgoing.https => Trust::Plain,
            Some(path) => Trust::File(path),
            None => Trust::System,
        };
        let client =
            client::build(trust, times.0, times.1).map_err(|problem| SmsBuildError::new("ca_file", problem))?;
        let rules = Rules {
            success: settings.success.clone(),
            throttled: settings.throttled.clone(),
            message_id: settings.message_id.clone().filter(|pointer| !pointer.is_empty()),
        };
        Ok(Self { name: name.into(), client, headers, outgoing, rules, clock })
    }

    fn request(&self, message: &SmsMessage) -> Result<reqwest::Request, SmsError> {
        let unusable = || SmsError::Unreachable { reason: "`url` is no URL once it is filled".to_owned() };
        let (url, body) = self.outgoing.fill(message).ok_or_else(unusable)?;
        let mut request = reqwest::Request::new(self.outgoing.method.into(), url);
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = body.map(Into::into);
        Ok(request)
    }
}

#[async_trait]
impl SmsProvider for HttpProvider {
    fn name(&self) -> &str {
        &self.name
    }

    fn carries(&self, kind: MessageKind) -> bool {
        kind == MessageKind::Code || self.outgoing.has_text()
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let response = self.client.execute(self.request(message)?).await.map_err(unanswered)?;
        let answer = Answer::read(response, self.rules.need_body(), self.clock.now()).await;
        let code = message.code.as_ref().map_or("", ExposeSecret::expose_secret);
        let hidden = [message.to.national(), message.expose_text(), code];
        let message_id = self.rules.judge(&answer, &hidden)?;
        Ok(SmsReceipt { provider: self.name.clone(), message_id })
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

fn ca_file(settings: &HttpSettings) -> Option<&Path> {
    settings.ca_file.as_deref().filter(|path| !path.as_os_str().is_empty())
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Get => Self::GET,
        }
    }
}
