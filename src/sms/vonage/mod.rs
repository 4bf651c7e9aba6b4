//! Vonage, SMS API: a form with Basic credentials, JSON back with the outcome inside.

mod errors;
mod examine;
mod settings;

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::Serializer;

use self::settings::USUAL;
use super::otp_line::carried_text;
use super::receipts::Callback;
use super::vendor::{Answer, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, basic, with_form};
use super::{SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::domain::Finding;
pub use settings::VonageSettings;

/// What Vonage takes as the time a message may wait, in milliseconds.
const SOONEST: u64 = 20_000;
const LATEST: u64 = 604_800_000;
/// The longest address of receipts that Vonage takes.
const LONGEST_CALLBACK: usize = 100;

/// One account.
struct Vonage {
    endpoint: Endpoint,
    authorization: HeaderValue,
    /// The half of it that is a secret, so that no word of Vonage's repeats it.
    password: SecretString,
    from: Box<str>,
    binds_codes: bool,
    callback: Option<Callback>,
}

impl VonageSettings {
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
        let vonage = self.vonage(around.callback(name))?;
        let trust = vonage.endpoint.trust(self.ca_file.as_ref());
        Ok(Arc::new(VendorProvider::new(name, vonage, trust, times, around)?))
    }

    fn vonage(&self, callback: Option<Callback>) -> Result<Vonage, SmsBuildError> {
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        self.check().into_iter().next().map_or(Ok(()), |problem| Err(refused(problem)))?;
        if callback.as_ref().is_some_and(|callback| callback.url().len() > LONGEST_CALLBACK) {
            let problem = format!(
                "are posted to an address of more than the {LONGEST_CALLBACK} signs that Vonage takes; shorten the \
                 provider's name or `secret` in [sms.receipts]"
            );
            return Err(SmsBuildError::new("receipts", problem));
        }
        let authorization = basic(&self.api_key, &self.api_secret);
        Ok(Vonage {
            endpoint: Endpoint::read(self.endpoint.as_deref(), USUAL).map_err(refused)?,
            authorization: authorization.ok_or_else(|| SmsBuildError::new("api_secret", "is no secret"))?,
            password: self.api_secret.clone(),
            from: self.from.as_str().into(),
            binds_codes: self.otp_line.unwrap_or(false),
            callback,
        })
    }
}

impl Vonage {
    fn asking(&self, method: Method, path: &str) -> Request {
        let mut request = Request::new(method, self.endpoint.at(path, None));
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request
    }

    fn form(&self, message: &SmsMessage) -> String {
        let mut form = Serializer::new(String::new());
        // Digits alone, without the plus.
        form.append_pair("to", message.to.e164().trim_start_matches('+'));
        form.append_pair("from", &self.from);
        form.append_pair("text", &carried_text(message, self.binds_codes));
        // Comes back in the receipt.
        form.append_pair("client-ref", &message.order.to_string());
        form.append_pair("type", "unicode");
        if let Some(valid_for) = message.valid_for {
            let millis = u64::try_from(valid_for.as_millis()).unwrap_or(u64::MAX);
            form.append_pair("ttl", &millis.clamp(SOONEST, LATEST).to_string());
        }
        if let Some(callback) = &self.callback {
            form.append_pair("callback", callback.url());
        }
        form.finish()
    }
}

impl Vendor for Vonage {
    fn request(&self, message: &SmsMessage, _: &Stamp) -> Result<Request, SmsError> {
        Ok(with_form(self.asking(Method::POST, "/sms/json"), self.form(message)))
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        errors::judge(answer, hidden)
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
