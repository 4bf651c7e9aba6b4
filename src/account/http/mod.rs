//! An account API of the operator's own, reached over HTTP.
//!
//! `openapi.json` beside this file is the contract for implementers. Every operation is one POST of JSON, so no address
//! stands in a URL; requests are signed, or the client shows a certificate. What has no clear answer counts as not
//! done for a question, and as unknown for a write. No write is sent twice.

mod judge;
mod settings;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, Url};
use serde::Serialize;

use self::judge::Said;
pub use self::settings::HttpStoreSettings;
use super::signature::{SigningKey, Stamp};
use super::{AccountError, AccountSettings, AccountStore, Expiring, PasswordWrite, PasswordWritten, Surroundings};
use crate::domain::{
    Clock, Condition, Finding, MailboxAddress, NewPassword, Period, PhoneNumber, Randomness, Region, Subject,
    SubjectId, Timestamp,
};
use crate::outbound::{self, Answer, MAX_BODY, Times, Unanswered};

/// The contract for implementers, `OpenAPI` 3.1; printed by `resetgate openapi --store`.
pub const OPENAPI: &str = include_str!("openapi.json");

/// The version of the contract that is spoken.
const VERSION: &str = "1";
/// The most accounts asked for at once.
const MAX_EXPIRING: usize = 1_000;
/// For so many accounts in one answer.
const MAX_EXPIRING_BODY: usize = 4 * 1024 * 1024;
/// What a store must be able to do.
const NEEDED: [&str; 4] = ["find", "verify", "password", "phone"];

/// Accounts behind an HTTP API.
pub struct HttpAccounts {
    client: Client,
    base: Url,
    key: Option<SigningKey>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    region: Region,
    timeout: Period,
}

impl HttpAccounts {
    /// Reads the files that the settings name; opens no connection, so the service starts while the store is away.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`] with the key that cannot be used.
    pub fn open(settings: &AccountSettings, around: &Surroundings) -> Result<Self, AccountError> {
        let own = &settings.http;
        let refused =
            |key: &str, problem: &str| AccountError::Unavailable { reason: format!("account.http.{key}: {problem}") };
        if let Some((key, problem)) = own.check(settings.timeout).first() {
            return Err(refused(key, problem));
        }
        let base = own.address().map_err(|problem| refused("url", &problem))?;
        let times = Times { connect: own.connect_timeout.get(), total: settings.timeout.get() };
        let client = outbound::client(own.trust(&base), own.identity(), times);
        Ok(Self {
            client: client.map_err(|problem| refused("ca_file or client_cert_file", &problem))?,
            base,
            key: own.signing_key(),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
            region: settings.region,
            timeout: settings.timeout,
        })
    }

    fn request(&self, operation: &str, body: &impl Serialize, once: Option<&str>) -> Result<Request, Unanswered> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{operation}", self.base.path().trim_end_matches('/')));
        let mut request = Request::new(Method::POST, url);
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("resetgate-version"), HeaderValue::from_static(VERSION));
        if let Some(once) = once.and_then(|once| HeaderValue::from_str(once).ok()) {
            headers.insert(HeaderName::from_static("idempotency-key"), once);
        }
        let body = serde_json::to_vec(body).map_err(|error| Unanswered::NotSent(error.to_string()))?;
        *request.body_mut() = Some(body.into());
        if let Some(key) = &self.key {
            key.sign(&mut request, &Stamp { now: self.clock.now(), nonce: self.random.bytes() });
        }
        Ok(request)
    }

    async fn send(&self, request: Request, max_body: usize) -> Result<Answer, Unanswered> {
        outbound::ask(&self.client, request, max_body, || self.clock.now()).await
    }

    /// Asks a question. It may be asked once more when there was no connection; it never got out then, so the store
    /// sees one request for every address, known or not.
    async fn question(
        &self,
        operation: &str,
        body: &(impl Serialize + Sync),
        max_body: usize,
    ) -> Result<Answer, Unanswered> {
        let asked = async {
            match self.send(self.request(operation, body, None)?, max_body).await {
                Err(Unanswered::NotSent(_)) => self.send(self.request(operation, body, None)?, max_body).await,
                answered => answered,
            }
        };
        let late = || Unanswered::Lost(format!("no answer within {} (account.timeout)", self.timeout));
        tokio::time::timeout(self.timeout.get(), asked).await.unwrap_or_else(|_| Err(late()))
    }

    /// Writes, once: whether a second request with the same key would be safe depends on how well somebody else's
    /// code keeps its promise, and a claimant who is told to try to sign in finds out better.
    async fn write(
        &self,
        operation: &str,
        body: &(impl Serialize + Sync),
        once: Option<&str>,
    ) -> Result<Answer, Unanswered> {
        self.send(self.request(operation, body, once)?, MAX_BODY).await
    }

    async fn health(&self) -> Result<wire::Health, AccountError> {
        Said::of(self.question("health", &wire::Nothing {}, MAX_BODY).await).question()
    }
}

