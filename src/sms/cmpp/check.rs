//! What is wrong with the settings of a gateway.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::settings::CmppSettings;
use crate::domain::Period;
use crate::sms::check::Problem;

impl CmppSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fee_type = self.fee_type.as_deref().unwrap_or("01");
        let fee_code = self.fee_code.as_deref().unwrap_or("0");
        let secret = self.secret.expose_secret();
        let idle_test = self.idle_test.map_or(Duration::from_mins(3), Period::get);
        let host = !self.host.is_empty() && graphic(&self.host) && !self.host.contains(['/', '@', '[', ']']);
        let rules = [
            (host, "host", "must be a name or an address alone, like \"10.1.2.3\"; the port has a key of its own"),
            (self.port != Some(0), "port", "must be 1 to 65535; 7890 is usual"),
            (
                self.sp_id.len() == 6 && self.sp_id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "sp_id",
                "must be the six letters or digits that the operator gave you (SP_Id)",
            ),
            (
                (1..=128).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '),
                "secret",
                "must be 1 to 128 visible ASCII characters on one line",
            ),
            (
                (1..=10).contains(&self.service_id.len()) && graphic(&self.service_id),
                "service_id",
                "must be 1 to 10 visible ASCII characters (Service_Id)",
            ),
            (
                (1..=21).contains(&self.src_id.len()) && digits(&self.src_id),
                "src_id",
                "must be the number people see as the sender, 1 to 21 digits (Src_Id)",
            ),
            (
                fee_type.len() == 2 && digits(fee_type),
                "fee_type",
                "must be two digits; \"01\" is free for the receiver",
            ),
            ((1..=6).contains(&fee_code.len()) && digits(fee_code), "fee_code", "must be 1 to 6 digits, in fen"),
            (self.window.is_none_or(|window| (1..=128).contains(&window)), "window", "must be 1 to 128 messages"),
            (
                (Duration::from_secs(1)..=Duration::from_mins(10)).contains(&idle_test),
                "idle_test",
                "must be \"1s\" to \"10m\"",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken.map(|(_, key, problem)| (key.to_owned(), problem.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::sms::CmppSettings;
    use crate::sms::cmpp::samples::gateway;

    fn keys(more: &str) -> Vec<String> {
        gateway(more).check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_least_and_the_most_that_can_be_written_have_no_problem() {
        assert_eq!(gateway("").check(), []);
        let all = "port = 7900\nversion = \"2.0\"\nfee_type = \"02\"\nfee_code = \"10\"\nwindow = 128\n\
                   idle_test = \"10m\"\nverify_ismg = false";
        assert_eq!(gateway(all).check(), []);
    }

    /// case 97: everything wrong is named, and all of it at once.
    #[test]
    fn what_the_fields_of_the_protocol_cannot_hold_is_named() {
        for (more, key) in [
            ("host = \"\"", "host"),
            ("host = \"tcp://10.0.0.1\"", "host"),
            ("port = 0", "port"),
            ("sp_id = \"9000011\"", "sp_id"),
            ("sp_id = \"九\"", "sp_id"),
            ("secret = \"\"", "secret"),
            ("secret = \"a\\n\"", "secret"),
            ("service_id = \"ELEVENSIGNS\"", "service_id"),
            ("src_id = \"+8610690001\"", "src_id"),
            ("src_id = \"1069000100000000000000\"", "src_id"),
            ("fee_type = \"1\"", "fee_type"),
            ("fee_code = \"1234567\"", "fee_code"),
            ("window = 0", "window"),
            ("idle_test = \"500ms\"", "idle_test"),
        ] {
            assert_eq!(keys(more), [key], "{more}");
        }
        assert_eq!(keys("host = \"\"\nsecret = \"\"\nwindow = 0"), ["host", "secret", "window"]);
    }

    #[test]
    fn other_versions_and_unknown_keys_are_refused() {
        let read = |line: &str| {
            let text =
                format!("host = \"a\"\nsp_id = \"1\"\nsecret = \"s\"\nservice_id = \"s\"\nsrc_id = \"1\"\n{line}");
            toml::from_str::<CmppSettings>(&text).unwrap_err().to_string()
        };
        assert!(read("version = \"1.2\"").contains("expected `2.0` or `3.0`"));
        assert!(read("windows = 1").contains("unknown field"));
    }

    /// case 99
    #[test]
    fn debug_output_shows_neither_secret_nor_account() {
        let shown = format!("{:?}", gateway(""));
        assert!(!shown.contains("888888") && !shown.contains("900001"), "{shown}");
    }
}
