//! The binary with such a provider: it binds when it starts and takes leave when it ends.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::provider::soon;
use crate::smsc::Smsc;

/// A directory with a configuration, the password of the account in a file of its own.
fn site(port: u16) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().display();
    let text = format!(
        r#"[server]
listen = "127.0.0.1:0"
public_url = "https://reset.example.gov.cn"
trusted_proxies = ["127.0.0.1/32"]
shutdown_delay = "0s"
[ops]
listen = "127.0.0.1:0"
[code]
pepper = "pK7v2Qx9mZ4rT8wL1nB6cJ3hF5dG0sYa"
[account.sqlite]
path = "{place}/accounts.db"
[audit]
path = "{place}/audit"
key = "aU3xW8eR1tY6iO9pS2dF7gH4jK0lZ5cV"
[sms]
providers = ["main"]
[sms.provider.main]
kind = "smpp"
host = "127.0.0.1"
port = {port}
tls = false
system_id = "esme1"
password_file = "{place}/password"
"#
    );
    std::fs::write(directory.path().join("resetgate.toml"), text).unwrap();
    std::fs::write(directory.path().join("password"), "secret08\n").unwrap();
    directory
}

fn resetgate(site: &tempfile::TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resetgate"));
    command.arg("-c").arg(site.path().join("resetgate.toml")).args(words).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_test_message_binds_sends_and_unbinds() {
    let mut smsc = Smsc::start().await;
    let site = site(smsc.port);
    let ran = resetgate(&site, &["sms", "test", "--to", "13800138000", "--yes"]).output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && out.contains("Their id  msg1"), "{out}\n{err}");
    assert!(out.contains("> submit_sm to 138****8000, part 1 of 1") && out.contains("< taken, as msg1"), "{out}");
    assert!(!format!("{out}{err}").contains("secret08"));
    assert_eq!(smsc.next().await["right"], true);
    assert_eq!(smsc.next().await["receipt"], 1);
    assert_eq!(smsc.next_with("unbind").await["unbind"], true);
}

#[tokio::test]
async fn the_service_binds_before_anybody_asks_and_unbinds_when_it_is_stopped() {
    let mut smsc = Smsc::start().await;
    let site = site(smsc.port);
    let mut service = resetgate(&site, &["serve"]).spawn().unwrap();
    assert_eq!(smsc.next().await["right"], true);
    // It hears signals from the one on, and has a session to take leave from since the other.
    let mut log = BufReader::new(service.stderr.take().unwrap()).lines();
    let mut awaited = vec!["listening", "SMPP session bound"];
    while !awaited.is_empty() {
        let line = soon(log.next_line()).await.unwrap().expect("it runs");
        awaited.retain(|words| !line.contains(words));
    }
    let id = i32::try_from(service.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
    assert_eq!(smsc.next().await["unbind"], true);
    assert!(soon(service.wait()).await.unwrap().success());
}
