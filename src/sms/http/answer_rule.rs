//! One kind of answer: its status, and where that does not tell, a member or the text of its body.

use regex::{Regex, RegexBuilder};
use reqwest::StatusCode;
use serde_json::{Number, Value};

use super::settings::AnswerRule;
use crate::sms::check::Problem;
use crate::sms::vendor::Hidden;

/// Bytes of a pattern, and of what becomes of it.
const LONGEST_PATTERN: usize = 500;
const LARGEST_PATTERN: usize = 256 << 10;

/// A rule that can be used.
#[derive(Debug)]
pub(super) struct Rule {
    status: Vec<u16>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    /// The status tells.
    Status,
    /// The member at the pointer is this scalar.
    Equals(String, Value),
    /// The member at the pointer, as text, is like this.
    Like(String, Regex),
    /// The whole text is like this.
    Text(Regex),
}

/// Whether an answer is of the kind.
pub(super) enum Match {
    Yes,
    OtherStatus,
    /// The member or the text is something else.
    No,
    /// Whether it matches cannot be told.
    Unclear(String),
}

/// One reading of a body.
pub(super) struct Reading {
    /// Without what is blank at its ends.
    pub text: Result<String, String>,
    pub json: Result<Value, String>,
}

impl Reading {
    pub fn of(text: &str) -> Self {
        let json = serde_json::from_str(text).map_err(|_| "its body is not the JSON that was expected".to_owned());
        Self { text: Ok(text.trim().to_owned()), json }
    }

    pub fn unread(reason: String) -> Self {
        Self { text: Err(reason.clone()), json: Err(reason) }
    }
}

impl Rule {
    /// Reads a rule, whose key is `key`.
    ///
    /// # Errors
    /// Every problem.
    pub fn read(key: &str, rule: &AnswerRule) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut said = |name: &str, problem: String| problems.push((format!("{key}.{name}"), problem));
        if rule.status.is_empty() {
            said("status", "is empty; name at least one status".to_owned());
        }
        if rule.status.iter().any(|status| !(200..600).contains(status) || (300..400).contains(status)) {
            said("status", "must be of 200 to 299 or 400 to 599; redirects are never followed".to_owned());
        }
        if let Some(pointer) = rule.pointer.as_deref().filter(|pointer| !is_pointer(pointer)) {
            said("pointer", no_pointer(pointer));
        }
        if rule.equals.as_ref().is_some_and(|equals| equals.is_array() || equals.is_object()) {
            said("equals", "must be a text, a number, true or false".to_owned());
        }
        let pattern = rule.pattern.as_deref().map(pattern).transpose();
        let pattern = pattern.map_err(|problem| said("pattern", problem)).unwrap_or_default();
        let test = match (&rule.pointer, &rule.equals, pattern) {
            (None, None, None) => Test::Status,
            (None, None, Some(pattern)) => Test::Text(pattern),
            (Some(pointer), Some(equals), None) => Test::Equals(pointer.clone(), equals.clone()),
            (Some(pointer), None, Some(pattern)) => Test::Like(pointer.clone(), pattern),
            (Some(_), None, None) => {
                said("equals", "is missing; write what the member must be, or a pattern for it".to_owned());
                Test::Status
            }
            (None, Some(_), _) => {
                said("pointer", "is missing; write one like \"/code\"".to_owned());
                Test::Status
            }
            (Some(_), Some(_), Some(_)) => {
                said("pattern", "and `equals` are two tests of one member; keep one of them".to_owned());
                Test::Status
            }
        };
        if problems.is_empty() { Ok(Self { status: rule.status.clone(), test }) } else { Err(problems) }
    }

    /// Whether the body tells anything.
    pub const fn reads_body(&self) -> bool {
        !matches!(self.test, Test::Status)
    }

    pub fn matches(&self, status: StatusCode, body: &Reading) -> Match {
        if !self.status.contains(&status.as_u16()) {
            return Match::OtherStatus;
        }
        let member = |pointer: &str| match &body.json {
            Err(reason) => Err(reason.clone()),
            Ok(json) => json.pointer(pointer).ok_or_else(|| format!("its body has no {pointer}")),
        };
        let matched = match &self.test {
            Test::Status => Ok(true),
            Test::Equals(pointer, equals) => member(pointer).map(|found| is_same(found, equals)),
            Test::Like(pointer, pattern) => member(pointer).map(|found| pattern.is_match(plain(found).trim())),
            Test::Text(pattern) => match &body.text {
                Ok(text) if text.is_empty() => Err("its body is empty".to_owned()),
                Ok(text) => Ok(pattern.is_match(text)),
                Err(reason) => Err(reason.clone()),
            },
        };
        match matched {
            Ok(true) => Match::Yes,
            Ok(false) => Match::No,
            Err(reason) => Match::Unclear(reason),
        }
    }

    /// What the answer said where this rule looks, and what it should have, for the operator.
    pub fn described(&self, body: &Reading, hidden: &Hidden<'_>) -> Option<String> {
        let found = |pointer: &str| {
            let found = body.json.as_ref().ok()?.pointer(pointer)?;
            Some(format!("{pointer} = {}", word(found, hidden)?))
        };
        match &self.test {
            Test::Status => None,
            Test::Equals(pointer, equals) => Some(format!("{}, not {equals}", found(pointer)?)),
            Test::Like(pointer, pattern) => Some(format!("{}, which is not like `{pattern}`", found(pointer)?)),
            Test::Text(_) => {
                let text = body.text.as_ref().ok()?;
                // It may be the receiver's number, however it is written.
                let has_number = text.split(|sign: char| !sign.is_ascii_digit()).any(|digits| digits.len() > 6);
                let told = hidden.sentence(text);
                (!has_number && !told.is_empty()).then(|| format!("\"{told}\""))
            }
        }
    }
}

fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() || text.len() > LONGEST_PATTERN {
        return Err(format!("must have 1 to {LONGEST_PATTERN} signs; write one like \"^0,\""));
    }
    let made = RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
    made.map_err(|_| format!("`{text}` is no regular expression, or too large a one; write one like \"^0,\""))
}

/// Scalars are compared by what they say: gateways write `0` and `"0"` from one version to the next. Two texts are the same
/// only sign by sign, so that "00" is not "0".
fn is_same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(one), Value::Number(two)) => is_same_number(one, two),
        (Value::String(text), Value::Number(number)) | (Value::Number(number), Value::String(text)) => {
            serde_json::from_str::<Number>(text.trim()).is_ok_and(|read| is_same_number(&read, number))
        }
        (Value::String(text), Value::Bool(truth)) | (Value::Bool(truth), Value::String(text)) => {
            text.trim().eq_ignore_ascii_case(if *truth { "true" } else { "false" })
        }
        (one, two) => one == two,
    }
}

fn is_same_number(one: &Number, two: &Number) -> bool {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(one), whole(two)) {
        (Some(one), Some(two)) => one == two,
        _ => one.as_f64().partial_cmp(&two.as_f64()) == Some(std::cmp::Ordering::Equal),
    }
}

/// A scalar as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An error word for the operator, in quotes where it is text: what looks like a number may be none.
fn word(value: &Value, hidden: &Hidden<'_>) -> Option<String> {
    match value {
        Value::String(text) => hidden.code(text).map(|text| format!("\"{text}\"")),
        Value::Number(_) | Value::Bool(_) | Value::Null => hidden.code(&value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// A JSON pointer (RFC 6901) to something inside the document.
pub(super) fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.starts_with('/') && escapes
}

pub(super) fn no_pointer(text: &str) -> String {
    format!("`{text}` is not a JSON pointer; write one like \"/code\" or \"/data/0/id\"")
}

#[cfg(test)]
mod tests;
