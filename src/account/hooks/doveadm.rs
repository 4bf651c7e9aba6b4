//! Dovecot, by the HTTP API of doveadm (<https://doc.dovecot.org/2.3/admin_manual/doveadm_http_api/>): the cached
//! password is forgotten, then sessions are ended. The other way round a client that comes back at once would still be
//! let in by the cache.

use data_encoding::BASE64;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Request, Url};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::settings::{DoveadmSettings, UserName};
use crate::account::PasswordChange;
use crate::domain::{Condition, Finding, MailboxAddress, Timestamp};
use crate::outbound::{Answer, MAX_BODY, ask, base_address};

/// What doveadm answers when nobody was signed in: nothing to end is as good as ended.
const NOBODY: i64 = 68;
/// The most names of one person.
const MAX_NAMES: usize = 20;

pub(super) struct Doveadm {
    client: Client,
    url: Url,
    authorization: HeaderValue,
    user: UserName,
}

impl Doveadm {
    pub fn new(settings: &DoveadmSettings, client: Client) -> Result<Self, (String, String)> {
        let url = base_address(&settings.url, "http://127.0.0.1:8888/doveadm/v1");
        let url = url.map_err(|problem| ("url".to_owned(), problem))?;
        let (scheme, secret) = match (&settings.api_key, &settings.password) {
            (Some(key), _) => ("X-Dovecot-API", Zeroizing::new(key.expose_secret().to_owned())),
            (None, Some(word)) => ("Basic", Zeroizing::new(format!("doveadm:{}", word.expose_secret()))),
            (None, None) => return Err(("api_key".to_owned(), "is missing".to_owned())),
        };
        let value = Zeroizing::new(format!("{scheme} {}", BASE64.encode(secret.as_bytes())));
        let mut authorization =
            HeaderValue::from_str(&value).map_err(|_| ("api_key".to_owned(), "cannot be sent".to_owned()))?;
        authorization.set_sensitive(true);
        Ok(Self { client, url, authorization, user: settings.user.unwrap_or(UserName::Address) })
    }

    pub async fn run(&self, change: &PasswordChange, now: impl Fn() -> Timestamp) -> Result<(), String> {
        let kicked = if change.revoke_sessions { self.kicked(change) } else { Vec::new() };
        // What is kicked is a pattern to doveadm: `*@example.org` would end everybody's sessions.
        let (patterns, kicked): (Vec<_>, Vec<_>) = kicked.into_iter().partition(|name| name.contains(['*', '?']));
        let answer = self.say(&commands(&self.flushed(change), &kicked), now).await?;
        judge(&answer.body.json::<Value>()?, kicked.len())?;
        if patterns.is_empty() {
            return Ok(());
        }
        Err("an address holds a sign that doveadm takes for a pattern, and was not kicked".to_owned())
    }

    /// Says nothing, which needs the key as anything does.
    pub async fn examine(&self, now: impl Fn() -> Timestamp) -> Vec<Finding> {
        vec![match self.say(&json!([]), now).await {
            Ok(_) => Finding::of("doveadm", Condition::Good, "it answers, and takes our key"),
            Err(problem) => Finding::of("doveadm", Condition::Bad, problem),
        }]
    }

    async fn say(&self, commands: &Value, now: impl Fn() -> Timestamp) -> Result<Answer, String> {
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(commands.to_string().into());
        let answer = ask(&self.client, request, MAX_BODY, now).await.map_err(|error| error.to_string())?;
        match answer.status.as_u16() {
            200 => Ok(answer),
            401 | 403 => {
                Err("it does not take our key; compare it with doveadm_api_key or doveadm_password".to_owned())
            }
            status => Err(format!("it answered {status}; check `url`, which ends with /doveadm/v1")),
        }
    }

    /// As Dovecot may call the person. To be forgotten by the cache hurts nobody else: they are asked for anew.
    fn flushed<'a>(&self, change: &'a PasswordChange) -> Vec<&'a str> {
        unique(change.names.iter().map(self.name()).take(MAX_NAMES))
    }

    /// As Dovecot surely calls the person and nobody else. A user name without its domain is the person's only where
    /// the domain is that of the primary address: of an alias elsewhere it may be a colleague's.
    fn kicked<'a>(&self, change: &'a PasswordChange) -> Vec<&'a str> {
        let is_theirs = |name: &&MailboxAddress| match self.user {
            UserName::Address => true,
            UserName::LocalPart => name.domain() == change.address.domain(),
        };
        unique(change.own.iter().filter(is_theirs).map(self.name()).take(MAX_NAMES))
    }

    const fn name(&self) -> fn(&MailboxAddress) -> &str {
        match self.user {
            UserName::Address => MailboxAddress::as_str,
            UserName::LocalPart => MailboxAddress::local,
        }
    }
}

fn unique<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// One flush of all names, and a kick for each that is to be kicked.
fn commands(flushed: &[&str], kicked: &[&str]) -> Value {
    let mut commands = vec![json!(["authCacheFlush", { "user": flushed }, "flush"])];
    // A tag must be a text: to a number doveadm answers 400.
    let kick = |(place, name): (usize, &&str)| json!(["kick", { "mask": [name] }, place.to_string()]);
    commands.extend(kicked.iter().enumerate().map(kick));
    Value::Array(commands)
}

/// Every command must have been answered well. Of a problem its number is told, and nothing of what doveadm wrote.
fn judge(answer: &Value, kicks: usize) -> Result<(), String> {
    let answers = answer.as_array().ok_or("its answer is not what doveadm answers")?;
    for place in 0..=kicks {
        let command = if place == 0 { "auth cache flush" } else { "kick" };
        let Some(answer) = answers.get(place) else { return Err(format!("it did not answer `{command}`")) };
        let code = answer[1]["exitCode"].as_i64();
        match (answer[0].as_str(), code) {
            (Some("doveadmResponse"), _) => {}
            (Some("error"), Some(NOBODY)) if place > 0 => {}
            (Some("error"), Some(code)) => return Err(format!("`{command}` failed with exit code {code}")),
            _ => return Err(format!("`{command}` failed")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
