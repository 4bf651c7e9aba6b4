//! What a directory says, in words an operator can act on; and whether something may have been written.

use ldap3::{LdapError, LdapResult};

use super::entry::context_number;
use crate::account::AccountError;

/// The response control of draft-behera-ldap-password-policy.
pub(super) const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Result codes, RFC 4511 4.1.9.
pub(super) mod code {
    pub(in super::super) const SUCCESS: u32 = 0;
    pub(in super::super) const SIZE_LIMIT_EXCEEDED: u32 = 4;
    pub(in super::super) const REFERRAL: u32 = 10;
    pub(in super::super) const ADMIN_LIMIT_EXCEEDED: u32 = 11;
    pub(in super::super) const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
    pub(in super::super) const NO_SUCH_ATTRIBUTE: u32 = 16;
    pub(in super::super) const CONSTRAINT_VIOLATION: u32 = 19;
    pub(in super::super) const NO_SUCH_OBJECT: u32 = 32;
    pub(in super::super) const INVALID_DN_SYNTAX: u32 = 34;
    pub(in super::super) const INAPPROPRIATE_AUTHENTICATION: u32 = 48;
    pub(in super::super) const INVALID_CREDENTIALS: u32 = 49;
    pub(in super::super) const INSUFFICIENT_ACCESS: u32 = 50;
    pub(in super::super) const BUSY: u32 = 51;
    pub(in super::super) const UNAVAILABLE: u32 = 52;
    pub(in super::super) const UNWILLING: u32 = 53;
    pub(in super::super) const OTHER: u32 = 80;
}

/// Why a request has no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It was not sent.
    Unsent(String),
    /// It was sent, and nothing came back.
    Silent(String),
    /// The server said no.
    Refused(Refusal),
}

/// A server's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The result code.
    pub(super) code: u32,
    /// The server's words on one line, whole: a password that it repeats is only found in one piece.
    pub(super) text: String,
    /// The error that a password policy gave besides.
    policy: Option<u8>,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    WritingPassword,
    WritingPhone,
}

impl Fault {
    /// Of the library's error. Its own words stay out where they could quote a request.
    pub(super) fn of(error: &LdapError) -> Self {
        match error {
            LdapError::OpSend { .. } | LdapError::MiscSend { .. } => {
                Self::Unsent("the connection was closed before the request".to_owned())
            }
            LdapError::Io { source } => {
                Self::Silent(format!("the connection was lost: {}", on_one_line(&source.to_string())))
            }
            _ => Self::Silent("the connection was lost before the answer".to_owned()),
        }
    }

    /// Of an answer; `Ok` when it is a yes.
    pub(super) fn unless_good(result: LdapResult) -> Result<LdapResult, Self> {
        if result.rc == code::SUCCESS {
            return Ok(result);
        }
        let control = result.ctrls.iter().find(|control| control.1.ctype == PASSWORD_POLICY);
        let policy = control.and_then(|control| context_number(control.1.val.as_deref()?, 1));
        Err(Self::Refused(Refusal { code: result.rc, text: on_one_line(&result.text), policy }))
    }

    /// Whether waiting mends nothing: a no that is not a server's way of saying later.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Refused(refusal) if !matches!(refusal.code, code::BUSY | code::UNAVAILABLE))
    }

    /// The fault without anything that `secret` is in.
    pub(super) fn without(mut self, secret: &str) -> Self {
        if let Self::Unsent(text) | Self::Silent(text) | Self::Refused(Refusal { text, .. }) = &mut self
            && text.contains(secret)
        {
            text.clear();
        }
        self
    }

    /// What it means for the caller. Reads write nothing, whatever became of them.
    pub(super) fn into_error(self, doing: Doing) -> AccountError {
        let unavailable = |reason: String| AccountError::Unavailable { reason };
        match self {
            Self::Unsent(reason) => unavailable(reason),
            Self::Silent(reason) if doing == Doing::Reading => unavailable(reason),
            Self::Silent(reason) => AccountError::Unknown { reason },
            Self::Refused(refusal) => refusal.into_error(doing),
        }
    }
}

impl From<Fault> for AccountError {
    /// Of a read.
    fn from(fault: Fault) -> Self {
        fault.into_error(Doing::Reading)
    }
}

