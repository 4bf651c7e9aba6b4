//! Members that a vendor writes as a text today and as a number tomorrow.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text, or a number or truth value as it is written.
pub(in crate::sms) fn scalar<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    optional_scalar(input)?.ok_or_else(|| D::Error::custom("a text or a number is missing"))
}

/// The same where there may be none; with `#[serde(default)]`.
pub(in crate::sms) fn optional_scalar<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::String(text) => Some(text),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}
