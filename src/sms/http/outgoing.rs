//! What is sent to a gateway: a template whose values can never leave their field.

use std::borrow::Cow;

use reqwest::Url;
use secrecy::ExposeSecret;

use super::settings::{Format, HttpSettings, Method};
use crate::outbound::on_this_machine;
use crate::sms::SmsMessage;
use crate::sms::check::Problem;
use crate::sms::template::{Field, Template};
use crate::sms::vendor::percent_encoded;

/// What of a message may be named.
pub(super) const FIELDS: &[Field] =
    &[Field::To, Field::ToNational, Field::Text, Field::Code, Field::Ref, Field::Locale];

/// Method, address and body of the request that hands one message over.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) https: bool,
    url: Template,
    body: Option<(Format, Template)>,
}

impl Format {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }

    fn escaped(self, value: &str) -> String {
        match self {
            Self::Form => percent_encoded(value),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
            }
        }
    }
}

impl Outgoing {
    /// Reads the request, or says everything that is wrong with it.
    pub(super) fn read(settings: &HttpSettings) -> Result<Self, Vec<Problem>> {
        let method = settings.method.unwrap_or(Method::Post);
        let url = url(&settings.url, method);
        let body = body(settings, method);
        match (url, body) {
            (Ok((url, https)), Ok(body)) => {
                let request = Self { method, https, url, body };
                request.reaches_somebody().map(|()| request).map_err(|problem| vec![problem])
            }
            (url, body) => Err(url.err().into_iter().chain(body.err()).collect()),
        }
    }

    pub(super) fn format(&self) -> Option<Format> {
        self.body.as_ref().map(|(format, _)| *format)
    }

    /// Whether the full text is sent, not the code alone.
    pub(super) fn has_text(&self) -> bool {
        self.has(Field::Text)
    }

    /// The address and the body for one message; `None` should the filled address be none.
    pub(super) fn fill(&self, message: &SmsMessage) -> Option<(Url, Option<String>)> {
        let url = self.url.fill(|field| Format::Form.escaped(&value(message, field)).into());
        let body = self.body.as_ref();
        let body = body.map(|(format, body)| body.fill(|field| Cow::from(format.escaped(&value(message, field)))));
        Some((Url::parse(&url).ok()?, body))
    }

    fn has(&self, field: Field) -> bool {
        self.url.has(field) || self.body.as_ref().is_some_and(|(_, body)| body.has(field))
    }

    fn reaches_somebody(&self) -> Result<(), Problem> {
        let place = if self.body.is_some() { "body" } else { "url" };
        if !self.has(Field::To) && !self.has(Field::ToNational) {
            return said(place, "names no receiver; put {to} or {to_national} into it");
        }
        if !self.has(Field::Text) && !self.has(Field::Code) {
            return said(place, "carries no message; put {text}, or {code} for a template of the gateway, into it");
        }
        Ok(())
    }
}

/// The code as the digits it is, a text: leading zeros count. A notice has none.
fn value(message: &SmsMessage, field: Field) -> Cow<'_, str> {
    Cow::from(match field {
        Field::To => message.to.e164(),
        Field::ToNational => message.to.national(),
        Field::Text => message.expose_text(),
        Field::Code => message.code.as_ref().map_or("", ExposeSecret::expose_secret),
        Field::Ref => return message.order.to_string().into(),
        Field::Locale => &message.locale,
        Field::Minutes | Field::Domain | Field::Time => "",
    })
}

/// The URL, and whether it speaks TLS.
fn url(text: &str, method: Method) -> Result<(Template, bool), Problem> {
    let template = Template::parse(text, FIELDS).map_err(|error| ("url".to_owned(), error.to_string()))?;
    let sample = template.fill(|_| "0".into());
    let url = Url::parse(&sample).ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_graphic()));
    let Some(url) = url else { return said("url", "is not a URL; write one like \"https://sms.example.gov.cn/send\"") };
    let filled = FIELDS.iter().any(|field| template.has(*field));
    let problem = match (url.scheme(), on_this_machine(&url)) {
        ("http" | "https", _) if !url.username().is_empty() || url.password().is_some() => {
            "holds a name or a password; put them into headers, as `authorization`"
        }
        ("http" | "https", _) if url.fragment().is_some() => "holds a `#`, which is never sent; drop what follows it",
        ("http" | "https", false) if filled => "holds a {…}, and URLs are logged on the way; put it into the body",
        ("http" | "https", false) if method == Method::Get => {
            // There is no body, so the message could only be in the URL.
            "is asked by GET, which puts the message into the URL, and URLs are logged on the way; set method = \"POST\""
        }
        ("http", false) => "is not encrypted; write https (http is for this machine alone)",
        ("http" | "https", true) if filled && !template.head().contains('?') => "may hold a {…} only after its `?`",
        ("http" | "https", _) => return Ok((template, url.scheme() == "https")),
        _ => "must begin with https://",
    };
    said("url", problem)
}

fn body(settings: &HttpSettings, method: Method) -> Result<Option<(Format, Template)>, Problem> {
    let text = match (&settings.body, method) {
        (None, Method::Get) if settings.format.is_some() => {
            return said("format", "has no use without a body; drop it");
        }
        (None, Method::Get) => return Ok(None),
        (Some(_), Method::Get) => return said("body", "has no use with GET; drop it or set method = \"POST\""),
        (None, _) => return said("body", "is missing; write what the gateway expects, with {to} and {text}"),
        (Some(text), _) => text.expose_secret(),
    };
    let format = settings.format.unwrap_or(Format::Json);
    let template = Template::parse(text, FIELDS).map_err(|error| ("body".to_owned(), error.to_string()))?;
    match format {
        // A template that is JSON as it stands has each {…} inside quotes, where an escaped value cannot end the text.
        // The parser's words would quote the body, which may hold a key; its place is enough.
        Format::Json => {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
                let place = format!("line {} column {}", error.line(), error.column());
                return said("body", &format!("is not JSON at {place}; each {{…}} must stand inside quotes"));
            }
        }
        Format::Form => {
            if !template.literals().all(|text| text.bytes().all(|byte| byte.is_ascii_graphic())) {
                return said("body", "holds signs that a form cannot carry outside of {…}; write them as %XX");
            }
        }
    }
    Ok(Some((format, template)))
}

fn said<T>(key: &str, problem: &str) -> Result<T, Problem> {
    Err((key.to_owned(), problem.to_owned()))
}

#[cfg(test)]
mod tests;
