//! What must work for the service to be ready, and values that are read with the metrics.

use std::sync::Arc;

use async_trait::async_trait;

use super::parts::Parts;
use crate::account::AccountStore;
use crate::audit::AuditSink;
use crate::domain::Clock;
use crate::flow::{Outbox, RecoveryFlow};
use crate::http::ops::{Exposition, Readiness, Remarks};
use crate::limits::RateLimiter;
use crate::sms::{ProviderHealth, Router};
use crate::state::MemoryState;
use crate::telemetry::Metrics;

struct Accounts(Arc<dyn AccountStore>);

#[async_trait]
impl Readiness for Accounts {
    fn name(&self) -> &'static str {
        "account store"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check().await.map_err(|error| error.to_string())
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

pub(super) fn checks(parts: &Parts) -> Vec<Box<dyn Readiness>> {
    vec![
        Box::new(Accounts(Arc::clone(&parts.accounts))),
        Box::new(Audit(Arc::clone(&parts.audit))),
        Box::new(Queue(parts.outbox.clone())),
    ]
}

/// A failing gateway makes nobody unready: another replica would fare no better.
struct Providers(Arc<Router>);

impl Remarks for Providers {
    fn lines(&self) -> Vec<(String, bool, String)> {
        self.0.health().into_iter().map(remark).collect()
    }
}

fn remark(ProviderHealth { name, passed_by, faults }: ProviderHealth) -> (String, bool, String) {
    let mut words: Vec<String> = passed_by.then(|| "messages pass it by".to_owned()).into_iter().collect();
    words.extend(faults.iter().map(|fault| format!("it refuses our {}", fault.name())));
    let is_well = words.is_empty();
    (format!("sms provider {name}"), is_well, if is_well { "ok".to_owned() } else { words.join("; ") })
}

pub(super) fn remarks(parts: &Parts) -> Box<dyn Remarks> {
    Box::new(Providers(Arc::clone(&parts.router)))
}

/// Gauges are set when they are read, so that nothing has to keep them up to date.
struct Readings {
    metrics: Arc<Metrics>,
    outbox: Outbox,
    recovery: RecoveryFlow,
    state: Arc<MemoryState>,
    limiter: Arc<dyn RateLimiter>,
    clock: Arc<dyn Clock>,
    router: Arc<Router>,
}

#[async_trait]
impl Exposition for Readings {
    async fn text(&self) -> String {
        self.recovery.count_expired().await;
        let gauges = self.metrics.gauges();
        gauges.queue_depth.set(i64::try_from(self.outbox.depth()).unwrap_or(i64::MAX));
        gauges.flows_live.set(i64::try_from(self.state.challenges_remembered()).unwrap_or(i64::MAX));
        gauges.failures_alarm.set(i64::from(self.state.failures_high(self.clock.now())));
        if let Ok(left) = self.limiter.budget_left(self.clock.now()).await {
            gauges.budget_left.set(left);
        }
        for health in self.router.health() {
            gauges.breaker(&health.name, health.passed_by);
        }
        self.metrics.text()
    }
}

pub(super) fn metrics(parts: &Parts) -> Box<dyn Exposition> {
    Box::new(Readings {
        metrics: Arc::clone(&parts.metrics),
        outbox: parts.outbox.clone(),
        recovery: parts.recovery.clone(),
        state: Arc::clone(&parts.state),
        limiter: Arc::clone(&parts.limiter),
        clock: Arc::clone(&parts.clock),
        router: Arc::clone(&parts.router),
    })
}
