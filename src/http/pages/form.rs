//! Forms as browsers send them, read within the same limits as JSON bodies.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use secrecy::SecretString;
use zeroize::Zeroize;

use super::stop::Stop;
use crate::domain::is_media_type;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::strict::read;

/// The fields of one form. Fields that no page has are ignored: extensions of browsers add some.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A field as typed; empty when it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A field that is not there, or was left empty, is none.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A field that must not be printed.
    #[must_use]
    pub fn secret(&self, name: &str) -> SecretString {
        SecretString::from(self.text(name))
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            value.zeroize();
        }
    }
}

impl FromRequest for Form {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let call = Call::attached(&request)?;
            let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            if !is_media_type(kind.unwrap_or_default(), "application/x-www-form-urlencoded")
                || request.headers().contains_key(header::CONTENT_ENCODING)
            {
                return Err(Problem::new(&call, "unsupported_media_type").into());
            }
            let body = read(&call, &request, payload).await?;
            let form = Self(url::form_urlencoded::parse(&body).into_owned().collect());
            // The sign that stands for what was no UTF-8: a password that is not what was typed must never be set.
            if form.0.iter().any(|(_, value)| value.contains(char::REPLACEMENT_CHARACTER)) {
                let reason = [("reason", "the form is not UTF-8 text")];
                return Err(Problem::with_values(&call, "bad_request", &reason).into());
            }
            Ok(form)
        })
    }
}
