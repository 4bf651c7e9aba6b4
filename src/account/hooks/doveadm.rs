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
use crate::domain::{MailboxAddress, Timestamp};
use crate::outbound::{MAX_BODY, ask, base_address};

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
        let names = self.names(change);
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(commands(&names, change.revoke_sessions)?.to_string().into());
        let answer = ask(&self.client, request, MAX_BODY, now).await.map_err(|error| error.to_string())?;
        match answer.status.as_u16() {
            200 => judge(&answer.body.json::<Value>()?, change.revoke_sessions.then_some(names.len())),
            401 | 403 => {
                Err("it does not take our key; compare it with doveadm_api_key or doveadm_password".to_owned())
            }
            status => Err(format!("it answered {status}; check `url`, which ends with /doveadm/v1")),
        }
    }

    /// As Dovecot calls the person.
    fn names<'a>(&self, change: &'a PasswordChange) -> Vec<&'a str> {
        let of: fn(&MailboxAddress) -> &str = match self.user {
            UserName::Address => MailboxAddress::as_str,
            UserName::LocalPart => MailboxAddress::local,
        };
        let mut names: Vec<&str> = Vec::new();
        for name in change.names.iter().map(of).take(MAX_NAMES) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// One flush of all names, and a kick for each; what is kicked is a pattern to doveadm.
fn commands(names: &[&str], kick: bool) -> Result<Value, String> {
    let mut commands = vec![json!(["authCacheFlush", { "user": names }, "flush"])];
    if kick {
        if names.iter().any(|name| name.contains(['*', '?'])) {
            return Err("the address holds a sign that doveadm takes for a pattern; nobody was kicked".to_owned());
        }
        // A tag must be a text: to a number doveadm answers 400.
        let kick = |(place, name): (usize, &&str)| json!(["kick", { "mask": [name] }, place.to_string()]);
        commands.extend(names.iter().enumerate().map(kick));
    }
    Ok(Value::Array(commands))
}

/// Every command must have been answered well. Of a problem its number is told, and nothing of what doveadm wrote.
fn judge(answer: &Value, kicks: Option<usize>) -> Result<(), String> {
    let answers = answer.as_array().ok_or("its answer is not what doveadm answers")?;
    let wanted = 1 + kicks.unwrap_or(0);
    for place in 0..wanted {
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
mod tests {
    use super::*;

    #[test]
    fn nobody_to_kick_is_no_failure_and_anything_else_is() {
        let flushed = json!(["doveadmResponse", [{ "entries": "1" }], "flush"]);
        let nobody = json!(["error", { "type": "exitCode", "exitCode": 68 }, "0"]);
        assert_eq!(judge(&json!([flushed]), None), Ok(()));
        assert_eq!(judge(&json!([flushed, nobody]), Some(1)), Ok(()));
        assert_eq!(judge(&json!([flushed, ["doveadmResponse", [], "0"]]), Some(1)), Ok(()));
        for (answer, kicks) in [
            (json!([]), None),
            (json!({}), None),
            (json!([nobody]), None),
            (json!([flushed]), Some(1)),
            (json!([flushed, ["error", { "type": "exitCode", "exitCode": 75 }, "0"]]), Some(1)),
            (json!([["error", { "type": "unknownMethod", "exitCode": 0 }, "flush"]]), None),
        ] {
            assert!(judge(&answer, kicks).is_err(), "{answer}");
        }
    }

    #[test]
    fn the_cache_forgets_before_anybody_is_kicked() {
        let names = ["anna@example.org", "a.zhang@example.org"];
        let flush = json!(["authCacheFlush", { "user": names }, "flush"]);
        assert_eq!(commands(&names, false), Ok(json!([flush])));
        let kicks = [json!(["kick", { "mask": [names[0]] }, "0"]), json!(["kick", { "mask": [names[1]] }, "1"])];
        assert_eq!(commands(&names, true), Ok(json!([flush, kicks[0], kicks[1]])));
    }

    /// A mask of doveadm is a pattern: `*@example.org` would end everybody's sessions.
    #[test]
    fn an_address_that_is_a_pattern_kicks_nobody() {
        for name in ["*@example.org", "anna?@example.org"] {
            assert!(commands(&[name], true).unwrap_err().contains("pattern"));
            assert!(commands(&[name], false).is_ok());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_judged_without_panic(text in "\\PC{0,80}", tag in 0_usize..4) {
            let value = serde_json::from_str(&text).unwrap_or_else(|_| json!([[text, { "exitCode": text }, tag]]));
            let _ = judge(&value, Some(tag));
        }
    }
}
