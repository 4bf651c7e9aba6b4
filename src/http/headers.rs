//! The `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers), in structured-field syntax (RFC 9651).

use actix_web::HttpResponseBuilder;

use crate::limits::{Allowance, Limited, RequesterGate};

/// What the policy is: `"start";q=5;w=600`.
#[must_use]
pub fn policy(gate: RequesterGate, limit: u32, window_secs: u64) -> String {
    format!("\"{}\";q={limit};w={window_secs}", gate.name())
}

/// What is left: `"start";r=4;t=120`.
#[must_use]
pub fn left(gate: RequesterGate, remaining: u32, reset_secs: u64) -> String {
    format!("\"{}\";r={remaining};t={reset_secs}", gate.name())
}

/// Both fields for a request that passed.
pub fn allow(response: &mut HttpResponseBuilder, gate: RequesterGate, allowance: &Allowance) {
    let per_token = allowance.window_secs.div_ceil(u64::from(allowance.limit.max(1)));
    let used = u64::from(allowance.limit.saturating_sub(allowance.remaining));
    response.insert_header(("ratelimit-policy", policy(gate, allowance.limit, allowance.window_secs)));
    response.insert_header(("ratelimit", left(gate, allowance.remaining, per_token * used)));
}

/// Both fields for a request that was refused.
#[must_use]
pub fn refuse(gate: RequesterGate, limited: &Limited, seconds: u64) -> (String, String) {
    (policy(gate, limited.limit, limited.window_secs), left(gate, 0, seconds))
}
