//! Twilio: a form or JSON about one message, signed with the account's token.
//!
//! The signature is over the address as Twilio was given it, so a host that the request names has no say in it.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::entry::MOST_MEMBERS;
use super::{DeliveryState, Entries, Entry, Posted, ReceiptAnswer, ReceiptError, Said};
use crate::domain::is_media_type;

pub(super) const ANSWER: ReceiptAnswer = ReceiptAnswer::empty(204);

pub(super) fn entries(posted: &Posted<'_>, auth_token: &SecretString) -> Result<Entries, ReceiptError> {
    let signature = (posted.header)("x-twilio-signature").and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let signature = signature.ok_or(ReceiptError::Forged)?;
    let is_json = (posted.header)("content-type").is_some_and(|kind| is_media_type(kind, "application/json"));
    let signed = if is_json { of_json(posted)? } else { of_form(posted.body)? };
    let key = auth_token.expose_secret().as_bytes();
    if !spellings(posted).iter().any(|url| is_signed(key, url, &signed, &signature)) {
        return Err(ReceiptError::Forged);
    }
    let entry = if is_json { Entry::of_object(posted)? } else { Entry::of_form(posted.body) };
    Ok(Entries::one(entry))
}

/// What is signed after the address of a form: each name with its values, sorted, each once. Strangers may post, too, and
/// more members than receipts have are not sorted for them.
fn of_form(body: &[u8]) -> Result<String, ReceiptError> {
    let mut parameters: Vec<_> = form_urlencoded::parse(body).take(MOST_MEMBERS + 1).collect();
    if parameters.len() > MOST_MEMBERS {
        return Err(ReceiptError::Forged);
    }
    parameters.sort_unstable();
    parameters.dedup();
    Ok(parameters.into_iter().flat_map(|(name, value)| [name, value]).collect())
}

/// Nothing is signed after the address of JSON: the query holds the digest of the body, and must.
fn of_json(posted: &Posted<'_>) -> Result<String, ReceiptError> {
    let mut query = form_urlencoded::parse(posted.query.as_bytes());
    let told = query.find(|(name, _)| name == "bodySHA256").and_then(|(_, digest)| {
        // A digest in capitals is the same one.
        HEXLOWER_PERMISSIVE.decode(digest.as_bytes()).ok()
    });
    let is_same = told.is_some_and(|told| told.ct_eq(&Sha256::digest(posted.body)).into());
    if is_same { Ok(String::new()) } else { Err(ReceiptError::Forged) }
}

fn is_signed(key: &[u8], url: &str, parameters: &str, signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return false };
    mac.update(url.as_bytes());
    mac.update(parameters.as_bytes());
    mac.verify_slice(signature).is_ok()
}

/// The address as it may have been signed: without its port, and with it or the one that goes without saying. Twilio
/// does either, and its own validators accept both.
fn spellings(posted: &Posted<'_>) -> [String; 2] {
    let (scheme, rest) = posted.url.split_once("://").unwrap_or(("https", posted.url));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let standard = if scheme == "http" { "80" } else { "443" };
    let (name, port) = host.rsplit_once(':').filter(|(_, port)| is_port(port)).unwrap_or((host, standard));
    let query = if posted.query.is_empty() { String::new() } else { format!("?{}", posted.query) };
    [format!("{scheme}://{name}{path}{query}"), format!("{scheme}://{name}:{port}{path}{query}")]
}

pub(super) fn report(entry: &Entry) -> Option<Said> {
    let word = entry.text("MessageStatus").or_else(|| entry.text("SmsStatus"));
    let code = entry.code("ErrorCode");
    let state = match word.as_deref() {
        Some("delivered" | "read") => DeliveryState::Delivered,
        Some("undelivered" | "failed" | "canceled") => not_delivered(code.as_deref()),
        Some("accepted" | "scheduled" | "queued" | "sending" | "sent") => DeliveryState::Accepted,
        _ => DeliveryState::Unknown,
    };
    let name = entry.message("MessageSid").or_else(|| entry.message("SmsSid"))?;
    Some(Said { name, state, code, at: None })
}

/// Twilio's error dictionary: blocked (30004), filtered by a carrier (30007), unregistered sender (30032, 30034),
/// blocked by its own guard (30450); the validity period ended in its queue (30036).
fn not_delivered(code: Option<&str>) -> DeliveryState {
    match code {
        Some("30004" | "30007" | "30032" | "30034" | "30450" | "21610") => DeliveryState::Rejected,
        Some("30036") => DeliveryState::Expired,
        _ => DeliveryState::Failed,
    }
}
