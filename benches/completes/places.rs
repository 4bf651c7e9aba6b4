//! The stores, each with its people, the application over it, and a bare client of the same server.

use std::any::Any;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use resetgate::account::{AccountStore, HashPool, Surroundings, open};
use resetgate::domain::{MailboxAddress, SubjectId, SystemClock, SystemRandom};
use resetgate::settings::Settings;
use serde_json::json;

use crate::CROWD;
use crate::backends::account_api::{AccountApi, KEY, KEY_ID, Person};
use crate::backends::mariadb::MariaDb;
use crate::backends::postgres::Postgres;
use crate::backends::slapd::{BASE, SERVICE, SERVICE_PASSWORD, Setup, Slapd};
use crate::bare::{Api, Limit};
use crate::servers::{Service, settings, stored};

/// Where accounts are held.
#[derive(Clone, Copy)]
pub enum Held {
    Embedded,
    PostgreSql,
    MariaDb,
    OpenLdap,
    Api,
}

impl Held {
    pub const ALL: &[Self] = &[Self::Embedded, Self::PostgreSql, Self::MariaDb, Self::OpenLdap, Self::Api];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded SQLite",
            Self::PostgreSql => "PostgreSQL",
            Self::MariaDb => "MariaDB",
            Self::OpenLdap => "OpenLDAP",
            Self::Api => "HTTP API",
        }
    }

    /// What the gateway hashes with: the default, and what costs nearly nothing. Others hash by themselves.
    pub const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Embedded | Self::PostgreSql | Self::MariaDb => &["argon2id", "ssha512"],
            Self::OpenLdap | Self::Api => &["theirs"],
        }
    }
}

pub struct Place {
    pub name: String,
    pub service: Service,
    /// The adapter alone.
    pub store: Arc<dyn AccountStore>,
    pub people: Vec<SubjectId>,
    pub limit: Limit,
    /// The server, which ends with it.
    _server: Box<dyn Any>,
}

impl Place {
    pub async fn open(held: Held, scheme: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let hash = if scheme == "theirs" { String::new() } else { format!("[account.hash]\nscheme = \"{scheme}\"\n") };
        let (settings, limit, server) = match held {
            Held::Embedded => embedded(data.path(), &hash).await,
            Held::PostgreSql => postgresql(data.path(), &hash).await,
            Held::MariaDb => mariadb(data.path(), &hash).await,
            Held::OpenLdap => openldap(data.path()).await,
            Held::Api => api(data.path()).await,
        };
        let around = Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
        let store = open(&settings.account, &around).await.unwrap();
        let mut people = Vec::new();
        for person in 0..CROWD {
            let found = store.find(&MailboxAddress::parse(&address(person)).unwrap()).await.unwrap();
            people.push(found.expect("somebody of that address").id);
        }
        let service = Service::over(&settings, None, data).await;
        Self { name: format!("{}, {scheme} hash", held.name()), service, store, people, limit, _server: server }
    }
}

/// What the walkers call them.
fn address(person: usize) -> String {
    format!("person{person}@example.gov.cn")
}

type Made = (Settings, Limit, Box<dyn Any>);

fn hashing(settings: &Settings) -> HashPool {
    HashPool::new(&settings.account.hash, Arc::new(SystemRandom)).unwrap()
}

async fn embedded(data: &Path, hash: &str) -> Made {
    let settings = settings(data, hash);
    stored(&settings, CROWD).await;
    let limit = Limit::sqlite(&data.join("bare.db"), hashing(&settings)).await;
    (settings, limit, Box::new(()))
}

/// The people of a server that is written to through the operator's own statements.
fn rows() -> String {
    let rows: Vec<_> = (0..CROWD).map(|id| format!("({id}, '{}', '13800138000')", address(id))).collect();
    let table = "CREATE TABLE person (id INT PRIMARY KEY, address VARCHAR(200) UNIQUE, phone VARCHAR(20), \
                 hash VARCHAR(300), changed BIGINT)";
    format!("{table}; INSERT INTO person (id, address, phone) VALUES {}", rows.join(", "))
}

fn over_sql(data: &Path, hash: &str, url: &str) -> Settings {
    settings(
        data,
        &format!(
            "{hash}[account]\nkind = \"sql\"\n[account.sql]\nurl = \"{url}\"\n\
             find = \"SELECT id, address, phone AS mobile FROM person WHERE address = :address\"\n\
             set_password = \"UPDATE person SET hash = :hash, changed = :now_millis WHERE id = :id\"\n"
        ),
    )
}

async fn postgresql(data: &Path, hash: &str) -> Made {
    let server = Postgres::start();
    server.run("postgres", &rows()).await;
    let url = format!("postgres://root@127.0.0.1:{}/postgres", server.port);
    let settings = over_sql(data, hash, &url);
    let connections = settings.account.sql.connections;
    let limit = Limit::postgres(&format!("{url}?sslmode=disable"), connections, hashing(&settings)).await;
    (settings, limit, Box::new(server))
}

async fn mariadb(data: &Path, hash: &str) -> Made {
    let server = MariaDb::start();
    server.run("mysql", "CREATE DATABASE mail").await;
    server.run("mail", &rows()).await;
    let url = format!("mysql://root@127.0.0.1:{}/mail", server.port);
    let settings = over_sql(data, hash, &url);
    let connections = settings.account.sql.connections;
    let limit = Limit::mariadb(&format!("{url}?ssl-mode=disabled"), connections, hashing(&settings)).await;
    (settings, limit, Box::new(server))
}

async fn openldap(data: &Path) -> Made {
    let mut entries = String::new();
    for person in 0..CROWD {
        write!(
            entries,
            "\ndn: uid=person{person},{BASE}\nobjectClass: inetOrgPerson\nuid: person{person}\ncn: person{person}\n\
             sn: person{person}\nmail: {}\nmobile: 13800138000\n",
            address(person)
        )
        .unwrap();
    }
    let server = Slapd::start(&Setup { entries: &entries, ..Setup::default() });
    let settings = settings(
        data,
        &format!(
            "[account]\nkind = \"ldap\"\n[account.ldap]\nurls = [\"{}\"]\nbind_dn = \"{SERVICE}\"\n\
             bind_password = \"{SERVICE_PASSWORD}\"\nbase = \"{BASE}\"\n",
            server.url()
        ),
    );
    let limit = Limit::ldap(&server.url(), settings.account.ldap.connections).await;
    (settings, limit, Box::new(server))
}

async fn api(data: &Path) -> Made {
    let person = |id: usize| Person {
        account: json!({
            "id": id.to_string(), "address": address(id), "aliases": [], "unit": null, "enabled": true,
            "phone": "+8613800138000", "phone_bound_at": null, "password_changed_at": null,
            "work_phone": null, "birthday": null,
        }),
        password: None,
    };
    let api = AccountApi::start((0..CROWD).map(person).collect(), Arc::new(SystemClock::start())).await;
    let lines = format!("url = \"{}\"\nkey_id = \"{KEY_ID}\"\nkey = \"{KEY}\"\n", api.url);
    let settings = settings(data, &format!("[account]\nkind = \"http\"\n[account.http]\n{lines}"));
    let limit = Limit::Api(Api::new(&api.url));
    (settings, limit, Box::new(api))
}
