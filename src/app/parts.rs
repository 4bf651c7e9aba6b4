//! From settings to ports, and from ports to flows.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use super::{Outside, StartError, callbacks};
use crate::account::hooks::HookChain;
use crate::account::{self, AccountStore, AfterReset};
use crate::audit::{AuditSink, Fanout, Trail};
use crate::captcha::{CaptchaDesk, Voice};
use crate::domain::{Clock, CodeKeys, Randomness};
use crate::flow::{
    Alarms, CaptchaFlow, Courier, CourierRules, Couriers, Gates, Outbox, OutboxWorkers, ReceiptWorker, Receipts,
    RecoveryFlow, RecoveryParts, RecoveryRules, Tasks,
};
use crate::http::{Catalog, Contacts, HttpMetrics, Zone};
use crate::limits::MemoryLimits;
use crate::policy::PasswordPolicy;
use crate::settings::{Files, Level, Settings, SystemSources};
use crate::sms::{Before, ConsoleWriter, Router, SmsObserver, SmsProvider, Surroundings, Texts};
use crate::state::{MemoryOrders, MemoryState};
use crate::telemetry::{MeteredAccounts, Metrics};

/// The part of the send budget below which an alarm is raised: 80 % spent.
const BUDGET_ALARM: f64 = 0.2;

/// What lives as long as the process, whatever is reloaded: what is counted, what is under way, what is written to.
pub(super) struct Core {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    pub limiter: Arc<MemoryLimits>,
    pub audit: Arc<dyn AuditSink>,
    pub trail: Arc<Trail>,
    pub receipts: Arc<Receipts>,
    pub state: Arc<MemoryState>,
    pub desk: Arc<CaptchaDesk>,
    pub keys: Arc<CodeKeys>,
    pub tasks: Tasks,
    pub metrics: Arc<Metrics>,
    pub http_metrics: HttpMetrics,
    gates: Gates,
    console: ConsoleWriter,
    observers: Vec<Arc<dyn SmsObserver>>,
    provider: Option<Arc<dyn SmsProvider>>,
    budget_alarm: Arc<AtomicBool>,
}

/// Everything the listeners need. Another one takes its place when the configuration is reloaded.
pub(super) struct Parts {
    pub core: Arc<Core>,
    pub accounts: Arc<MeteredAccounts>,
    pub router: Arc<Router>,
    pub policy: Arc<PasswordPolicy>,
    pub captcha: Arc<CaptchaFlow>,
    pub recovery: RecoveryFlow,
    pub outbox: Outbox,
    pub couriers: Couriers,
    pub catalog: Arc<Catalog>,
    pub zone: Zone,
    pub contacts: Arc<Contacts>,
    pub files: BrandFiles,
}

/// Who works beside the requests, from the start to the end.
pub(super) struct Workers {
    pub receipts: ReceiptWorker,
    pub outbox: OutboxWorkers,
}

/// What the brand's files hold.
pub(super) struct BrandFiles {
    /// The picture and what browsers are told that it is.
    pub logo: Option<(Vec<u8>, &'static str)>,
    pub extra_css: Option<String>,
}

/// What goes on as it is when the configuration is reloaded.
pub(super) struct Unchanged<'a> {
    pub accounts: bool,
    pub provider: &'a (dyn Fn(&str) -> bool + Sync),
}

fn captcha_desk(settings: &Settings, keys: &CodeKeys) -> Result<Arc<CaptchaDesk>, StartError> {
    let desk = CaptchaDesk::new(&settings.captcha, keys.derive("captcha"));
    Ok(Arc::new(desk.map_err(|error| StartError::Configuration(error.to_string()))?))
}

pub(super) async fn build(settings: &Settings, outside: Outside) -> Result<(Parts, Workers), StartError> {
    let Outside { clock, random, console, accounts, provider, sinks, connections: _ } = outside;
    let mut metrics = Metrics::new(env!("CARGO_PKG_VERSION"), Arc::clone(&clock));
    let http_metrics = HttpMetrics::register(metrics.registry());
    let accounts = match accounts {
        Some(accounts) => accounts,
        None => open_accounts(settings, &clock, &random).await?,
    };
    let accounts = Arc::new(MeteredAccounts::around(accounts, Arc::clone(&clock), metrics.registry()));
    let (trail, audit) = audit(settings, &clock, &random, &metrics, sinks)?;
    let (receipts, receipt_worker) = receipts(settings, &audit, &clock);
    let keys = Arc::new(settings.code.keys());
    let limiter = MemoryLimits::new(&settings.limits, Arc::clone(&clock)).behind(&settings.server.trusted_proxies);
    let limiter = Arc::new(limiter);
    let core = Core {
        desk: captcha_desk(settings, &keys)?,
        gates: Gates::new(limiter.clone(), Arc::clone(&audit), Arc::clone(&clock)),
        observers: vec![metrics.sms_observer(), Arc::new(Alarms::new(audit.clone()))],
        state: Arc::new(state(settings)),
        tasks: Tasks::on(tokio::runtime::Handle::current()),
        metrics: Arc::new(metrics),
        budget_alarm: Arc::default(),
        clock,
        random,
        limiter,
        audit,
        trail,
        receipts,
        keys,
        http_metrics,
        console,
        provider,
    };
    let router = router(settings, &core, None)?;
    let files = files(settings)?;
    let couriers: Couriers = Arc::new(ArcSwap::from(courier(settings, &core, &accounts, &router, &files)?));
    let (outbox, outbox_workers) = Outbox::start(settings.sms.queue, settings.sms.workers, &couriers);
    let workers = Workers { receipts: receipt_worker, outbox: outbox_workers };
    let parts = assemble(settings, Arc::new(core), accounts, router, files, outbox, couriers)?;
    parts.router.start();
    Ok((parts, workers))
}

