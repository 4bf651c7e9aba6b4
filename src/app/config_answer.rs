//! What `GET /v1/config` tells.

use std::sync::Arc;

use serde_json::json;

use super::parts::Parts;
use crate::http::api::ConfigAnswer;
use crate::settings::Settings;
use crate::sms::Outage;

pub(super) fn build(settings: &Settings, parts: &Parts) -> ConfigAnswer {
    let mut policy = json!(parts.policy.describe());
    policy["max_age_choices"] = settings.account.max_age_choices.iter().map(|age| json!(age.iso())).collect();
    let fixed = json!({
        "api_version": "1.0",
        "instance": settings.code.instance(),
        "locales": parts.catalog.tags().collect::<Vec<_>>(),
        "default_locale": parts.catalog.default_tag(),
        "captcha": {
            "required": settings.captcha.required,
            "kinds": parts.core.desk.kinds(),
            "length": settings.captcha.length,
            "case_sensitive": false,
            "expires_in": settings.captcha.ttl.as_secs(),
        },
        "code": {
            "length": settings.code.length,
            "expires_in": settings.code.ttl.as_secs(),
            "resend_after": settings.code.resend_after.as_secs(),
            "max_attempts": settings.code.max_attempts,
            "max_sends": settings.code.max_sends,
        },
        "policy": policy,
        "help": {
            "name": settings.help.name,
            "phone": settings.help.phone,
            "email": settings.help.email,
            "hours": settings.help.hours,
            "url": settings.help.url,
        },
    });
    let outbox = parts.outbox.clone();
    ConfigAnswer::new(
        fixed,
        Arc::new(move || match outbox.outage() {
            _ if outbox.is_full() => "down",
            Outage::Full => "down",
            Outage::Partial => "degraded",
            Outage::None => "ok",
        }),
    )
}
