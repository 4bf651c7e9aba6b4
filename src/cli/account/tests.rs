use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use tempfile::TempDir;

use super::*;
use crate::cli::exit::USAGE;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: PersonCommand,
}

/// A terminal with an account file of its own.
struct Desk {
    directory: TempDir,
    settings: AccountSettings,
}

#[derive(Debug)]
struct Said {
    code: u8,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        #[derive(serde::Deserialize)]
        struct Root {
            account: AccountSettings,
        }
        let directory = TempDir::new().unwrap();
        let mut settings = toml::from_str::<Root>(include_str!("../../../config/default.toml")).unwrap().account;
        settings.sqlite.path = directory.path().join("accounts.db");
        settings.hash.memory = "8KiB".parse().unwrap();
        Self { directory, settings }
    }

    async fn say(&self, words: &[&str]) -> Said {
        self.type_in("", words).await
    }

    async fn type_in(&self, typed: &str, words: &[&str]) -> Said {
        let line = match Line::try_parse_from(std::iter::once(&"account").chain(words)) {
            Ok(line) => line,
            Err(error) => return Said { code: USAGE, out: String::new(), err: error.to_string() },
        };
        let (mut input, mut out, mut err) = (typed.as_bytes(), Vec::new(), Vec::new());
        let mut streams = Streams { input: &mut input, out: &mut out, err: &mut err, interactive: false };
        let code = manage(line.command, &self.settings, &mut streams).await;
        Said { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }

    async fn with_zhangsan() -> Self {
        let desk = Self::new();
        let said = desk
            .type_in(
                "Old-Password-1\n",
                &[
                    "add",
                    "ZhangSan@example.gov.cn",
                    "--name",
                    "张三",
                    "--unit",
                    "信息中心",
                    "--mobile",
                    "13800000000",
                    "--work-phone",
                    "010-55500123",
                    "--birthday",
                    "1990-01-02",
                    "--alias",
                    "zs@example.gov.cn",
                    "--password-stdin",
                ],
            )
            .await;
        assert_eq!((said.code, said.out.as_str()), (OK, "added zhangsan@example.gov.cn\n"), "{said:?}");
        desk
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.directory.path().join("staff.csv");
        std::fs::write(&path, text).unwrap();
        path
    }
}

#[test]
fn every_command_has_two_examples_and_a_help_of_at_most_forty_lines() {
    for command in Line::command().get_subcommands() {
        let asked = Line::try_parse_from(["account", command.get_name(), "--help"]);
        let help = asked.err().unwrap().to_string();
        assert!(help.matches("  resetgate account ").count() >= 2, "{help}");
        assert!(help.lines().count() <= 40, "{help}");
    }
    Line::command().debug_assert();
}

#[tokio::test]
async fn an_account_is_added_and_its_password_verified() {
    let desk = Desk::with_zhangsan().await;
    let right = desk.type_in("Old-Password-1\r\n", &["verify", "zs@example.gov.cn"]).await;
    assert_eq!((right.code, right.out.as_str()), (OK, "zs@example.gov.cn signs in with this password\n"));
    let wrong = desk.type_in("Old-Password-1 \n", &["verify", "zhangsan@example.gov.cn"]).await;
    assert_eq!(wrong.code, FAILED);
    assert!(wrong.out.ends_with("does not sign in: the password is wrong\n"), "{wrong:?}");
}

#[tokio::test]
async fn verify_says_why_an_account_does_not_sign_in() {
    let desk = Desk::with_zhangsan().await;
    desk.type_in("Old-Password-1", &["add", "wangwu@example.gov.cn", "--disabled", "--password-stdin"]).await;
    let said = desk.say(&["add", "lisi@example.gov.cn"]).await;
    assert!(said.err.contains("nobody can get into"), "{said:?}");
    for (address, why) in [("wangwu", "disabled"), ("lisi", "no password is set"), ("nobody", "no account has")] {
        let said = desk.type_in("Old-Password-1\n", &["verify", &format!("{address}@example.gov.cn")]).await;
        assert!(said.code == FAILED && said.out.contains(why), "{said:?}");
    }
    let empty = desk.type_in("\n", &["verify", "lisi@example.gov.cn"]).await;
    assert!(empty.code == USAGE && empty.err.starts_with("error: a password is needed\n"), "{empty:?}");
}

