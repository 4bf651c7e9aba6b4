//! What clients send. Every member is named; anything else is refused.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::account::MaxAge;
use crate::captcha::{CaptchaAnswer, CaptchaKind};
use crate::flow::CaptchaAnswered;
use crate::http::strict::Object;

/// `POST /v1/captchas`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptchaRequest {
    #[serde(default, deserialize_with = "present")]
    pub kind: Option<CaptchaKind>,
    #[serde(default, deserialize_with = "present")]
    pub locale: Option<String>,
    /// A former captcha that is void from now on.
    #[serde(default, deserialize_with = "present")]
    pub replaces: Option<String>,
}

/// A captcha and its answer: `answer` for a picture or audio, `nonce` for proof of work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptchaBody {
    pub id: String,
    #[serde(default, deserialize_with = "present")]
    pub answer: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub nonce: Option<String>,
}

impl From<CaptchaBody> for CaptchaAnswered {
    fn from(body: CaptchaBody) -> Self {
        let filled = |text: &String| !text.trim().is_empty();
        let answer = body.answer.filter(filled).map(CaptchaAnswer::Text);
        Self { id: body.id, answer: answer.or_else(|| body.nonce.filter(filled).map(CaptchaAnswer::Nonce)) }
    }
}

/// How a code travels.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By text message, the only way there is.
    Sms,
}

/// `POST /v1/password-resets`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    pub account: String,
    #[serde(default, deserialize_with = "present")]
    pub captcha: Option<Object<CaptchaBody>>,
    #[serde(default, deserialize_with = "present", rename = "channel")]
    pub _channel: Option<Channel>,
    #[serde(default, deserialize_with = "present")]
    pub locale: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub return_to: Option<String>,
}

/// `POST …/resend`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendBody {
    #[serde(default, deserialize_with = "present")]
    pub captcha: Option<Object<CaptchaBody>>,
}

/// `POST …/verify`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyBody {
    pub code: SecretString,
}

/// `POST …/complete`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteBody {
    pub new_password: SecretString,
    #[serde(default, deserialize_with = "present")]
    pub code: Option<SecretString>,
    #[serde(default, deserialize_with = "max_age")]
    pub max_age: Option<MaxAge>,
    #[serde(default, deserialize_with = "present")]
    pub revoke_sessions: Option<bool>,
}

/// A member may be absent, but `null` is not a value of its type.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// `P1M`, `P3M`, `P6M`, `P1Y`, `P2Y` … or `never`.
fn max_age<'de, D: Deserializer<'de>>(input: D) -> Result<Option<MaxAge>, D::Error> {
    let text = String::deserialize(input)?;
    let wrong = |_| serde::de::Error::invalid_value(serde::de::Unexpected::Other("a duration"), &"P3M, P1Y or never");
    MaxAge::from_iso(&text).map(Some).map_err(wrong)
}
