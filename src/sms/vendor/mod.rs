//! What all providers that are reached over HTTP share: one request a message, sent once, and one word from its answer.
//!
//! A [`Vendor`] says how a message becomes a request and what an answer means. Both are pure functions, so a captured
//! request and a documented error are tests without a network. [`VendorProvider`] does the rest, alike for all.

#![cfg_attr(
    not(all(
        feature = "aliyun",
        feature = "aws_sns",
        feature = "huawei",
        feature = "tencent",
        feature = "twilio",
        feature = "vonage"
    )),
    allow(dead_code, unused_imports, reason = "each kind uses a part of it, and a kind may be left out")
)]

mod basic;
mod complaint;
mod digest;
mod encoding;
mod endpoint;
mod line;
mod scalar;
mod transcript;
mod words;

use async_trait::async_trait;
use secrecy::ExposeSecret;

pub(super) use self::basic::{basic, with_form};
pub(super) use self::complaint::{Complaint, Meaning, spoken, unanswered};
pub(super) use self::digest::{header_lines, header_names, hmac_sha256, hmac_sha256_hex, sha256_hex};
pub(super) use self::encoding::{form, percent_encoded, post};
pub(super) use self::endpoint::Endpoint;
pub(super) use self::line::Line;
pub(super) use self::scalar::{optional_scalar, scalar};
pub use self::transcript::Transcript;
pub(super) use self::words::{Hidden, by_status};
use super::{MessageKind, SmsBuildError, SmsError, SmsMessage, SmsProvider, SmsReceipt, Surroundings};
use crate::domain::{Condition, Finding, PhoneNumber, Region, Timestamp};
use crate::outbound;
#[cfg(test)]
pub(super) use crate::outbound::Body;
pub(super) use crate::outbound::{Answer, Times, Trust};

/// What a signed request takes from the moment it is made in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    /// The time.
    pub now: Timestamp,
    /// Chance, for vendors that want a nonce.
    pub nonce: [u8; 16],
}

/// One vendor's wire format and error table.
pub(super) trait Vendor: Send + Sync {
    /// Whether it can carry such messages at all.
    fn carries(&self, _kind: MessageKind) -> bool {
        true
    }

    /// Whether the body of an answer tells anything.
    fn reads_body(&self) -> bool {
        true
    }

    /// The request that hands one message over.
    ///
    /// # Errors
    /// When the message cannot be put into a request; nothing left then.
    fn request(&self, message: &SmsMessage, stamp: &Stamp) -> Result<reqwest::Request, SmsError>;

    /// The vendor's id of the message, or what became of it.
    ///
    /// # Errors
    /// The class of the vendor's word for it.
    fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError>;

    /// Texts that stand in requests and must not be shown, beside headers marked as sensitive.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Asks the vendor whether it would take messages, without sending one. Empty when it has no way to be asked.
    fn examine(&self, _line: &Line) -> impl Future<Output = Vec<Finding>> + Send {
        async { Vec::new() }
    }
}

/// A vendor and the line to it. Each message is sent once: no retry, no redirect, no proxy.
pub(super) struct VendorProvider<V> {
    name: Box<str>,
    vendor: V,
    line: Line,
}

impl<V: Vendor> VendorProvider<V> {
    /// Sets up the line; opens no connection.
    ///
    /// # Errors
    /// Names `ca_file` when there is nobody to believe.
    pub(super) fn new(
        name: &str,
        vendor: V,
        trust: Trust<'_>,
        times: Times,
        around: &Surroundings,
    ) -> Result<Self, SmsBuildError> {
        let client = outbound::client(trust, None, times);
        let client = client.map_err(|problem| SmsBuildError::new("ca_file", problem))?;
        Ok(Self { name: name.into(), vendor, line: Line::new(client, around) })
    }

    async fn exchange(
        &self,
        message: &SmsMessage,
        transcript: Option<&mut Transcript>,
    ) -> Result<SmsReceipt, SmsError> {
        let request = self.vendor.request(message, &self.line.stamp())?;
        let code = message.code.as_ref().map_or("", ExposeSecret::expose_secret);
        let keys = self.vendor.secrets();
        let hidden = Hidden::new([message.to.national(), message.expose_text(), code]).with_keys(&keys);
        let answer = match transcript {
            None => self.line.ask(request, self.vendor.reads_body()).await?,
            Some(transcript) => {
                transcript.request(&request, message, &keys);
                let answer = self.line.ask(request, true).await?;
                transcript.answer(&answer, message, &keys);
                answer
            }
        };
        let message_id = self.vendor.judge(&answer, &hidden)?;
        Ok(SmsReceipt { provider: self.name.clone(), message_id })
    }
}

#[async_trait]
impl<V: Vendor> SmsProvider for VendorProvider<V> {
    fn name(&self) -> &str {
        &self.name
    }

    fn carries(&self, kind: MessageKind) -> bool {
        self.vendor.carries(kind)
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.exchange(message, None).await
    }

    async fn send_shown(&self, message: &SmsMessage, transcript: &mut Transcript) -> Result<SmsReceipt, SmsError> {
        self.exchange(message, Some(transcript)).await
    }

    fn draft(&self, message: &SmsMessage) -> Result<Transcript, SmsError> {
        let mut transcript = Transcript::default();
        let request = self.vendor.request(message, &self.line.stamp())?;
        transcript.request(&request, message, &self.vendor.secrets());
        Ok(transcript)
    }

    /// What the vendor says of itself, and what any answer shows: its clock and its certificate.
    async fn examine(&self) -> Vec<Finding> {
        let mut findings = self.vendor.examine(&self.line).await;
        let Some(message) = specimen() else { return findings };
        match self.vendor.request(&message, &self.line.stamp()) {
            Ok(request) => findings.extend(self.line.knock(request.url()).await),
            Err(error) => findings.push(Finding::of("request", Condition::Bad, error.to_string())),
        }
        findings
    }
}

/// A message that is never sent: only to ask a vendor where its requests go.
fn specimen() -> Option<SmsMessage> {
    Some(SmsMessage {
        to: PhoneNumber::parse("13800000000", Region::CN).ok()?,
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: String::from("000000").into(),
        code: Some(String::from("000000").into()),
        valid_for: None,
        domain: "localhost".into(),
        unit: None,
        order: "ord_00000000000000000000000000".parse().ok()?,
        challenge: None,
    })
}
