//! Tencent Cloud SMS: `SendSms` of version 2021-01-11, signed with TC3-HMAC-SHA256.
//!
//! A refused message comes back as a normal answer, in `SendStatusSet`; only its `Code` tells.

mod errors;
mod examine;
mod settings;
mod signature;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::approved::{ApprovedTemplates, Values};
use super::vendor::{
    Answer, Complaint, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, optional_scalar, post, scalar,
    spoken,
};
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::domain::Finding;
pub use settings::TencentSettings;

const VERSION: &str = "2021-01-11";
const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// One application of an account.
struct Tencent {
    endpoint: Endpoint,
    region: Box<str>,
    key_id: Box<str>,
    key_secret: SecretString,
    app_id: Box<str>,
    sign_name: Box<str>,
    template: ApprovedTemplates,
    values: Values,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Send<'a> {
    phone_number_set: [&'a str; 1],
    sms_sdk_app_id: &'a str,
    template_id: &'a str,
    sign_name: &'a str,
    template_param_set: Vec<String>,
    session_context: &'a str,
}

/// Every answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply<T> {
    response: Response<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response<T> {
    error: Option<Failure>,
    request_id: Option<String>,
    #[serde(flatten)]
    rest: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    #[serde(deserialize_with = "scalar")]
    code: String,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    #[serde(default)]
    send_status_set: Vec<Status>,
}

/// What became of one number.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    #[serde(default, deserialize_with = "optional_scalar")]
    serial_no: Option<String>,
    #[serde(flatten)]
    failure: Failure,
}

impl TencentSettings {
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
        let region = self.region.as_deref().filter(|region| !region.is_empty());
        let vendor = Tencent {
            endpoint,
            region: region.unwrap_or(settings::REGION).into(),
            key_id: self.key_id.as_str().into(),
            key_secret: self.key_secret.clone(),
            app_id: self.app_id.as_str().into(),
            sign_name: self.sign_name.as_str().into(),
            template: self.template.clone(),
            values: Values::by_place(self.params.as_deref()).map_err(refused)?,
        };
        Ok(Arc::new(VendorProvider::new(name, vendor, trust, times, around)?))
    }
}

impl Tencent {
    /// A signed call of `action`.
    fn call(&self, action: &str, body: &impl Serialize, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let unusable = |_| SmsError::NotTaken { reason: "the message is no JSON".to_owned() };
        let body = serde_json::to_string(body).map_err(unusable)?;
        let time = stamp.now.as_secs().to_string();
        // In the order of their names, which the signature wants.
        let signed = [("content-type", CONTENT_TYPE), ("host", self.endpoint.host()), ("x-tc-action", action)];
        let canonical = signature::canonical(&signed, body.as_bytes());
        let key = (&*self.key_id, &self.key_secret);
        let authorization = signature::authorization(key, "sms", stamp.now, &canonical, &signed);
        let others = [("x-tc-version", VERSION), ("x-tc-timestamp", &time), ("x-tc-region", &self.region)];
        post(self.endpoint.at("/", None), &[&signed[..], &others].concat(), &authorization, body)
    }
}

impl Vendor for Tencent {
    fn carries(&self, kind: MessageKind) -> bool {
        self.template.carries(kind)
    }

    fn request(&self, message: &SmsMessage, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let template = self.template.best_for(message)?;
        let send = Send {
            phone_number_set: [message.to.e164()],
            sms_sdk_app_id: &self.app_id,
            template_id: template,
            sign_name: &self.sign_name,
            template_param_set: self.values.fill(message).into_iter().map(|(_, value)| value).collect(),
            session_context: &message.order.to_string(),
        };
        self.call("SendSms", &send, stamp)
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let Reply { response } = spoken::<Reply<Sent>>(answer)?;
        let request = response.request_id.as_deref().unwrap_or_default();
        if let Some(failure) = &response.error {
            return Err(failure.error(request, answer, hidden));
        }
        match response.rest.send_status_set.as_slice() {
            [status] if status.failure.code == "Ok" && answer.status.is_success() => {
                Ok(status.serial_no.as_deref().and_then(|id| hidden.id(id)))
            }
            [status] if status.failure.code != "Ok" => Err(status.failure.error(request, answer, hidden)),
            _ => Err(SmsError::Unknown {
                reason: format!("it answered {}, but not about this one message", answer.status.as_u16()),
            }),
        }
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.key_secret.expose_secret()]
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        self.look(line).await
    }
}

impl Failure {
    fn error(&self, request: &str, answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
        let sentence = self.message.as_deref().unwrap_or_default();
        Complaint { code: &self.code, sentence, request }.error(errors::meaning(&self.code), answer, hidden)
    }
}

#[cfg(test)]
mod tests;
