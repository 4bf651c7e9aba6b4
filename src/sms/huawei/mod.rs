//! Huawei Cloud SMS: `batchSendSms` version 1, to one number, proved by SDK-HMAC-SHA256 or WSSE.
//!
//! The vendor has no question about signatures, templates or money that the key of an application may ask, so there is
//! nothing to examine.

mod errors;
mod settings;
mod signature;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::approved::{ApprovedTemplates, Values};
use super::receipts::Callback;
use super::vendor::{
    Answer, Complaint, Endpoint, Hidden, Stamp, Times, Vendor, VendorProvider, form, optional_scalar, post, scalar,
    spoken,
};
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
pub use settings::{HuaweiAuth, HuaweiSettings, WsseDigest};

const PATH: &str = "/sms/batchSendSms/v1";
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";
const SUCCESS: &str = "000000";

/// One application of an account.
struct Huawei {
    endpoint: Endpoint,
    key_id: Box<str>,
    key_secret: SecretString,
    proof: Proof,
    from: Box<str>,
    sign_name: Option<Box<str>>,
    template: ApprovedTemplates,
    values: Values,
    /// As it is, and as the form writes it.
    callback: Option<Callback>,
}

/// How requests prove who sent them.
#[derive(Debug, Clone, Copy)]
enum Proof {
    SdkHmac,
    Wsse(WsseDigest),
}

/// The vendor's word on a message, whatever the status of the answer.
#[derive(Deserialize)]
struct Word {
    #[serde(deserialize_with = "scalar")]
    code: String,
    description: Option<String>,
    result: Option<Vec<One>>,
}

/// What became of one number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    #[serde(default, deserialize_with = "optional_scalar")]
    sms_msg_id: Option<String>,
    #[serde(deserialize_with = "scalar")]
    status: String,
}

impl HuaweiSettings {
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
        let vendor = Huawei {
            endpoint,
            key_id: self.key_id.as_str().into(),
            key_secret: self.key_secret.clone(),
            proof: match self.auth {
                Some(HuaweiAuth::Wsse) => Proof::Wsse(self.wsse_digest.unwrap_or(WsseDigest::Hex)),
                Some(HuaweiAuth::SdkHmac) | None => Proof::SdkHmac,
            },
            from: self.from.as_str().into(),
            sign_name: self.sign_name.as_deref().filter(|name| !name.is_empty()).map(Into::into),
            template: self.template.clone(),
            values: Values::by_place(self.params.as_deref()).map_err(refused)?,
            callback: around.callback(name),
        };
        Ok(Arc::new(VendorProvider::new(name, vendor, trust, times, around)?))
    }
}

impl Huawei {
    /// The form, in the order of the vendor's own clients.
    fn body(&self, message: &SmsMessage, template: &str) -> String {
        let values: Vec<_> = self.values.fill(message).into_iter().map(|(_, value)| value).collect();
        let values = serde_json::Value::from(values).to_string();
        let order = message.order.to_string();
        let mut pairs = vec![("from", &*self.from), ("to", message.to.e164()), ("templateId", template)];
        if message.kind == MessageKind::Code {
            pairs.push(("templateParas", &values));
        }
        if let Some(callback) = &self.callback {
            pairs.push(("statusCallback", callback.url()));
        }
        // Comes back in the receipt; up to 128 signs without braces.
        pairs.push(("extend", &order));
        if let Some(sign_name) = &self.sign_name {
            pairs.push(("signature", sign_name));
        }
        form(&pairs)
    }

    /// A proved POST of `body`.
    fn proved(&self, body: String, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let url = self.endpoint.at(PATH, None);
        let key = (&*self.key_id, &self.key_secret);
        match self.proof {
            Proof::SdkHmac => {
                let date = signature::date(stamp.now);
                // In the order of their names, which the signature wants.
                let headers = [
                    ("content-type", CONTENT_TYPE),
                    ("host", self.endpoint.host()),
                    ("x-sdk-content-sha256", signature::PAYLOAD),
                    ("x-sdk-date", date.as_str()),
                ];
                let canonical = signature::canonical(PATH, &headers);
                let authorization = signature::authorization(key, &date, &canonical, &headers);
                post(url, &headers, &authorization, body)
            }
            Proof::Wsse(form) => {
                let nonce = data_encoding::HEXLOWER.encode(&stamp.nonce);
                let proof = signature::wsse(key, &nonce, &stamp.now.to_string(), form);
                let headers = [("content-type", CONTENT_TYPE), ("x-wsse", proof.as_str())];
                let mut request = post(url, &headers, signature::WSSE, body)?;
                request.headers_mut().iter_mut().filter(|(name, _)| *name == "x-wsse").for_each(|(_, value)| {
                    value.set_sensitive(true);
                });
                Ok(request)
            }
        }
    }
}

impl Vendor for Huawei {
    fn carries(&self, kind: MessageKind) -> bool {
        self.template.carries(kind)
    }

    fn request(&self, message: &SmsMessage, stamp: &Stamp) -> Result<reqwest::Request, SmsError> {
        let template = self.template.best_for(message)?;
        self.proved(self.body(message, template), stamp)
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let word: Word = spoken(answer)?;
        let one = word.result.as_deref().and_then(<[One]>::first);
        let status = one.map_or(word.code.as_str(), |one| one.status.as_str());
        let sentence = word.description.as_deref().unwrap_or_default();
        match (word.code.as_str(), status, one) {
            (SUCCESS, SUCCESS, Some(one)) if answer.status.is_success() => {
                Ok(one.sms_msg_id.as_deref().and_then(|id| hidden.id(id)))
            }
            (_, SUCCESS, _) => Err(SmsError::Unknown {
                reason: format!("it answered {}, but not about this one message", answer.status.as_u16()),
            }),
            (_, status, _) => {
                let complaint = Complaint { code: status, sentence, request: "" };
                Err(complaint.error(errors::meaning(status), answer, hidden))
            }
        }
    }

    fn secrets(&self) -> Vec<&str> {
        let callback = self.callback.iter().flat_map(Callback::secrets);
        std::iter::once(self.key_secret.expose_secret()).chain(callback).collect()
    }
}

#[cfg(test)]
mod tests;
