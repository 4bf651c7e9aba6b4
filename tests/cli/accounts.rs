//! `resetgate account` on a file, from the first person to the last.

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::gateway::{Gateway, Manner};
use crate::process::Running;
use crate::site::{ANNA, OLD, Site};

#[test]
fn accounts_are_added_shown_bound_and_checked() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let none = site.run(&["account", "list"]).expect(4);
    assert!(none.err.contains("there is no account file"), "{}", none.err);
    let site = site.with_anna();
    let again = site.run(&["account", "add", ANNA]).expect(1);
    assert!(again.err.contains("already belongs to an account"), "{}", again.err);

    let listed = site.run(&["account", "list"]).expect(0);
    assert!(listed.out.contains(ANNA) && listed.out.contains("138****8001"), "{}", listed.out);
    assert!(!listed.out.contains("13800138001"));
    let shown = site.run(&["account", "show", ANNA, "--format", "json"]).expect(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&shown["address"], &shown["has_password"]), (&ANNA.into(), &true.into()));
    let whole = site.run(&["account", "show", ANNA, "--reveal"]).expect(0);
    assert!(whole.out.contains("13800138001") && whole.out.contains("1990-01-02"), "{}", whole.out);

    site.run(&["account", "set-phone", ANNA, "13900139001"]).expect(0);
    assert!(site.run(&["account", "show", ANNA]).expect(0).out.contains("139****9001"));
    assert!(site.run(&["account", "set-phone", ANNA, "110"]).expect(2).err.contains("cannot receive a code"));
    site.run(&["account", "set-phone", ANNA, "--none"]).expect(0);
    assert!(!site.run(&["account", "show", ANNA]).expect(0).out.contains("139****9001"));
    site.run(&["account", "set-phone", "nobody@example.gov.cn", "13900139001"]).expect(1);

    site.run_with(&["account", "verify", ANNA], OLD).expect(0);
    let wrong = site.run_with(&["account", "verify", ANNA], "Wrong-Password-2025").expect(1);
    assert!(wrong.out.contains("the password is wrong") && !wrong.out.contains("Wrong-Password"), "{}", wrong.out);
}

#[test]
fn a_store_is_tried_on_an_account_that_keeps_its_password() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let none = site.run_with(&["store", "check", "--account", ANNA], OLD).expect(4);
    assert!(none.err.contains("there is no account file"), "{}", none.err);
    let site = site.with_anna();
    let read = site.run_with(&["store", "check", "--account", ANNA], OLD).expect(0);
    assert!(read.out.contains("kept       an address is looked up exactly"), "{}", read.out);
    assert!(
        read.out.contains("not tried  an address and its alias name one account: no alias was named"),
        "{}",
        read.out
    );
    assert!(!read.out.contains("a repeat is recognised"), "{}", read.out);
    let written = site.run_with(&["store", "check", "--account", ANNA, "--write"], OLD).expect(0);
    assert!(written.out.contains("kept       a repeat is recognised by its challenge"), "{}", written.out);
    assert!(written.out.contains(" 0 broken") && !written.out.contains(OLD), "{}", written.out);
    site.run_with(&["account", "verify", ANNA], OLD).expect(0);
    let wrong = site.run_with(&["store", "check", "--account", ANNA], "Wrong-Password-2025").expect(1);
    assert!(wrong.out.contains("the present password does not sign in"), "{}", wrong.out);
}

/// Whoever sets two accounts aside may give both one password.
#[test]
fn accounts_set_aside_may_share_a_password() {
    let site = Site::new("http://127.0.0.1:1/send", "").with_anna();
    let bert = "bert@example.gov.cn";
    site.run_with(&["account", "add", bert, "--password-stdin"], OLD).expect(0);
    let read = site.run_with(&["store", "check", "--account", ANNA, "--unbound", bert], OLD).expect(0);
    assert!(read.out.contains(" 0 broken"), "{}", read.out);
}

