//! What the hosted pages are told at start.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parts::Parts;
use crate::http::pages::{Assets, PageRules, content_security_policy};
use crate::http::{HelpContact, ReturnTo};
use crate::settings::{ByLanguage, PageFlow, Settings};

pub(super) fn build(settings: &Settings, parts: &Parts) -> PageRules {
    let (page, help) = (&settings.page, &settings.help);
    let embed_origins: Vec<String> = page.embed_origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    PageRules {
        single: page.flow == PageFlow::Single,
        login_url: (!page.login_url.is_empty()).then(|| page.login_url.clone()),
        mail_domain: page.mail_domain.clone(),
        example_address: settings.text.example_address.clone(),
        tls: settings.server.public_url.origin().starts_with("https://"),
        policy_header: content_security_policy(&embed_origins),
        names: texts(&page.name),
        footers: texts(&page.footer),
        return_to: return_to(settings),
        client_settings: client_settings(settings),
        help: HelpContact {
            name: help.name.clone(),
            name_in: texts(&help.name_in),
            phone: help.phone.clone(),
            email: help.email.clone(),
            hours: help.hours.clone(),
            hours_in: texts(&help.hours_in),
            url: help.url.clone(),
        },
        contacts: Arc::clone(&parts.contacts),
        zone: parts.zone.clone(),
        policy: parts.policy.describe().clone(),
        assets: Assets::new(
            settings.server.public_url.base(),
            page.brand.colour,
            parts.files.logo.clone(),
            parts.files.extra_css.clone(),
        ),
        random: Arc::clone(&parts.core.random),
        clock: Arc::clone(&parts.core.clock),
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

fn texts(by_language: &ByLanguage) -> BTreeMap<String, String> {
    by_language.iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect()
}
