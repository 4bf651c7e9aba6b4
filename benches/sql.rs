//! A password written through the store of foreign databases, beside the bare work in the same run: the same hash, then
//! BEGIN, one UPDATE and COMMIT on a pool of the same size. Against private servers; sixteen writers at once.
//!
//! With the default hash, and with one that costs nearly nothing, which shows what the store itself adds.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot be set up has nothing to measure"
)]
#![expect(dead_code, unused_imports, reason = "the servers can do more than a bench needs")]

#[path = "../tests/stores/servers/mod.rs"]
mod servers;

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use resetgate::account::sql::SqlAccounts;
use resetgate::account::{AccountKind, AccountSettings, AccountStore, HashPool, PasswordWrite};
use resetgate::domain::{ChallengeId, Clock, NewPassword, SubjectId, SystemClock, SystemRandom};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Database, Executor, IntoArguments, Pool};
use tokio::runtime::Runtime;

use servers::mariadb::MariaDb;
use servers::postgres::Postgres;

const WRITERS: u32 = 16;
const CONNECTIONS: u32 = 8;
const TABLE: &str = "CREATE TABLE person (id INT PRIMARY KEY, address VARCHAR(255), hash VARCHAR(255), changed BIGINT)";

fn settings(url: String, cheap: bool) -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../config/default.toml")).unwrap().account;
    (settings.kind, settings.timeout, settings.hash.queue) = (AccountKind::Sql, "30s".parse().unwrap(), 1_000);
    if cheap {
        (settings.hash.memory, settings.hash.passes) = ("8KiB".parse().unwrap(), 1);
    }
    (settings.sql.url, settings.sql.connections) = (url, CONNECTIONS);
    settings.sql.find = "SELECT id, address FROM person WHERE address = :address".into();
    settings.sql.set_password = "UPDATE person SET hash = :hash, changed = :now_millis WHERE id = :id".into();
    settings
}

async fn through_the_store(store: &SqlAccounts, password: &NewPassword, clock: &dyn Clock, writer: u32) {
    let challenge = ChallengeId::draw(&SystemRandom);
    let write = PasswordWrite { password, max_age: None, revoke_sessions: false, challenge, now: clock.now() };
    store.set_password(&SubjectId::new(writer.to_string()), write).await.unwrap();
}

async fn by_hand<D: Database>(
    pool: &Pool<D>,
    hashing: &HashPool,
    password: &NewPassword,
    sql: &'static str,
    writer: i32,
) where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> String: sqlx::Encode<'q, D> + sqlx::Type<D>,
    for<'q> i32: sqlx::Encode<'q, D> + sqlx::Type<D>,
    for<'q> i64: sqlx::Encode<'q, D> + sqlx::Type<D>,
{
    let hash = hashing.hash(password).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    let update = sqlx::query(sql).bind(hash.expose().to_owned()).bind(1_795_402_800_000_i64).bind(writer);
    tx.execute(update).await.unwrap();
    tx.commit().await.unwrap();
}

fn measure<D: Database>(
    criterion: &mut Criterion,
    runtime: &Runtime,
    name: &str,
    url: &str,
    pool: &Pool<D>,
    sql: &'static str,
) where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> String: sqlx::Encode<'q, D> + sqlx::Type<D>,
    for<'q> i32: sqlx::Encode<'q, D> + sqlx::Type<D>,
    for<'q> i64: sqlx::Encode<'q, D> + sqlx::Type<D>,
{
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let password = NewPassword::parse("Tiantian-2026x").unwrap();
    for (cost, cheap) in [("default hash", false), ("cheap hash", true)] {
        let settings = settings(url.to_owned(), cheap);
        let hashing = HashPool::new(&settings.hash, Arc::new(SystemRandom)).unwrap();
        let store = runtime.block_on(SqlAccounts::open(&settings, hashing.clone(), Arc::clone(&clock))).unwrap();
        let mut group = criterion.benchmark_group(format!("{name}, {cost}, {WRITERS} writers"));
        group.sample_size(20).throughput(Throughput::Elements(u64::from(WRITERS)));
        group.bench_function("store", |bench| {
            let all = || join_all((0..WRITERS).map(|writer| through_the_store(&store, &password, &*clock, writer)));
            bench.to_async(runtime).iter(all);
        });
        group.bench_function("bare", |bench| {
            let all = || join_all((0..16).map(|writer| by_hand(pool, &hashing, &password, sql, writer)));
            bench.to_async(runtime).iter(all);
        });
        group.finish();
    }
}

fn sql(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let rows: Vec<_> = (0..WRITERS).map(|id| format!("({id}, 'a{id}@example.org')")).collect();
    let rows = format!("{TABLE}; INSERT INTO person (id, address) VALUES {}", rows.join(", "));

    let postgres = Postgres::start();
    runtime.block_on(postgres.run("postgres", &rows));
    let url = format!("postgres://root@127.0.0.1:{}/postgres", postgres.port);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
    let pool = runtime.block_on(pool.connect(&format!("{url}?sslmode=disable"))).unwrap();
    let update = "UPDATE person SET hash = $1, changed = $2 WHERE id = $3";
    measure(criterion, &runtime, "PostgreSQL", &url, &pool, update);

    let mariadb = MariaDb::start();
    let user = "CREATE USER mail@localhost; CREATE USER mail@'127.0.0.1';
        CREATE DATABASE mail; GRANT ALL ON mail.* TO mail@localhost; GRANT ALL ON mail.* TO mail@'127.0.0.1'";
    runtime.block_on(mariadb.run("mysql", user));
    runtime.block_on(mariadb.run("mail", &rows));
    let url = format!("mysql://mail@127.0.0.1:{}/mail", mariadb.port);
    let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS);
    let pool = runtime.block_on(pool.connect(&format!("{url}?ssl-mode=disabled"))).unwrap();
    measure(criterion, &runtime, "MariaDB", &url, &pool, "UPDATE person SET hash = ?, changed = ? WHERE id = ?");
}

criterion_group!(benches, sql);
criterion_main!(benches);
