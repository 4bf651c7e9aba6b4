//! From settings to ports, and from ports to flows.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{Outside, StartError, callbacks};
use crate::account::hooks::HookChain;
use crate::account::{self, AccountStore, AfterReset};
use crate::audit::{AuditSink, Fanout, Trail};
use crate::captcha::{CaptchaDesk, Voice};
use crate::domain::{Clock, CodeKeys, Randomness};
use crate::flow::{
    Alarms, CaptchaFlow, Courier, CourierRules, Gates, Outbox, OutboxWorkers, ReceiptWorker, Receipts, RecoveryFlow,
    RecoveryParts, RecoveryRules, Tasks,
};
use crate::http::{Catalog, Contacts, HttpMetrics, Zone};
use crate::limits::{MemoryLimits, RateLimiter};
use crate::policy::PasswordPolicy;
use crate::settings::{Files, Level, Settings, SystemSources};
use crate::sms::{Router, SmsObserver, SmsProvider, Surroundings, Texts};
use crate::state::{MemoryOrders, MemoryState};
use crate::telemetry::{MeteredAccounts, Metrics};

/// The part of the send budget below which an alarm is raised: 80 % spent.
const BUDGET_ALARM: f64 = 0.2;

/// Everything the listeners need.
pub(super) struct Parts {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    pub limiter: Arc<dyn RateLimiter>,
    pub accounts: Arc<dyn AccountStore>,
    pub audit: Arc<dyn AuditSink>,
    pub trail: Arc<Trail>,
    pub router: Arc<Router>,
    pub receipts: Arc<Receipts>,
    pub receipt_worker: ReceiptWorker,
    pub state: Arc<MemoryState>,
    pub policy: Arc<PasswordPolicy>,
    pub desk: Arc<CaptchaDesk>,
    pub captcha: Arc<CaptchaFlow>,
    pub recovery: RecoveryFlow,
    pub outbox: Outbox,
    pub outbox_workers: OutboxWorkers,
    pub tasks: Tasks,
    pub catalog: Arc<Catalog>,
    pub zone: Zone,
    pub contacts: Arc<Contacts>,
    pub files: BrandFiles,
    pub metrics: Arc<Metrics>,
    pub http_metrics: HttpMetrics,
}

