//! A panic of a part of the service, in a process of its own, because its hook belongs to the whole process.

use std::process::Command;

use resetgate::telemetry::{LogFormat, init_logs, log_panics};

use crate::process::Running;

const WORDS: &str = "byte index 3 is not a char boundary of `Tiantian-2026x`\nsecond line";

/// case 99: the words of a panic may quote a password, so the log says only where, on one line.
#[test]
fn a_panic_is_one_line_of_the_log_without_its_words() {
    if std::env::var_os("PANIC").is_some() {
        init_logs(LogFormat::Json, "info", std::io::stderr).unwrap();
        log_panics();
        std::thread::spawn(|| panic!("{WORDS}")).join().unwrap_err();
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    let name = "panics::a_panic_is_one_line_of_the_log_without_its_words";
    let ended = Running::start(again.args([name, "--exact", "--nocapture"]).env("PANIC", "1")).ended().expect(0);
    assert!(!ended.err.contains("Tiantian") && !ended.err.contains("second line"), "{}", ended.err);
    let told: Vec<serde_json::Value> = ended.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 1, "{}", ended.err);
    assert_eq!(told[0]["message"], "internal error: a task panicked");
    assert!(told[0]["place"].as_str().unwrap().contains("panics.rs:"), "{}", told[0]);
}
