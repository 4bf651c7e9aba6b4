//! Twilio, Messages API of 2010-04-01: a form, Basic credentials, JSON back.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::otp_line::bound_text;
use super::vendor::{Answer, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, basic};
use super::{Finding, SmsBuildError, SmsError, SmsMessage, Surroundings};

mod errors;
mod examine;
mod settings;

pub use settings::TwilioSettings;

/// What Twilio takes as the time a message may wait, in seconds (error 21624).
const VALIDITY: std::ops::RangeInclusive<u64> = 1..=14_400;

/// One account.
pub(super) struct Twilio {
    endpoint: Endpoint,
    account: String,
    authorization: HeaderValue,
    /// `From` or `MessagingServiceSid`, and its value.
    sender: (&'static str, String),
    otp_line: bool,
    /// Where receipts are to be posted, and the same as it stands in a form.
    callback: Option<[String; 2]>,
}

/// Reads the settings. `callback` is where receipts are to be posted, if anywhere.
///
/// # Errors
/// Names the first key that cannot be used, below the provider's table.
pub(super) fn provider(
    name: &str,
    settings: &TwilioSettings,
    callback: Option<&str>,
    times: Times,
    around: &Surroundings,
) -> Result<VendorProvider<Twilio>, SmsBuildError> {
    let twilio = Twilio::new(settings, callback)?;
    let trust = twilio.endpoint.trust(settings.ca_file.as_deref());
    VendorProvider::new(name, twilio, trust, times, around)
}

impl Twilio {
    fn new(settings: &TwilioSettings, callback: Option<&str>) -> Result<Self, SmsBuildError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let endpoint = Endpoint::read(settings.endpoint.as_deref(), settings::OWN_ENDPOINT);
        let user = settings.api_key.as_deref().unwrap_or(&settings.account_sid);
        let password = settings.api_secret.as_ref().or(settings.auth_token.as_ref());
        let missing = || SmsBuildError::new("auth_token", "is missing; write it, or api_key and api_secret");
        let sender = match (&settings.messaging_service_sid, &settings.from) {
            (Some(service), _) => ("MessagingServiceSid", service.clone()),
            (None, from) => ("From", from.clone().unwrap_or_default()),
        };
        Ok(Self {
            endpoint: endpoint.map_err(|problem| SmsBuildError::new("endpoint", problem))?,
            account: settings.account_sid.clone(),
            authorization: password.and_then(|secret| basic(user, secret)).ok_or_else(missing)?,
            sender,
            otp_line: settings.otp_line.unwrap_or(false),
            callback: callback.map(|url| [url.to_owned(), escaped(url)]),
        })
    }

    /// A request about the account; `path` is what follows its id.
    fn about(&self, method: Method, path: &str) -> Request {
        let mut request = Request::new(method, self.endpoint.at(&format!("/2010-04-01/Accounts/{}{path}", self.account)));
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request
    }

    fn form(&self, message: &SmsMessage) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("To", message.to.e164());
        if let Some([url, _]) = &self.callback {
            form.append_pair("StatusCallback", url);
        }
        if let Some(valid_for) = message.valid_for {
            let seconds = valid_for.as_secs().clamp(*VALIDITY.start(), *VALIDITY.end());
            form.append_pair("ValidityPeriod", &seconds.to_string());
        }
        form.append_pair(self.sender.0, &self.sender.1);
        let text = message.expose_text();
        if self.otp_line { form.append_pair("Body", &bound_text(message)) } else { form.append_pair("Body", text) };
        form.finish()
    }
}

/// The id of a message that was taken.
#[derive(Deserialize)]
struct Taken {
    sid: String,
}

impl Vendor for Twilio {
    fn request(&self, message: &SmsMessage, _: &Stamp) -> Result<Request, SmsError> {
        let mut request = self.about(Method::POST, "/Messages.json");
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        *request.body_mut() = Some(self.form(message).into());
        Ok(request)
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        match answer.body.json::<Taken>() {
            Ok(taken) if answer.status.is_success() => Ok(hidden.id(&taken.sid)),
            _ => Err(errors::error(answer, hidden)),
        }
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback.iter().flatten().map(String::as_str).collect()
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        examine::examine(self, line).await
    }
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests;
