//! What is wrong with the settings of an SMPP gateway.

use std::time::Duration;

use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;

use super::settings::SmppSettings;
use crate::domain::Period;
use crate::sms::check::Problem;

/// What is taken where a key is left out.
pub(super) const WINDOW: u16 = 10;
pub(super) const ENQUIRE: Duration = Duration::from_secs(30);
pub(super) const SOONEST: Duration = Duration::from_secs(1);
pub(super) const LATEST: Duration = Duration::from_secs(30);

impl SmppSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        if ServerName::try_from(self.host.as_str()).is_err() {
            problems.push(said("host", "is neither a name nor an address; write one like \"smsc.example.gov.cn\""));
        }
        if self.port == 0 {
            problems.push(said("port", "must be 1 to 65535; SMPP is often at 2775, with TLS at 3550"));
        }
        if !self.tls() && self.ca_file.as_deref().is_some_and(|path| !path.as_os_str().is_empty()) {
            problems.push(said("ca_file", "has no use without TLS; drop it, or drop tls = false"));
        }
        problems.extend(self.texts());
        problems.extend(self.quantities());
        problems
    }

    /// The standard bounds each text, its NUL included (SMPP 3.4, 5.2.1 to 5.2.11).
    fn texts(&self) -> impl Iterator<Item = Problem> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let too_long = |text: &str, most: usize| text.len() > most || !text.bytes().all(|sign| sign.is_ascii_graphic());
        let (system_type, service_type) = (or_empty(&self.system_type), or_empty(&self.service_type));
        // A sender's name may have a space in it.
        let source = or_empty(&self.source_addr).replace(' ', "_");
        let password = self.password.expose_secret();
        let texts = [
            ("system_id", self.system_id.is_empty() || too_long(&self.system_id, 15), "must be 1 to 15"),
            ("password", too_long(password, 8), "must be at most 8"),
            ("system_type", too_long(&system_type, 12), "must be at most 12"),
            ("source_addr", too_long(&source, 20), "must be at most 20"),
            ("service_type", too_long(&service_type, 5), "must be at most 5"),
        ];
        texts.into_iter().filter(|(_, wrong, _)| *wrong).map(|(key, _, bound)| {
            said(key, &format!("{bound} visible ASCII signs; the protocol has no room for more"))
        })
    }

    fn quantities(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=100).contains(&self.window.unwrap_or(WINDOW)) {
            problems.push(said("window", "must be 1 to 100 messages"));
        }
        for (key, value) in [("source_ton", self.source_ton), ("source_npi", self.source_npi)] {
            if value.is_some_and(|value| value > 18) {
                problems.push(said(key, "must be a number of the standard: 0 to 6 for the type, 0 to 18 for the plan"));
            }
        }
        let (soonest, latest) = (or(self.reconnect_min, SOONEST), or(self.reconnect_max, LATEST));
        if !(Duration::from_secs(1)..=Duration::from_mins(10)).contains(&or(self.enquire_link, ENQUIRE)) {
            problems.push(said("enquire_link", "must be \"1s\" to \"10m\""));
        }
        if !(Duration::from_millis(100)..=Duration::from_mins(1)).contains(&soonest) {
            problems.push(said("reconnect_min", "must be \"100ms\" to \"1m\""));
        }
        if !(soonest..=Duration::from_mins(10)).contains(&latest) {
            problems.push(said("reconnect_max", "must be from reconnect_min to \"10m\""));
        }
        problems
    }

    /// Whether TLS is spoken.
    pub(super) fn tls(&self) -> bool {
        self.tls.unwrap_or(true)
    }
}

/// A period, or what is taken instead.
pub(super) fn or(period: Option<Period>, otherwise: Duration) -> Duration {
    period.map_or(otherwise, Period::get)
}

fn said(key: &str, problem: &str) -> Problem {
    (key.to_owned(), problem.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::sms::samples::smsc;

    fn keys(more: &str) -> Vec<String> {
        smsc(more).check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_sample_and_every_bound_are_good() {
        assert_eq!(keys(""), [""; 0]);
        let most = format!(
            "host = \"10.0.0.1\"\nport = 65535\nsystem_id = \"{}\"\npassword = \"12345678\"\nsystem_type = \"{}\"\n\
             source_addr = \"{}\"\nservice_type = \"abcde\"\nwindow = 100\nenquire_link = \"1s\"\n\
             reconnect_min = \"100ms\"\nreconnect_max = \"100ms\"\nsource_ton = 5\nsource_npi = 18",
            "a".repeat(15),
            "b".repeat(12),
            "City Mail of Example".chars().take(20).collect::<String>()
        );
        assert_eq!(keys(&most), [""; 0]);
    }

    #[test]
    fn what_the_protocol_has_no_room_for_is_named() {
        let more = format!(
            "host = \"smsc/1\"\nport = 0\nsystem_id = \"\"\npassword = \"123456789\"\nsystem_type = \"{0}\"\n\
             source_addr = \"{0}\"\nservice_type = \"市政\"\nwindow = 0\nsource_ton = 19\nenquire_link = \"11m\"\n\
             reconnect_min = \"1ms\"\nreconnect_max = \"11m\"",
            "a".repeat(21)
        );
        let expected = [
            "host",
            "port",
            "system_id",
            "password",
            "system_type",
            "source_addr",
            "service_type",
            "window",
            "source_ton",
            "enquire_link",
            "reconnect_min",
            "reconnect_max",
        ];
        assert_eq!(keys(&more), expected);
        assert!(!format!("{:?}", smsc(&more).check()).contains("123456789"));
    }

    #[test]
    fn an_authority_without_tls_is_refused_and_tls_is_what_is_left_out() {
        assert_eq!(keys("tls = false\nca_file = \"ca.pem\""), ["ca_file"]);
        assert!(smsc("").tls() && !smsc("tls = false").tls());
    }

    #[test]
    fn nothing_of_the_account_is_shown() {
        let shown = format!("{:?}", smsc(""));
        assert!(!shown.contains("esme1") && !shown.contains("secret08"), "{shown}");
    }
}
