//! Whether anybody could be told that a password runs out.

use toml::Value;

use super::merged::Merged;
use super::problem::Finding;
use crate::sms::{MessageKind, SmsSettings};

/// Where no provider carries such a notice although passwords run out and the store can say whose.
#[must_use]
pub fn notes(sms: &SmsSettings, merged: &Merged) -> Vec<Finding> {
    if !can_run_out(merged) {
        return Vec::new();
    }
    let problem = "none of these carries notices that a password runs out: templates of aliyun, tencent and huawei and \
                   gateways without {text} do not hold them, so `resetgate account expiring --notify` tells nobody";
    let help = "name a provider that sends texts after them, or tell people another way and with the list that \
                `resetgate account expiring` prints; max_age_choices = [\"never\"] if no password runs out";
    let keys = sms.lists_without(MessageKind::Expiry).into_iter();
    keys.map(|key| Finding::note(&format!("sms.{key}"), problem, help)).collect()
}

/// A store of another program lists them only where it was told how.
fn can_run_out(merged: &Merged) -> bool {
    let text = |path: &str| merged.at(path).and_then(Value::as_str).unwrap_or_default();
    let choices = merged.at("account.max_age_choices").and_then(Value::as_array);
    let ends = choices.into_iter().flatten().any(|choice| choice.as_str() != Some("never"));
    ends && match text("account.kind") {
        "ldap" => !text("account.ldap.password.expiry").is_empty(),
        "sql" => !text("account.sql.expiring").is_empty() || text("account.sql.preset") != "none",
        _ => true,
    }
}
