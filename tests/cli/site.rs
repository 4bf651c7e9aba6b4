//! An installation in a directory of its own: configuration, accounts, trail.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{Ended, resetgate, run, run_with};

/// The key of the codes, to be found nowhere.
pub const PEPPER: &str = "pK7v2Qx9mZ4rT8wL1nB6cJ3hF5dG0sYa";
/// The key of the trail, to be found nowhere.
pub const AUDIT_KEY: &str = "aU3xW8eR1tY6iO9pS2dF7gH4jK0lZ5cV";
/// The bearer of the gateway, to be found nowhere but there.
pub const BEARER: &str = "Bearer gB5nM1qW9eR7tY3u";
/// Anna's address and number.
pub const ANNA: &str = "anna@example.gov.cn";
pub const ANNAS_NUMBER: &str = "13800138001";
/// Her first password.
pub const OLD: &str = "Old-Tiantian-2025x";

/// A directory with a configuration for `serve`.
pub struct Site {
    directory: tempfile::TempDir,
}

impl Site {
    /// With a gateway at `url`, and `more` TOML at the end.
    pub fn new(url: &str, more: &str) -> Self {
        let site = Self { directory: tempfile::tempdir().unwrap() };
        site.rewrite(url, more);
        site
    }

    /// Writes the configuration anew.
    pub fn rewrite(&self, url: &str, more: &str) {
        let place = self.directory.path().display();
        let text = format!(
            r#"[server]
listen = "127.0.0.1:0"
public_url = "https://reset.example.gov.cn"
trusted_proxies = ["127.0.0.1/32"]
[ops]
listen = "127.0.0.1:0"
[captcha]
pow_bits = 8
[code]
pepper = "{PEPPER}"
[account.sqlite]
path = "{place}/accounts.db"
[account.hash]
memory = "7MiB"
passes = 5
[sms]
providers = ["main"]
[sms.provider.main]
kind = "http"
url = "{url}"
headers = {{ "authorization" = "{BEARER}" }}
body = '{{"to":"{{to}}","text":"{{text}}","code":"{{code}}"}}'
success = {{ status = [200], pointer = "/code", equals = 0 }}
[audit]
path = "{place}/audit"
key = "{AUDIT_KEY}"
{more}"#
        );
        std::fs::write(self.path("resetgate.toml"), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn file(&self) -> String {
        self.path("resetgate.toml").display().to_string()
    }

    /// A command that works on this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let file = self.file();
        resetgate(["-c", &file].into_iter().chain(arguments.iter().copied()))
    }

    /// Runs a command on this installation.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let file = self.file();
        run(["-c", &file].into_iter().chain(arguments.iter().copied()))
    }

    /// Runs a command that reads `input`.
    #[track_caller]
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let file = self.file();
        run_with(["-c", &file].into_iter().chain(arguments.iter().copied()), input)
    }

    /// Anna is known, with a phone, a birthday and a password.
    pub fn with_anna(self) -> Self {
        let add = ["account", "add", ANNA, "--mobile", ANNAS_NUMBER, "--birthday", "1990-01-02", "--password-stdin"];
        self.run_with(&add, OLD).expect(0);
        self
    }

    /// Every line of the trail.
    pub fn trail(&self) -> String {
        let files = std::fs::read_dir(self.path("audit")).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|kind| kind == "ndjson")).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }
}
