//! Accounts in memory, with the operations of the description.

use std::collections::HashMap;

use resetgate::account::{AccountSettings, HashPool, StoredHash};
use resetgate::domain::{NewPassword, SystemRandom};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// One account; `account` is what `/find` tells.
pub struct Person {
    pub account: Value,
    pub password: Option<&'static str>,
}

struct Kept {
    account: Value,
    hash: Option<StoredHash>,
    expires_at: Option<String>,
    /// Found by this address as well, without saying so.
    also: Option<String>,
}

pub struct People {
    kept: Mutex<Vec<Kept>>,
    /// Writes that were done, by their key and account.
    done: Mutex<HashMap<(String, String), Value>>,
    pool: HashPool,
}

type Answer = Result<Value, &'static str>;

impl People {
    pub async fn of(people: Vec<Person>) -> Self {
        let pool = HashPool::new(&settings().hash, std::sync::Arc::new(SystemRandom)).unwrap();
        let mut kept = Vec::new();
        for Person { account, password } in people {
            let hash = match password {
                Some(text) => Some(pool.hash(&NewPassword::parse(text).unwrap()).await.unwrap()),
                None => None,
            };
            kept.push(Kept { account, hash, expires_at: None, also: None });
        }
        Self { kept: Mutex::new(kept), done: Mutex::default(), pool }
    }

    /// Does what is asked; null is an answer without a body.
    pub async fn answer(&self, operation: &str, asked: &Value, once: Option<&str>) -> Answer {
        let text = |name: &str| asked[name].as_str().ok_or("bad_request");
        match operation {
            "find" => {
                let kept = self.kept.lock().await;
                let found = kept.iter().find(|kept| kept.has(text("address").unwrap_or_default()));
                found.map(|kept| json!({ "account": kept.account })).ok_or("not_found")
            }
            "verify" => self.verify(text("address")?, text("password")?).await,
            "password" => self.write(asked, once.ok_or("bad_request")?).await,
            "phone" => {
                let (mut kept, phone) = (self.kept.lock().await, &asked["phone"]);
                let account = &mut enabled(&mut kept, text("id")?)?.account;
                account["phone"] = phone.clone();
                account["phone_bound_at"] = if phone.is_null() { Value::Null } else { asked["at"].clone() };
                Ok(Value::Null)
            }
            "expiring" => self.expiring(text("from")?, text("until")?, asked["limit"].as_u64().unwrap()).await,
            "health" => {
                Ok(json!({ "version": "1", "operations": ["find", "verify", "password", "phone", "expiring"] }))
            }
            _ => Err("bad_request"),
        }
    }

    /// As an API that looks up one address and answers with the account of another.
    pub async fn rename(&self, asked: &str, told: &str) {
        let mut kept = self.kept.lock().await;
        let person = kept.iter_mut().find(|kept| kept.has(asked)).unwrap();
        person.also = Some(asked.to_owned());
        person.account["aliases"] = json!([]);
        person.account["address"] = told.into();
    }

    async fn verify(&self, address: &str, password: &str) -> Answer {
        let password = NewPassword::parse(password).map_err(|_| "bad_request")?;
        let kept = self.kept.lock().await;
        let found = kept.iter().find(|kept| kept.has(address));
        let valid = match found.and_then(|kept| Some((kept, kept.hash.as_ref()?))) {
            Some((kept, hash)) => {
                self.pool.verify(&password, hash).await.unwrap() && kept.account["enabled"] == json!(true)
            }
            None => self.pool.verify_nothing(&password).await.unwrap(),
        };
        Ok(json!({ "valid": valid }))
    }

    async fn write(&self, asked: &Value, once: &str) -> Answer {
        let id = asked["id"].as_str().ok_or("bad_request")?;
        // Held to the end: two with one key at once are one after the other.
        let mut done = self.done.lock().await;
        if let Some(answer) = done.get(&(once.to_owned(), id.to_owned())) {
            return Ok(answer.clone());
        }
        let mut kept = self.kept.lock().await;
        let person = enabled(&mut kept, id)?;
        let password = asked["password"].as_str().ok_or("bad_request")?;
        if password.starts_with("Password") {
            return Err("policy");
        }
        let password = NewPassword::parse(password).map_err(|_| "bad_request")?;
        person.hash = Some(self.pool.hash(&password).await.unwrap());
        person.expires_at = asked["expires_at"].as_str().map(str::to_owned);
        person.account["password_changed_at"] = asked["at"].clone();
        let answer = json!({ "changed_at": asked["at"], "expires_at": asked["expires_at"], "sessions_revoked": false });
        done.insert((once.to_owned(), id.to_owned()), answer.clone());
        Ok(answer)
    }

    async fn expiring(&self, from: &str, until: &str, limit: u64) -> Answer {
        let time = |text: &str| text.parse::<jiff::Timestamp>().map_err(|_| "bad_request");
        let (from, until, kept) = (time(from)?, time(until)?, self.kept.lock().await);
        let mut found: Vec<_> = kept
            .iter()
            .filter(|kept| kept.account["enabled"] == json!(true))
            .filter_map(|kept| Some((time(kept.expires_at.as_ref()?).ok()?, kept)))
            .filter(|(end, _)| from < *end && *end < until)
            .collect();
        found.sort_by_key(|(end, _)| *end);
        found.truncate(usize::try_from(limit).unwrap());
        let told =
            |(end, kept): &(jiff::Timestamp, &Kept)| json!({ "account": kept.account, "expires_at": end.to_string() });
        Ok(json!({ "accounts": found.iter().map(told).collect::<Vec<_>>() }))
    }
}

impl Kept {
    fn has(&self, address: &str) -> bool {
        let mut names = self.account["aliases"].as_array().unwrap().iter().chain([&self.account["address"]]);
        names.any(|name| name == address) || self.also.as_deref() == Some(address)
    }
}

fn enabled<'a>(kept: &'a mut [Kept], id: &str) -> Result<&'a mut Kept, &'static str> {
    let person = kept.iter_mut().find(|kept| kept.account["id"] == id).ok_or("not_found")?;
    if person.account["enabled"] == json!(true) { Ok(person) } else { Err("disabled") }
}

fn settings() -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../../../../config/default.toml")).unwrap().account;
    settings.hash.memory = "8KiB".parse().unwrap();
    settings
}