/// The parts under other settings, and the courier that goes with them. Nothing that runs has changed yet.
pub(super) async fn build_anew(
    settings: &Settings,
    before: &Parts,
    unchanged: &Unchanged<'_>,
) -> Result<(Parts, Arc<Courier>), StartError> {
    let core = Arc::clone(&before.core);
    let accounts = if unchanged.accounts {
        Arc::clone(&before.accounts)
    } else {
        Arc::new(before.accounts.instead(open_accounts(settings, &core.clock, &core.random).await?))
    };
    let router = router(settings, &core, Some((&before.router, unchanged.provider)))?;
    let files = files(settings)?;
    let courier = courier(settings, &core, &accounts, &router, &files)?;
    let (outbox, couriers) = (before.outbox.clone(), Arc::clone(&before.couriers));
    Ok((assemble(settings, core, accounts, router, files, outbox, couriers)?, courier))
}

fn courier(
    settings: &Settings,
    core: &Core,
    accounts: &Arc<MeteredAccounts>,
    router: &Arc<Router>,
    files: &Files,
) -> Result<Arc<Courier>, StartError> {
    let texts = Texts::new(&settings.sms, &settings.text.default_locale);
    let texts = texts.map_err(|error| StartError::Configuration(error.to_string()))?;
    Ok(Arc::new(Courier {
        accounts: accounts.clone(),
        challenges: core.state.clone(),
        failures: core.state.clone(),
        limiter: core.limiter.clone(),
        router: Arc::clone(router),
        receipts: Arc::clone(&core.receipts),
        texts: Arc::new(texts.in_zone(files.zone.time_zone().clone())),
        keys: Arc::clone(&core.keys),
        audit: Arc::clone(&core.audit),
        clock: Arc::clone(&core.clock),
        random: Arc::clone(&core.random),
        rules: courier_rules(settings),
        alarmed: Arc::clone(&core.budget_alarm),
    }))
}

fn assemble(
    settings: &Settings,
    core: Arc<Core>,
    accounts: Arc<MeteredAccounts>,
    router: Arc<Router>,
    Files { catalog, zone, contacts, logo, extra_css }: Files,
    outbox: Outbox,
    couriers: Couriers,
) -> Result<Parts, StartError> {
    let policy =
        PasswordPolicy::build(&settings.policy).map_err(|error| StartError::Configuration(error.to_string()))?;
    let policy = Arc::new(policy);
    let captcha = Arc::new(CaptchaFlow {
        desk: Arc::clone(&core.desk),
        used: core.state.clone(),
        gates: core.gates.clone(),
        audit: Arc::clone(&core.audit),
        clock: Arc::clone(&core.clock),
        random: Arc::clone(&core.random),
        voice: Voice::of(catalog.default_tag()).unwrap_or(Voice::English),
        sounds: Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
    });
    let recovery = RecoveryFlow::new(
        RecoveryParts {
            gates: core.gates.clone(),
            captcha: Arc::clone(&captcha),
            challenges: core.state.clone(),
            failures: core.state.clone(),
            accounts: accounts.clone(),
            hooks: hooks(settings, &core.clock, &core.random)?,
            policy: Arc::clone(&policy),
            outbox: outbox.clone(),
            audit: Arc::clone(&core.audit),
            keys: Arc::clone(&core.keys),
            clock: Arc::clone(&core.clock),
            random: Arc::clone(&core.random),
            rules: recovery_rules(settings),
        },
        core.tasks.clone(),
    );
    Ok(Parts {
        core,
        accounts,
        router,
        policy,
        captcha,
        recovery,
        outbox,
        couriers,
        catalog: Arc::new(catalog),
        zone,
        contacts: Arc::new(contacts),
        files: BrandFiles { logo: logo.map(|logo| (logo.bytes, logo.content_type)), extra_css },
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

fn router(settings: &Settings, core: &Core, before: Option<Before<'_>>) -> Result<Arc<Router>, StartError> {
    let observers = core.observers.clone();
    if let Some(provider) = &core.provider {
        if let Some((router, _)) = before {
            return Ok(Arc::clone(router));
        }
        let router = Router::alone(Arc::clone(provider), settings.sms.breaker, Arc::clone(&core.clock));
        return Ok(Arc::new(router.observed_by(observers)));
    }
    let around = Surroundings {
        clock: Arc::clone(&core.clock),
        random: Arc::clone(&core.random),
        console: core.console.clone(),
        reports: core.receipts.clone(),
        callbacks: callbacks::build(settings),
    };
    let router = crate::sms::build_observed(&settings.sms, &around, observers, before);
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
