//! What clients get. Known and unknown accounts are worded by the same code, so there is nothing to tell apart.

use serde_json::{Value, json};

use crate::captcha::{CaptchaKind, Issued};
use crate::domain::{ChallengeView, FlowCredential, State, Timestamp};
use crate::http::BasePath;

/// An issued captcha.
#[must_use]
pub fn captcha(issued: &Issued, base: &BasePath) -> Value {
    let mut answer = json!({
        "id": issued.id,
        "kind": issued.kind,
        "expires_at": issued.expires_at.to_string(),
        "alternatives": issued.alternatives,
    });
    match issued.kind {
        CaptchaKind::Image => {
            answer["length"] = issued.length.into();
            answer["image"] = base.link(&format!("/v1/captchas/{}/image", issued.id)).into();
            answer["width"] = issued.width.into();
            answer["height"] = issued.height.into();
        }
        CaptchaKind::Audio => {
            answer["length"] = issued.length.into();
            answer["audio"] = base.link(&format!("/v1/captchas/{}/audio", issued.id)).into();
        }
        CaptchaKind::Pow => {
            answer["algorithm"] = "SHA-256".into();
            answer["bits"] = issued.bits.into();
            answer["salt"] = issued.salt.clone().into();
        }
    }
    answer
}

/// What may follow in a state.
#[must_use]
pub const fn allowed(state: State) -> &'static [&'static str] {
    match state {
        State::CodeSent => &["verify", "resend", "complete", "cancel"],
        State::Verified => &["complete", "cancel"],
        _ => &[],
    }
}

/// A challenge that waits for its code.
#[must_use]
pub fn code_sent(view: &ChallengeView, code_length: usize, now: Timestamp) -> Value {
    let further = view.next_send_at();
    json!({
        "id": view.id.to_string(),
        "state": view.state.as_str(),
        "destination_hint": null,
        "code_length": code_length,
        "code_expires_at": view.code_expires_at.to_string(),
        "resend_at": further.to_string(),
        "resend_after": u64::try_from(further.since(now).as_millis().div_ceil(1_000)).unwrap_or(u64::MAX),
        "sends_left": view.sends_left,
        "attempts_left": view.attempts_left,
        "expires_at": view.expires_at.to_string(),
        "server_time": now.to_string(),
    })
}

/// A challenge as its owner may see it in any state; never what became of a message.
#[must_use]
pub fn status(view: &ChallengeView, code_length: usize, now: Timestamp) -> Value {
    let mut answer = code_sent(view, code_length, now);
    answer["allowed"] = json!(allowed(view.state));
    if let Some(until) = view.verified_until {
        answer["verified_until"] = until.to_string().into();
    }
    answer
}

/// Adds the credential, told once.
#[must_use]
pub fn with_credential(mut answer: Value, credential: &FlowCredential) -> Value {
    answer["flow_token"] = credential.expose().into();
    answer
}
