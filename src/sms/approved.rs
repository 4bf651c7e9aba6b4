//! Templates that a vendor approved. Mainland vendors take no text of ours; they fill one of their own with our values.

#![cfg_attr(
    not(all(feature = "aliyun", feature = "huawei", feature = "tencent")),
    allow(dead_code, reason = "each kind uses a part of it, and a kind may be left out")
)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::check::Problem;
use super::template::{Field, Template};
use super::{MessageKind, SmsError, SmsMessage};
use crate::domain::nearest_language;

/// What a variable may hold. No `{domain}`: vendors refuse addresses in variables.
const FIELDS: &[Field] = &[Field::Code, Field::Minutes];

/// The vendor's ids of approved templates, by language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovedTemplates {
    /// For messages that carry a code; at least one.
    #[serde(default)]
    pub code: BTreeMap<String, String>,
    /// For the notice that a password was changed; it has no variables. Without one, no notice is carried.
    #[serde(default)]
    pub notice: BTreeMap<String, String>,
}

impl ApprovedTemplates {
    /// Whether there is one for such messages.
    pub(super) fn carries(&self, kind: MessageKind) -> bool {
        !self.of(kind).is_empty()
    }

    /// The template in the nearest language, so that `en-GB` gets `en`; else the first there is, because a message in
    /// another language is better than none. First is by tag.
    fn find(&self, kind: MessageKind, locale: &str) -> Option<&str> {
        let all = self.of(kind);
        let nearest = nearest_language(locale, all.keys().map(String::as_str)).and_then(|tag| all.get(tag));
        nearest.or_else(|| all.values().next()).map(String::as_str)
    }

    /// The template that fits a message best.
    ///
    /// # Errors
    /// [`SmsError::NotTaken`] when there is none for its kind: another provider may carry it.
    pub(super) fn best_for(&self, message: &SmsMessage) -> Result<&str, SmsError> {
        self.find(message.kind, &message.locale)
            .ok_or_else(|| SmsError::NotTaken { reason: "it has no approved template for such messages".to_owned() })
    }

    /// Every id once, with what it is for.
    pub(super) fn ids(&self) -> Vec<(&str, MessageKind)> {
        let mut seen = BTreeSet::new();
        let each = [MessageKind::Code, MessageKind::Notice].into_iter();
        let all = each.flat_map(|kind| self.of(kind).values().map(move |id| (id.as_str(), kind)));
        all.filter(|(id, _)| seen.insert(*id)).collect()
    }

    /// Problems of `template`; `fits` knows the vendor's ids, and `example` is one.
    pub(super) fn problems(&self, fits: impl Fn(&str) -> bool, example: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.code.is_empty() {
            let problem =
                format!("is missing; write the approved template of each language, like zh-CN = \"{example}\"");
            problems.push(("template.code".to_owned(), problem));
        }
        let all = self.code.iter().map(|it| ("code", it)).chain(self.notice.iter().map(|it| ("notice", it)));
        for (kind, (tag, id)) in all {
            let key = format!("template.{kind}.{tag}");
            if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
                problems.push((key, "is not a language tag; write one like `zh-CN` or `en`".to_owned()));
            } else if !fits(id) {
                problems.push((key, format!("is no template of this vendor; its ids are like \"{example}\"")));
            }
        }
        problems
    }

    const fn of(&self, kind: MessageKind) -> &BTreeMap<String, String> {
        match kind {
            MessageKind::Code => &self.code,
            MessageKind::Notice => &self.notice,
            // No template for this one can be named, so another provider carries it.
            MessageKind::Expiry => &NONE,
        }
    }
}

static NONE: BTreeMap<String, String> = BTreeMap::new();

/// What the variables of a template for codes are filled with.
#[derive(Debug, Clone)]
pub(super) struct Values(Vec<(Box<str>, Template)>);

impl Values {
    /// By place; the code alone when the key `params` is left out.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn by_place(params: Option<&[String]>) -> Result<Self, Problem> {
        let alone = ["{code}".to_owned()];
        Self::read("params", params.unwrap_or(&alone).iter().map(|text| ("", text.as_str())))
    }

    /// By name; the code alone, as `code`, when the key `params_by_name` is left out.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn by_name(params: Option<&BTreeMap<String, String>>) -> Result<Self, Problem> {
        match params {
            None => Self::read("params_by_name", [("code", "{code}")].into_iter()),
            Some(params) => {
                let pairs = params.iter().map(|(name, text)| (name.as_str(), text.as_str()));
                Self::read("params_by_name", pairs)
            }
        }
    }

    fn read<'a>(key: &str, texts: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Problem> {
        let said = |problem: String| (key.to_owned(), problem);
        let read = |(name, text): (&str, &str)| match Template::parse(text, FIELDS) {
            Ok(template) => Ok((name.into(), template)),
            Err(error) => Err(said(error.to_string())),
        };
        let values = Self(texts.map(read).collect::<Result<_, _>>()?);
        if values.0.iter().any(|(_, template)| template.has(Field::Code)) {
            Ok(values)
        } else {
            Err(said("carries no code; put {code} into one of them, or nobody learns it".to_owned()))
        }
    }

    /// Name and value of each variable; the code is text, so that leading zeros count. A notice has none.
    pub(super) fn fill(&self, message: &SmsMessage) -> Vec<(&str, String)> {
        if message.kind == MessageKind::Notice {
            return Vec::new();
        }
        let minutes = message.valid_for.map_or(0, |time| time.as_secs().div_ceil(60)).to_string();
        let value = |field: Field| match field {
            Field::Code => Cow::from(message.code.as_ref().map_or("", ExposeSecret::expose_secret)),
            _ => Cow::from(minutes.as_str()),
        };
        self.0.iter().map(|(name, template)| (name.as_ref(), template.fill(value))).collect()
    }

    /// The names, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }
}

/// Problems of the keys that every vendor with approved templates has: who we are, and the sender's name.
pub(super) fn account_problems(key_id: &str, key_secret: &secrecy::SecretString) -> Vec<Problem> {
    let mut problems = Vec::new();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if key_id.is_empty() || !key_id.bytes().all(plain) {
        problems.push(("key_id".to_owned(), "is empty or holds signs that no key id has; copy it again".to_owned()));
    }
    let secret = key_secret.expose_secret();
    if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = "is empty, or holds a space, a line end or a sign that no key has; copy it again";
        problems.push(("key_secret".to_owned(), problem.to_owned()));
    }
    problems
}

/// What is wrong with the name of a sender.
pub(super) fn sign_name_problem(name: &str) -> Option<Problem> {
    let problem = if name.is_empty() {
        "is empty; write the approved name of the sender"
    } else if name.contains(['【', '】', '[', ']']) {
        "is written without brackets; the vendor puts 【】 around it"
    } else if name.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
        "holds a space or a line end; write it as it was approved"
    } else {
        return None;
    };
    Some(("sign_name".to_owned(), problem.to_owned()))
}

#[cfg(test)]
mod tests;
