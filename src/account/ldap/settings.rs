//! `[account.ldap]`, `[account.ldap.attributes]` and `[account.ldap.password]` of the configuration.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::mark::DisabledMark;
use super::query::is_template;
use super::server::Server;
use super::times::TimeFormat;
use crate::account::MaxAge;
use crate::account::hashing::Scheme;
use crate::domain::Period;
use crate::outbound::Trust;

/// A directory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapSettings {
    /// Servers, tried in this order.
    pub urls: Vec<String>,
    /// Whether `ldap://` is turned into TLS before anything is said.
    pub starttls: bool,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: PathBuf,
    /// Whom the service signs in as.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: SecretString,
    /// Connections that are kept (1 to 64); each carries many requests at once.
    pub connections: usize,
    /// For name, connection, TLS and sign-in at one server; then the next is tried.
    pub connect_timeout: Period,
    /// A read that takes longer is asked once more, on another connection.
    pub operation_timeout: Period,
    /// Where the accounts are.
    pub base: String,
    /// How far below it.
    pub scope: SearchScope,
    /// What names an account, with `{address}`.
    pub filter: String,
    /// The attribute that never changes, not even when the entry is renamed.
    pub id: String,
    /// Any of these, and an account is disabled.
    pub disabled: Vec<DisabledMark>,
    /// What is read from where.
    pub attributes: AttributeSettings,
    /// How a password is written.
    pub password: PasswordSettings,
}

/// How far below the base accounts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchScope {
    /// Directly below.
    One,
    /// Anywhere below.
    Subtree,
}

/// `[account.ldap.attributes]`: names of attributes; empty is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeSettings {
    /// The primary address.
    pub address: String,
    /// Further addresses, bare or like `smtp:name@domain`.
    pub aliases: Vec<String>,
    /// The bound phone; written when a phone is bound.
    pub mobile: String,
    /// When that was; written along.
    pub phone_bound: String,
    /// The office number.
    pub work_phone: String,
    /// The birthday.
    pub birthday: String,
    /// The organisation.
    pub unit: String,
    /// When the password was last changed, as the server keeps it.
    pub password_changed: String,
}

/// `[account.ldap.password]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// The operation.
    pub write: WriteMethod,
    /// Who hashes what `user_password` writes.
    pub hashed_by: Hasher,
    /// Where the end of validity is kept; empty is nowhere.
    pub expiry: String,
    /// How it is written.
    pub expiry_format: TimeFormat,
    /// Whether `shadowLastChange` is written along.
    pub shadow_last_change: bool,
    /// Whether `pwdReset` is removed along.
    pub clear_reset: bool,
    /// Where the id of the last challenge is kept; empty is in memory only.
    pub marker: String,
    /// The entry of the password policy that holds for accounts which name none.
    pub policy: String,
}

/// Which operation writes a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteMethod {
    /// The Password Modify operation, RFC 3062: the server hashes and its own rules judge.
    PasswordModify,
    /// A modification of `userPassword`.
    UserPassword,
    /// A modification of Active Directory's `unicodePwd`, as an administrator's reset.
    UnicodePwd,
}

/// Who hashes what is written into `userPassword`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hasher {
    /// This service, as `[account.hash]` says; the server's own rules cannot look into it.
    Resetgate,
    /// The server, which gets the password as it is: 389 always does, `OpenLDAP` with `ppolicy_hash_cleartext`.
    Server,
}

