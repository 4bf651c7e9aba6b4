//! Opening the file: made for its owner only, checked to be ours, brought to the present schema.

use std::fs::OpenOptions;
use std::future::ready;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::time::Instant;

use super::fault::{before_commit, is_locked, unavailable};
use crate::account::{AccountError, SqliteSettings};

/// `RsGt` in the file's header, so that another program's database is not taken for ours.
const APPLICATION_ID: i64 = 0x5273_4774;

/// Each step takes the schema from its index to the next version.
const STEPS: [&str; 1] = [include_str!("schema/1.sql")];

/// Readers beside the one writer; `SQLite` reads are microseconds.
const READERS: u32 = 4;

/// Between two attempts to open a file that another process holds; such a process is done within milliseconds.
const PAUSE: Duration = Duration::from_millis(5);

/// One connection that writes, so that writers of this process wait for each other in order and not for a lock;
/// a few that read, which the write-ahead log lets go on meanwhile.
pub(super) struct Pools {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

pub(super) async fn open(settings: &SqliteSettings, timeout: Duration) -> Result<Pools, AccountError> {
    let path = &settings.path;
    make_private_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // Flushed at each commit: after "your password was changed" a power cut must not bring the old one back.
        // NORMAL would be faster and lose the last commits; resets are far too rare to need that.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(settings.busy_timeout.get());
    let connect = |count: u32| {
        let pool = SqlitePoolOptions::new().max_connections(count).acquire_timeout(timeout);
        // On a full disk SQLite itself ends the transaction, the library's own ROLLBACK then fails, and it takes the
        // connection to be inside a transaction for ever. Such a one is closed, and the next write gets a fresh one.
        pool.before_acquire(|connection, _| ready(Ok(!connection.is_in_transaction())).boxed())
    };
    // Switching a fresh file to the write-ahead log turns a read into a write, for which SQLite does not wait: where
    // several processes start at once, all but one of them would be refused.
    let patience = Instant::now() + settings.busy_timeout.get();
    let writer = loop {
        match connect(1).connect_with(options.clone()).await {
            Err(error) if is_locked(&error) && Instant::now() < patience => tokio::time::sleep(PAUSE).await,
            connected => break connected.map_err(|error| before_commit(path, &error))?,
        }
    };
    migrate(&writer, path).await?;
    let readers = connect(READERS).connect_lazy_with(options);
    Ok(Pools { writer, readers })
}

/// In memory there is one connection, and with it one database.
pub(super) async fn open_in_memory(timeout: Duration) -> Result<Pools, AccountError> {
    let path = Path::new(":memory:");
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(timeout);
    // Closing the connection would lose the accounts.
    let options = options.min_connections(1).idle_timeout(None).max_lifetime(None);
    let connect = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
    let writer = options.connect_with(connect).await.map_err(|error| before_commit(path, &error))?;
    migrate(&writer, path).await?;
    Ok(Pools { readers: writer.clone(), writer })
}

/// `SQLite` would make the file with the process's umask; it holds hashes and phones. The log beside it inherits the mode.
fn make_private_file(path: &Path) -> Result<(), AccountError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let Err(error) = options.open(path) else { return Ok(()) };
    let shown = path.display();
    match error.kind() {
        ErrorKind::AlreadyExists => {
            warn_if_open_to_others(path);
            Ok(())
        }
        ErrorKind::NotFound => {
            Err(unavailable(format!("the directory of {shown} does not exist; make it, or change account.sqlite.path")))
        }
        _ => Err(unavailable(format!("{shown} cannot be made: {error}; change account.sqlite.path or who may write"))),
    }
}

/// Left as it is, because a backup job may rely on it; but said, because the file holds password hashes.
fn warn_if_open_to_others(path: &Path) {
    #[cfg(unix)]
    if std::fs::metadata(path)
        .is_ok_and(|found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o77 != 0)
    {
        tracing::warn!(path = %path.display(), "the account file can be read by others on this machine; chmod 600 it");
    }
}

/// Own and short because all of it is one transaction under the write lock: two processes that start at once, or a
/// disk that fills up in the middle, leave the old schema or the new one.
async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), AccountError> {
    let fault = |error: sqlx::Error| before_commit(path, &error);
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
    let number = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql);
    let owner = number("PRAGMA application_id").fetch_one(&mut *tx).await.map_err(fault)?;
    let version = number("PRAGMA user_version").fetch_one(&mut *tx).await.map_err(fault)?;
    let tables = number("SELECT count(*) FROM sqlite_master").fetch_one(&mut *tx).await.map_err(fault)?;
    let shown = path.display();
    if owner != APPLICATION_ID && (owner != 0 || version != 0 || tables != 0) {
        return Err(unavailable(format!("{shown} is another program's database; change account.sqlite.path")));
    }
    let Some(steps) = usize::try_from(version).ok().and_then(|done| STEPS.get(done..)) else {
        return Err(unavailable(format!(
            "{shown} was written by a newer resetgate (schema {version}, this one knows {}); run that version, or \
             restore the backup made before it",
            STEPS.len()
        )));
    };
    if steps.is_empty() {
        return tx.rollback().await.map_err(fault);
    }
    for step in steps {
        sqlx::raw_sql(*step).execute(&mut *tx).await.map_err(fault)?;
    }
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}", STEPS.len());
    sqlx::raw_sql(sqlx::AssertSqlSafe(mark)).execute(&mut *tx).await.map_err(fault)?;
    tx.commit().await.map_err(fault)
}
