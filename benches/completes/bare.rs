//! The same write without the gateway.

use std::path::Path;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use ldap3::exop::PasswordModify;
use ldap3::{Ldap, LdapConnAsync};
use resetgate::account::HashPool;
use resetgate::domain::{Clock, NewPassword, Randomness, SystemClock, SystemRandom};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::CROWD;
use crate::backends::account_api::{KEY, KEY_ID};
use crate::backends::slapd::{BASE, SERVICE, SERVICE_PASSWORD};

const NOW: i64 = 1_795_402_800_000;

pub enum Limit {
    Sqlite(SqlitePool, HashPool),
    Postgres(PgPool, HashPool),
    MariaDb(MySqlPool, HashPool),
    Ldap(Vec<Ldap>),
    Api(Api),
}

impl Limit {
    /// A file of its own, kept as safe as the embedded store's: each commit is flushed.
    pub async fn sqlite(path: &Path, hashing: HashPool) -> Self {
        let file = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let file = file.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(file).await.unwrap();
        let table = "CREATE TABLE person (id INTEGER PRIMARY KEY, hash TEXT, changed INTEGER)";
        sqlx::query(table).execute(&pool).await.unwrap();
        for id in 0..CROWD {
            sqlx::query("INSERT INTO person (id) VALUES (?1)").bind(number(id)).execute(&pool).await.unwrap();
        }
        Self::Sqlite(pool, hashing)
    }

    /// Over the gateway's own table.
    pub async fn postgres(url: &str, connections: u32, hashing: HashPool) -> Self {
        let pool = PgPoolOptions::new().max_connections(connections).connect(url).await.unwrap();
        Self::Postgres(pool, hashing)
    }

    /// Over the gateway's own table.
    pub async fn mariadb(url: &str, connections: u32, hashing: HashPool) -> Self {
        let pool = MySqlPoolOptions::new().max_connections(connections).connect(url).await.unwrap();
        Self::MariaDb(pool, hashing)
    }

    /// As many connections as the gateway keeps.
    pub async fn ldap(url: &str, connections: usize) -> Self {
        let mut all = Vec::new();
        for _ in 0..connections {
            let (connection, mut ldap) = LdapConnAsync::new(url).await.unwrap();
            ldap3::drive!(connection);
            ldap.simple_bind(SERVICE, SERVICE_PASSWORD).await.unwrap().success().unwrap();
            all.push(ldap);
        }
        Self::Ldap(all)
    }

    pub async fn write(&self, writer: usize, password: &str) {
        let hash = async |hashing: &HashPool| {
            hashing.hash(&NewPassword::parse(password).unwrap()).await.unwrap().expose().to_owned()
        };
        match self {
            Self::Sqlite(pool, hashing) => {
                let update = sqlx::query("UPDATE person SET hash = ?1, changed = ?2 WHERE id = ?3");
                let update = update.bind(hash(hashing).await).bind(NOW).bind(number(writer));
                let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                update.execute(&mut *tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            Self::Postgres(pool, hashing) => {
                let update = sqlx::query("UPDATE person SET hash = $1, changed = $2 WHERE id = $3");
                let update = update.bind(hash(hashing).await).bind(NOW).bind(number(writer));
                let mut tx = pool.begin().await.unwrap();
                update.execute(&mut *tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            Self::MariaDb(pool, hashing) => {
                let update = sqlx::query("UPDATE person SET hash = ?, changed = ? WHERE id = ?");
                let update = update.bind(hash(hashing).await).bind(NOW).bind(number(writer));
                let mut tx = pool.begin().await.unwrap();
                update.execute(&mut *tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            Self::Ldap(all) => {
                let dn = format!("uid=person{writer},{BASE}");
                let write = PasswordModify { user_id: Some(&dn), old_pass: None, new_pass: Some(password) };
                all[writer % all.len()].clone().extended(write).await.unwrap().success().unwrap();
            }
            Self::Api(api) => api.write(writer, password).await,
        }
    }
}

fn number(id: usize) -> i32 {
    i32::try_from(id).unwrap()
}

/// A bare `reqwest` client that signs, because the API takes nothing else.
pub struct Api {
    client: reqwest::Client,
    url: String,
}

impl Api {
    #[expect(clippy::disallowed_methods, reason = "the bare client is what the product's is compared with")]
    pub fn new(base: &str) -> Self {
        // Nothing here is encrypted, but a client wants to know how it would be.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { client: reqwest::Client::builder().no_proxy().build().unwrap(), url: format!("{base}/password") }
    }

    async fn write(&self, writer: usize, password: &str) {
        let body = json!({
            "id": writer.to_string(), "password": password, "validity": "default", "expires_at": null,
            "revoke_sessions": false, "at": "2026-11-23T03:00:00Z",
        })
        .to_string();
        let random: &dyn Randomness = &SystemRandom;
        let [nonce, once] = [(); 2].map(|()| BASE64.encode(&random.bytes::<16>()));
        let created = SystemClock::start().now().as_secs();
        let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(&body)));
        let input = format!(
            "(\"@method\" \"@path\" \"content-digest\" \"resetgate-version\" \"idempotency-key\");created={created};\
             keyid=\"{KEY_ID}\";alg=\"hmac-sha256\";nonce=\"{nonce}\""
        );
        let base = format!(
            "\"@method\": POST\n\"@path\": /resetgate/password\n\"content-digest\": {digest}\n\"resetgate-version\": 1\n\
             \"idempotency-key\": {once}\n\"@signature-params\": {input}"
        );
        let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap().chain_update(base).finalize();
        let request = self.client.post(&self.url).header("content-type", "application/json").body(body);
        let request = request.header("resetgate-version", "1").header("idempotency-key", once);
        let request = request.header("content-digest", digest).header("signature-input", format!("sig={input}"));
        let request = request.header("signature", format!("sig=:{}:", BASE64.encode(&mac.into_bytes())));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().await.unwrap();
    }
}
