//! Importing: all or nothing, and twice is once.

use std::fmt::Write;

use super::*;
use crate::account::StoredHash;
use crate::account::roster::{self, Column, Roster};

const UPDATE: Mode = Mode { update: true, dry_run: false };

fn roster(text: &str) -> Roster {
    roster::read(text.as_bytes(), Region::CN).unwrap()
}

async fn import(house: &House, text: &str, mode: Mode) -> Result<ImportReport, ImportError> {
    house.store.import(&roster(text), mode, &mut |_| ()).await
}

fn counts(report: &ImportReport) -> (usize, usize, usize) {
    (report.added, report.unchanged, report.changes.len())
}

async fn show(house: &House, text: &str) -> AccountRecord {
    house.store.show(&address(text)).await.unwrap().unwrap()
}

const FILE: &str = "address,aliases,name,mobile,enabled\n\
                    a@example.org,a1@example.org;a2@example.org,张三,13800000000,\n\
                    b@example.org,,李四,,false\n";

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let house = House::build().await;
    assert_eq!(counts(&import(&house, FILE, Mode::default()).await.unwrap()), (2, 0, 0));
    assert_eq!(counts(&import(&house, FILE, UPDATE).await.unwrap()), (0, 2, 0));
    assert_eq!(show(&house, "a2@example.org").await.address.as_str(), "a@example.org");
    assert_eq!(show(&house, "a@example.org").await.phone_bound_at, Some(NOW));
    assert!(!show(&house, "b@example.org").await.enabled);
}

#[tokio::test]
async fn rows_that_differ_are_told_and_written_only_when_asked() {
    let house = House::build().await;
    import(&house, FILE, Mode::default()).await.unwrap();
    house.clock.advance(Duration::from_mins(1));
    let changed = FILE.replace("13800000000", "13800000001").replace("a2@", "a3@").replace("李四", "李思");
    let told = import(&house, &changed, Mode::default()).await.unwrap();
    assert_eq!(counts(&told), (0, 0, 2));
    assert_eq!((told.changes[0].line, &told.changes[0].columns[..]), (2, &[Column::Aliases, Column::Mobile][..]));
    assert_eq!(show(&house, "a@example.org").await.mobile.as_deref(), Some("+8613800000000"));
    assert_eq!(counts(&import(&house, &changed, UPDATE).await.unwrap()), (0, 0, 2));
    let written = show(&house, "a3@example.org").await;
    assert_eq!(written.mobile.as_deref(), Some("+8613800000001"));
    assert_eq!(written.phone_bound_at, Some(NOW.plus(Duration::from_mins(1))), "bound anew");
    assert!(house.store.show(&address("a2@example.org")).await.unwrap().is_none());
    let other = show(&house, "b@example.org").await;
    assert_eq!((other.name.as_deref(), other.enabled), (Some("李思"), false));
}

#[tokio::test]
async fn columns_that_the_file_does_not_have_stay_as_they_are() {
    let house = House::build().await;
    import(&house, FILE, Mode::default()).await.unwrap();
    let before = show(&house, "a@example.org").await;
    import(&house, "address,unit\na@example.org,信息中心\nb@example.org,\n", UPDATE).await.unwrap();
    let after = show(&house, "a@example.org").await;
    assert_eq!(after, AccountRecord { unit: Some("信息中心".to_owned()), ..before });
    assert!(!show(&house, "b@example.org").await.enabled);
}

#[tokio::test]
async fn one_row_that_cannot_be_written_keeps_all_of_them_out() {
    let house = House::build().await;
    import(&house, FILE, Mode::default()).await.unwrap();
    let file = "address,aliases\nc@example.org,\na2@example.org,\nd@example.org,b@example.org\n";
    let Err(ImportError::Rows(problems)) = import(&house, file, UPDATE).await else { panic!("was written") };
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "line 3, address: a2@example.org belongs to another account",
            "line 4, aliases: b@example.org belongs to another account"
        ]
    );
    assert!(house.store.show(&address("c@example.org")).await.unwrap().is_none());
}

#[tokio::test]
async fn an_alias_may_move_between_two_accounts_of_the_file() {
    let house = House::build().await;
    import(&house, FILE, Mode::default()).await.unwrap();
    let moved = "address,aliases\na@example.org,a1@example.org\nb@example.org,a2@example.org\n";
    import(&house, moved, UPDATE).await.unwrap();
    assert_eq!(show(&house, "a2@example.org").await.address.as_str(), "b@example.org");
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing() {
    let house = House::build().await;
    let report = import(&house, FILE, Mode { update: true, dry_run: true }).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 0));
    assert!(house.store.list(None, None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_older_file_does_not_bring_an_older_password_back() {
    let house = House::build().await;
    let file = |hash: &StoredHash| format!("address,password_hash\na@example.org,\"{}\"\n", hash.expose());
    let first = house.store.hashing().hash(&password("First-Password-1")).await.unwrap();
    let second = house.store.hashing().hash(&password("Second-Password-1")).await.unwrap();
    import(&house, &file(&first), Mode::default()).await.unwrap();
    import(&house, &file(&second), UPDATE).await.unwrap();
    assert!(house.signs_in("Second-Password-1").await, "an imported hash may follow the imported file");
    house.set("Chosen-Password-1", challenge()).await.unwrap();
    assert_eq!(counts(&import(&house, &file(&first), UPDATE).await.unwrap()), (0, 1, 0));
    assert!(house.signs_in("Chosen-Password-1").await);
}

/// case 77: hostile text is stored as it is, in every field that takes free text.
#[tokio::test]
async fn hostile_text_is_stored_literally() {
    let house = House::build().await;
    let text = "=HYPERLINK(\"\"x\"\")\r\n<script>'; DROP TABLE account;--${jndi:ldap://x}%0d%0a*)(uid=*";
    let file = format!("address,name,unit,work_phone\na@example.org,\"{text}\",\"{text}\",\"=1+1\"\n");
    import(&house, &file, Mode::default()).await.unwrap();
    let stored = show(&house, "a@example.org").await;
    let literal = text.replace("\"\"", "\"");
    assert_eq!((stored.name.as_deref(), stored.unit.as_deref()), (Some(&*literal), Some(&*literal)));
    assert_eq!(stored.work_phone.as_deref(), Some("=1+1"));
}

#[tokio::test]
async fn many_rows_need_many_statements_and_all_are_there() {
    let house = House::build().await;
    let mut file = "address,aliases,mobile\n".to_owned();
    for row in 0..1_203 {
        writeln!(file, "p{row:05}@example.org,q{row:05}@example.org,").unwrap();
    }
    let mut heard = Vec::new();
    let report = house.store.import(&roster(&file), UPDATE, &mut |done| heard.push(done)).await.unwrap();
    assert_eq!(counts(&report), (1_203, 0, 0));
    assert!(heard.is_sorted() && heard.last() == Some(&1_203), "{heard:?}");
    assert_eq!(show(&house, "q01202@example.org").await.address.as_str(), "p01202@example.org");
    assert_eq!(counts(&import(&house, &file, UPDATE).await.unwrap()), (0, 1_203, 0));
    let taken = file.replace("p01100", "r01100");
    assert!(
        matches!(import(&house, &taken, UPDATE).await, Err(ImportError::Rows(problems)) if problems[0].line == 1_102)
    );
}
