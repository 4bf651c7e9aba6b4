//! `resetgate config` and `resetgate secret` as an operator runs them: the real binary in an empty directory.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::Command;

/// Exit code, output and error output.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run_with(directory: &Path, line: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resetgate"));
    command.args(line.split_whitespace()).current_dir(directory).env_clear().envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn run(directory: &Path, line: &str) -> Ran {
    run_with(directory, line, &[])
}

/// A directory in which the steps of the README were taken.
fn configured() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for line in [
        "config example --minimal --out resetgate.toml",
        "secret new --out secrets/pepper",
        "secret new --out secrets/audit",
    ] {
        let ran = run(directory.path(), line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    }
    directory
}

#[test]
fn the_minimal_example_with_new_secrets_passes_a_strict_check() {
    let directory = configured();
    let ran = run(directory.path(), "-c resetgate.toml config check --strict");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("ok  resetgate.toml"), "{}", ran.out);
}

#[test]
fn every_reason_is_told_at_once_and_the_exit_code_is_3() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), "config check --set captcha.required=false --set limits.enabled=false");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    for reason in ["C031", "C032", "C034", "C038", "C040"] {
        assert!(ran.err.contains(&format!("error[{reason}]")), "{reason}: {}", ran.err);
    }
    let served = run(directory.path(), "serve");
    assert_eq!(served.code, 3, "serve refuses what check refuses: {}", served.err);
}

#[test]
fn an_unknown_key_is_refused_where_it_stands_with_the_likely_one() {
    let directory = configured();
    std::fs::write(directory.path().join("more.toml"), "[code]\nlenght = 8\n").unwrap();
    let ran = run(directory.path(), "-c resetgate.toml -c more.toml config check");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("more.toml:2:1") && ran.err.contains("length"), "{}", ran.err);
}

#[test]
fn later_layers_win_and_show_says_which_did() {
    let directory = configured();
    let variables = [("RESETGATE__CODE__LENGTH", "7"), ("RESETGATE__CODE__TTL", "4m")];
    let ran = run_with(directory.path(), "-c resetgate.toml --set code.length=8 config show", &variables);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in ["length = 8 # --set code.length", "ttl = \"4m\" # environment variable RESETGATE__CODE__TTL"] {
        assert!(ran.out.lines().any(|shown| shown == line), "{line}\n{}", ran.out);
    }
    let pepper = std::fs::read_to_string(directory.path().join("secrets/pepper")).unwrap();
    assert!(!ran.out.contains(pepper.trim()), "a secret is shown");
}

#[test]
fn the_full_example_is_the_file_that_is_built_in() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(run(directory.path(), "config example").out, include_str!("../config/default.toml"));
}

#[test]
fn a_word_that_does_not_exist_exits_with_2_and_shows_the_usage() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), "config chekc");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("check"), "{}", ran.err);
}

#[test]
fn a_solved_captcha_prints_only_its_nonce() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), "captcha solve --salt abc --bits 12");
    assert_eq!((ran.code, ran.out.trim_end()), (0, resetgate::captcha::solve_pow("abc", 12).as_str()));
    assert_eq!(run(directory.path(), "captcha solve --salt abc --bits 40").code, 2);
}

/// I6: a language of one's own is a note as long as it lacks something, and only `--strict` fails for it.
#[test]
fn i6_what_an_added_language_lacks_is_listed_and_fails_only_a_strict_check() {
    let directory = configured();
    std::fs::create_dir(directory.path().join("languages")).unwrap();
    std::fs::write(directory.path().join("languages/fr.toml"), "[language]\nname = 'français'\n").unwrap();
    let sets = "--set text.locale_dir=languages --set text.time_zone=Europe/Paris";
    let ran = run(directory.path(), &format!("-c resetgate.toml config check {sets}"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let file = directory.path().join("languages/fr.toml");
    assert!(ran.err.contains(&format!("note[C090]: text.locale_dir: {} lacks ", file.display())), "{}", ran.err);
    assert!(ran.err.contains("time.clock"), "{}", ran.err);
    assert_eq!(run(directory.path(), &format!("-c resetgate.toml config check --strict {sets}")).code, 5);
}

#[test]
fn a_file_that_a_key_names_is_refused_with_its_line_by_check_and_by_serve() {
    let directory = configured();
    std::fs::write(directory.path().join("contacts.csv"), "\u{feff}unit,name,phone\r\n局,,1\r\n").unwrap();
    for command in ["config check", "serve"] {
        let ran = run(directory.path(), &format!("-c resetgate.toml {command} --set help.contacts_file=contacts.csv"));
        assert_eq!(ran.code, 3, "{command}: {}", ran.err);
        let file = directory.path().join("contacts.csv");
        let refusal = format!("error[C022]: help.contacts_file: {}:2: `name` is empty", file.display());
        assert!(ran.err.contains(&refusal), "{}", ran.err);
    }
}

#[test]
fn a_file_of_others_that_is_not_there_is_refused_by_check_and_by_serve_alike() {
    let directory = configured();
    for command in ["config check", "serve"] {
        let sets = "--set sms.provider.main.ca_file=gone.pem --set account.kind=ldap --set account.ldap.ca_file=no.pem";
        let ran = run(directory.path(), &format!("-c resetgate.toml {command} {sets}"));
        assert_eq!(ran.code, 3, "{command}: {}", ran.err);
        for (key, file) in [("sms.provider.main.ca_file", "gone.pem"), ("account.ldap.ca_file", "no.pem")] {
            let refusal = format!("error[C022]: {key}: cannot read {}", directory.path().join(file).display());
            assert!(ran.err.contains(&refusal), "{command}: {}", ran.err);
        }
    }
}