#[tokio::test]
async fn whole_numbers_and_birthdays_are_shown_only_when_asked_for() {
    let desk = Desk::with_zhangsan().await;
    let address = "zhangsan@example.gov.cn";
    for words in
        [&["show", address][..], &["show", address, "--format", "json"], &["list"], &["list", "--format", "json"]]
    {
        let masked = desk.say(words).await.out;
        assert!(masked.contains("138****0000") && masked.contains("张三"), "{masked}");
        assert!(
            !masked.contains("13800000000") && !masked.contains("55500123") && !masked.contains("1990"),
            "{masked}"
        );
        assert!(!masked.contains("argon2"), "{masked}");
        let whole = desk.say(&[words, &["--reveal"]].concat()).await.out;
        assert!(whole.contains("+8613800000000") && !whole.contains("argon2"), "{whole}");
    }
    let shown = desk.say(&["show", address, "--reveal"]).await.out;
    assert!(
        shown.contains("010-55500123") && shown.contains("1990-01-02") && shown.contains("expires never"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_list_in_json_is_one_array_however_many_there_are() {
    let desk = Desk::with_zhangsan().await;
    let mut rows = "address\n".to_owned();
    (0..1_000).for_each(|row| writeln!(rows, "p{row:04}@example.org").unwrap());
    let file = desk.file(&rows);
    assert_eq!(desk.say(&["import", file.to_str().unwrap()]).await.code, OK);
    let list = |out: String| serde_json::from_str::<Vec<serde_json::Value>>(&out).unwrap();
    let all = list(desk.say(&["list", "--format", "json"]).await.out);
    assert_eq!(
        (all.len(), &all[0]["address"], &all[1000]["address"]),
        (1_001, &"p0000@example.org".into(), &"zhangsan@example.gov.cn".into())
    );
    assert_eq!(list(desk.say(&["list", "--unit", "信息中心", "--format", "json"]).await.out).len(), 1);
    assert!(list(desk.say(&["list", "--unit", "税务局", "--format", "json"]).await.out).is_empty());
}

#[tokio::test]
async fn a_phone_is_bound_and_unbound() {
    let desk = Desk::with_zhangsan().await;
    let bound = desk.say(&["set-phone", "zs@example.gov.cn", "+86 138-0000-0001"]).await;
    assert_eq!((bound.code, bound.out.as_str()), (OK, "bound 138****0001 to zs@example.gov.cn\n"), "{bound:?}");
    assert_eq!(desk.say(&["set-phone", "zs@example.gov.cn", "--none"]).await.code, OK);
    assert!(desk.say(&["show", "zs@example.gov.cn"]).await.out.contains("mobile      -\n"));
    let landline = desk.say(&["set-phone", "zs@example.gov.cn", "010-55500123"]).await;
    assert!(landline.code == USAGE && !landline.err.contains("55500123"), "{landline:?}");
    assert_eq!(desk.say(&["set-phone", "zs@example.gov.cn"]).await.code, USAGE);
    assert_eq!(desk.say(&["set-phone", "zs@example.gov.cn", "13800000001", "--none"]).await.code, USAGE);
    assert_eq!(desk.say(&["set-phone", "nobody@example.gov.cn", "--none"]).await.code, FAILED);
}

#[tokio::test]
async fn an_import_twice_adds_once_and_bad_rows_are_listed() {
    let desk = Desk::with_zhangsan().await;
    let good = "address,name,mobile\nzhangsan@example.gov.cn,张山,13800000000\nlisi@example.gov.cn,李四,\n";
    let path = desk.file(good);
    let path = path.to_str().unwrap();
    let tried = desk.say(&["import", path, "--dry-run"]).await;
    assert!(tried.out.starts_with("dry run: 1 added, 0 unchanged, 1 differ\n"), "{tried:?}");
    let first = desk.say(&["import", path]).await;
    assert!(
        first.out.contains("1 added, 0 unchanged, 1 differ\n  line 2, zhangsan@example.gov.cn: name\n"),
        "{first:?}"
    );
    assert!(first.err.contains("--update writes them"));
    let second = desk.say(&["import", path, "--update"]).await;
    assert!(second.out.starts_with("0 added, 1 unchanged, 1 updated\n"), "{second:?}");
    assert_eq!(desk.say(&["import", path, "--update"]).await.out, "0 added, 2 unchanged, 0 updated\n");

    desk.file(&format!("{good}wangwu@example.gov.cn,王五,110\nzs@example.gov.cn,,\n"));
    let bad = desk.say(&["import", path]).await;
    assert_eq!(bad.code, FAILED);
    assert!(bad.err.starts_with("error: 1 problem in the file; nothing was imported\n  --> "), "{bad:?}");
    assert!(bad.err.contains("staff.csv, line 4, mobile: not a"), "{bad:?}");
    desk.file("address,phone\n");
    assert!(desk.say(&["import", path]).await.err.contains("there is no column `phone`"));
    assert_eq!(desk.say(&["import", "missing.csv"]).await.code, USAGE);
}

#[tokio::test]
async fn a_store_that_is_not_there_is_told_and_not_made_by_looking() {
    let desk = Desk::new();
    let file = desk.file("address\na@example.org\n");
    assert_eq!(desk.say(&["import", file.to_str().unwrap(), "--dry-run"]).await.code, OK);
    for words in [&["list"][..], &["show", "a@example.org"], &["verify", "a@example.org"]] {
        let said = desk.type_in("x\n", words).await;
        assert!(said.code == UNREACHABLE && said.err.contains("there is no account file"), "{said:?}");
    }
    assert!(!desk.settings.sqlite.path.exists());
}

#[tokio::test]
async fn an_address_that_is_there_or_is_none_is_told() {
    let desk = Desk::with_zhangsan().await;
    let taken = desk.say(&["add", "zs@example.gov.cn"]).await;
    assert!(taken.code == FAILED && taken.err.contains("already belongs to an account"), "{taken:?}");
    for word in ["zhangsan", "a@@b", ""] {
        assert_eq!(desk.say(&["add", word]).await.code, USAGE, "{word}");
    }
    assert_eq!(desk.say(&["show", "nobody@example.org"]).await.code, FAILED);
}

/// case 77: stored text moves no cursor and breaks no line of the terminal that lists it.
#[tokio::test]
async fn control_signs_in_stored_text_are_written_out() {
    let desk = Desk::new();
    let name = "张三\r\nroot\u{1b}[2J\u{202e}";
    desk.say(&["add", "a@example.org", "--name", name]).await;
    for words in [&["list"][..], &["show", "a@example.org"]] {
        let out = desk.say(words).await.out;
        assert!(out.contains("张三\\u{d}\\u{a}root\\u{1b}[2J\\u{202e}"), "{out}");
        assert!(!out.contains('\u{1b}'));
    }
    let json = desk.say(&["show", "a@example.org", "--format", "json"]).await.out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["name"], name);
}

#[tokio::test]
async fn a_verification_that_finds_no_store_does_not_speak_of_writing() {
    let mut desk = Desk::new();
    desk.settings.kind = AccountKind::Http;
    desk.settings.http.url = "http://127.0.0.1:1/".into();
    desk.settings.http.key_id = "gate-1".into();
    desk.settings.http.key = String::from("0123456789-0123456789-0123456789-0123").into();
    let said = desk.type_in("Old-Password-1\n", &["verify", "zhangsan@example.gov.cn"]).await;
    assert_eq!(said.code, UNREACHABLE, "{said:?}");
    assert!(said.err.contains("help: do what the reason says") && !said.err.contains("written"), "{said:?}");
}
