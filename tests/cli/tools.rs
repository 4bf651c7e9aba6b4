//! The small commands, and how every command explains itself.

use std::os::unix::fs::PermissionsExt;

use crate::gateway::{Gateway, Manner};
use crate::process::{Running, resetgate, run};
use crate::site::Site;

/// Every command line that has a help of its own, found by reading the helps.
fn commands() -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    let mut at = 0;
    while let Some(command) = found.get(at).cloned() {
        let help = help(&command);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        for line in listed.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap();
            if name != "help" {
                found.push(command.iter().cloned().chain([name.to_owned()]).collect());
            }
        }
        at += 1;
    }
    found
}

fn help(command: &[String]) -> String {
    run(command.iter().map(String::as_str).chain(["--help"])).expect(0).out
}

#[test]
fn every_command_explains_itself_on_one_screen_with_two_examples() {
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        let help = help(&command);
        assert!(help.lines().count() <= 40, "{command:?} has {} lines:\n{help}", help.lines().count());
        let examples = help.lines().skip_while(|line| *line != "Examples:");
        let examples = examples.filter(|line| line.starts_with("  ") && line.contains("resetgate ")).count();
        assert!(examples >= 2, "{command:?}:\n{help}");
    }
}

#[test]
fn wrong_usage_is_told_with_exit_code_2() {
    assert!(run(["nonsense"]).expect(2).err.contains("nonsense"));
    assert!(run([]).expect(2).err.contains("Usage: resetgate"));
    assert!(run(["serve", "--wrong"]).expect(2).err.contains("--wrong"));
    assert!(run(["--version"]).expect(0).out.starts_with("resetgate "));
}

#[test]
fn no_colour_is_printed_where_nobody_sees_it_or_nobody_wants_it() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "1")] {
        let refused = Running::start(resetgate(["-c", "/nowhere.toml", "serve"]).env(name, value)).ended().expect(3);
        let usage = Running::start(resetgate(["nonsense"]).env(name, value)).ended().expect(2);
        let mut serve = site.command(&["serve"]);
        let running = Running::start(serve.env(name, value).env("RESETGATE__LOG__FORMAT", "text"));
        running.logged(|line| line.contains("listening").then_some(()));
        let served = running.stopped().expect(0);
        for text in [refused.err, usage.err, served.err] {
            assert!(!text.contains('\u{1b}'), "{text:?}");
        }
    }
}

#[test]
fn the_description_of_the_api_is_printed_as_json() {
    let printed = run(["openapi"]).expect(0).out;
    let document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"].is_object(), "{printed}");
}

#[test]
fn a_secret_is_its_owners_alone_and_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secrets/pepper");
    let arguments = ["secret", "new", "--out", path.to_str().unwrap()];
    let made = run(arguments).expect(0);
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written.trim_end().len(), 43);
    assert!(!made.out.contains(written.trim_end()) && !made.err.contains(written.trim_end()));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(run(arguments).expect(1).err.contains("exists and is not overwritten"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    let (one, two) = (run(["secret", "new"]).expect(0).out, run(["secret", "new"]).expect(0).out);
    assert!(one.trim_end().len() == 43 && one != two);
}

#[test]
fn captchas_are_drawn_to_be_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("captchas");
    run(["captcha", "sample", "--count", "3", "--out", out.to_str().unwrap()]).expect(0);
    let files = std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().path());
    let pictures: Vec<_> = files.filter(|file| file.extension().is_some_and(|kind| kind == "png")).collect();
    assert_eq!(pictures.len(), 4, "three and a sheet: {pictures:?}");
    for picture in pictures {
        assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"), "{picture:?}");
    }
}

#[test]
fn a_test_message_is_shown_and_not_sent_or_sent_and_taken() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "");
    let shown = site.run(&["sms", "test", "--to", "13800138001", "--dry-run"]).expect(0);
    assert!(shown.out.contains("Dry run: nothing was sent") && shown.out.contains("138****8001"), "{}", shown.out);
    let asked = site.run(&["sms", "test", "--to", "13800138001"]).expect(2);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    site.run(&["sms", "test", "--to", "13800138001", "--yes"]).expect(0);
    let message = gateway.next();
    assert_eq!((message["to"].as_str(), message["code"].as_str()), (Some("+8613800138001"), Some("000000")));
    let lost = Site::new("http://127.0.0.1:1/send", "");
    lost.run(&["sms", "test", "--to", "13800138001", "--yes"]).expect(4);
}
