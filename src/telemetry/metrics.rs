//! Counters, fed by the same events as the audit trail. No label holds an account, a phone, an address or a challenge.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::process::Process;
use super::sms::SmsFigures;
use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{Clock, Timestamp};
use crate::limits::SendGate;
use crate::sms::SmsObserver;

pub(super) type Labels1 = [(&'static str, String); 1];
pub(super) type Labels2 = [(&'static str, String); 2];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

/// Values that are read when the metrics are.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    /// Messages waiting or being sent.
    pub queue_depth: Gauge,
    /// The part of the send budget that is left.
    pub budget_left: Gauge<f64, AtomicU64>,
    /// Challenges remembered, about.
    pub flows_live: Gauge,
    /// Whether wrong codes over all accounts are more than allowed.
    pub failures_alarm: Gauge,
    reload_successful: Gauge,
    reload_success_at: Gauge,
    breakers: Family<Labels1, Gauge>,
}

impl Gauges {
    /// How the last reading of the configuration ended.
    pub fn reloaded(&self, successful: bool, now: Timestamp) {
        self.reload_successful.set(i64::from(successful));
        if successful {
            self.reload_success_at.set(now.as_secs());
        }
    }

    /// Whether messages pass a provider by at present.
    pub fn breaker(&self, provider: &str, open: bool) {
        self.breakers.get_or_create(&one("provider", provider)).set(i64::from(open));
    }
}

/// The registry and every family outside `http`.
pub struct Metrics {
    registry: Registry,
    /// Under a prefix of its own.
    process: Registry,
    families: Arc<Families>,
    gauges: Gauges,
}

struct Families {
    flows: Family<Labels2, Counter>,
    flow_seconds: Family<Labels1, Histogram, fn() -> Histogram>,
    captchas_issued: Family<Labels1, Counter>,
    captcha_answers: Family<Labels2, Counter>,
    codes_verified: Family<Labels1, Counter>,
    hooks: Family<Labels2, Counter>,
    hook_seconds: Family<Labels1, Histogram, fn() -> Histogram>,
    limited: Family<Labels1, Counter>,
    withheld: Family<Labels1, Counter>,
    refusals: Family<Labels1, Counter>,
    audit_events: Family<Labels1, Counter>,
    audit_last: Gauge,
    sms: Arc<SmsFigures>,
    clock: Arc<dyn Clock>,
}

fn flow_buckets() -> Histogram {
    Histogram::new([5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0])
}

fn hook_buckets() -> Histogram {
    Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

impl Metrics {
    /// With every family at zero.
    #[must_use]
    pub fn new(version: &'static str, clock: Arc<dyn Clock>) -> Self {
        let mut registry = Registry::with_prefix("resetgate");
        let families = Families {
            flows: Family::default(),
            flow_seconds: Family::new_with_constructor(flow_buckets),
            captchas_issued: Family::default(),
            captcha_answers: Family::default(),
            codes_verified: Family::default(),
            hooks: Family::default(),
            hook_seconds: Family::new_with_constructor(hook_buckets),
            limited: Family::default(),
            withheld: Family::default(),
            refusals: Family::default(),
            audit_events: Family::default(),
            audit_last: Gauge::default(),
            sms: Arc::new(SmsFigures::register(&mut registry)),
            clock,
        };
        let build: Family<BuildLabels, Gauge> = Family::default();
        build.get_or_create(&BuildLabels { version }).set(1);
        registry.register("build_info", "The running binary", build);
        families.register(&mut registry);
        let gauges = Gauges::default();
        registry.register("sms_queue_depth", "Messages waiting or being sent", gauges.queue_depth.clone());
        registry.register("sms_budget_remaining_ratio", "Part of the send budget left", gauges.budget_left.clone());
        registry.register("sms_breaker_open", "Whether messages pass the provider by", gauges.breakers.clone());
        let help = "Whether wrong codes over all accounts are more than failures.alarm allows";
        registry.register("failures_alarm", help, gauges.failures_alarm.clone());
        let help = "Whether the configuration was taken over when it was last read";
        registry.register("config_last_reload_successful", help, gauges.reload_successful.clone());
        let help = "When a configuration was last taken over, in Unix time";
        registry.register("config_last_reload_success_timestamp_seconds", help, gauges.reload_success_at.clone());
        registry.register("flows_live", "Challenges remembered, about", gauges.flows_live.clone());
        let mut process = Registry::with_prefix("process");
        process.register_collector(Box::new(Process));
        Self { registry, process, families: Arc::new(families), gauges }
    }

    /// For further families.
    pub fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// Values to be set before each reading.
    #[must_use]
    pub const fn gauges(&self) -> &Gauges {
        &self.gauges
    }

    /// The sink that counts events.
    #[must_use]
    pub fn sink(&self) -> Arc<dyn AuditSink> {
        Arc::clone(&self.families) as Arc<dyn AuditSink>
    }

    /// Who counts what happens at the providers.
    #[must_use]
    pub fn sms_observer(&self) -> Arc<dyn SmsObserver> {
        Arc::clone(&self.families.sms) as Arc<dyn SmsObserver>
    }

    /// The text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut registries = [&self.registry, &self.process].into_iter();
        let written = registries.try_for_each(|registry| encode_registry(&mut text, registry));
        if written.and_then(|()| encode_eof(&mut text)).is_err() {
            tracing::error!("the metrics cannot be written");
        }
        text
    }
}

impl Families {
    fn register(&self, registry: &mut Registry) {
        registry.register("flows", "Journeys that ended", self.flows.clone());
        registry.register_with_unit(
            "flow_duration",
            "From start to completed",
            Unit::Seconds,
            self.flow_seconds.clone(),
        );
        registry.register("captchas_issued", "Captchas issued", self.captchas_issued.clone());
        registry.register("captcha_answers", "Captchas answered", self.captcha_answers.clone());
        registry.register("codes_verified", "Codes presented", self.codes_verified.clone());
        registry.register("hook_runs", "Hooks run after a password was written", self.hooks.clone());
        let help = "Time a hook took";
        registry.register_with_unit("hook_duration", help, Unit::Seconds, self.hook_seconds.clone());
        registry.register("rate_limited", "Requests and sends that a gate refused", self.limited.clone());
        let help =
            "Codes that were not made, and no gate is why: there is no phone to send to, or something we need is away";
        registry.register("codes_withheld", help, self.withheld.clone());
        registry.register("policy_refusals", "Password rules that were broken", self.refusals.clone());
        registry.register("audit_events", "Events for the audit trail", self.audit_events.clone());
        let help = "When the last event was recorded";
        registry.register_with_unit("audit_last_write_timestamp", help, Unit::Seconds, self.audit_last.clone());
    }

    fn flow(&self, outcome: &str, count: u64) {
        self.flows.get_or_create(&[("kind", "reset".to_owned()), ("outcome", outcome.to_owned())]).inc_by(count);
    }

    /// A gate that refuses is no fault; a store that is away is.
    fn withhold(&self, reason: &str) {
        let (family, label) = if SendGate::ALL.iter().any(|gate| gate.name() == reason) {
            (&self.limited, "policy")
        } else {
            (&self.withheld, "reason")
        };
        family.get_or_create(&one(label, reason)).inc();
    }

    fn hook(&self, hook: &str, result: &str, seconds: f64) {
        self.hooks.get_or_create(&[("hook", hook.to_owned()), ("result", result.to_owned())]).inc();
        self.hook_seconds.get_or_create(&one("hook", hook)).observe(seconds);
    }
}

pub(super) fn one(name: &'static str, value: &str) -> Labels1 {
    [(name, value.to_owned())]
}

impl AuditSink for Families {
    fn record(&self, event: &AuditEvent) {
        if !event.kind.is_routine() {
            self.audit_events.get_or_create(&one("kind", event.kind.name())).inc();
            self.audit_last.set(self.clock.now().as_secs());
        }
        match &event.kind {
            // With an order it came as far as the providers, and each attempt there is counted.
            EventKind::CodeWithheld { reason, order: None, .. } => self.withhold(reason),
            EventKind::CodeVerified => {
                self.codes_verified.get_or_create(&one("result", "ok")).inc();
            }
            EventKind::CodeRejected { result } => {
                self.codes_verified.get_or_create(&one("result", result)).inc();
            }
            EventKind::FlowLocked => self.flow("locked", 1),
            EventKind::FlowCancelled => self.flow("cancelled", 1),
            EventKind::FlowsExpired { count } => self.flow("expired", *count),
            EventKind::PasswordReset { seconds, .. } => {
                self.flow("completed", 1);
                self.flow_seconds.get_or_create(&one("kind", "reset")).observe(*seconds);
            }
            EventKind::HookDone { hook, seconds } => self.hook(hook, "ok", *seconds),
            EventKind::HookFailed { hook, seconds, .. } => self.hook(hook, "failed", *seconds),
            EventKind::PasswordRefused { rules } => {
                for rule in rules {
                    self.refusals.get_or_create(&one("rule", rule)).inc();
                }
            }
            EventKind::RateLimited { gate } => {
                self.limited.get_or_create(&one("policy", gate)).inc();
            }
            EventKind::CaptchaIssued { kind } => {
                self.captchas_issued.get_or_create(&one("kind", kind)).inc();
            }
            EventKind::CaptchaAnswered { kind, result } => {
                let labels = [("kind", (*kind).to_owned()), ("result", (*result).to_owned())];
                self.captcha_answers.get_or_create(&labels).inc();
            }
            EventKind::ProviderFaulty { .. } | EventKind::ReceiptsTaken { .. } | EventKind::SmsDelivered { .. } => {
                self.sms.follow(&event.kind);
            }
            EventKind::ResetRequested
            | EventKind::CodeSent { .. }
            | EventKind::CodeWithheld { .. }
            | EventKind::SmsFailed { .. }
            | EventKind::ProviderOpened { .. }
            | EventKind::ProviderClosed { .. }
            | EventKind::ResetResendRequested
            | EventKind::ResetResumed { .. }
            | EventKind::StoreFailed { .. }
            | EventKind::NoticeSent { .. }
            | EventKind::BudgetLow { .. }
            | EventKind::FailuresHigh { .. }
            | EventKind::Service { .. } => {}
        }
    }
}
