//! `[account.http]` of the configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::account::signature::SigningKey;
use crate::domain::Period;
use crate::outbound::{Identity, Trust, base_address};

/// How an address is written.
const EXAMPLE: &str = "https://accounts.example.gov.cn/resetgate";

/// `[account.http]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpStoreSettings {
    /// Where the operations are, like `https://accounts.example.gov.cn/resetgate`; `http` on this machine only.
    pub url: String,
    /// Names the key that requests are signed with; empty when they are not.
    pub key_id: String,
    /// The key, at least 32 characters.
    pub key: SecretString,
    /// PEM of a client certificate; empty is none.
    pub client_cert_file: PathBuf,
    /// PEM of its private key.
    pub client_key_file: PathBuf,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: PathBuf,
    /// For name, connection and TLS; shorter than `account.timeout`.
    pub connect_timeout: Period,
}

/// An address may hold a key where it should not.
impl std::fmt::Debug for HttpStoreSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("HttpStoreSettings").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl HttpStoreSettings {
    /// What is wrong, as key below `[account.http]` and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self, timeout: Period) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let encrypted = match self.address() {
            Ok(url) => url.scheme() == "https",
            Err(problem) => {
                problems.push(("url", problem));
                true
            }
        };
        let files = [&self.ca_file, &self.client_cert_file, &self.client_key_file];
        for (key, file) in ["ca_file", "client_cert_file", "client_key_file"].into_iter().zip(files) {
            if !encrypted && is_given(file) {
                problems.push((key, "has no use without https; drop it".to_owned()));
            }
        }
        if is_given(&self.client_cert_file) != is_given(&self.client_key_file) {
            let problem = "goes with client_key_file; write both or neither";
            problems.push(("client_cert_file", problem.to_owned()));
        }
        if self.is_signed() {
            problems.extend(SigningKey::problems(&self.key_id, &self.key));
        } else if !is_given(&self.client_cert_file) {
            let problem = "is empty, and there is no client certificate, so anybody could ask; write key_id and key";
            problems.push(("key_id", problem.to_owned()));
        }
        // Otherwise the total time comes first, and a write that never left would count as unknown.
        if self.connect_timeout >= timeout || self.connect_timeout.get() < Duration::from_millis(50) {
            let problem = format!("must be 50ms or more and shorter than account.timeout ({timeout})");
            problems.push(("connect_timeout", problem));
        }
        problems
    }

    /// The address without a slash at its end.
    pub(super) fn address(&self) -> Result<Url, String> {
        base_address(self.url.trim_end_matches('/'), EXAMPLE)
    }

    /// The key that requests are signed with.
    pub(super) fn signing_key(&self) -> Option<SigningKey> {
        self.is_signed().then(|| SigningKey::new(&self.key_id, &self.key))
    }

    /// Whom to believe.
    pub(super) fn trust(&self, url: &Url) -> Trust<'_> {
        match url.scheme() {
            "http" => Trust::Plain,
            _ if is_given(&self.ca_file) => Trust::File(&self.ca_file),
            _ => Trust::System,
        }
    }

    /// Who we are.
    pub(super) fn identity(&self) -> Option<Identity<'_>> {
        let identity = Identity { certificate: &self.client_cert_file, key: &self.client_key_file };
        is_given(identity.certificate).then_some(identity)
    }

    fn is_signed(&self) -> bool {
        !self.key_id.is_empty() || !self.key.expose_secret().is_empty()
    }
}

fn is_given(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

#[cfg(test)]
mod tests {
    use crate::account::AccountSettings;

    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }

    /// The keys that are refused when these lines stand in `[account.http]`, in place of those of the defaults.
    fn refused(lines: &str) -> Vec<String> {
        let mut root: toml::Table = toml::from_str(include_str!("../../../config/default.toml")).unwrap();
        let account = root["account"].as_table_mut().unwrap();
        account.insert("kind".to_owned(), "http".into());
        account["http"].as_table_mut().unwrap().extend(toml::from_str::<toml::Table>(lines).unwrap());
        let settings = root.try_into::<Root>().unwrap().account;
        let problems = settings.check();
        assert!(problems.iter().all(|(_, problem)| !problem.contains("s3cr3t")), "{problems:?}");
        assert!(!format!("{settings:?}").contains("s3cr3t"));
        problems.into_iter().map(|(key, _)| key).collect()
    }

    const SIGNED: &str = "key_id = \"gate-1\"\nkey = \"s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t\"";
    const URL: &str = "url = \"https://accounts.example.gov.cn/resetgate/\"";

    #[test]
    fn requests_are_signed_or_a_certificate_is_shown_or_nothing_starts() {
        let certified = "client_cert_file = \"/c.pem\"\nclient_key_file = \"/k.pem\"";
        for right in [SIGNED.to_owned(), certified.to_owned(), format!("{SIGNED}\n{certified}")] {
            assert_eq!(refused(&format!("{URL}\n{right}")), [""; 0], "{right}");
        }
        assert_eq!(refused(URL), ["http.key_id"]);
        for (lines, key) in [
            ("key_id = \"gate-1\"", "http.key"),
            ("key = \"s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t\"", "http.key_id"),
            ("key_id = \"gate-1\"\nkey = \"s3cr3t\"", "http.key"),
            ("client_cert_file = \"/c.pem\"", "http.client_cert_file"),
        ] {
            assert_eq!(refused(&format!("{URL}\n{lines}")), [key], "{lines}");
        }
    }

    #[test]
    fn an_address_is_encrypted_or_on_this_machine() {
        assert_eq!(refused(SIGNED), ["http.url"], "it has no default");
        for (lines, key) in [
            ("url = \"http://accounts.example.gov.cn\"", "http.url"),
            ("url = \"https://me:s3cr3t@accounts.example.gov.cn\"", "http.url"),
            ("url = \"http://127.0.0.1:9\"\nca_file = \"/ca.pem\"", "http.ca_file"),
            ("url = \"https://a.example\"\nconnect_timeout = \"3s\"", "http.connect_timeout"),
        ] {
            assert_eq!(refused(&format!("{SIGNED}\n{lines}")), [key], "{lines}");
        }
        assert_eq!(refused(&format!("{SIGNED}\nurl = \"http://127.0.0.1:9/x\"")), [""; 0]);
    }
}