/// What the brand's files hold.
pub(super) struct BrandFiles {
    /// The picture and what browsers are told that it is.
    pub logo: Option<(Vec<u8>, &'static str)>,
    pub extra_css: Option<String>,
}

fn captcha_desk(settings: &Settings, keys: &CodeKeys) -> Result<Arc<CaptchaDesk>, StartError> {
    let desk = CaptchaDesk::new(&settings.captcha, keys.derive("captcha"));
    Ok(Arc::new(desk.map_err(|error| StartError::Configuration(error.to_string()))?))
}

pub(super) async fn build(settings: &Settings, outside: Outside) -> Result<Parts, StartError> {
    let Outside { clock, random, console, accounts, provider, sinks, connections: _ } = outside;
    let mut metrics = Metrics::new(env!("CARGO_PKG_VERSION"), Arc::clone(&clock));
    let http_metrics = HttpMetrics::register(metrics.registry());
    let accounts = match accounts {
        Some(accounts) => accounts,
        None => open_accounts(settings, &clock, &random).await?,
    };
    let accounts: Arc<dyn AccountStore> =
        Arc::new(MeteredAccounts::around(accounts, Arc::clone(&clock), metrics.registry()));
    let (trail, audit) = audit(settings, &clock, &random, &metrics, sinks)?;
    let (receipts, receipt_worker) = receipts(settings, &audit, &clock);
    let (reports, callbacks) = (receipts.clone(), callbacks::build(settings));
    let around = Surroundings { clock: clock.clone(), random: random.clone(), console, reports, callbacks };
    let observers: Vec<Arc<dyn SmsObserver>> = vec![metrics.sms_observer(), Arc::new(Alarms::new(audit.clone()))];
    let router = router(settings, &around, provider, observers)?;
    let keys = Arc::new(settings.code.keys());
    let state = Arc::new(state(settings));
    let limiter: Arc<dyn RateLimiter> =
        Arc::new(MemoryLimits::new(&settings.limits, Arc::clone(&clock)).behind(&settings.server.trusted_proxies));
    let policy =
        PasswordPolicy::build(&settings.policy).map_err(|error| StartError::Configuration(error.to_string()))?;
    let policy = Arc::new(policy);
    let Files { catalog, zone, contacts, logo, extra_css } = files(settings)?;
    let texts = Texts::new(&settings.sms, &settings.text.default_locale);
    let texts = texts.map_err(|error| StartError::Configuration(error.to_string()))?;
    let texts = Arc::new(texts.in_zone(zone.time_zone().clone()));
    let courier = Arc::new(Courier {
        accounts: Arc::clone(&accounts),
        challenges: state.clone(),
        failures: state.clone(),
        limiter: Arc::clone(&limiter),
        router: Arc::clone(&router),
        receipts: Arc::clone(&receipts),
        texts,
        keys: Arc::clone(&keys),
        audit: Arc::clone(&audit),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        rules: courier_rules(settings),
        alarmed: AtomicBool::new(false),
    });
    let (outbox, outbox_workers) = Outbox::start(settings.sms.queue, settings.sms.workers, &courier);
    let gates = Gates::new(Arc::clone(&limiter), Arc::clone(&audit), Arc::clone(&clock));
    let desk = captcha_desk(settings, &keys)?;
    let captcha = Arc::new(CaptchaFlow {
        desk: Arc::clone(&desk),
        used: state.clone(),
        gates: gates.clone(),
        audit: Arc::clone(&audit),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        voice: Voice::of(catalog.default_tag()).unwrap_or(Voice::English),
        sounds: Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
    });
    let tasks = Tasks::on(tokio::runtime::Handle::current());
    let recovery = RecoveryFlow::new(
        RecoveryParts {
            gates,
            captcha: Arc::clone(&captcha),
            challenges: state.clone(),
            failures: state.clone(),
            accounts: Arc::clone(&accounts),
            hooks: hooks(settings, &clock, &random)?,
            policy: Arc::clone(&policy),
            outbox: outbox.clone(),
            audit: Arc::clone(&audit),
            keys,
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            rules: recovery_rules(settings),
        },
        tasks.clone(),
    );
    router.start();
    Ok(Parts {
        clock,
        random,
        limiter,
        accounts,
        audit,
        trail,
        router,
        receipts,
        receipt_worker,
        state,
        policy,
        desk,
        captcha,
        recovery,
        outbox,
        outbox_workers,
        tasks,
        catalog: Arc::new(catalog),
        zone,
        contacts: Arc::new(contacts),
        files: BrandFiles { logo: logo.map(|logo| (logo.bytes, logo.content_type)), extra_css },
        metrics: Arc::new(metrics),
        http_metrics,
    })
}

fn files(settings: &Settings) -> Result<Files, StartError> {
    let (files, findings) = settings.read_files(&SystemSources);
    let errors = findings.iter().filter(|found| found.level == Level::Error);
    let told: Vec<_> = errors.map(|found| format!("{}: {}", found.key, found.problem)).collect();
    files.ok_or_else(|| StartError::Configuration(told.join("; ")))
}

async fn open_accounts(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Randomness>,
) -> Result<Arc<dyn AccountStore>, StartError> {
    let around = account::Surroundings { clock: Arc::clone(clock), random: Arc::clone(random) };
    account::open(&settings.account, &around).await.map_err(|error| StartError::Dependency(error.to_string()))
}

fn hooks(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Randomness>,
) -> Result<Arc<dyn AfterReset>, StartError> {
    let around = account::Surroundings { clock: Arc::clone(clock), random: Arc::clone(random) };
    let chain = HookChain::build(&settings.account, &around);
    Ok(Arc::new(chain.map_err(|error| StartError::Configuration(error.to_string()))?))
}

fn audit(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Randomness>,
    metrics: &Metrics,
    others: Vec<Arc<dyn AuditSink>>,
) -> Result<(Arc<Trail>, Arc<dyn AuditSink>), StartError> {
    let trail = Trail::open(&settings.audit, Arc::clone(clock), Arc::clone(random));
    let trail = Arc::new(trail.map_err(|error| StartError::Dependency(format!("the audit trail: {error}")))?);
    let mut sinks: Vec<Arc<dyn AuditSink>> = vec![trail.clone(), metrics.sink()];
    sinks.extend(others);
    Ok((trail, Arc::new(Fanout(sinks))))
}

fn receipts(settings: &Settings, audit: &Arc<dyn AuditSink>, clock: &Arc<dyn Clock>) -> (Arc<Receipts>, ReceiptWorker) {
    let orders = Arc::new(MemoryOrders::new(settings.state.max_orders));
    Receipts::start(orders, Arc::clone(audit), Arc::clone(clock))
}

fn router(
    settings: &Settings,
    around: &Surroundings,
    given: Option<Arc<dyn SmsProvider>>,
    observers: Vec<Arc<dyn SmsObserver>>,
) -> Result<Arc<Router>, StartError> {
    if let Some(provider) = given {
        let router = Router::alone(provider, settings.sms.breaker, Arc::clone(&around.clock));
        return Ok(Arc::new(router.observed_by(observers)));
    }
    let router = crate::sms::build_observed(&settings.sms, around, observers);
    router.map_err(|error| StartError::Configuration(error.to_string()))
}

fn state(settings: &Settings) -> MemoryState {
    // A challenge matters until its password is chosen; a minute more than that, for clocks that differ.
    let life = settings.flow.ttl.get() + settings.flow.verified_ttl.get() + Duration::from_mins(1);
    MemoryState::new(
        &settings.state,
        settings.failures.clone(),
        life,
        settings.captcha.ttl.get() + Duration::from_mins(1),
    )
}

fn courier_rules(settings: &Settings) -> CourierRules {
    CourierRules {
        code_length: usize::from(settings.code.length),
        code_ttl: settings.code.ttl.get(),
        live_per_account: usize::from(settings.flow.live_per_account),
        domain: settings.server.public_url.host().to_owned(),
        budget_alarm: BUDGET_ALARM,
    }
}

fn recovery_rules(settings: &Settings) -> RecoveryRules {
    RecoveryRules {
        challenge: settings.challenge_rules(),
        code_length: usize::from(settings.code.length),
        captcha_required: settings.captcha.required,
        resend_free: settings.captcha.resend_free,
        max_age_choices: settings.account.max_age_choices.clone(),
    }
}