#[async_trait]
impl AccountStore for HttpAccounts {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let answer = self.question("find", &wire::Find { address: address.as_str() }, MAX_BODY).await;
        let said = Said::<wire::Found>::of(answer).and_then(|found| found.subject(address, self.region));
        match said.question() {
            Ok(subject) => Ok(Some(subject)),
            Err(AccountError::NoSuchAccount) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        let asked = wire::Verify { address: address.as_str(), password: password.expose() };
        match Said::<wire::Verified>::of(self.question("verify", &asked, MAX_BODY).await).question() {
            Ok(verified) => Ok(verified.valid),
            Err(AccountError::NoSuchAccount) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        let asked = wire::SetPassword::of(subject.as_str(), &write);
        let answer = self.write("password", &asked, Some(&write.challenge.to_string())).await;
        Said::<wire::Written>::of(answer).and_then(wire::Written::read).write(write.password.expose())
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let phone = phone.map(PhoneNumber::e164);
        let asked = wire::BindPhone { id: subject.as_str(), phone, at: wire::moment(now) };
        match Said::of_nothing(self.write("phone", &asked, None).await).write("") {
            // There is no password that could be refused.
            Err(AccountError::PasswordRefused { reason }) => Err(AccountError::Unavailable { reason }),
            other => other,
        }
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.health().await.map(|_| ())
    }

    /// Asked for by the thousand, each time after the last one told. A store that does not keep such dates says so.
    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        let (mut all, mut after) = (Vec::new(), None);
        while all.len() < limit {
            let wanted = MAX_EXPIRING.min(limit - all.len());
            let asked = wire::ExpiringAsked::of(now, until, wanted, after.as_ref());
            let said = Said::<wire::ExpiringTold>::of(self.question("expiring", &asked, MAX_EXPIRING_BODY).await);
            // An empty list would let the reminders stay away unnoticed.
            if let Said::Not { code: "not_supported", .. } = said {
                let reason = "the account API does not keep whose password runs out; it would say so to `expiring`";
                return Err(AccountError::Unavailable { reason: reason.to_owned() });
            }
            let before = all.len();
            after = said.and_then(|told| told.follow(self.region, wanted, &mut all)).question()?;
            if all.len() - before < wanted {
                break;
            }
        }
        Ok(all)
    }

    async fn examine(&self) -> Vec<Finding> {
        let health = match self.health().await {
            Ok(health) => health,
            Err(error) => return vec![Finding::of("account API", Condition::Bad, error.to_string())],
        };
        let has = |operation: &&str| health.operations.iter().any(|told| told == operation);
        let missing: Vec<_> = NEEDED.iter().filter(|operation| !has(operation)).copied().collect();
        let mut findings = vec![match (health.version == VERSION, missing.is_empty()) {
            (true, true) => Finding::of("account API", Condition::Good, "it answers, and takes our requests for ours"),
            (false, _) => {
                let text = format!("it does not speak version {VERSION} of the contract: resetgate openapi --store");
                Finding::of("account API", Condition::Bad, text)
            }
            (true, false) => Finding::of("account API", Condition::Bad, format!("it cannot do {}", missing.join(", "))),
        }];
        if !has(&"expiring") {
            let text = "it does not tell which passwords run out, so nobody is told in time";
            findings.push(Finding::of("expiring", Condition::Doubtful, text));
        }
        findings
    }
}
