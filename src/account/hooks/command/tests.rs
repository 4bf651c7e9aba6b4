use std::time::Duration;

use super::*;
use crate::domain::{MailboxAddress, Timestamp};

fn change(address: &str) -> PasswordChange {
    let address = MailboxAddress::parse(address).unwrap();
    PasswordChange {
        names: vec![address.clone()],
        own: vec![address.clone()],
        address,
        unit: None,
        at: Timestamp::from_millis(0),
        revoke_sessions: true,
        certain: true,
    }
}

fn program(command: &[&str]) -> Program {
    let command = command.iter().map(|&argument| argument.to_owned()).collect();
    Program::new(&CommandSettings { command, ends_sessions: true, timeout: None }).unwrap()
}

async fn run(command: &[&str]) -> Result<(), String> {
    program(command).run(&change("anna@example.org")).await
}

/// case 77: whatever an address is, it is one argument, and no shell reads it.
#[tokio::test]
async fn an_address_is_one_argument_and_never_a_command() {
    let directory = tempfile::tempdir().unwrap();
    let seen = directory.path().join("seen");
    // The shell is the program here; what it is given as `$1` is only printed.
    let script = format!("printf '%s|' \"$@\" >{}; env >>{0}; cat >>{0}", seen.display());
    let hostile = "o'neil+`id`$home|x{y}@example.org";
    program(&["/bin/sh", "-c", &script, "sh", "--user", ADDRESS]).run(&change(hostile)).await.unwrap();
    let seen = std::fs::read_to_string(seen).unwrap();
    let (arguments, environment) = seen.rsplit_once('|').unwrap();
    assert_eq!(arguments, format!("--user|{hostile}"));
    let names: Vec<_> = environment.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(names.contains(&"PATH") && !names.contains(&"HOME") && !names.contains(&"CARGO"), "{environment}");
}

#[tokio::test]
async fn an_address_that_looks_like_an_option_is_not_passed() {
    let refused = program(&["/bin/true", ADDRESS]).run(&change("-rf@example.org")).await;
    assert!(refused.unwrap_err().contains("option"));
}

#[tokio::test]
async fn a_failure_is_told_shortly_and_without_the_address() {
    assert_eq!(run(&["/bin/true"]).await, Ok(()));
    assert_eq!(run(&["/bin/false"]).await, Err("it ended with code 1".to_owned()));
    let complaint = "echo; echo \"no session of $1\" >&2; exit 3";
    let told = run(&["/bin/sh", "-c", complaint, "sh", ADDRESS]).await.unwrap_err();
    assert_eq!(told, "it ended with code 3: no session of …");
    // More than is read, and it does not stand still for that.
    let noise = "head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 4";
    let told = run(&["/bin/sh", "-c", noise]).await.unwrap_err();
    assert!(told.len() < 250, "{told}");
}

/// Whatever it started ends with it.
#[tokio::test]
async fn a_program_that_takes_too_long_is_killed_with_its_children() {
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("alive");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let script = format!("exec 3>{}; sleep 600 & sleep 600", fifo.display());
    let reader = {
        let fifo = fifo.clone();
        tokio::task::spawn_blocking(move || std::fs::read(fifo).unwrap())
    };
    let slow = program(&["/bin/sh", "-c", &script]);
    let person = change("anna@example.org");
    assert!(tokio::time::timeout(Duration::from_millis(300), slow.run(&person)).await.is_err());
    // Every end that could be written to is closed only when the last of them has ended.
    tokio::time::timeout(Duration::from_secs(10), reader).await.expect("all have ended").unwrap();
}

#[test]
fn a_program_that_is_not_there_is_told_at_start() {
    let settings = CommandSettings { command: vec!["/nowhere/kick".to_owned()], ends_sessions: true, timeout: None };
    let (key, problem) = Program::new(&settings).map(drop).unwrap_err();
    assert!(key == "command" && problem.contains("/nowhere/kick"));
}

/// At the start, and not when the first password was changed.
#[test]
fn a_program_that_is_missing_or_may_not_be_run_is_refused() {
    let refusal = |program: &str| {
        let command = vec![program.to_owned()];
        Program::new(&CommandSettings { command, ends_sessions: true, timeout: None }).err().map(|(_, problem)| problem)
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kick");
    let shown = path.display().to_string();
    assert!(refusal(&shown).unwrap().contains("there is no program"));
    std::fs::write(&path, "#!/bin/sh\n").unwrap();
    assert!(refusal(&shown).unwrap().contains("may not be run"));
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(refusal(&shown), None);
}