type Problem = (&'static str, String);

impl LdapSettings {
    /// Whom to believe.
    pub(super) fn trust(&self) -> Trust<'_> {
        if self.ca_file.as_os_str().is_empty() { Trust::System } else { Trust::File(&self.ca_file) }
    }

    /// What is wrong, as key below `[account]` and what to write instead. `timeout` is the store's own,
    /// `hash` what passwords are hashed with here, and `choices` the validity that a person may choose.
    pub(in crate::account) fn check(&self, timeout: Period, hash: Scheme, choices: &[MaxAge]) -> Vec<Problem> {
        let mut problems = self.connection_problems(timeout);
        let mut wrong = |key, text: &str| problems.push((key, text.to_owned()));
        if self.base.is_empty() {
            wrong("ldap.base", "is empty; write where the accounts are, like \"ou=people,dc=example,dc=org\"");
        }
        if !is_template(&self.filter) {
            wrong("ldap.filter", "is no filter with {address} in it; write one like \"(mail={address})\"");
        }
        for (key, name, needed) in self.names() {
            if name.is_empty() && needed {
                wrong(key, "is empty; write the name of an attribute");
            } else if !name.is_empty() && !is_attribute(name) {
                wrong(key, "is no name of an attribute; write one like \"mail\"");
            }
        }
        let hashed_here =
            self.password.write == WriteMethod::UserPassword && self.password.hashed_by == Hasher::Resetgate;
        if hashed_here && hash == Scheme::Pbkdf2 {
            wrong("hash.scheme", "is \"pbkdf2\" as Dovecot writes it, which no directory reads; write another");
        }
        if let Some(choice) = MaxAge::first_with_an_end(choices).filter(|_| self.password.expiry.is_empty()) {
            let problem = format!(
                "holds \"{choice}\", and account.ldap.password.expiry names no attribute that keeps its end; write [\"never\"], or name one"
            );
            wrong("max_age_choices", &problem);
        }
        if self.password.write == WriteMethod::UnicodePwd {
            let plain = |url: &String| Server::parse(url, self.starttls).is_ok_and(|server| !server.is_encrypted());
            if self.urls.iter().any(plain) {
                wrong(
                    "ldap.password.write",
                    "is \"unicode_pwd\", which Active Directory takes over TLS only; write ldaps:// in ldap.urls, or starttls = true",
                );
            }
            if self.password.clear_reset || self.password.shadow_last_change {
                wrong(
                    "ldap.password.write",
                    "is \"unicode_pwd\", and Active Directory has no pwdReset and no shadowLastChange of its own; write false for both",
                );
            }
        }
        problems
    }

    fn connection_problems(&self, timeout: Period) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.urls.is_empty() {
            problems
                .push(("ldap.urls", "is empty; write at least one server, like [\"ldaps://ldap.example.org\"]".into()));
        }
        let faults = self.urls.iter().filter_map(|url| Server::parse(url, self.starttls).err());
        problems.extend(faults.map(|fault| ("ldap.urls", fault)));
        if self.bind_dn.is_empty() {
            problems.push(("ldap.bind_dn", "is empty; write the entry this service signs in as".to_owned()));
        }
        // A name without a password is an anonymous bind that looks like a good one (RFC 4513, 5.1.2).
        if self.bind_password.expose_secret().is_empty() {
            let problem = "is empty, and a bind without a password is anonymous; write bind_password_file = \"…\"";
            problems.push(("ldap.bind_password", problem.to_owned()));
        }
        if !(1..=64).contains(&self.connections) {
            problems.push(("ldap.connections", format!("{} is out of range; write 1 to 64", self.connections)));
        }
        for (key, span) in
            [("ldap.connect_timeout", self.connect_timeout), ("ldap.operation_timeout", self.operation_timeout)]
        {
            if span >= timeout {
                problems.push((key, format!("{span} is not shorter than account.timeout ({timeout}); write less")));
            }
        }
        problems
    }

    /// Every attribute that is named, with its key and whether it is needed.
    fn names(&self) -> Vec<(&'static str, &str, bool)> {
        let (attributes, password) = (&self.attributes, &self.password);
        let mut names: Vec<(&'static str, &str, bool)> = vec![
            ("ldap.id", &self.id, true),
            ("ldap.attributes.address", &attributes.address, true),
            ("ldap.attributes.mobile", &attributes.mobile, true),
            ("ldap.attributes.phone_bound", &attributes.phone_bound, false),
            ("ldap.attributes.work_phone", &attributes.work_phone, false),
            ("ldap.attributes.birthday", &attributes.birthday, false),
            ("ldap.attributes.unit", &attributes.unit, false),
            ("ldap.attributes.password_changed", &attributes.password_changed, false),
            ("ldap.password.expiry", &password.expiry, false),
            ("ldap.password.marker", &password.marker, false),
        ];
        names.extend(attributes.aliases.iter().map(|alias| ("ldap.attributes.aliases", alias.as_str(), true)));
        names
    }
}

/// A descriptor or an object identifier, RFC 4512 1.4, with options.
pub(super) fn is_attribute(name: &str) -> bool {
    name.starts_with(|sign: char| sign.is_ascii_alphanumeric())
        && name.len() <= 128
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';'))
}

#[cfg(test)]
mod tests;
