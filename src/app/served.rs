//! What requests are served with, and how one configuration takes the place of another.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Extensions;
use actix_web::web;
use arc_swap::ArcSwap;

use super::parts::Parts;
use super::{StartError, config_answer, listeners, page_rules};
use crate::flow::{CaptchaFlow, ReceiptDesk, RecoveryFlow};
use crate::http::api::{ApiRules, ConfigAnswer};
use crate::http::pages::PageRules;
use crate::http::{BodyRules, Observation};
use crate::settings::Settings;

/// What requests are served with now.
pub(super) type Live = Arc<ArcSwap<Served>>;

/// Everything that handlers ask for, of one configuration.
pub(super) struct Served {
    pub parts: Parts,
    observation: web::Data<Observation>,
    recovery: web::Data<RecoveryFlow>,
    captcha: web::Data<Arc<CaptchaFlow>>,
    receipts: web::Data<ReceiptDesk>,
    config: web::Data<ConfigAnswer>,
    rules: web::Data<ApiRules>,
    page_rules: web::Data<PageRules>,
    body: web::Data<BodyRules>,
}

impl Served {
    pub(super) fn new(settings: &Settings, parts: Parts) -> Result<Self, StartError> {
        let server = &settings.server;
        let origins = server.cors_origins.iter().map(|origin| origin.as_str().to_owned()).collect();
        Ok(Self {
            observation: web::Data::new(Observation {
                rules: Arc::new(listeners::call_rules(settings, &parts, origins)),
                metrics: parts.core.http_metrics.clone(),
                access_log: settings.log.access,
            }),
            recovery: web::Data::new(parts.recovery.clone()),
            captcha: web::Data::new(Arc::clone(&parts.captcha)),
            receipts: web::Data::new(listeners::receipt_desk(settings, &parts)?),
            config: web::Data::new(config_answer::build(settings, &parts)),
            rules: web::Data::new(listeners::api_rules(settings)),
            page_rules: web::Data::new(page_rules::build(settings, &parts)),
            body: web::Data::new(BodyRules { limit: server.max_body.get(), timeout: server.request_timeout.get() }),
            parts,
        })
    }

    fn extensions(&self) -> Extensions {
        let mut extensions = Extensions::new();
        extensions.insert(self.observation.clone());
        extensions.insert(self.recovery.clone());
        extensions.insert(self.captcha.clone());
        extensions.insert(self.receipts.clone());
        extensions.insert(self.config.clone());
        extensions.insert(self.rules.clone());
        extensions.insert(self.page_rules.clone());
        extensions.insert(self.body.clone());
        extensions
    }
}

/// The same as the framework looks for it. Each worker makes its own, because the framework counts references without locks.
pub(super) struct Container {
    live: Live,
    held: RefCell<Option<(Arc<Served>, Rc<Extensions>)>>,
}

impl Container {
    pub(super) const fn of(live: Live) -> Self {
        Self { live, held: RefCell::new(None) }
    }

    /// What a request that comes now is served with.
    pub(super) fn current(&self) -> Rc<Extensions> {
        let now = self.live.load();
        let mut held = self.held.borrow_mut();
        match &*held {
            Some((served, extensions)) if Arc::ptr_eq(served, &now) => Rc::clone(extensions),
            _ => {
                let extensions = Rc::new(now.extensions());
                *held = Some((Arc::clone(&now), Rc::clone(&extensions)));
                extensions
            }
        }
    }
}
