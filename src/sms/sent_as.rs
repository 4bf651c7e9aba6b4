//! What a provider makes of a message: most send its text, some a text that they hold already.

use secrecy::ExposeSecret;

#[cfg(any(feature = "aliyun", feature = "huawei", feature = "tencent"))]
use super::approved::{ApprovedTemplates, Values};
use super::settings::ProviderSettings;
use super::{MessageKind, SmsMessage};

/// What reaches the phone.
#[derive(Clone, PartialEq, Eq)]
pub enum SentAs {
    /// The text of the message.
    Text,
    /// A template that the vendor approved.
    Template {
        /// The vendor's id of it.
        id: String,
        /// Its variables in their order, with names where the vendor has some. The code is among them.
        values: Vec<(String, String)>,
    },
    /// Words of the gateway around the code, which is all that it is given.
    Code(String),
}

impl ProviderSettings {
    /// What such a provider makes of a message; nothing when it does not carry it or is not set up rightly.
    #[must_use]
    pub fn sends(&self, message: &SmsMessage) -> Option<SentAs> {
        match self {
            #[cfg(feature = "aliyun")]
            Self::Aliyun(own) => template(&own.template, Values::by_name(own.params_by_name.as_ref()).ok()?, message),
            #[cfg(feature = "tencent")]
            Self::Tencent(own) => template(&own.template, Values::by_place(own.params.as_deref()).ok()?, message),
            #[cfg(feature = "huawei")]
            Self::Huawei(own) => template(&own.template, Values::by_place(own.params.as_deref()).ok()?, message),
            Self::Http(own) if !own.sends_text() => {
                message.code.as_ref().map(|code| SentAs::Code(code.expose_secret().to_owned()))
            }
            _ => Some(SentAs::Text),
        }
    }

    /// Whether such a provider can carry such messages at all.
    #[must_use]
    pub fn carries(&self, kind: MessageKind) -> bool {
        match self {
            #[cfg(feature = "aliyun")]
            Self::Aliyun(own) => own.template.carries(kind),
            #[cfg(feature = "tencent")]
            Self::Tencent(own) => own.template.carries(kind),
            #[cfg(feature = "huawei")]
            Self::Huawei(own) => own.template.carries(kind),
            Self::Http(own) => kind == MessageKind::Code || own.sends_text(),
            _ => true,
        }
    }
}

#[cfg(any(feature = "aliyun", feature = "huawei", feature = "tencent"))]
#[expect(clippy::needless_pass_by_value, reason = "they are read for this one message")]
fn template(templates: &ApprovedTemplates, values: Values, message: &SmsMessage) -> Option<SentAs> {
    let id = templates.best_for(message).ok()?.to_owned();
    let values = values.fill(message).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Some(SentAs::Template { id, values })
}

#[cfg(test)]
#[cfg(all(feature = "aliyun", feature = "tencent"))]
mod tests {
    use super::*;
    use crate::sms::samples::{message, settings};

    fn provider(lines: &str) -> ProviderSettings {
        settings(&format!("[provider.main]\n{lines}")).provider.remove("main").unwrap()
    }

    const ALIYUN: &str = "kind = \"aliyun\"\nkey_id = \"k\"\nkey_secret = \"s\"\nsign_name = \"n\"\n\
                          template.code = { zh-CN = \"SMS_1\", en = \"SMS_2\" }\n\
                          params_by_name = { code = \"{code}\", min = \"{minutes}\" }";
    const TENCENT: &str = "kind = \"tencent\"\nkey_id = \"k\"\nkey_secret = \"s\"\nsign_name = \"n\"\napp_id = \"1\"\n\
                           template.code = { zh-CN = \"7\" }\ntemplate.notice = { en = \"8\" }";

    #[test]
    fn a_vendor_with_templates_sends_the_nearest_one_filled() {
        let named = [("code".to_owned(), "002569".to_owned()), ("min".to_owned(), "5".to_owned())].to_vec();
        assert!(
            provider(ALIYUN).sends(&message("x")) == Some(SentAs::Template { id: "SMS_1".to_owned(), values: named })
        );
        let placed = [(String::new(), "002569".to_owned())].to_vec();
        assert!(
            provider(TENCENT).sends(&message("x")) == Some(SentAs::Template { id: "7".to_owned(), values: placed })
        );
    }

    #[test]
    fn others_send_the_text_or_the_code_alone() {
        let http = |body: &str| {
            provider(&format!(
                "kind = \"http\"\nurl = \"https://a.example\"\nsuccess = {{ status = [200] }}\nbody = '{body}'"
            ))
        };
        assert!(provider("kind = \"console\"").sends(&message("x")) == Some(SentAs::Text));
        assert!(http(r#"["{to}","{text}"]"#).sends(&message("x")) == Some(SentAs::Text));
        let code = http(r#"["{to}","{code}"]"#);
        assert!(code.sends(&message("x")) == Some(SentAs::Code("002569".to_owned())));
        let kinds = [MessageKind::Code, MessageKind::Notice, MessageKind::Expiry];
        assert_eq!(kinds.map(|kind| code.carries(kind)), [true, false, false]);
        assert_eq!(kinds.map(|kind| provider(TENCENT).carries(kind)), [true, true, false]);
        assert_eq!(kinds.map(|kind| provider("kind = \"console\"").carries(kind)), [true, true, true]);
    }
}