impl Refusal {
    fn into_error(self, doing: Doing) -> AccountError {
        let writes = doing != Doing::Reading;
        match (self.code, self.policy) {
            // 4 wants the old password, 3 and 7 forbid any new one: another password would not help.
            (_, Some(4)) if doing == Doing::WritingPassword => self.unavailable(
                "its password policy wants the old password (pwdSafeModify); let bind_dn manage userPassword",
            ),
            (_, Some(3 | 7)) if doing == Doing::WritingPassword => {
                self.unavailable("its password policy lets nobody change this password now")
            }
            (code::CONSTRAINT_VIOLATION, _) | (_, Some(5 | 6 | 8)) if doing == Doing::WritingPassword => {
                AccountError::PasswordRefused { reason: self.words() }
            }
            (code::NO_SUCH_OBJECT, _) if writes => AccountError::NoSuchAccount,
            // The one code that says nothing, not even that nothing was done.
            (code::OTHER, _) if writes => AccountError::Unknown { reason: self.shown() },
            (code::NO_SUCH_OBJECT, _) => self.unavailable("check account.ldap.base, and that bind_dn may read there"),
            (code::INVALID_DN_SYNTAX, _) if !writes => self.unavailable("check account.ldap.base and bind_dn"),
            (code::REFERRAL, _) if writes => {
                self.unavailable("it is a read-only copy; put a server that can be written first in account.ldap.urls")
            }
            (code::REFERRAL, _) => {
                self.unavailable("the base is on another server; name that one in account.ldap.urls")
            }
            (code::INVALID_CREDENTIALS, _) => self.unavailable("check account.ldap.bind_dn and bind_password"),
            (code::INSUFFICIENT_ACCESS, _) => self.unavailable(match doing {
                Doing::Reading => "let account.ldap.bind_dn read the accounts",
                Doing::WritingPassword => {
                    "let account.ldap.bind_dn write passwords, and what account.ldap.password names"
                }
                Doing::WritingPhone => "let account.ldap.bind_dn write the attributes of a phone",
            }),
            _ => self.unavailable(""),
        }
    }

    fn unavailable(&self, what_to_do: &str) -> AccountError {
        let joint = if what_to_do.is_empty() { "" } else { "; " };
        AccountError::Unavailable { reason: format!("{}{joint}{what_to_do}", self.shown()) }
    }

    /// Code and words.
    pub(super) fn shown(&self) -> String {
        let joint = if self.text.is_empty() { "" } else { ": " };
        format!("the directory answered {}{joint}{}", name_of(self.code), self.in_short())
    }

    /// The words for a refused password.
    fn words(&self) -> String {
        let of_policy = match self.policy {
            Some(5) => "too simple",
            Some(6) => "too short",
            Some(8) => "used before",
            _ => "against its rules",
        };
        if self.text.is_empty() { of_policy.to_owned() } else { self.in_short() }
    }

    /// The server's words, at most 200 signs.
    fn in_short(&self) -> String {
        self.text.chars().take(200).collect::<String>().trim_end().to_owned()
    }
}

fn on_one_line(text: &str) -> String {
    let plain = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    plain.collect::<String>().trim().to_owned()
}

/// The name of a result code, RFC 4511 4.1.9.
fn name_of(code: u32) -> String {
    let name = match code {
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        code::SIZE_LIMIT_EXCEEDED => "sizeLimitExceeded",
        8 => "strongerAuthRequired",
        code::REFERRAL => "referral",
        code::ADMIN_LIMIT_EXCEEDED => "adminLimitExceeded",
        code::UNAVAILABLE_CRITICAL_EXTENSION => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        code::NO_SUCH_ATTRIBUTE => "noSuchAttribute",
        17 => "undefinedAttributeType",
        code::CONSTRAINT_VIOLATION => "constraintViolation",
        21 => "invalidAttributeSyntax",
        code::NO_SUCH_OBJECT => "noSuchObject",
        code::INVALID_DN_SYNTAX => "invalidDNSyntax",
        code::INAPPROPRIATE_AUTHENTICATION => "inappropriateAuthentication",
        code::INVALID_CREDENTIALS => "invalidCredentials",
        code::INSUFFICIENT_ACCESS => "insufficientAccessRights",
        code::BUSY => "busy",
        code::UNAVAILABLE => "unavailable",
        code::UNWILLING => "unwillingToPerform",
        65 => "objectClassViolation",
        code::OTHER => "other",
        _ => return format!("code {code}"),
    };
    format!("{name} ({code})")
}

#[cfg(test)]
mod tests;
