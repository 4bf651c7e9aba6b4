//! What `resetgate config` prints and how it ends.

use clap::{Args, CommandFactory, Parser};

use super::*;
use crate::settings::MemorySources;

const PEPPER: &str = "q3v8Zk1mT0yWc5uR7hXs2eBn4dGj6fLp";
const AUDIT: &str = "A7dQ2wE9rT4yU6iO1pS3fG5hJ8kL0zXc";

fn minimal() -> MemorySources {
    MemorySources::default()
        .file("resetgate.toml", MINIMAL_TEXT)
        .file("secrets/pepper", &format!("{PEPPER}\n"))
        .file("secrets/audit", &format!("{AUDIT}\n"))
}

fn run_with(command: ConfigCommand, sources: &MemorySources, sets: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let inputs = sources.inputs(&["resetgate.toml"], sets);
    let code = run(&ConfigArgs { command }, &inputs, sources, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn check(sources: &MemorySources, strict: bool, sets: &[&str]) -> (u8, String, String) {
    run_with(ConfigCommand::Check(CheckArgs { strict }), sources, sets)
}

#[test]
fn the_minimal_example_is_short_and_right_once_its_secrets_are_there() {
    assert!(MINIMAL_TEXT.lines().count() <= 15);
    let (code, out, err) = check(&minimal(), true, &[]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("ok  resetgate.toml  9 keys\n") && out.contains("of them defaults"), "{out}");
}

#[test]
fn without_its_secrets_the_minimal_example_is_refused_with_what_to_do() {
    let sources = MemorySources::default().file("resetgate.toml", MINIMAL_TEXT);
    let (code, out, err) = check(&sources, false, &[]);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("help: resetgate secret new --out secrets/pepper"), "{err}");
    assert!(err.ends_with("configuration refused: 2 problems\n"), "{err}");
}

#[test]
fn notes_fail_only_a_strict_check() {
    let sets = ["server.trusted_proxies="];
    let (code, _, err) = check(&minimal(), false, &sets);
    assert_eq!(code, 0);
    assert!(err.contains("note[C090]: server.trusted_proxies: empty"), "{err}");
    assert_eq!(check(&minimal(), true, &sets).0, 5);
}

#[test]
fn show_prints_every_value_with_its_origin_and_no_secret() {
    let sources = minimal().variable("RESETGATE__HELP__NAME", "信息中心");
    let (code, out, _) = run_with(ConfigCommand::Show, &sources, &["code.length=8"]);
    assert_eq!(code, 0);
    for line in [
        "[server]",
        "public_url = \"https://reset.example.gov.cn\" # resetgate.toml:3:1",
        "max_body = \"16KiB\" # default",
        "name = \"信息中心\" # environment variable RESETGATE__HELP__NAME",
        "length = 8 # --set code.length",
        "pepper = \"••••\" # secrets/pepper, named by resetgate.toml:6:1",
        "previous_pepper = \"\" # default",
        "[sms.provider.main]",
    ] {
        assert!(out.lines().any(|shown| shown == line), "{line}\n{out}");
    }
    assert!(!out.contains(PEPPER) && !out.contains(AUDIT), "{out}");
    // What is shown is a configuration itself: no section comes twice.
    toml::from_str::<toml::Table>(&out).unwrap();
    assert!(out.find("[server]") < out.find("[code]") && out.find("[code]") < out.find("[log]"), "{out}");
}

#[test]
fn what_a_provider_keeps_secret_is_shown_as_dots() {
    let sources =
        minimal().file("b.toml", "[sms.provider.main]\nheaders = { x-api-key = \"a-geheim-key-of-the-gateway\" }\nurl = \"https://sms.example/send?k=geheim\"\nbody = '{\"k\":\"geheim\",\"to\":\"{to}\",\"text\":\"{text}\"}'\n");
    let mut inputs = sources.inputs(&["resetgate.toml", "b.toml"], &[]);
    let mut out = Vec::new();
    run(&ConfigArgs { command: ConfigCommand::Show }, &inputs, &sources, &mut out, &mut Vec::new());
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("headers = \"••••\" # b.toml:2:1") && out.contains("body = \"••••\" # b.toml:4:1"), "{out}");
    assert!(out.contains("url = \"https://sms.example/send?••••\"") && !out.contains("geheim"), "{out}");
    inputs.files.push("none.toml".into());
    assert_eq!(
        run(&ConfigArgs { command: ConfigCommand::Show }, &inputs, &sources, &mut Vec::new(), &mut Vec::new()),
        3
    );
}

#[test]
fn the_examples_are_written_to_a_file_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("resetgate.toml");
    let example = |minimal, out| ConfigCommand::Example(ExampleArgs { minimal, sql: None, out });
    let sources = MemorySources::default();
    assert_eq!(run_with(example(false, None), &sources, &[]).1, DEFAULT_TEXT);
    assert_eq!(run_with(example(true, Some(path.clone())), &sources, &[]).0, 0);
    let (code, _, err) = run_with(example(false, Some(path.clone())), &sources, &[]);
    assert_eq!(code, 1);
    assert!(err.contains("exists and is not overwritten"), "{err}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MINIMAL_TEXT);
}

#[derive(Debug, Parser)]
struct Whole {
    #[command(flatten)]
    given: GivenArgs,
    #[command(subcommand)]
    command: Words,
}

#[derive(Debug, clap::Subcommand)]
enum Words {
    Config(ConfigArgs),
    Secret(crate::cli::secret::SecretArgs),
}

#[test]
fn files_and_settings_may_stand_before_or_after_the_command() {
    for line in [
        ["resetgate", "-c", "a", "config", "check", "--set", "b=c"],
        ["resetgate", "config", "check", "--set", "b=c", "-c", "a"],
    ] {
        let whole = Whole::try_parse_from(line).unwrap();
        let inputs = whole.given.inputs();
        assert_eq!((inputs.files, inputs.sets), (vec![PathBuf::from("a")], vec!["b=c".to_owned()]));
        assert!(matches!(whole.command, Words::Config(_)));
    }
    assert!(matches!(Whole::try_parse_from(["resetgate", "secret", "new"]).unwrap().command, Words::Secret(_)));
}

#[test]
fn every_help_fits_a_screen_and_the_last_level_has_two_examples() {
    fn visit(command: &mut clap::Command, name: &str) {
        let help = command.render_help().to_string();
        assert!(help.lines().count() <= 40, "{name}: {help}");
        let inner: Vec<_> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        assert!(!inner.is_empty() || help.matches("\n  resetgate ").count() >= 2, "{name}: {help}");
        for inner in inner.into_iter().filter(|inner| inner != "help") {
            visit(command.find_subcommand_mut(&inner).unwrap(), &inner);
        }
    }
    let mut whole = Whole::command();
    for name in ["config", "secret"] {
        visit(whole.find_subcommand_mut(name).unwrap(), name);
    }
    assert!(GivenArgs::augment_args(clap::Command::new("x")).get_arguments().count() == 2);
}
