//! What the hosted pages are told at start.

use std::sync::Arc;

use super::parts::Parts;
use crate::http::pages::{Assets, PageRules, content_security_policy};
use crate::http::{HelpContact, ReturnTo};
use crate::settings::Settings;

pub(super) fn build(settings: &Settings, parts: &Parts) -> PageRules {
    let help = &settings.help;
    PageRules {
        single: false,
        login_url: None,
        mail_domain: String::new(),
        example_address: settings.text.example_address.clone(),
        policy_header: content_security_policy(&[]),
        names: [("zh-CN", "市政邮箱"), ("en", "City Mail")].map(|(tag, name)| (tag.to_owned(), name.to_owned())).into(),
        footers: std::collections::BTreeMap::new(),
        return_to: return_to(settings),
        client_settings: client_settings(settings),
        help: HelpContact {
            name: help.name.clone(),
            phone: help.phone.clone(),
            email: help.email.clone(),
            hours: help.hours.clone(),
            url: help.url.clone(),
        },
        contacts: Arc::new(crate::http::Contacts::default()),
        zone: crate::http::Zone::utc(),
        policy: parts.policy.describe().clone(),
        assets: Assets::new(crate::http::Colour::parse("#0b5cab").unwrap(), None, None),
        random: Arc::clone(&parts.random),
        clock: Arc::clone(&parts.clock),
    }
}

/// Where a claimant may be led back to.
pub(super) fn return_to(settings: &Settings) -> ReturnTo {
    ReturnTo::new(settings.server.return_to_allow.clone())
}

/// Mail client settings for the last page, those that are given.
pub(super) fn client_settings(settings: &Settings) -> Vec<(&'static str, String)> {
    let mail = &settings.mail;
    let servers = [("imap", &mail.imap), ("pop", &mail.pop), ("smtp", &mail.smtp)];
    servers.into_iter().filter(|(_, server)| !server.is_empty()).map(|(name, server)| (name, server.clone())).collect()
}
