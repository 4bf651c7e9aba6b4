//! A database with the people of the contract in tables of our own, for each kind of server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resetgate::account::sql::SqlAccounts;
use resetgate::account::{
    AccountError, AccountSettings, AccountStore, HashPool, MaxAge, PasswordWrite, PasswordWritten,
};
use resetgate::domain::{ChallengeId, Subject, SubjectId, SystemRandom};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

use crate::contract::{NOW, address, clock, password};
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::servers::proxy::Proxy;

const FIND: &str = "
    SELECT p.id, p.address, a.address AS aliases, p.mobile, p.work_phone, p.birthday, p.unit, p.enabled,
           p.hash AS password_hash, p.changed AS password_changed_at, p.expires AS expires_at, p.bound AS phone_bound_at
    FROM person AS p LEFT JOIN nickname AS a ON a.person = p.id
    WHERE p.address = :address OR p.id IN (SELECT x.person FROM nickname AS x WHERE x.address = :address)";
const SET_PASSWORD: &str =
    "UPDATE person SET hash = :hash, changed = :now, expires = :expires WHERE id = :id AND enabled";
const BIND_PHONE: &str = "UPDATE person SET mobile = :mobile, bound = :now WHERE id = :id AND enabled";
const EXPIRING: &str = "
    SELECT id, address, mobile, enabled, changed AS password_changed_at, expires AS expires_at FROM person
    WHERE enabled AND expires > :now AND expires <= :until ORDER BY expires LIMIT :limit";
const RECALL: &str = "SELECT changed_at, expires_at FROM resetgate_write WHERE challenge = :challenge AND person = :id";
const REMEMBER: &str = "INSERT INTO resetgate_write (challenge, person, changed_at, expires_at)
    VALUES (:challenge, :id, :now_millis, :expires_millis)";

/// What differs between servers in these tables: numbers that count by themselves, texts, truth and moments.
fn tables(key: &str, text: &str, long: &str, truth: &str, moment: &str) -> String {
    format!(
        "CREATE TABLE person (
            id {key}, address {text} NOT NULL, mobile {text}, work_phone {text}, birthday {text}, unit {long},
            enabled {truth} NOT NULL DEFAULT TRUE, hash {text}, changed {moment} NULL, expires {moment} NULL,
            bound {moment} NULL);
         CREATE TABLE nickname (address {text} NOT NULL, person BIGINT NOT NULL);
         CREATE TABLE resetgate_write (
            challenge VARCHAR(64) PRIMARY KEY, person BIGINT NOT NULL, changed_at BIGINT NOT NULL, expires_at BIGINT);"
    )
}

/// Where the tables are.
pub enum Server {
    Postgres(Arc<Postgres>),
    MariaDb(Arc<MariaDb>),
    File(TempDir),
}

pub struct Base {
    pub server: Server,
    pub database: String,
    pub settings: AccountSettings,
}

/// Each test has a database of its own.
fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("mail{}", NEXT.fetch_add(1, Ordering::SeqCst))
}

impl Base {
    /// Empty, and settings without statements.
    pub async fn bare(server: Server) -> Self {
        let database = fresh_name();
        let create = format!("CREATE DATABASE {database}");
        let url = match &server {
            Server::Postgres(server) => {
                server.run("postgres", &create).await;
                format!("postgres://root@127.0.0.1:{}/{database}", server.port)
            }
            Server::MariaDb(server) => {
                let user = "CREATE USER IF NOT EXISTS mail@localhost; CREATE USER IF NOT EXISTS mail@'127.0.0.1';";
                let grant = format!(
                    "GRANT ALL ON {database}.* TO mail@localhost; GRANT ALL ON {database}.* TO mail@'127.0.0.1'"
                );
                server.run("mysql", &format!("{create} CHARACTER SET utf8mb4; {user} {grant}")).await;
                format!("mysql://mail@127.0.0.1:{}/{database}", server.port)
            }
            Server::File(directory) => format!("sqlite://{}/mail.db", directory.path().display()),
        };
        let mut settings = defaults();
        settings.sql.url = url;
        Self { server, database, settings }
    }

