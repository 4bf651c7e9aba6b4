//! Amazon SNS, `Publish` to a phone: a signed form of the query protocol 2010-03-31, XML back. SNS posts its receipts to
//! nobody; they stand in the account's log.

mod errors;
mod examine;
mod settings;
mod signature;
mod xml;

use std::sync::Arc;

use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use url::form_urlencoded::Serializer;

use self::signature::Key;
use self::xml::Document;
use super::otp_line::carried_text;
use super::vendor::{Answer, Endpoint, Hidden, Line, Stamp, Times, Vendor, VendorProvider, post};
use super::{SmsBuildError, SmsError, SmsMessage, SmsProvider, Surroundings};
use crate::domain::Finding;
pub use settings::AwsSnsSettings;

const VERSION: &str = "2010-03-31";
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// SNS of one region, with the key for it.
struct AwsSns {
    endpoint: Endpoint,
    key: Key,
    sender_id: Option<String>,
    max_price: Option<String>,
    binds_codes: bool,
}

impl AwsSnsSettings {
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
        let sns = self.sns()?;
        let trust = sns.endpoint.trust(self.ca_file.as_ref());
        Ok(Arc::new(VendorProvider::new(name, sns, trust, times, around)?))
    }

    fn sns(&self) -> Result<AwsSns, SmsBuildError> {
        let refused = |(key, problem)| SmsBuildError::new(key, problem);
        self.check().into_iter().next().map_or(Ok(()), |problem| Err(refused(problem)))?;
        let key = Key {
            id: self.access_key_id.as_str().into(),
            secret: self.secret_access_key.clone(),
            session_token: self.session_token.clone(),
            region: self.region.as_str().into(),
        };
        Ok(AwsSns {
            endpoint: Endpoint::read(self.endpoint.as_deref(), &self.usual()).map_err(refused)?,
            key,
            sender_id: self.sender_id.clone(),
            max_price: self.max_price.clone(),
            binds_codes: self.otp_line.unwrap_or(false),
        })
    }
}

impl AwsSns {
    /// A form, signed for now.
    fn signed(&self, form: String, stamp: &Stamp) -> Result<Request, SmsError> {
        let proof = self.key.sign(stamp.now, self.endpoint.host(), CONTENT_TYPE, form.as_bytes());
        let headers = [("content-type", CONTENT_TYPE), ("x-amz-date", &proof.date)];
        let mut request = post(self.endpoint.at("/", None), &headers, &proof.authorization, form)?;
        let token = self.key.session_token.as_ref().and_then(|token| HeaderValue::from_str(token.expose_secret()).ok());
        if let Some(mut token) = token {
            token.set_sensitive(true);
            request.headers_mut().insert(TOKEN, token);
        }
        Ok(request)
    }

    fn form(&self, message: &SmsMessage) -> String {
        let mut form = asking("Publish");
        form.append_pair("PhoneNumber", message.to.e164());
        form.append_pair("Message", &carried_text(message, self.binds_codes));
        let attributes = [
            ("AWS.SNS.SMS.SMSType", "String", Some("Transactional")),
            ("AWS.SNS.SMS.SenderID", "String", self.sender_id.as_deref()),
            ("AWS.SNS.SMS.MaxPrice", "Number", self.max_price.as_deref()),
        ];
        let attributes = attributes.iter().filter_map(|(name, kind, value)| Some((name, kind, (*value)?)));
        for (place, (name, kind, value)) in attributes.enumerate() {
            let member = |member: &str| format!("MessageAttributes.entry.{}.{member}", place + 1);
            form.append_pair(&member("Name"), name);
            form.append_pair(&member("Value.DataType"), kind);
            form.append_pair(&member("Value.StringValue"), value);
        }
        form.finish()
    }
}

/// The beginning of a form that asks for an action.
fn asking(action: &str) -> Serializer<'static, String> {
    let mut form = Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", VERSION);
    form
}

impl Vendor for AwsSns {
    fn request(&self, message: &SmsMessage, stamp: &Stamp) -> Result<Request, SmsError> {
        self.signed(self.form(message), stamp)
    }

    /// A refused signature is answered with what was signed.
    fn secrets(&self) -> Vec<&str> {
        [Some(&self.key.secret), self.key.session_token.as_ref()]
            .into_iter()
            .flatten()
            .map(ExposeSecret::expose_secret)
            .collect()
    }

    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let document = Document::of(&answer.body).filter(|_| answer.status.is_success());
        match document.as_ref().and_then(|document| document.text("PublishResponse/PublishResult/MessageId")) {
            Some(id) => Ok(hidden.id(id)),
            None => Err(errors::error(answer, hidden)),
        }
    }

    async fn examine(&self, line: &Line) -> Vec<Finding> {
        examine::examine(self, line).await
    }
}

#[cfg(test)]
mod tests;
