//! A call of the operator's own: one POST that says whose password changed.

use std::ffi::OsStr;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, Url};
use serde_json::json;

use super::settings::CallSettings;
use crate::account::PasswordChange;
use crate::account::signature::{SigningKey, Stamp};
use crate::domain::{Condition, Finding, Timestamp};
use crate::outbound::{ask, base_address, impressions, knock, read_headers};

pub(super) struct Call {
    client: Client,
    url: Url,
    headers: HeaderMap,
    key: Option<SigningKey>,
}

impl Call {
    pub fn new(settings: &CallSettings, client: Client, credentials: Option<&OsStr>) -> Result<Self, (String, String)> {
        let url = base_address(&settings.url, "https://webmail.example.gov.cn/changed");
        let mut headers = read_headers(settings.given_headers(), credentials)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("resetgate-version"), HeaderValue::from_static("1"));
        Ok(Self {
            client,
            url: url.map_err(|problem| ("url".to_owned(), problem))?,
            headers,
            key: settings.signing_key(),
        })
    }

    pub async fn run(&self, change: &PasswordChange, stamp: &Stamp, now: impl Fn() -> Timestamp) -> Result<(), String> {
        let body = json!({
            "event": "password.reset",
            "address": change.address.as_str(),
            "unit": change.unit,
            "at": change.at.to_string(),
            "outcome": if change.certain { "written" } else { "unknown" },
        });
        let mut request = Request::new(Method::POST, self.url.clone());
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = Some(body.to_string().into());
        if let Some(key) = &self.key {
            key.sign(&mut request, stamp);
        }
        let answer = ask(&self.client, request, 0, now).await.map_err(|error| error.to_string())?;
        let status = answer.status;
        if status.is_success() { Ok(()) } else { Err(format!("it answered {}", status.as_u16())) }
    }

    /// Whether somebody is there. The address itself is left alone: whatever is asked of it might count as a change.
    pub async fn examine(&self, now: impl Fn() -> Timestamp) -> Vec<Finding> {
        match ask(&self.client, knock(&self.url), 0, &now).await {
            Ok(answer) => {
                let text = "somebody answers; whether a change is taken shows only when there is one";
                let there = Finding::of("connection", Condition::Good, text);
                std::iter::once(there).chain(impressions(&answer, now())).collect()
            }
            Err(error) => vec![Finding::of("connection", Condition::Bad, error.to_string())],
        }
    }
}
