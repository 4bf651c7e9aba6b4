//! Twilio, Messages of its API 2010-04-01: a form with Basic credentials, JSON back.

mod errors;
mod examine;
mod settings;

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use self::settings::USUAL;
use super::otp_line::carried_text;
use super::receipts::Callback;
use super::vendor::{Answer, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, basic, with_form};
use super::{SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::domain::Finding;
pub use settings::TwilioSettings;

/// What Twilio takes as the time a message may wait, in seconds (error 21624).
const SOONEST: u64 = 1;
const LATEST: u64 = 14_400;

/// One account.
struct Twilio {
    endpoint: Endpoint,
    account: Box<str>,
    authorization: HeaderValue,
    /// The half of it that is a secret, so that no word of Twilio's repeats it.
    password: SecretString,
    /// `From` or `MessagingServiceSid`, and its value.
    sender: (&'static str, Box<str>),
    binds_codes: bool,
    callback: Option<Callback>,
}

/// The id of a message that was taken.
#[derive(Deserialize)]
struct Taken {
    sid: String,
}

impl TwilioSettings {
    /// The provider. Reads `ca_file`; opens no connection.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(super) fn build(
        &self,
        name: &str,
        times: Times,
        around: &Surroundings,
    ) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
        let twilio = self.twilio(around.callback(name))?;
        let trust = twilio.endpoint.trust(self.ca_file.as_ref());
        Ok(Arc::new(VendorProvider::new(name, twilio, trust, times, around)?))
    }

    fn twilio(&self, callback: Option<Callback>) -> Result<Twilio, SmsBuildError> {
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        self.check().into_iter().next().map_or(Ok(()), |problem| Err(refused(problem)))?;
        let user = self.api_key.as_deref().unwrap_or(&self.account_sid);
        let password = self.api_secret.as_ref().or(self.auth_token.as_ref());
        let password = password.ok_or_else(|| SmsBuildError::new("auth_token", "is missing"))?;
        let sender = match (&self.messaging_service_sid, &self.from) {
            (Some(service), _) => ("MessagingServiceSid", service),
            (None, Some(from)) => ("From", from),
            (None, None) => return Err(SmsBuildError::new("from", "is missing")),
        };
        Ok(Twilio {
            endpoint: Endpoint::read(self.endpoint.as_deref(), USUAL).map_err(refused)?,
            account: self.account_sid.as_str().into(),
            authorization: basic(user, password)
                .ok_or_else(|| SmsBuildError::new("auth_token", "holds a sign that a header cannot carry"))?,
            password: password.clone(),
            sender: (sender.0, sender.1.as_str().into()),
            binds_codes: self.otp_line.unwrap_or(false),
            callback,
        })
    }
}

impl Twilio {
    /// A request about the account; `path` follows its id.
    fn asking(&self, method: Method, path: &str) -> Request {
        let path = format!("/2010-04-01/Accounts/{}{path}", self.account);
        let mut request = Request::new(method, self.endpoint.at(&path, None));
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request
    }

    fn form(&self, message: &SmsMessage) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("To", message.to.e164());
        if let Some(callback) = &self.callback {
            form.append_pair("StatusCallback", callback.url());
        }
        if let Some(valid_for) = message.valid_for {
            form.append_pair("ValidityPeriod", &valid_for.as_secs().clamp(SOONEST, LATEST).to_string());
        }
        form.append_pair(self.sender.0, &self.sender.1);
        form.append_pair("Body", &carried_text(message, self.binds_codes));
        form.finish()
    }
}

impl Vendor for Twilio {
    fn request(&self, message: &SmsMessage, _: &Stamp) -> Result<Request, SmsError> {
        Ok(with_form(self.asking(Method::POST, "/Messages.json"), self.form(message)))
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        match answer.body.json::<Taken>() {
            Ok(taken) if answer.status.is_success() => Ok(hidden.id(&taken.sid)),
            _ => Err(errors::error(answer, hidden)),
        }
    }

    fn secrets(&self) -> Vec<&str> {
        let callback = self.callback.iter().flat_map(Callback::secrets);
        callback.chain([self.password.expose_secret()]).collect()
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        examine::examine(self, line).await
    }
}

#[cfg(test)]
mod tests;
