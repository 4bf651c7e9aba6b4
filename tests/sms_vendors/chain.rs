//! Two providers in a row: the first of the kind under test, and behind it a gateway that takes everything.

use std::sync::Arc;

use resetgate::sms::{Router, SmsError, SmsProvider, SmsSettings, build, build_one};

use crate::gateway::{CODE, Gateway, NUMBER, around, http, message};
use crate::rows::{Class, Row};

/// Long enough for any answer that comes at all.
pub const LONG: &str = "timeout = \"20s\"\nconnect_timeout = \"10s\"";
/// For answers that do not come.
pub const SHORT: &str = "timeout = \"400ms\"\nconnect_timeout = \"300ms\"";

fn settings(tables: &str, times: &str) -> SmsSettings {
    let text = format!(
        "providers = [\"first\", \"second\"]\nqueue = 1\nworkers = 1\n{times}\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"60s\" }}\n\
         [text]\ncode = {{ en = \"{{code}}\" }}\nnotice = {{ en = \"changed\" }}\nexpiry = {{ en = \"ends\" }}\n{tables}"
    );
    let settings: SmsSettings = toml::from_str(&text).unwrap();
    assert_eq!(settings.check(), [], "{tables}");
    settings
}

/// What was seen when one message was handed to the first provider alone, and then one to the chain.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the first provider said.
    pub class: Class,
    /// The name of the provider that took the message of the chain.
    pub taken_by: Option<Box<str>>,
}

impl Seen {
    /// What has to be seen when the first provider says `class`.
    pub fn expected(class: Class) -> Self {
        let taken_by = match class {
            Class::Taken => Some("first".into()),
            class => class.leads_on().then(|| "second".into()),
        };
        Self { class, taken_by }
    }
}

/// Sends through a provider of this `row` that is asked at `endpoint`, with `more` lines in its table: alone for its
/// class, and in a chain for what follows. The errors are returned as text.
pub async fn send(row: &Row, endpoint: &str, times: &str, more: &str) -> (Seen, String) {
    let healthy = Gateway::answering(http("200 OK", "", "")).await;
    let tables = format!(
        "[provider.first]\nkind = \"{}\"\n{}\n{more}\n\
         [provider.second]\nkind = \"http\"\nurl = \"{}\"\nbody = '[\"{{to}}\",\"{{text}}\"]'\nsuccess = {{ status = [200] }}\n",
        row.kind,
        (row.table)(endpoint),
        healthy.url()
    );
    let settings = settings(&tables, times);
    let alone: Arc<dyn SmsProvider> = build_one(&settings, "first", &around()).unwrap();
    let chain: Arc<Router> = build(&settings, &around()).unwrap();
    let alone = alone.send(&message()).await;
    if let Ok(receipt) = &alone {
        assert_eq!(receipt.message_id.as_deref(), Some(row.taken.1), "{}", row.kind);
    }
    let chained = chain.send(&message()).await;
    let told = format!("{alone:?} {} {chained:?}", alone.as_ref().err().map(ToString::to_string).unwrap_or_default());
    for secret in [NUMBER, CODE, "动态密码", endpoint, "s3cr3t"] {
        assert!(!told.contains(secret), "{}: {told}", row.kind);
    }
    let taken_by = chained.ok().map(|receipt| receipt.provider);
    assert_eq!(healthy.requests(), usize::from(taken_by.as_deref() == Some("second")), "{}: {told}", row.kind);
    (Seen { class: class(alone.as_ref().err()), taken_by }, told)
}

fn class(error: Option<&SmsError>) -> Class {
    match error {
        None => Class::Taken,
        Some(SmsError::Refused { .. }) => Class::Refused,
        Some(SmsError::NumberLimited { wait }) => Class::NumberLimited(wait.as_secs()),
        Some(SmsError::Faulty { fault, .. }) => Class::Faulty(*fault),
        Some(SmsError::Throttled { retry_after }) => Class::Throttled(retry_after.map(|wait| wait.as_secs())),
        Some(SmsError::NotTaken { .. }) => Class::NotTaken,
        Some(SmsError::Unreachable { .. }) => Class::Unreachable,
        Some(SmsError::Unknown { .. }) => Class::Unknown,
    }
}
