//! A gateway reached over HTTP in the operator's own words: what is sent, and what an answer means.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use self::outgoing::Outgoing;
use self::rules::Rules;
use super::vendor::{Answer, Hidden, Stamp, Times, Trust, Vendor, VendorProvider};
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::outbound::read_headers;

mod answer_rule;
mod check;
mod literals;
mod outgoing;
mod rules;
mod settings;

pub use settings::{AnswerRule, Format, HttpSettings, Method};

/// One gateway.
pub(super) struct Gateway {
    headers: HeaderMap,
    outgoing: Outgoing,
    rules: Rules,
    /// What of the operator's own words may be a key.
    keys: Vec<SecretString>,
}

impl HttpSettings {
    /// Reads the settings and the files they name.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(super) fn build(
        &self,
        name: &str,
        times: Times,
        around: &Surroundings,
    ) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
        if let Some((key, problem)) = self.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let first = |problems: Vec<(String, String)>| problems.into_iter().next().unwrap_or_default();
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        let outgoing = Outgoing::read(self).map_err(first).map_err(refused)?;
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
        let headers = headers(self, outgoing.format(), credentials.as_deref()).map_err(refused)?;
        let trust = match ca_file(self) {
            _ if !outgoing.https => Trust::Plain,
            Some(path) => Trust::File(path),
            None => Trust::System,
        };
        let rules = Rules::read(self).map_err(refused)?;
        let keys = literals::read(self, &headers);
        let gateway = Gateway { headers, outgoing, rules, keys };
        Ok(Arc::new(VendorProvider::new(name, gateway, trust, times, around)?))
    }
}

impl Vendor for Gateway {
    fn carries(&self, kind: MessageKind) -> bool {
        kind == MessageKind::Code || self.outgoing.has_text()
    }

    fn reads_body(&self) -> bool {
        self.rules.need_body()
    }

    fn request(&self, message: &SmsMessage, _: &Stamp) -> Result<reqwest::Request, SmsError> {
        let unusable = || SmsError::NotTaken { reason: "`url` is no URL once it is filled".to_owned() };
        let (url, body) = self.outgoing.fill(message).ok_or_else(unusable)?;
        let mut request = reqwest::Request::new(self.outgoing.method.into(), url);
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = body.map(Into::into);
        Ok(request)
    }

    fn secrets(&self) -> Vec<&str> {
        self.keys.iter().map(ExposeSecret::expose_secret).collect()
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        self.rules.judge(answer, hidden)
    }
}

/// The operator's headers; their content type takes the place of ours.
fn headers(
    settings: &HttpSettings,
    format: Option<Format>,
    credentials: Option<&OsStr>,
) -> Result<HeaderMap, (String, String)> {
    let mut headers = read_headers(settings.given_headers(), credentials)?;
    if let Some(format) = format {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(format.content_type()));
    }
    Ok(headers)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::gateway;

    #[test]
    fn a_content_type_of_the_operator_takes_the_place_of_ours() {
        let kinds = |more: &str, format| {
            let headers = headers(&gateway(more), Some(format), None).unwrap();
            headers.get_all(CONTENT_TYPE).iter().cloned().collect::<Vec<_>>()
        };
        assert_eq!(kinds("", Format::Form), ["application/x-www-form-urlencoded"]);
        let own = "headers = { content-type = \"application/vnd.sms+json\" }";
        assert_eq!(kinds(own, Format::Json), ["application/vnd.sms+json"]);
    }
}
