//! Opening: ours, of a version we know, private.

use super::*;

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_its_log_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::with_account().await;
    let path = house.settings.sqlite.path.display().to_string();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{path}{suffix}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_told_and_left_alone() {
    let house = House::with_account().await;
    let mut newer = house.stranger().await;
    sqlx::query("PRAGMA user_version = 99").execute(&mut newer).await.unwrap();
    let told = reason(open(&house.settings, &house.clock).await.map(|_| ()));
    assert!(told.contains("newer resetgate (schema 99, this one knows 1)"), "{told}");
}

#[tokio::test]
async fn another_programs_database_is_not_taken_for_ours() {
    let house = House::build().await;
    let mut settings = house.settings.clone();
    settings.sqlite.path.set_file_name("other.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&settings.sqlite.path).create_if_missing(true);
    let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE account (x)").execute(&mut other).await.unwrap();
    assert!(reason(open(&settings, &house.clock).await.map(|_| ())).contains("another program's database"));
}

#[tokio::test]
async fn a_path_that_cannot_work_says_what_to_change() {
    let house = House::build().await;
    let directory = house.settings.sqlite.path.parent().unwrap();
    let at = |path: PathBuf| {
        let settings = settings(path);
        let clock = Arc::clone(&house.clock);
        async move { reason(open(&settings, &clock).await.map(|_| ())) }
    };
    assert!(at(directory.join("missing/accounts.db")).await.contains("does not exist; make it"));
    assert!(at(directory.to_path_buf()).await.contains("cannot be opened"));
    let text = directory.join("notes.txt");
    std::fs::write(
        &text,
        "not a database, but long enough to be looked at as the header of one, which is 100 bytes long",
    )
    .unwrap();
    assert!(at(text).await.contains("is not a SQLite file"));
}

/// Each with a thread of its own, as processes have, and all at the same moment.
#[test]
fn processes_that_start_at_once_make_one_schema() {
    let directory = TempDir::new().unwrap();
    for round in 0..20 {
        let mut settings = settings(directory.path().join(format!("fresh{round}.db")));
        settings.sqlite.busy_timeout = "20s".parse().unwrap();
        let gate = std::sync::Barrier::new(6);
        let start = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let clock = Arc::new(ManualClock::at(NOW));
            gate.wait();
            runtime.block_on(async {
                let store = open(&settings, &clock).await?;
                let told = store.check().await;
                store.close().await;
                told
            })
        };
        std::thread::scope(|scope| {
            for started in [(); 6].map(|()| scope.spawn(start)) {
                assert_eq!(started.join().unwrap(), Ok(()), "round {round}");
            }
        });
    }
}

/// `SQLite` itself does not wait here, however long its busy time-out: the switch to the write-ahead log turns a read
/// into a write, and while another process writes that is refused at once.
#[tokio::test]
async fn a_start_waits_for_a_process_that_writes_to_a_file_not_yet_switched() {
    let house = House::with(|settings| settings.sqlite.busy_timeout = "20s".parse().unwrap()).await;
    let mut settings = house.settings.clone();
    settings.sqlite.path.set_file_name("held.db");
    let mut other = holder(&settings, "BEGIN IMMEDIATE").await;
    let leaves = async {
        // Long enough for the first attempt to be refused; were it not, the test would pass all the same.
        tokio::time::sleep(Duration::from_millis(200)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    };
    let (opened, ()) = tokio::join!(open(&settings, &house.clock), leaves);
    opened.unwrap().check().await.unwrap();
}

/// A start waits as long as it may and no longer.
#[tokio::test]
async fn a_start_that_waits_in_vain_says_what_is_in_the_way() {
    let house = House::build().await;
    let mut settings = house.settings.clone();
    for (name, held) in [("a.db", "BEGIN IMMEDIATE"), ("b.db", "BEGIN EXCLUSIVE")] {
        settings.sqlite.path.set_file_name(name);
        let mut other = holder(&settings, held).await;
        let told = reason(open(&settings, &house.clock).await.map(|_| ()));
        assert!(told.contains(&format!("{name} is locked by another process")), "{held}: {told}");
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        open(&settings, &house.clock).await.unwrap();
    }
}

/// Another process that has just made the file, and holds a lock.
async fn holder(settings: &AccountSettings, sql: &'static str) -> sqlx::SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&settings.sqlite.path).create_if_missing(true);
    let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    other
}
