//! What people read on their phone, and what it costs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::SmsBuildError;
use super::check::Problem;
use super::otp_line::otp_line;
use super::settings::{SmsSettings, TextSettings};
use super::template::{Field, Template};
use crate::domain::{OneTimeCode, Timestamp, nearest_language};

const CODE_FIELDS: &[Field] = &[Field::Code, Field::Minutes, Field::Domain];
const NOTICE_FIELDS: &[Field] = &[Field::Domain, Field::Time];

const LONGEST_CODE: &str = "0000000000";

/// What one message holds in UCS-2, and what each part of a longer one holds beside its header (3GPP TS 23.040, 9.2.3.24.1).
pub(super) const ONE_PART: usize = 70;
pub(super) const OF_SEVERAL: usize = 67;

/// The length of a text as mainland gateways bill it: UTF-16 units, whatever the script.
#[must_use]
pub fn ucs2_units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// How many messages a text of so many units costs.
#[must_use]
pub const fn parts(units: usize) -> usize {
    if units <= ONE_PART { 1 } else { units.div_ceil(OF_SEVERAL) }
}

/// The texts of every language, ready to be filled. Only what the fields name ever enters a text: nothing of an account can.
#[derive(Debug)]
pub struct Texts {
    code: ByLocale,
    notice: ByLocale,
    expiry: ByLocale,
    zone: TimeZone,
}

impl Texts {
    /// Reads the texts; times in them are shown in the machine's time zone.
    ///
    /// # Errors
    /// When a text asks for an unknown field or the default language has none.
    pub fn new(settings: &SmsSettings, default_locale: &str) -> Result<Self, SmsBuildError> {
        Ok(Self {
            code: ByLocale::new("text.code", &settings.text.code, CODE_FIELDS, default_locale)?,
            notice: ByLocale::new("text.notice", &settings.text.notice, NOTICE_FIELDS, default_locale)?,
            expiry: ByLocale::new("text.expiry", &settings.text.expiry, NOTICE_FIELDS, default_locale)?,
            zone: TimeZone::system(),
        })
    }

    /// The same with times in another time zone.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The text that carries a code which works for `minutes`. An unknown language gets the default one.
    #[must_use]
    pub fn code_text(&self, locale: &str, code: &OneTimeCode, minutes: u64, domain: &str) -> SecretString {
        let text = self.code.get(locale).fill(|field| match field {
            Field::Code => code.expose().into(),
            Field::Minutes => minutes.to_string().into(),
            Field::Domain => Cow::from(domain),
            _ => Cow::default(),
        });
        SecretString::from(text)
    }

    /// The text that says the password was changed at `time`. An unknown language gets the default one.
    #[must_use]
    pub fn notice_text(&self, locale: &str, domain: &str, time: Timestamp) -> String {
        self.filled(self.notice.get(locale), domain, time)
    }

    /// The text that says the password runs out at `time`. An unknown language gets the default one.
    #[must_use]
    pub fn expiry_text(&self, locale: &str, domain: &str, time: Timestamp) -> String {
        self.filled(self.expiry.get(locale), domain, time)
    }

    fn filled(&self, template: &Template, domain: &str, time: Timestamp) -> String {
        template.fill(|field| match field {
            Field::Domain => Cow::from(domain),
            Field::Time => written(time, &self.zone).into(),
            _ => Cow::default(),
        })
    }
}

/// Like `2026-11-23 11:01+08:00`: with the offset, because a wrong hour makes people think that it was somebody else.
fn written(time: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(time.as_millis()).map_or_else(
        |_| time.to_string(),
        |moment| moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M%:z").to_string(),
    )
}

#[derive(Debug)]
struct ByLocale {
    default: Template,
    by_locale: BTreeMap<String, Template>,
}

impl ByLocale {
    fn new(
        key: &str,
        texts: &BTreeMap<String, String>,
        fields: &[Field],
        default: &str,
    ) -> Result<Self, SmsBuildError> {
        let read = |(locale, text): (&String, &String)| match Template::parse(text, fields) {
            Ok(template) => Ok((locale.clone(), template)),
            Err(error) => Err(SmsBuildError::new(format!("{key}.{locale}"), error)),
        };
        let by_locale: BTreeMap<_, _> = texts.iter().map(read).collect::<Result<_, _>>()?;
        let default =
            nearest_language(default, by_locale.keys().map(String::as_str)).and_then(|tag| by_locale.get(tag)).cloned();
        let default = default.ok_or_else(|| SmsBuildError::new(key, "there is no text in the default language"))?;
        Ok(Self { default, by_locale })
    }

    fn get(&self, locale: &str) -> &Template {
        let nearest = nearest_language(locale, self.by_locale.keys().map(String::as_str));
        nearest.and_then(|tag| self.by_locale.get(tag)).unwrap_or(&self.default)
    }
}