    /// With the tables and the people, and statements for them that keep challenges in a table.
    pub async fn with_people(server: Server) -> Self {
        let mut base = Self::bare(server).await;
        let tables = match &base.server {
            Server::Postgres(_) => {
                tables("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "TEXT", "TEXT", "BOOLEAN", "TIMESTAMPTZ")
            }
            // The collation that most old installations have, which takes case and accents for the same.
            Server::MariaDb(_) => tables(
                "INT AUTO_INCREMENT PRIMARY KEY",
                "VARCHAR(255) COLLATE utf8mb4_general_ci",
                "TEXT COLLATE utf8mb4_general_ci",
                "TINYINT(1)",
                "DATETIME(3)",
            ),
            Server::File(_) => tables("INTEGER PRIMARY KEY", "TEXT", "TEXT", "INTEGER", "TEXT"),
        };
        base.run(&tables).await;
        let old = base.hashing().hash(&password("Old-Password-1")).await.unwrap();
        let old = format!("'{}', '2026-11-22 03:00:00'", old.expose());
        base.run(&format!(
            "INSERT INTO person (address, mobile, enabled, hash, changed) VALUES
                ('zhang@example.org', '+8613800000000', TRUE, {old}),
                ('li@example.org', NULL, TRUE, NULL, NULL),
                ('wang@example.org', '13800000002', FALSE, {old}),
                ('zhao@example.org', '010-55500100, 138 0000 0003', TRUE, NULL, NULL),
                ('qian@example.org', 'call me', TRUE, NULL, NULL);
             UPDATE person SET birthday = '1990-02-31' WHERE address = 'qian@example.org';
             INSERT INTO nickname SELECT 'zhang.san@example.org', id FROM person WHERE address = 'zhang@example.org'"
        ))
        .await;
        let sql = &mut base.settings.sql;
        (sql.find, sql.set_password, sql.bind_phone) = (FIND.into(), SET_PASSWORD.into(), BIND_PHONE.into());
        (sql.expiring, sql.recall, sql.remember) = (EXPIRING.into(), RECALL.into(), REMEMBER.into());
        base
    }

    pub async fn postgres() -> Self {
        Self::with_people(Server::Postgres(Postgres::shared())).await
    }

    pub async fn mariadb() -> Self {
        Self::with_people(Server::MariaDb(MariaDb::shared())).await
    }

    pub async fn file() -> Self {
        Self::with_people(Server::File(TempDir::new().unwrap())).await
    }

    /// All three, one after the other.
    pub async fn each() -> [Self; 3] {
        [Self::postgres().await, Self::mariadb().await, Self::file().await]
    }

    /// The way to the server leads through a proxy.
    pub async fn behind_proxy(mut self) -> (Self, Proxy) {
        let port = match &self.server {
            Server::Postgres(server) => server.port,
            Server::MariaDb(server) => server.port,
            Server::File(_) => panic!("a file is not behind anything"),
        };
        let proxy = Proxy::before(port).await;
        self.settings.sql.url = self.settings.sql.url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port));
        (self, proxy)
    }

    /// Repeats are then recognised by the process alone.
    pub fn without_table_of_challenges(mut self) -> Self {
        (self.settings.sql.recall, self.settings.sql.remember) = (String::new(), String::new());
        self
    }

    /// Runs statements as another program would.
    pub async fn run(&self, sql: &str) {
        match &self.server {
            Server::Postgres(server) => server.run(&self.database, sql).await,
            Server::MariaDb(server) => server.run(&self.database, sql).await,
            Server::File(directory) => {
                let file =
                    SqliteConnectOptions::new().filename(directory.path().join("mail.db")).create_if_missing(true);
                let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
                file.connect()
                    .await
                    .unwrap()
                    .execute(statements)
                    .await
                    .unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
        }
    }

    /// The first column of the only row, as text.
    pub async fn ask(&self, sql: &str) -> String {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.server {
            Server::Postgres(server) => {
                sqlx::query_scalar(sql).fetch_one(&mut server.connect(&self.database).await).await.unwrap()
            }
            Server::MariaDb(server) => {
                sqlx::query_scalar(sql).fetch_one(&mut server.connect(&self.database).await).await.unwrap()
            }
            Server::File(directory) => {
                let file = SqliteConnectOptions::new().filename(directory.path().join("mail.db"));
                sqlx::query_scalar(sql).fetch_one(&mut file.connect().await.unwrap()).await.unwrap()
            }
        }
    }

    pub fn hashing(&self) -> HashPool {
        HashPool::new(&self.settings.hash_of_store(), Arc::new(SystemRandom)).unwrap()
    }

    pub async fn try_open(&self) -> Result<SqlAccounts, AccountError> {
        SqlAccounts::open(&self.settings, self.hashing(), clock()).await
    }

    pub async fn open(&self) -> SqlAccounts {
        self.try_open().await.unwrap()
    }

    /// Why it does not open.
    pub async fn refusal(&self) -> String {
        self.try_open().await.map_or_else(|error| error.to_string(), |_| "it opens".to_owned())
    }
}

pub fn defaults() -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../../config/default.toml")).unwrap().account;
    settings.kind = resetgate::account::AccountKind::Sql;
    (settings.hash.memory, settings.hash.passes) = ("8KiB".parse().unwrap(), 1);
    settings.timeout = "30s".parse().unwrap();
    settings
}

pub fn challenge() -> ChallengeId {
    ChallengeId::draw(&SystemRandom)
}

/// What the tests do with a store.
pub struct Hand<'a>(pub &'a dyn AccountStore);

impl Hand<'_> {
    pub async fn subject(&self, who: &str) -> Subject {
        self.0.find(&address(who)).await.unwrap().unwrap_or_else(|| panic!("{who} is not found"))
    }

    pub async fn signs_in(&self, who: &str, text: &str) -> bool {
        self.0.verify_password(&address(who), &password(text)).await.unwrap()
    }

    pub async fn set(&self, who: &SubjectId, text: &str) -> Result<PasswordWritten, AccountError> {
        self.set_again(who, text, challenge()).await
    }

    pub async fn set_again(
        &self,
        who: &SubjectId,
        text: &str,
        challenge: ChallengeId,
    ) -> Result<PasswordWritten, AccountError> {
        self.set_so(who, text, Some(MaxAge::Months(1)), challenge).await
    }

    /// With this validity, or without a choice.
    pub async fn set_for(
        &self,
        who: &SubjectId,
        text: &str,
        max_age: Option<MaxAge>,
    ) -> Result<PasswordWritten, AccountError> {
        self.set_so(who, text, max_age, challenge()).await
    }

    pub async fn set_so(
        &self,
        who: &SubjectId,
        text: &str,
        max_age: Option<MaxAge>,
        challenge: ChallengeId,
    ) -> Result<PasswordWritten, AccountError> {
        let password = password(text);
        let write = PasswordWrite { password: &password, max_age, revoke_sessions: true, challenge, now: NOW };
        self.0.set_password(who, write).await
    }
}
