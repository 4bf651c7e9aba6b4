//! Alibaba Cloud SMS: `SendSms` of version 2017-05-25, signed with ACS3-HMAC-SHA256.
//!
//! The vendor defines its parameters as parts of the address, and its own clients send them there. They are read by the
//! vendor alone: the address is inside TLS, no proxy is asked, and it is never logged here.

mod errors;
mod examine;
mod settings;
mod signature;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::approved::{ApprovedTemplates, Values};
use super::vendor::{
    Answer, Complaint, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, by_status, optional_scalar, post,
    scalar, sha256_hex, spoken,
};
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::domain::Finding;
pub use settings::AliyunSettings;

const VERSION: &str = "2017-05-25";

/// One account.
struct Aliyun {
    endpoint: Endpoint,
    key_id: Box<str>,
    key_secret: SecretString,
    sign_name: Box<str>,
    template: ApprovedTemplates,
    values: Values,
}

/// The vendor's word on a message, whatever the status of the answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Word {
    #[serde(deserialize_with = "scalar")]
    code: String,
    message: Option<String>,
    request_id: Option<String>,
    #[serde(default, deserialize_with = "optional_scalar")]
    biz_id: Option<String>,
}

impl AliyunSettings {
    /// Sets up the provider.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(super) fn build(
        &self,
        name: &str,
        times: Times,
        around: &Surroundings,
    ) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        if let Some(problem) = self.check().into_iter().next() {
            return Err(refused(problem));
        }
        let endpoint = Endpoint::read(self.endpoint.as_deref(), settings::ENDPOINT).map_err(refused)?;
        let trust = endpoint.trust(self.ca_file.as_ref());
        let vendor = Aliyun {
            endpoint,
            key_id: self.key_id.as_str().into(),
            key_secret: self.key_secret.clone(),
            sign_name: self.sign_name.as_str().into(),
            template: self.template.clone(),
            values: Values::by_name(self.params_by_name.as_ref()).map_err(refused)?,
        };
        Ok(Arc::new(VendorProvider::new(name, vendor, trust, times, around)?))
    }
}

impl Aliyun {
    /// A signed call of `action`.
    fn call(&self, action: &str, parameters: Vec<(&str, &str)>, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let query = signature::query(parameters);
        let (date, nonce) = (stamp.now.to_string(), data_encoding::HEXLOWER.encode(&stamp.nonce));
        let empty = sha256_hex(b"");
        // In the order of their names, which the signature wants.
        let headers = [
            ("accept", "application/json"),
            ("host", self.endpoint.host()),
            ("x-acs-action", action),
            ("x-acs-content-sha256", empty.as_str()),
            ("x-acs-date", date.as_str()),
            ("x-acs-signature-nonce", nonce.as_str()),
            ("x-acs-version", VERSION),
        ];
        let canonical = signature::canonical(&query, &headers, b"");
        let authorization = signature::authorization(&self.key_id, &self.key_secret, &canonical, &headers);
        post(self.endpoint.at("/", Some(&query)), &headers, &authorization, String::new())
    }
}

/// Mainland numbers as the eleven digits that they are, others with their country code.
fn number(message: &SmsMessage) -> &str {
    match message.to.country_code() {
        "+86" => message.to.national(),
        _ => message.to.e164().trim_start_matches('+'),
    }
}

impl Vendor for Aliyun {
    fn carries(&self, kind: MessageKind) -> bool {
        self.template.carries(kind)
    }

    fn request(&self, message: &SmsMessage, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let template = self.template.best_for(message)?;
        let order = message.order.to_string();
        // A map of texts: a number would lose its leading zeros.
        let values: serde_json::Map<_, serde_json::Value> =
            self.values.fill(message).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let values = serde_json::Value::Object(values).to_string();
        let mut parameters = vec![
            ("PhoneNumbers", number(message)),
            ("SignName", &self.sign_name),
            ("TemplateCode", template),
            ("OutId", &order),
        ];
        if message.kind == MessageKind::Code {
            parameters.push(("TemplateParam", &values));
        }
        self.call("SendSms", parameters, stamp)
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let word: Word = spoken(answer)?;
        match (word.code.as_str(), answer.status.is_success()) {
            ("OK", true) => Ok(word.biz_id.and_then(|id| hidden.id(&id))),
            ("OK", false) => Err(by_status(answer)),
            _ => Err(word.error(answer, hidden)),
        }
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.key_secret.expose_secret()]
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        self.look(line).await
    }
}

impl Word {
    fn error(&self, answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
        let sentence = self.message.as_deref().unwrap_or_default();
        let request = self.request_id.as_deref().unwrap_or_default();
        let meaning = errors::meaning(&self.code, sentence, answer.status.as_u16());
        Complaint { code: &self.code, sentence, request }.error(meaning, answer, hidden)
    }
}

#[cfg(test)]
mod tests;
