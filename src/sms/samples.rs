//! Settings and messages that tests of several modules start from.

use std::time::Duration;

use super::{HttpSettings, MessageKind, SmsMessage, SmsSettings};
use crate::domain::{PhoneNumber, Region};

/// The defaults of `[sms]`, with `more` (TOML below `[sms]`) laid over them.
pub(super) fn settings(more: &str) -> SmsSettings {
    let mut file: toml::Table =
        toml::from_str(&include_str!("../../config/default.toml").replace("{name}", "市政邮箱")).unwrap();
    let Some(toml::Value::Table(mut sms)) = file.remove("sms") else { panic!("no [sms]") };
    lay_over(&mut sms, toml::from_str(more).unwrap());
    toml::Value::Table(sms).try_into().unwrap()
}

fn lay_over(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => lay_over(old, new),
            (_, value) => drop(below.insert(key, value)),
        }
    }
}

/// A gateway that is right, with lines of `more` instead of its own.
pub(super) fn gateway(more: &str) -> HttpSettings {
    let mut table: toml::Table = toml::from_str(
        r#"
        url = "https://sms.example.gov.cn/send"
        body = '{"to":"{to}","text":"{text}","ref":"{ref}"}'
        success = { status = [200, 202], pointer = "/code", equals = 0 }
        message_id = "/id"
        "#,
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.retain(|_, value| value.as_str() != Some("-"));
    table.try_into().unwrap()
}

/// An SMSC that is right, with lines of `more` instead of its own.
#[cfg(feature = "smpp")]
pub(super) fn smsc(more: &str) -> super::SmppSettings {
    let mut table: toml::Table = toml::from_str(
        "host = \"smsc.example.gov.cn\"\nport = 3550\nsystem_id = \"esme1\"\npassword = \"secret08\"\n\
         source_addr = \"MUNIMAIL\"",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

pub(super) const ORDER: &str = "ord_0123456789abcdefghjkmnpqr0";

pub(super) fn message(text: &str) -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse("13800138000", Region::CN).unwrap(),
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: text.to_owned().into(),
        code: Some("002569".to_owned().into()),
        valid_for: Some(Duration::from_mins(5)),
        domain: "reset.example.gov.cn".into(),
        unit: None,
        order: ORDER.parse().unwrap(),
        challenge: None,
    }
}

/// An answer of a vendor.
#[cfg(any(feature = "twilio", feature = "vonage", feature = "aws_sns"))]
pub(super) fn answer(status: u16, body: &str) -> super::vendor::Answer {
    super::vendor::Answer::of(status, super::vendor::Body::of(body))
}

#[cfg(any(feature = "twilio", feature = "aws_sns"))]
pub(super) const TIMES: super::vendor::Times =
    super::vendor::Times { connect: Duration::from_secs(1), total: Duration::from_secs(2) };

/// What providers work with that print nothing and tell nobody.
#[cfg(any(feature = "twilio", feature = "aws_sns"))]
pub(super) fn around() -> super::Surroundings {
    super::Surroundings::of_this_machine(super::ConsoleWriter::new(std::io::sink()))
}
