//! Accounts in a `SQLite` file, which others may read beside, with the operations of the description.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use resetgate::account::{AccountSettings, HashPool, StoredHash};
use resetgate::domain::{NewPassword, SystemRandom};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow};
use sqlx::{Connection, Executor, Row};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// One account; `account` is what `/find` tells.
pub struct Person {
    pub account: Value,
    pub password: Option<&'static str>,
}

/// `also` is an address by which it is found without saying so; `done` are writes by their key and account.
const TABLES: &str = "
CREATE TABLE person (id TEXT PRIMARY KEY, account TEXT NOT NULL, hash TEXT, expires_at INTEGER, also TEXT);
CREATE TABLE done (key TEXT, id TEXT, answer TEXT NOT NULL, PRIMARY KEY (key, id));";

const BY_ADDRESS: &str = "SELECT account, hash FROM person WHERE json_extract(account, '$.address') = ?1 OR also = ?1
    OR ?1 IN (SELECT value FROM json_each(account, '$.aliases'))";

const EXPIRING: &str = "SELECT account, expires_at FROM person
    WHERE json_extract(account, '$.enabled') AND ?1 < expires_at AND expires_at < ?2
      AND (?3 IS NULL OR (expires_at, id) > (?3, ?4)) ORDER BY expires_at, id LIMIT ?5";

pub struct People {
    /// One connection: two writes at once are one after the other.
    base: Mutex<SqliteConnection>,
    pool: HashPool,
    directory: TempDir,
    begins_anew: AtomicBool,
}

type Answer = Result<Value, &'static str>;

impl People {
    pub async fn of(people: Vec<Person>) -> Self {
        let pool = HashPool::new(&settings().hash, std::sync::Arc::new(SystemRandom)).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let file = SqliteConnectOptions::new().filename(directory.path().join(FILE)).create_if_missing(true);
        let file = file.journal_mode(SqliteJournalMode::Wal);
        let mut base = SqliteConnection::connect_with(&file).await.unwrap();
        base.execute(TABLES).await.unwrap();
        let mut all = base.begin().await.unwrap();
        for Person { account, password } in people {
            let hash = match password {
                Some(text) => Some(pool.hash(&NewPassword::parse(text).unwrap()).await.unwrap()),
                None => None,
            };
            let add = sqlx::query("INSERT INTO person (id, account, hash) VALUES (?1, ?2, ?3)");
            let add = add.bind(account["id"].as_str()).bind(account.to_string());
            add.bind(hash.map(|hash| hash.expose().to_owned())).execute(&mut *all).await.unwrap();
        }
        all.commit().await.unwrap();
        Self { base: Mutex::new(base), pool, directory, begins_anew: AtomicBool::default() }
    }

    /// What a mail server may read beside: the table `person`.
    pub fn file(&self) -> PathBuf {
        self.directory.path().join(FILE)
    }

    /// Does what is asked; null is an answer without a body.
    pub async fn answer(&self, operation: &str, asked: &Value, once: Option<&str>) -> Answer {
        let text = |name: &str| asked[name].as_str().ok_or("bad_request");
        match operation {
            "find" => Ok(json!({ "account": self.named(text("address")?).await.ok_or("not_found")?.0 })),
            "verify" => self.verify(text("address")?, text("password")?).await,
            "password" => self.write(asked, once.ok_or("bad_request")?).await,
            "phone" => {
                let mut base = self.base.lock().await;
                let mut account = enabled(&mut base, text("id")?).await?;
                account["phone"] = asked["phone"].clone();
                account["phone_bound_at"] = if asked["phone"].is_null() { Value::Null } else { asked["at"].clone() };
                keep(&mut base, &account).await;
                Ok(Value::Null)
            }
            "expiring" => self.expiring(asked).await,
            "health" => {
                Ok(json!({ "version": "1", "operations": ["find", "verify", "password", "phone", "expiring"] }))
            }
            _ => Err("bad_request"),
        }
    }

    /// As an API that looks up one address and answers with the account of another.
    pub async fn rename(&self, asked: &str, told: &str) {
        let (mut account, _) = self.named(asked).await.unwrap();
        (account["aliases"], account["address"]) = (json!([]), told.into());
        let mut base = self.base.lock().await;
        keep(&mut base, &account).await;
        let also = sqlx::query("UPDATE person SET also = ?2 WHERE id = ?1").bind(account["id"].as_str()).bind(asked);
        also.execute(&mut *base).await.unwrap();
    }

    /// Everybody's password runs out then.
    pub async fn let_expire(&self, at: i64) {
        let all = sqlx::query("UPDATE person SET expires_at = ?1").bind(at);
        all.execute(&mut *self.base.lock().await).await.unwrap();
    }

