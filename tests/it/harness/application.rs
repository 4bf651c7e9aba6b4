//! One application per test: real parts, temporary data, port 0.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use resetgate::account::sqlite::SqliteAccounts;
use resetgate::account::{AccountStore, HashPool, NewAccount, PasswordWrite};
use resetgate::app::{Application, Connections, Outside};
use resetgate::audit::EventKind;
use resetgate::domain::{
    ChallengeId, Clock, MailboxAddress, ManualClock, NewPassword, PhoneNumber, Randomness, Region, SystemRandom,
    Timestamp,
};
use resetgate::settings::{Inputs, Mode, Preset, Settings, Sources};
use resetgate::sms::{ConsoleWriter, SmsProvider};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Claimant, Client, Events, Outbound};

/// 2026-11-23T07:00:00Z.
pub const START: Timestamp = Timestamp::from_millis(1_795_417_200_000);
/// Has a phone, a work phone, a birthday and an alias.
pub const ANNA: &str = "anna@example.gov.cn";
/// Has no phone.
pub const UNBOUND: &str = "bert@example.gov.cn";
/// Is disabled, with a phone.
pub const DISABLED: &str = "carl@example.gov.cn";
/// Does not exist.
pub const UNKNOWN: &str = "nobody@example.gov.cn";
/// Anna's, before anything is recovered.
pub const OLD_PASSWORD: &str = "Old-Password-2025";

const PRESET: &str = r#"
[server]
listen = "127.0.0.1:0"
trusted_proxies = ["127.0.0.1/32"]
shutdown_grace = "5s"
[ops]
listen = "127.0.0.1:0"
[captcha]
pow_bits = 8
[code]
pepper = "test-pepper-test-pepper-test-pepper-1"
[account]
timeout = "30s"
[account.hash]
memory = "7MiB"
passes = 5
workers = 2
[sms]
providers = ["terminal"]
[sms.provider.terminal]
kind = "console"
[audit]
key = "test-audit-key-test-audit-key-test-audit"
[log]
access = true
"#;

/// For tests of something else than the gates by requester.
pub const WIDE_GATES: &str = r#"
[limits]
captcha = ["100000/1m"]
media = ["100000/1m"]
start = ["100000/1m"]
verify = ["100000/1m"]
read = ["100000/1m"]
"#;

/// Behind [`WIDE_GATES`], for tests of something else than the silent gates either.
pub const WIDE_SENDS: &str = r#"
account = ["100000/1m"]
phone = ["100000/1m"]
prefix = ["100000/1m"]
budget = ["100000/1m"]
"#;

/// Puts something between the application and its account store.
pub type Wrap = Box<dyn FnOnce(Arc<dyn AccountStore>) -> Arc<dyn AccountStore>>;

/// What a test wants otherwise than usual.
pub struct Setup {
    /// TOML over the preset.
    pub settings: String,
    /// Instead of the capturing provider.
    pub provider: Option<Arc<dyn SmsProvider>>,
    /// Whether messages go to the providers of the settings.
    pub configured_providers: bool,
    /// Wraps the account store.
    pub accounts: Option<Wrap>,
    /// Instead of the system generator.
    pub random: Arc<dyn Randomness>,
    /// What connections may cost.
    pub connections: Connections,
    /// When the test begins; other programs on this machine live in the present.
    pub start: Timestamp,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            settings: String::new(),
            provider: None,
            configured_providers: false,
            accounts: None,
            random: Arc::new(SystemRandom),
            connections: Connections::default(),
            start: START,
        }
    }
}

impl Setup {
    pub fn with(settings: &str) -> Self {
        Self { settings: settings.to_owned(), ..Self::default() }
    }
}

