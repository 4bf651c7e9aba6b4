//! Settings that tests of several files start from.

use super::settings::CmppSettings;

/// A gateway that is right, with lines of `more` instead of its own.
pub(super) fn gateway(more: &str) -> CmppSettings {
    let own = r#"
        host = "127.0.0.1"
        sp_id = "900001"
        secret = "888888"
        service_id = "MAIL"
        src_id = "10690001"
    "#;
    let mut table: toml::Table = toml::from_str(own).unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}
