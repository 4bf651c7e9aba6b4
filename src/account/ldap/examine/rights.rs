//! Whether the service account may write what is configured, and not far more.
//!
//! Active Directory tells outright. Elsewhere the question is put as a request that cannot be fulfilled: to remove a
//! random value that no entry has. Rights are looked at first, so the answer is "insufficient access" to whoever may
//! not, and "no such value" to whoever may; nothing is written in either case.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use ldap3::Mod;

use super::{bad, doubtful, good};
use crate::account::ldap::LdapAccounts;
use crate::account::ldap::entry::Entry;
use crate::account::ldap::fault::{Fault, code};
use crate::account::ldap::settings::WriteMethod;
use crate::domain::Finding;

/// What a reader of the entry may write, [MS-ADTS] 3.1.1.4.5.
const EFFECTIVE: &str = "allowedAttributesEffective";

/// An attribute of no consequence that nearly every entry may have.
const UNRELATED: &str = "description";

/// Without it a password is written all the same.
const LOCK: &str = "lockoutTime";

/// Whether a value may be written.
#[derive(Debug, PartialEq, Eq)]
enum Right {
    Given,
    Denied,
    Untold(String),
}

impl LdapAccounts {
    pub(super) async fn rights_found(&self, account: Option<&Entry>, is_ad: bool) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        match account {
            None => findings.push(doubtful("rights", "there is no account to look at, so they could not be told")),
            Some(account) => {
                for name in self.written() {
                    findings.push(written_found(&name, self.right(&account.dn, &name, is_ad).await?));
                }
            }
        }
        findings.extend(self.excess_found(is_ad).await?);
        Ok(findings)
    }

    /// Every attribute that some operation writes.
    fn written(&self) -> Vec<String> {
        let (of, keeping) = (&self.settings.attributes, &self.settings.password);
        let password = match keeping.write {
            WriteMethod::UnicodePwd => "unicodePwd",
            WriteMethod::PasswordModify | WriteMethod::UserPassword => "userPassword",
        };
        let mut names = vec![password, &of.mobile, &of.phone_bound, &keeping.expiry, &keeping.marker];
        names.extend(self.is_active_directory().then_some(LOCK));
        names.extend(keeping.shadow_last_change.then_some("shadowLastChange"));
        names.extend(keeping.clear_reset.then_some("pwdReset"));
        names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    async fn right(&self, dn: &str, name: &str, is_ad: bool) -> Result<Right, Fault> {
        if is_ad {
            let Some(entry) = self.look_at(dn, &[EFFECTIVE]).await? else { return Ok(Right::Denied) };
            // Resetting a password is a right of its own there ("Reset password"), which no attribute tells.
            if name == "unicodePwd" {
                return Ok(Right::Untold("Active Directory does not tell who may reset passwords".to_owned()));
            }
            let may = entry.texts(EFFECTIVE).iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
            return Ok(if may { Right::Given } else { Right::Denied });
        }
        let value = HEXLOWER.encode(&self.random.bytes::<16>());
        self.removal(dn, name, &value).await
    }

    /// Asks for a value to be removed that is not there.
    async fn removal(&self, dn: &str, name: &str, value: &str) -> Result<Right, Fault> {
        let lease = self.pool.lease().await?;
        let changes = vec![Mod::Delete(name.as_bytes().to_vec(), HashSet::from([self.absent(name, value)]))];
        match self.pool.modify(&lease, dn, changes, self.settings.operation_timeout.get()).await {
            Ok(_) => Ok(Right::Untold("the server removes what is not there".to_owned())),
            Err(Fault::Refused(refusal)) => Ok(match refusal.code {
                code::NO_SUCH_ATTRIBUTE => Right::Given,
                code::INSUFFICIENT_ACCESS => Right::Denied,
                _ => Right::Untold(refusal.shown()),
            }),
            Err(fault) => Err(fault),
        }
    }

    /// A value of the attribute's own syntax that nothing has.
    fn absent(&self, name: &str, random: &str) -> Vec<u8> {
        let (of, keeping) = (&self.settings.attributes, &self.settings.password);
        let digits = |count: usize| {
            let digits = random.bytes().map(|byte| char::from(b'0' + byte % 10));
            digits.take(count).collect::<String>()
        };
        if name == of.phone_bound {
            "00010101000000Z".into()
        } else if name == keeping.expiry {
            keeping.expiry_format.absent().into()
        } else if name == of.mobile {
            format!("+999{}", digits(20)).into_bytes()
        } else if name == "shadowLastChange" {
            format!("-1{}", digits(7)).into_bytes()
        } else if name == "pwdReset" {
            b"FALSE".to_vec()
        } else {
            random.as_bytes().to_vec()
        }
    }

    /// Rights that this service has no use for.
    async fn excess_found(&self, is_ad: bool) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        let base = self.right(&self.settings.base, UNRELATED, is_ad).await?;
        if base == Right::Given {
            let text = format!(
                "bind_dn may write {UNRELATED} of the base itself; give it the attributes in these findings and no other"
            );
            findings.push(doubtful("rights beyond need", text));
        }
        // What is not shown answers "no such object"; anything else that goes wrong here tells nothing.
        if !is_ad && matches!(self.look_at("cn=config", &["1.1"]).await, Ok(Some(_))) {
            findings
                .push(doubtful("rights beyond need", "bind_dn may read cn=config, the configuration of the server"));
        }
        if is_ad && let Some(own) = self.look_at(&self.settings.bind_dn, &["adminCount", "memberOf"]).await? {
            let groups = own.texts("memberOf");
            let is_admin = own.text("adminCount") == Some("1")
                || groups.iter().any(|group| group.to_ascii_lowercase().starts_with("cn=domain admins,"));
            if is_admin {
                let text =
                    "bind_dn is an administrator of the domain; take an account that may reset passwords in one unit";
                findings.push(doubtful("rights beyond need", text));
            }
        }
        if findings.is_empty() {
            findings.push(good("rights beyond need", "none was found"));
        }
        Ok(findings)
    }
}

fn written_found(name: &str, right: Right) -> Finding {
    let what = format!("right to write {name}");
    match right {
        Right::Given => good(what, "is given"),
        Right::Denied if name == LOCK => doubtful(
            what,
            "is not given: an account that wrong passwords have locked stays locked after a recovery until the lock ends; let account.ldap.bind_dn write it",
        ),
        Right::Denied => bad(what, "is not given; let account.ldap.bind_dn write it"),
        Right::Untold(why) => doubtful(what, format!("could not be told: {why}")),
    }
}
