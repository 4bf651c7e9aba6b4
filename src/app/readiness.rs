//! What must work for the service to be ready, and values that are read with the metrics.

use std::sync::Arc;

use async_trait::async_trait;

use super::parts::Core;
use super::served::Live;
use crate::account::AccountStore;
use crate::audit::AuditSink;
use crate::flow::{Outbox, RecoveryFlow};
use crate::http::ops::{Exposition, Readiness, Remarks};
use crate::limits::RateLimiter;
use crate::sms::ProviderHealth;

struct Accounts(Live);

#[async_trait]
impl Readiness for Accounts {
    fn name(&self) -> &'static str {
        "account store"
    }

    async fn check(&self) -> Result<(), String> {
        let accounts = Arc::clone(&self.0.load().parts.accounts);
        accounts.check().await.map_err(|error| error.to_string())
    }
}

struct Audit(Arc<dyn AuditSink>);

#[async_trait]
impl Readiness for Audit {
    fn name(&self) -> &'static str {
        "audit trail"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check()
    }
}

struct Queue(Outbox);

#[async_trait]
impl Readiness for Queue {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn check(&self) -> Result<(), String> {
        if self.0.is_full() { Err("the queue of messages is full".to_owned()) } else { Ok(()) }
    }
}

pub(super) fn checks(live: &Live) -> Vec<Box<dyn Readiness>> {
    let parts = &live.load().parts;
    vec![
        Box::new(Accounts(Arc::clone(live))),
        Box::new(Audit(Arc::clone(&parts.core.audit))),
        Box::new(Queue(parts.outbox.clone())),
    ]
}

/// A failing gateway makes nobody unready: another replica would fare no better.
struct Providers(Live);

impl Remarks for Providers {
    fn lines(&self) -> Vec<(String, bool, String)> {
        self.0.load().parts.router.health().into_iter().map(remark).collect()
    }
}

fn remark(ProviderHealth { name, passed_by, faults }: ProviderHealth) -> (String, bool, String) {
    let mut words: Vec<String> = passed_by.then(|| "messages pass it by".to_owned()).into_iter().collect();
    words.extend(faults.iter().map(|fault| format!("it refuses our {}", fault.name())));
    let is_well = words.is_empty();
    (format!("sms provider {name}"), is_well, if is_well { "ok".to_owned() } else { words.join("; ") })
}

pub(super) fn remarks(live: &Live) -> Box<dyn Remarks> {
    Box::new(Providers(Arc::clone(live)))
}

/// Gauges are set when they are read, so that nothing has to keep them up to date.
struct Readings {
    core: Arc<Core>,
    outbox: Outbox,
    recovery: RecoveryFlow,
    live: Live,
}

#[async_trait]
impl Exposition for Readings {
    async fn text(&self) -> String {
        self.recovery.count_expired().await;
        let gauges = self.core.metrics.gauges();
        gauges.queue_depth.set(i64::try_from(self.outbox.depth()).unwrap_or(i64::MAX));
        gauges.flows_live.set(i64::try_from(self.core.state.challenges_remembered()).unwrap_or(i64::MAX));
        gauges.failures_alarm.set(i64::from(self.core.state.failures_high(self.core.clock.now())));
        if let Ok(left) = self.core.limiter.budget_left(self.core.clock.now()).await {
            gauges.budget_left.set(left);
        }
        for health in self.live.load().parts.router.health() {
            gauges.breaker(&health.name, health.passed_by);
        }
        self.core.metrics.text()
    }
}

pub(super) fn metrics(live: &Live) -> Box<dyn Exposition> {
    let parts = &live.load().parts;
    Box::new(Readings {
        core: Arc::clone(&parts.core),
        outbox: parts.outbox.clone(),
        recovery: parts.recovery.clone(),
        live: Arc::clone(live),
    })
}
