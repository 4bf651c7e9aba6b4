//! A configuration is refused with every reason, or shown without its secrets.

use crate::process::{run, run_with};
use crate::site::{AUDIT_KEY, BEARER, PEPPER, Site};

/// case 96: what is legal key by key and unsafe together refuses to start, and every reason is told at once.
#[test]
fn an_unsafe_configuration_refuses_to_start_with_every_reason() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("unsafe.toml");
    let text = r#"[server]
public_url = "http://reset.example.gov.cn"
trusted_proxies = ["0.0.0.0/0"]
[captcha]
required = false
[limits]
enabled = false
[sms]
providers = ["terminal"]
[sms.provider.terminal]
kind = "console"
[log]
level = "trace"
"#;
    std::fs::write(&file, text).unwrap();
    for command in ["serve", "config"] {
        let check: &[&str] = if command == "config" { &["check"] } else { &[] };
        let arguments = ["-c", file.to_str().unwrap(), command].into_iter().chain(check.iter().copied());
        let ended = run(arguments).expect(3);
        for reason in [
            "server.public_url: http:// sends codes",
            "server.trusted_proxies: 0.0.0.0/0",
            "captcha.required: false",
            "limits.enabled: false",
            "sms.provider.terminal.kind: \"console\" prints codes",
            "log.level: \"trace\"",
            "code.pepper: not given",
            "audit.key: not given",
            "a code of one account could be guessed too easily",
        ] {
            assert!(ended.err.contains(reason), "{reason} in {}", ended.err);
        }
        assert_eq!(ended.out, "");
    }
}

/// case 97: an unknown key, a missing unit, a negative, a zero and a code past the ceiling are told with file, line
/// and what to write.
#[test]
fn whatever_is_wrong_in_a_file_is_told_with_its_place_and_what_to_write() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("wrong.toml");
    let text = "[server]\nlistn = \"0.0.0.0:8080\"\nrequest_timeout = \"10\"\n[code]\nttl = \"20m\"\nmax_attempts = 0\n\
                [sms]\nqueue = -1\n[limits]\nstart = [\"0/10m\"]\n[audit]\nkey = 5\n";
    std::fs::write(&file, text).unwrap();
    let ended = run(["-c", file.to_str().unwrap(), "serve"]).expect(3);
    for (line, told) in [
        (2, "did you mean `listen`?"),
        (3, "server.request_timeout: `10` is not a span of time"),
        (5, "code.ttl: 20m is too much; write 2m to 10m"),
        (6, "code.max_attempts: 0 is too little; write 1 to 10"),
        (8, "sms.queue must be a whole number, 0 or more"),
        (10, "limits.start: `0/10m` is zero"),
        (12, "audit.key"),
    ] {
        let place = format!("{}:{line}:", file.display());
        assert!(ended.err.contains(&place) && ended.err.contains(told), "{place} {told} in {}", ended.err);
    }
    assert!(ended.err.matches("help: ").count() >= 7, "{}", ended.err);
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_command_that_makes_one() {
    let ended = run(["-c", "/nowhere/resetgate.toml", "serve"]).expect(3);
    assert!(ended.err.contains("cannot read /nowhere/resetgate.toml"), "{}", ended.err);
    assert!(ended.err.contains("resetgate config example --minimal --out"), "{}", ended.err);
}

#[test]
fn a_wrong_variable_and_a_wrong_argument_are_named() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let mut command = site.command(&["--set", "server.workers=many", "serve"]);
    let running = crate::process::Running::start(command.env("RESETGATE__SERVER__LISTN", "127.0.0.1:0"));
    let ended = running.ended().expect(3);
    assert!(
        ended.err.contains("RESETGATE__SERVER__LISTN") && ended.err.contains("--set server.workers"),
        "{}",
        ended.err
    );
}

#[test]
fn the_configuration_is_checked_and_shown_without_its_secrets() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let checked = site.run(&["config", "check"]).expect(0);
    assert!(checked.out.contains("resetgate.toml"), "{}", checked.out);
    let shown = site.run(&["config", "show"]).expect(0);
    assert!(shown.out.contains("pepper = \"••••\"") && shown.out.contains("key = \"••••\""), "{}", shown.out);
    assert!(shown.out.contains("resetgate.toml:3:") && shown.out.contains("# default"), "{}", shown.out);
    for secret in [PEPPER, AUDIT_KEY, BEARER] {
        for text in [&shown.out, &shown.err, &checked.out, &checked.err] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn the_example_is_written_once_and_starts_once_its_secrets_are_made() {
    let directory = tempfile::tempdir().unwrap();
    let name = directory.path().join("resetgate.toml");
    let name = name.to_str().unwrap();
    let whole = run(["config", "example"]).expect(0);
    assert!(whole.out.contains("[server]") && whole.out.contains("[sms.text.code]"));
    run(["config", "example", "--minimal", "--out", name]).expect(0);
    let again = run(["config", "example", "--minimal", "--out", name]).expect(1);
    assert!(again.err.contains("exists and is not overwritten"), "{}", again.err);
    let missing = run(["-c", name, "config", "check"]).expect(3);
    assert!(missing.err.contains("secrets/pepper") && missing.err.contains("resetgate secret new"), "{}", missing.err);
    for secret in ["pepper", "audit"] {
        let path = directory.path().join("secrets").join(secret);
        run(["secret", "new", "--out", path.to_str().unwrap()]).expect(0);
    }
    let given = |key: &str, name: &str| format!("{key}_file={}", directory.path().join("secrets").join(name).display());
    let sets = [given("code.pepper", "pepper"), given("audit.key", "audit")];
    run(["-c", name, "--set", &sets[0], "--set", &sets[1], "config", "check"]).expect(0);
    run_with(["-c", name, "--set", &sets[0], "--set", &sets[1], "config", "check", "--strict"], "").expect(0);
}
