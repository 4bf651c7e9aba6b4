//! Whether the directory offers what the configured operations need. Writes nothing.

mod rights;
mod schema;

use std::sync::Arc;

use ldap3::Scope;
use secrecy::ExposeSecret;

use super::LdapAccounts;
use super::entry::Entry;
use super::fault::{Fault, code};
use super::pool::Query;
use super::query;
use super::settings::WriteMethod;
use crate::account::AccountError;
use crate::domain::{Condition, Finding};

/// Entries that are looked at to see which attributes are there and may be read.
const SAMPLE: usize = 20;

/// Password Modify, RFC 3062.
const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";

/// What Active Directory calls itself among the capabilities of the root ([MS-ADTS] 3.1.1.3.4.3).
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

impl LdapAccounts {
    /// The root of the directory, which describes the server (RFC 4512, 5.1).
    pub(super) async fn root(&self) -> Result<Option<Entry>, Fault> {
        let wanted = ["subschemaSubentry", "supportedExtension", "supportedCapabilities"];
        self.look_at("", &wanted).await
    }

    /// One entry by its name; `None` when it is not there or not shown.
    pub(super) async fn look_at(&self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, Fault> {
        let query = entry_named(dn, attributes);
        match self.pool.search(&query).await {
            Ok(mut found) => Ok(found.entries.pop()),
            Err(Fault::Refused(refusal)) if refusal.code == code::NO_SUCH_OBJECT => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    pub(super) async fn look_at_everything(&self) -> Vec<Finding> {
        let mut findings = self.servers_found().await;
        if findings.iter().all(|finding| finding.state == Condition::Bad) {
            return findings;
        }
        match self.contents_found().await {
            Ok(more) => findings.extend(more),
            Err(fault) => findings.push(bad("directory", AccountError::from(fault).to_string())),
        }
        findings
    }

    /// Every server by itself: a second one that does not work would show only on the day the first fails.
    async fn servers_found(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for server in self.servers.all() {
            let what = format!("server {}", server.shown());
            let password = self.settings.bind_password.expose_secret();
            findings.push(match self.servers.bind_at(server, &self.settings.bind_dn, password).await {
                Err(reason) => bad(what, reason),
                Ok((_, answer)) => match Fault::unless_good(answer).map_err(|fault| fault.without(password)) {
                    Ok(_) if server.is_encrypted() => good(what, "TLS and sign-in as bind_dn work"),
                    Ok(_) => good(what, "sign-in as bind_dn works; this machine only, without TLS"),
                    Err(fault) => bad(what, AccountError::from(fault).to_string()),
                },
            });
        }
        findings
    }

    async fn contents_found(&self) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        if self.look_at(&self.settings.base, &["1.1"]).await?.is_none() {
            let text = "is not there, or bind_dn may not read it; check account.ldap.base";
            return Ok(vec![bad("base", text)]);
        }
        findings.push(good("base", "is there"));
        let root = self.root().await?;
        let is_ad = root.as_ref().is_some_and(|root| root.texts("supportedCapabilities").contains(&ACTIVE_DIRECTORY));
        findings.push(self.method_found(root.as_ref(), is_ad));
        findings.extend(self.schema_found(root.as_ref()).await?);
        let sample = self.sample().await?;
        findings.extend(self.reading_found(&sample));
        findings.extend(self.rights_found(sample.first(), is_ad).await?);
        Ok(findings)
    }

    fn method_found(&self, root: Option<&Entry>, is_ad: bool) -> Finding {
        let method = self.settings.password.write;
        let offers = root.is_some_and(|root| root.texts("supportedExtension").contains(&PASSWORD_MODIFY));
        let what = "password write";
        match method {
            WriteMethod::UnicodePwd if !is_ad => bad(
                what,
                "this is no Active Directory, which alone has unicodePwd; write account.ldap.password.write = \"password_modify\"",
            ),
            WriteMethod::PasswordModify | WriteMethod::UserPassword if is_ad => bad(
                what,
                "this is Active Directory, which keeps passwords in unicodePwd; write account.ldap.password.write = \"unicode_pwd\"",
            ),
            WriteMethod::PasswordModify if !offers => bad(
                what,
                "the server offers no Password Modify (RFC 3062); write account.ldap.password.write = \"user_password\"",
            ),
            WriteMethod::PasswordModify if self.is_followed() => doubtful(
                what,
                "Password Modify writes nothing besides, so that what else account.ldap.password names is written by a second request, which may fail by itself",
            ),
            _ => good(what, "the server offers the operation"),
        }
    }

    /// Whether a write of a password is followed by another request.
    fn is_followed(&self) -> bool {
        let keeping = &self.settings.password;
        keeping.write == WriteMethod::PasswordModify
            && (keeping.clear_reset
                || keeping.shadow_last_change
                || !(keeping.expiry.is_empty() && keeping.marker.is_empty()))
    }

    /// A few accounts.
    async fn sample(&self) -> Result<Vec<Entry>, Fault> {
        let query = Query {
            base: self.settings.base.clone(),
            scope: self.scope(),
            filter: query::accounts(&self.settings.filter),
            attributes: Arc::clone(&self.people.attributes()),
            limit: SAMPLE,
        };
        Ok(self.pool.search(&query).await?.entries)
    }

    fn reading_found(&self, sample: &[Entry]) -> Vec<Finding> {
        if sample.is_empty() {
            let text = "none is found; check account.ldap.filter and scope, and that bind_dn may read the attributes in the filter";
            return vec![doubtful("accounts", text)];
        }
        let count = sample.len();
        let mut findings = Vec::new();
        if sample.iter().any(|entry| self.people.subject(entry, self.clock.now()).is_some()) {
            findings.push(good("accounts", "entries are found, with an address and an id"));
        } else {
            let text = format!(
                "of {count} entries none shows both a mail address ({}) and {}; let bind_dn read them, or name others",
                self.settings.attributes.address, self.settings.id
            );
            findings.push(bad("accounts", text));
        }
        let of = &self.settings.attributes;
        for name in [&of.mobile, &of.work_phone, &of.birthday, &of.unit, &of.password_changed] {
            if !name.is_empty() && !sample.iter().any(|entry| entry.has(name)) {
                let text = format!("of {count} entries none shows it: either it is empty, or bind_dn may not read it");
                findings.push(doubtful(format!("attribute {name}"), text));
            }
        }
        findings
    }
}

/// A search for one entry by its name.
pub(super) fn entry_named(dn: &str, attributes: &[&str]) -> Query {
    Query {
        base: dn.to_owned(),
        scope: Scope::Base,
        filter: "(objectClass=*)".to_owned(),
        attributes: attributes.iter().map(ToString::to_string).collect(),
        limit: 1,
    }
}

fn good(what: impl Into<String>, text: impl Into<String>) -> Finding {
    Finding::of(what, Condition::Good, text)
}

fn doubtful(what: impl Into<String>, text: impl Into<String>) -> Finding {
    Finding::of(what, Condition::Doubtful, text)
}

fn bad(what: impl Into<String>, text: impl Into<String>) -> Finding {
    Finding::of(what, Condition::Bad, text)
}