    /// As an API that does not heed `after`.
    pub fn forget_what_was_told(&self) {
        self.begins_anew.store(true, Ordering::SeqCst);
    }

    async fn named(&self, address: &str) -> Option<(Value, Option<StoredHash>)> {
        let mut base = self.base.lock().await;
        let row = sqlx::query(BY_ADDRESS).bind(address).fetch_optional(&mut *base).await.unwrap()?;
        let hash: Option<String> = row.get("hash");
        Some((account(&row), hash.map(|text| StoredHash::parse(&text).unwrap())))
    }

    async fn verify(&self, address: &str, password: &str) -> Answer {
        let password = NewPassword::parse(password).map_err(|_| "bad_request")?;
        let valid = match self.named(address).await {
            Some((account, Some(hash))) => {
                self.pool.verify(&password, &hash).await.unwrap() && account["enabled"] == json!(true)
            }
            _ => self.pool.verify_nothing(&password).await.unwrap(),
        };
        Ok(json!({ "valid": valid }))
    }

    async fn write(&self, asked: &Value, once: &str) -> Answer {
        let id = asked["id"].as_str().ok_or("bad_request")?;
        let mut base = self.base.lock().await;
        let earlier = sqlx::query_scalar("SELECT answer FROM done WHERE key = ?1 AND id = ?2").bind(once).bind(id);
        let earlier: Option<String> = earlier.fetch_optional(&mut *base).await.unwrap();
        if let Some(answer) = earlier {
            return Ok(answer.parse().unwrap());
        }
        let mut account = enabled(&mut base, id).await?;
        let password = asked["password"].as_str().ok_or("bad_request")?;
        if password.starts_with("Password") {
            return Err("policy");
        }
        let password = NewPassword::parse(password).map_err(|_| "bad_request")?;
        let hash = self.pool.hash(&password).await.unwrap();
        account["password_changed_at"] = asked["at"].clone();
        let expires_at = asked["expires_at"].as_str().map(millis).transpose()?;
        let answer = json!({ "changed_at": asked["at"], "expires_at": asked["expires_at"], "sessions_revoked": false });
        // Password and key together: a repeat finds both or neither.
        let mut both = base.begin().await.unwrap();
        keep(&mut both, &account).await;
        let update = sqlx::query("UPDATE person SET hash = ?2, expires_at = ?3 WHERE id = ?1");
        update.bind(id).bind(hash.expose()).bind(expires_at).execute(&mut *both).await.unwrap();
        let done = sqlx::query("INSERT INTO done (key, id, answer) VALUES (?1, ?2, ?3)");
        done.bind(once).bind(id).bind(answer.to_string()).execute(&mut *both).await.unwrap();
        both.commit().await.unwrap();
        Ok(answer)
    }

    async fn expiring(&self, asked: &Value) -> Answer {
        let time = |name: &str| asked[name].as_str().ok_or("bad_request").and_then(millis);
        let after = asked["after"]["expires_at"].as_str().map(millis).transpose()?;
        let after = after.filter(|_| !self.begins_anew.load(Ordering::SeqCst));
        let rows = sqlx::query(EXPIRING).bind(time("from")?).bind(time("until")?).bind(after);
        let rows = rows.bind(asked["after"]["id"].as_str()).bind(asked["limit"].as_i64());
        let rows = rows.fetch_all(&mut *self.base.lock().await).await.unwrap();
        let told = rows.iter().map(|row| {
            let at = jiff::Timestamp::from_millisecond(row.get("expires_at")).unwrap();
            json!({ "account": account(row), "expires_at": at.to_string() })
        });
        Ok(json!({ "accounts": told.collect::<Vec<_>>() }))
    }
}

const FILE: &str = "people.db";

fn account(row: &SqliteRow) -> Value {
    row.get::<&str, _>("account").parse().unwrap()
}

fn millis(text: &str) -> Result<i64, &'static str> {
    text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond).map_err(|_| "bad_request")
}

async fn keep(base: &mut SqliteConnection, account: &Value) {
    let update = sqlx::query("UPDATE person SET account = ?2 WHERE id = ?1").bind(account["id"].as_str());
    update.bind(account.to_string()).execute(base).await.unwrap();
}

async fn enabled(base: &mut SqliteConnection, id: &str) -> Answer {
    let row = sqlx::query("SELECT account FROM person WHERE id = ?1").bind(id).fetch_optional(base).await.unwrap();
    let account = account(&row.ok_or("not_found")?);
    if account["enabled"] == json!(true) { Ok(account) } else { Err("disabled") }
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
