//! Vonage, SMS API: a form, Basic credentials, JSON back with the outcome inside.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::otp_line::bound_text;
use super::vendor::{Answer, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, basic};
use super::{Finding, SmsBuildError, SmsError, SmsMessage, Surroundings};

mod errors;
mod examine;
mod settings;

pub use settings::VonageSettings;

/// What Vonage takes as the time a message may wait, in milliseconds.
const TTL: std::ops::RangeInclusive<u64> = 20_000..=604_800_000;
/// The longest address of receipts that Vonage takes.
const LONGEST_CALLBACK: usize = 100;

/// One account.
pub(super) struct Vonage {
    endpoint: Endpoint,
    authorization: HeaderValue,
    from: String,
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
    settings: &VonageSettings,
    callback: Option<&str>,
    times: Times,
    around: &Surroundings,
) -> Result<VendorProvider<Vonage>, SmsBuildError> {
    let vonage = Vonage::new(settings, callback)?;
    let trust = vonage.endpoint.trust(settings.ca_file.as_deref());
    VendorProvider::new(name, vonage, trust, times, around)
}

impl Vonage {
    fn new(settings: &VonageSettings, callback: Option<&str>) -> Result<Self, SmsBuildError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        if callback.is_some_and(|url| url.len() > LONGEST_CALLBACK) {
            let problem = format!("the address is longer than the {LONGEST_CALLBACK} signs that Vonage takes; shorten path_secret");
            return Err(SmsBuildError::new("receipts", problem));
        }
        let endpoint = Endpoint::read(settings.endpoint.as_deref(), settings::OWN_ENDPOINT);
        let authorization = basic(&settings.api_key, &settings.api_secret);
        Ok(Self {
            endpoint: endpoint.map_err(|problem| SmsBuildError::new("endpoint", problem))?,
            authorization: authorization.ok_or_else(|| SmsBuildError::new("api_secret", "is no secret"))?,
            from: settings.from.clone(),
            otp_line: settings.otp_line.unwrap_or(false),
            callback: callback.map(|url| [url.to_owned(), byte_serialize(url.as_bytes()).collect()]),
        })
    }

    fn asking(&self, method: Method, path: &str) -> Request {
        let mut request = Request::new(method, self.endpoint.at(path));
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request
    }

    fn form(&self, message: &SmsMessage) -> String {
        let mut form = Serializer::new(String::new());
        // A number without its plus is Vonage's way.
        form.append_pair("to", message.to.e164().trim_start_matches('+'));
        form.append_pair("from", &self.from);
        let text = message.expose_text();
        if self.otp_line { form.append_pair("text", &bound_text(message)) } else { form.append_pair("text", text) };
        form.append_pair("client-ref", &message.order.to_string());
        form.append_pair("type", "unicode");
        if let Some(valid_for) = message.valid_for {
            let millis = u64::try_from(valid_for.as_millis()).unwrap_or(u64::MAX);
            form.append_pair("ttl", &millis.clamp(*TTL.start(), *TTL.end()).to_string());
        }
        if let Some([url, _]) = &self.callback {
            form.append_pair("callback", url);
        }
        form.finish()
    }
}

impl Vendor for Vonage {
    fn request(&self, message: &SmsMessage, _: &Stamp) -> Result<Request, SmsError> {
        let mut request = self.asking(Method::POST, "/sms/json");
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        *request.body_mut() = Some(self.form(message).into());
        Ok(request)
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        errors::judge(answer, hidden)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback.iter().flatten().map(String::as_str).collect()
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        examine::examine(self, line).await
    }
}

#[cfg(test)]
mod tests;