/// A running application and what is around it.
pub struct TestApp {
    pub api: SocketAddr,
    pub ops: SocketAddr,
    pub clock: Arc<ManualClock>,
    pub outbound: Arc<Outbound>,
    pub events: Arc<Events>,
    pub accounts: Arc<SqliteAccounts>,
    pub data: PathBuf,
    pub settings: Settings,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    _directory: Arc<tempfile::TempDir>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), setup).await
    }

    /// Starts over data that is there already, as after a restart.
    pub async fn start_in(directory: Arc<tempfile::TempDir>, setup: Setup) -> Self {
        let data = directory.path().to_owned();
        let settings = settings(&data, &setup.settings);
        let clock = Arc::new(ManualClock::at(setup.start));
        let accounts = Arc::new(people(&settings, clock.clone()).await);
        let (outbound, events) = (Arc::new(Outbound::default()), Arc::new(Events::default()));
        let store: Arc<dyn AccountStore> = accounts.clone();
        let provider: Arc<dyn SmsProvider> = setup.provider.unwrap_or_else(|| outbound.clone());
        let outside = Outside {
            clock: clock.clone(),
            random: setup.random,
            console: ConsoleWriter::new(io::sink()),
            accounts: Some(setup.accounts.map_or_else(|| store.clone(), |wrap| wrap(store.clone()))),
            provider: (!setup.configured_providers).then_some(provider),
            sinks: vec![events.clone()],
            connections: setup.connections,
        };
        let application = Box::pin(Application::build(&settings, outside)).await.unwrap();
        let (api, ops) = (application.api_address(), application.ops_address().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            application.run_until(stopped).await.unwrap();
        });
        let (stop, running) = (Some(stop), Some(running));
        Self { api, ops, clock, outbound, events, accounts, data, settings, stop, running, _directory: directory }
    }

    /// Stops in good order and waits for the end.
    pub async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.running.take().unwrap().await.unwrap();
    }

    /// A client from an address of its own (RFC 5737), so that gates of one test do not meet.
    pub fn client(&self) -> Client {
        Client::new(self.api, "198.51.100.1")
    }

    pub fn claimant(&self) -> Claimant<'_> {
        Claimant::new(self, self.client())
    }

    pub fn claimant_from(&self, address: &str) -> Claimant<'_> {
        Claimant::new(self, Client::new(self.api, address))
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits until the worker is done with send number `send` of a challenge; the code, or why none left.
    pub async fn delivery(&self, challenge: &str, send: usize) -> Result<String, &'static str> {
        let id: ChallengeId = challenge.parse().unwrap();
        let event = self
            .events
            .nth(send, |event| {
                event.challenge == Some(id)
                    && matches!(event.kind, EventKind::CodeSent { .. } | EventKind::CodeWithheld { .. })
            })
            .await;
        match event.kind {
            EventKind::CodeWithheld { reason, .. } => Err(reason),
            _ => Ok(self.outbound.code(challenge, send)),
        }
    }

    /// Whether a password signs in.
    pub async fn signs_in(&self, address: &str, password: &str) -> bool {
        let password = NewPassword::parse(password).unwrap();
        self.accounts.verify_password(&mailbox(address), &password).await.unwrap()
    }

    /// Writes a password past the service, as an administrator would.
    pub async fn write_password(&self, address: &str, password: &str) {
        let subject = self.accounts.find(&mailbox(address)).await.unwrap().unwrap();
        let write = PasswordWrite {
            password: &NewPassword::parse(password).unwrap(),
            max_age: None,
            revoke_sessions: false,
            challenge: ChallengeId::draw(&SystemRandom),
            now: self.now(),
        };
        self.accounts.set_password(&subject.id, write).await.unwrap();
    }

    /// Binds a phone past the service, as an administrator would.
    pub async fn bind_phone(&self, address: &str, phone: &str) {
        let phone = PhoneNumber::parse(phone, Region::CN).unwrap();
        self.accounts.set_phone(&mailbox(address), Some(&phone)).await.unwrap();
    }

    /// Adds an account with a phone.
    pub async fn add(&self, address: &str, phone: &str) {
        let phone = PhoneNumber::parse(phone, Region::CN).unwrap();
        let account = NewAccount { mobile: Some(phone), ..NewAccount::bare(mailbox(address)) };
        self.accounts.add(&account).await.unwrap();
    }

    pub async fn ops(&self, path: &str) -> (u16, String) {
        super::client::fetch(self.ops, path).await
    }
}

pub fn mailbox(address: &str) -> MailboxAddress {
    MailboxAddress::parse(address).unwrap()
}

/// No environment, so that tests do not depend on it.
struct Nothing;

impl Sources for Nothing {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        Vec::new()
    }

    fn read_up_to(&self, path: &Path, _: u64) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn is_program(&self, _: &Path) -> io::Result<bool> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}

fn settings(data: &Path, over: &str) -> Settings {
    let path = data.display();
    let places = format!("[account.sqlite]\npath = \"{path}/accounts.db\"\n[audit]\npath = \"{path}/audit\"\n");
    let preset = |name: &str, text: &str| Preset { name: name.to_owned(), text: text.to_owned() };
    let presets = vec![preset("harness", PRESET), preset("places", &places), preset("test", over)];
    let inputs = Inputs { presets, files: Vec::new(), sets: Vec::new() };
    match Settings::load(&inputs, &Nothing, Mode::Tool) {
        Ok(loaded) => loaded.settings,
        Err(report) => panic!("{}", report.render(false)),
    }
}

async fn people(settings: &Settings, clock: Arc<dyn Clock>) -> SqliteAccounts {
    let pool = HashPool::new(&settings.account.hash, Arc::new(SystemRandom)).unwrap();
    let password = pool.hash(&NewPassword::parse(OLD_PASSWORD).unwrap()).await.unwrap();
    let accounts = SqliteAccounts::open(&settings.account, pool, clock).await.unwrap();
    let phone = |text| PhoneNumber::parse(text, Region::CN).ok();
    let anna = NewAccount {
        aliases: vec![mailbox("anna.zhang@example.gov.cn")],
        mobile: phone("13800138000"),
        work_phone: Some("010-55500123".to_owned()),
        birthday: "1990-01-02".parse().ok(),
        password: Some(password),
        ..NewAccount::bare(mailbox(ANNA))
    };
    let carl = NewAccount { mobile: phone("13900139000"), enabled: false, ..NewAccount::bare(mailbox(DISABLED)) };
    for person in [anna, NewAccount::bare(mailbox(UNBOUND)), carl] {
        // After a restart they are there already.
        let _ = accounts.add(&person).await;
    }
    accounts
}