/// Problems of the texts that show without values of other sections.
pub(super) fn problems(texts: &TextSettings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, locale, text, fields) in all(texts) {
        let key = format!("text.{key}.{locale}");
        let tag =
            !locale.is_empty() && locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !tag {
            problems.push((key.clone(), "is not a language tag; write one like `zh-CN` or `en`".to_owned()));
        }
        if text.chars().any(|sign| sign.is_control() && sign != '\n') {
            problems
                .push((key.clone(), "holds a control character; a line end is the only one that may be".to_owned()));
        }
        if text.matches('【').count() > 1 || text.matches('】').count() > 1 {
            let problem = "holds 【】 twice; a message has one signature, and gateways refuse another";
            problems.push((key.clone(), problem.to_owned()));
        }
        if binds_wrongly(text) {
            let problem = "the line that binds the code to the page must be the last one and exactly `@{domain} #{code}`; \
                           phones fill in nothing otherwise";
            problems.push((key.clone(), problem.to_owned()));
        }
        match Template::parse(text, fields) {
            Err(error) => problems.push((key, error.to_string())),
            Ok(template) if fields == CODE_FIELDS && !template.has(Field::Code) => {
                problems.push((key, "must hold {code}; without it nobody learns the code".to_owned()));
            }
            Ok(template) if !template.has(Field::Domain) => problems.extend(too_long(key, &template, "")),
            Ok(_) => {}
        }
    }
    problems
}

/// Whether a text means to bind its code to a page, for phones to fill it in there, and does so in another form than
/// phones read: as the last line, `@host #code`, or `@top #code @frame` for a page in a frame.
fn binds_wrongly(text: &str) -> bool {
    let host = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        word.strip_prefix('@').is_some_and(|host| host == "{domain}" || (!host.is_empty() && host.bytes().all(plain)))
    };
    let is_right = |line: &str| match line.split(' ').collect::<Vec<_>>()[..] {
        [top, "#{code}"] => host(top),
        [top, "#{code}", frame] => host(top) && host(frame),
        _ => false,
    };
    let means_to = |line: &&str| (line.starts_with('@') && line.contains("{code}")) || line.contains("@{domain} #");
    let (others, last) = text.rsplit_once('\n').unwrap_or(("", text));
    others.split('\n').any(|line| means_to(&line)) || (means_to(&last) && !is_right(last))
}

/// Texts that are too long once `domain` stands in them, be it in the line that a provider adds to codes, where one of
/// them is `bound` to.
pub(super) fn too_long_with(texts: &TextSettings, domain: &str, bound: bool) -> Vec<Problem> {
    let problem = |(key, locale, text, fields): (&str, &String, &String, &[Field])| {
        let template = Template::parse(text, fields).ok()?;
        let (key, bound) = (format!("text.{key}.{locale}"), bound && fields == CODE_FIELDS);
        let is_long_without = || too_long(key.clone(), &template, "").is_some();
        if template.has(Field::Domain) || (bound && !is_long_without()) {
            measured(key, &template, domain, bound)
        } else {
            None
        }
    };
    all(texts).filter_map(problem).collect()
}

fn all(texts: &TextSettings) -> impl Iterator<Item = (&'static str, &String, &String, &'static [Field])> {
    let code = texts.code.iter().map(|(locale, text)| ("code", locale, text, CODE_FIELDS));
    let plain = [("notice", &texts.notice), ("expiry", &texts.expiry)]
        .into_iter()
        .flat_map(|(key, texts)| texts.iter().map(move |(locale, text)| (key, locale, text, NOTICE_FIELDS)));
    code.chain(plain)
}

fn too_long(key: String, template: &Template, domain: &str) -> Option<Problem> {
    measured(key, template, domain, false)
}

/// Each text by its key, with the UCS-2 units it has at most; `bound` counts the line that `otp_line` adds to codes.
pub(super) fn lengths(texts: &TextSettings, domain: &str, bound: bool) -> Vec<(String, usize)> {
    let measured = all(texts).filter_map(|(key, locale, text, fields)| {
        let template = Template::parse(text, fields).ok()?;
        Some((format!("text.{key}.{locale}"), longest(&template, domain, bound && fields == CODE_FIELDS).0))
    });
    measured.collect()
}

/// The units of a text with the longest values, and whether the line of `otp_line` is among them.
fn longest(template: &Template, domain: &str, bound: bool) -> (usize, bool) {
    let text = template.fill(|field| match field {
        Field::Code => LONGEST_CODE.into(),
        Field::Minutes => "10".into(),
        Field::Time => "2026-11-23 11:01+08:00".into(),
        _ => Cow::from(domain),
    });
    let line = Some(otp_line(domain, LONGEST_CODE)).filter(|line| bound && !text.ends_with(line));
    (ucs2_units(&text) + line.as_deref().map_or(0, ucs2_units), line.is_some())
}

/// Measures with the longest values that other settings allow: ten digits, ten minutes, a full date with its offset.
/// `bound` counts the line that `otp_line` adds.
fn measured(key: String, template: &Template, domain: &str, bound: bool) -> Option<Problem> {
    let (units, with_line) = longest(template, domain, bound);
    (parts(units) > 1).then(|| {
        let excess = units - ONE_PART;
        let with = if with_line { "the longest values and the line of otp_line" } else { "the longest values" };
        let problem = format!(
            "is {units} UCS-2 units with {with} and would cost {} messages; shorten it by {excess} to {ONE_PART}",
            parts(units)
        );
        (key, problem)
    })
}

#[cfg(test)]
mod tests;