/// Each makes the file, brings it to its schema, and writes; none may lose to another.
#[test]
fn commands_that_start_at_once_on_a_fresh_file_wait_for_each_other() {
    for round in 0..5 {
        let site = Site::new("http://127.0.0.1:1/send", "");
        let people: Vec<_> = (0..6).map(|number| format!("person{number}@example.gov.cn")).collect();
        let started: Vec<_> =
            people.iter().map(|name| Running::start(&mut site.command(&["account", "add", name]))).collect();
        for running in started {
            let ended = running.ended();
            assert!(ended.status.success(), "round {round}: {} {}", ended.out, ended.err);
        }
        let listed = site.run(&["account", "list"]).expect(0).out;
        assert!(people.iter().all(|name| listed.contains(name.as_str())), "{listed}");
    }
}

/// Lets Anna's password run out so many days from now.
fn let_it_run_out(site: &Site, days: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = SqliteConnectOptions::new().filename(site.path("accounts.db"));
        let mut store = SqliteConnection::connect_with(&file).await.unwrap();
        let sql = "UPDATE account SET password_expires_at = (unixepoch() + 86400 * ?1) * 1000";
        assert_eq!(sqlx::query(sql).bind(days).execute(&mut store).await.unwrap().rows_affected(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn who_is_about_to_lose_a_password_is_listed_and_told_once() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "").with_anna();
    assert!(site.run(&["account", "expiring", "--within", "7d"]).expect(0).err.contains("0 passwords run out"));
    let_it_run_out(&site, 5);
    let listed = site.run(&["account", "expiring", "--within", "7d"]).expect(0);
    assert!(listed.out.contains(ANNA) && listed.out.contains("138****8001"), "{}", listed.out);
    assert!(!listed.out.contains("told"), "nobody was told: {}", listed.out);
    for others in [["--within", "4d", "--from", "1s"], ["--within", "7d", "--from", "6d"]] {
        let arguments = [&["account", "expiring", "--notify"][..], &others[..]].concat();
        assert!(site.run(&arguments).expect(0).out.is_empty(), "{others:?}");
    }
    let told = site.run(&["account", "expiring", "--within", "7d", "--notify", "--format", "json"]).expect(0);
    let told: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!((&told[0]["address"], &told[0]["notified"]), (&ANNA.into(), &true.into()));
    let message = gateway.next();
    assert_eq!((&message["to"], &message["code"]), (&"+8613800138001".into(), &"".into()));
    assert!(message["text"].as_str().unwrap().contains("到期"), "{message}");

    let nowhere = Site::new("http://127.0.0.1:1/send", "").with_anna();
    let_it_run_out(&nowhere, 5);
    let lost = nowhere.run(&["account", "expiring", "--within", "7d", "--notify"]).expect(1);
    assert!(lost.out.contains("not told") && lost.err.contains("cannot be reached"), "{} {}", lost.out, lost.err);
}

#[test]
fn a_file_of_people_is_imported_whole_or_not_at_all() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let file = site.path("staff.csv");
    let name = file.to_str().unwrap();
    std::fs::write(
        &file,
        "address,name,mobile\nbert@example.gov.cn,伯特,13800138002\ncarl@example.gov.cn,卡尔,95588\n",
    )
    .unwrap();
    let refused = site.run(&["account", "import", name]).expect(1);
    assert!(refused.err.contains("line 3") && refused.err.contains("nothing was imported"), "{}", refused.err);

    std::fs::write(&file, "address,name,mobile\nbert@example.gov.cn,伯特,13800138002\ncarl@example.gov.cn,卡尔,\n")
        .unwrap();
    let tried = site.run(&["account", "import", name, "--dry-run"]).expect(0);
    assert!(tried.out.contains("dry run: 2 added"), "{}", tried.out);
    assert!(!site.path("accounts.db").exists(), "a dry run makes no file");
    assert!(site.run(&["account", "import", name]).expect(0).out.contains("2 added, 0 unchanged"));
    assert!(site.run(&["account", "import", name]).expect(0).out.contains("0 added, 2 unchanged"));
    let listed = site.run(&["account", "list", "--format", "json"]).expect(0).out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
}
