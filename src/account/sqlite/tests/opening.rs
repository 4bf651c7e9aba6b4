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

#[tokio::test]
async fn two_processes_that_start_at_once_make_one_schema() {
    let house = House::with(|settings| settings.sqlite.busy_timeout = "20s".parse().unwrap()).await;
    let mut settings = house.settings.clone();
    settings.sqlite.path.set_file_name("fresh.db");
    let starts = (0..4).map(|_| open(&settings, &house.clock));
    for opened in futures_util::future::join_all(starts).await {
        opened.unwrap().check().await.unwrap();
    }
}
