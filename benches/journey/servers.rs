//! What is measured: the real application with wide limits, and a bare endpoint.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use resetgate::account::sqlite::SqliteAccounts;
use resetgate::account::{AccountError, AccountStore, Expiring, HashPool, NewAccount, PasswordWrite, PasswordWritten};
use resetgate::app::{Application, Outside};
use resetgate::domain::{
    MailboxAddress, NewPassword, PersonalFacts, PhoneNumber, Region, Stored, Subject, SubjectId, SystemClock,
    SystemRandom, Timestamp,
};
use resetgate::settings::{Inputs, Mode, Preset, Settings, Sources};
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::sync::Notify;

const SETTINGS: &str = r#"
[server]
listen = "127.0.0.1:0"
[ops]
listen = ""
[captcha]
pow_bits = 8
ttl = "10m"
[code]
pepper = "bench-pepper-bench-pepper-bench-pepper"
[flow]
live_per_account = 10
[sms]
providers = ["terminal"]
[sms.provider.terminal]
kind = "console"
[limits]
captcha = ["1000000/1s"]
media = ["1000000/1s"]
start = ["1000000/1s"]
verify = ["1000000/1s"]
read = ["1000000/1s"]
account = ["1000000/1s"]
phone = ["1000000/1s"]
prefix = ["1000000/1s"]
budget = ["1000000/1s"]
[audit]
key = "bench-audit-key-bench-audit-key-bench"
"#;

/// Where the accounts live.
#[derive(Clone, Copy)]
pub enum Accounts {
    /// Nowhere: everybody exists, and a password is written at once.
    Instant,
    /// In the embedded store, with its hashes as they are configured.
    Stored,
}

/// A running application.
pub struct Service {
    pub api: SocketAddr,
    pub outbound: Arc<Outbound>,
    _data: TempDir,
}

impl Service {
    pub async fn start(accounts: Accounts) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let settings = settings(data.path(), "");
        let accounts: Option<Arc<dyn AccountStore>> = match accounts {
            Accounts::Instant => Some(Arc::new(Everybody)),
            Accounts::Stored => {
                stored(&settings, 1).await;
                None
            }
        };
        Self::over(&settings, accounts, data).await
    }

    /// Over the store that the settings name, or another one.
    pub async fn over(settings: &Settings, accounts: Option<Arc<dyn AccountStore>>, data: TempDir) -> Self {
        let outbound = Arc::new(Outbound::default());
        let outside = Outside { accounts, provider: Some(outbound.clone()), ..Outside::system() };
        let application = Application::build(settings, outside).await.expect("it starts");
        let api = application.api_address();
        tokio::spawn(application.run_until(std::future::pending()));
        Self { api, outbound, _data: data }
    }
}

/// No environment, so that a bench does not depend on it.
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

/// With `more` lines over those of every bench.
pub fn settings(data: &Path, more: &str) -> Settings {
    let path = data.display();
    let places = format!("[account.sqlite]\npath = \"{path}/accounts.db\"\n[audit]\npath = \"{path}/audit\"\n");
    let preset = |name: &str, text: &str| Preset { name: name.to_owned(), text: text.to_owned() };
    let presets = vec![preset("bench", SETTINGS), preset("places", &places), preset("more", more)];
    let inputs = Inputs { presets, files: Vec::new(), sets: Vec::new() };
    let loaded = Settings::load(&inputs, &Nothing, Mode::Tool);
    loaded.map_err(|report| report.render(false)).expect("sound settings").settings
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("13800138000", Region::CN).expect("a mobile number")
}

/// Puts so many people into the embedded store.
pub async fn stored(settings: &Settings, people: usize) {
    let pool = HashPool::new(&settings.account.hash, Arc::new(SystemRandom)).expect("sound settings");
    let clock = Arc::new(SystemClock::start());
    let accounts = SqliteAccounts::open(&settings.account, pool, clock).await.expect("a store");
    for place in 0..people {
        let address = MailboxAddress::parse(&format!("person{place}@example.gov.cn")).expect("an address");
        let person = NewAccount { mobile: Some(phone()), ..NewAccount::bare(address) };
        accounts.add(&person).await.expect("a new account");
    }
}

/// Knows everybody and takes no time.
struct Everybody;

#[async_trait]
impl AccountStore for Everybody {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        Ok(Some(Subject {
            id: SubjectId::new(address.as_str()),
            address: address.clone(),
            unit: None,
            phone: Stored::Value(phone()),
            enabled: true,
            ended: false,
            password_changed_at: None,
            aliases: Vec::new(),
            phone_bound_at: None,
            facts: PersonalFacts { user_names: Vec::new(), mobile: None, work_phone: None, birthday: Stored::Nothing },
        }))
    }

    async fn verify_password(&self, _: &MailboxAddress, _: &NewPassword) -> Result<bool, AccountError> {
        Ok(true)
    }

    async fn set_password(&self, _: &SubjectId, write: PasswordWrite<'_>) -> Result<PasswordWritten, AccountError> {
        Ok(PasswordWritten { changed_at: write.now, expires_at: None, sessions_revoked: false, lock: None })
    }

    async fn bind_phone(&self, _: &SubjectId, _: Option<&PhoneNumber>, _: Timestamp) -> Result<(), AccountError> {
        Ok(())
    }

    async fn check(&self) -> Result<(), AccountError> {
        Ok(())
    }

    async fn expiring(&self, _: Timestamp, _: Timestamp, _: usize) -> Result<Vec<Expiring>, AccountError> {
        Ok(Vec::new())
    }
}

/// Takes every message; a code is kept until it is asked for.
#[derive(Default)]
pub struct Outbound {
    codes: Mutex<HashMap<String, String>>,
    more: Notify,
}

impl Outbound {
    /// The code of a challenge; waits for it.
    pub async fn code(&self, challenge: &str) -> String {
        loop {
            let more = self.more.notified();
            tokio::pin!(more);
            more.as_mut().enable();
            let found = self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(challenge);
            if let Some(code) = found {
                return code;
            }
            more.await;
        }
    }
}

#[async_trait]
impl SmsProvider for Outbound {
    fn name(&self) -> &'static str {
        "captured"
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        if let (Some(code), Some(challenge)) = (&message.code, message.challenge) {
            let code = code.expose_secret().to_owned();
            self.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(challenge.to_string(), code);
            self.more.notify_waiters();
        }
        Ok(SmsReceipt { provider: "captured".into(), message_id: None })
    }
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Posted {
    account: String,
    code: String,
}

/// JSON in, JSON out, and nothing between.
pub fn bare() -> SocketAddr {
    let post = |body: web::Json<Posted>| async move { HttpResponse::Ok().json(body.into_inner()) };
    let server = HttpServer::new(move || App::new().route("/", web::post().to(post)));
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let server = server.workers(workers).disable_signals().bind("127.0.0.1:0").expect("a free port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}
