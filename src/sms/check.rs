//! What is wrong with the SMS settings, said before anything starts.

use std::time::Duration;

use super::settings::{BreakerSettings, ProviderSettings, SmsSettings};
use super::texts;
use crate::domain::nearest_language;

/// A key below `[sms]`, and what is wrong with it.
pub(super) type Problem = (String, String);

impl SmsSettings {
    /// Every problem of the sections, as key below `[sms]` and what to write instead. Opens no file and no connection.
    ///
    /// Texts that use `{domain}` are measured by [`SmsSettings::check_texts`], because the domain is set elsewhere.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = self.check_routes();
        problems.extend(self.unused());
        problems.extend(self.check_receipts());
        problems.extend(self.quantities());
        problems.extend(texts::problems(&self.text));
        for (name, provider) in &self.provider {
            let own = match provider {
                ProviderSettings::Http(own) => own.check(),
                ProviderSettings::Cmpp(own) => own.check(),
                ProviderSettings::Smpp(own) => own.check(),
                ProviderSettings::Aliyun(own) => own.check(),
                ProviderSettings::Tencent(own) => own.check(),
                ProviderSettings::Huawei(own) => own.check(),
                ProviderSettings::Twilio(own) => own.check(),
                ProviderSettings::Vonage(own) => own.check(),
                ProviderSettings::AwsSns(own) => own.check(),
                ProviderSettings::Console(_) => Vec::new(),
            };
            problems.extend(own.into_iter().map(|(key, problem)| (format!("provider.{name}.{key}"), problem)));
        }
        problems
    }

    /// Problems of the texts that show only with values of other sections: the domain people see and the default language.
    #[must_use]
    pub fn check_texts(&self, domain: &str, default_locale: &str) -> Vec<(String, String)> {
        let bound = self.provider.values().any(ProviderSettings::binds_codes);
        let mut problems = texts::too_long_with(&self.text, domain, bound);
        for (kind, texts) in [("code", &self.text.code), ("notice", &self.text.notice), ("expiry", &self.text.expiry)] {
            if nearest_language(default_locale, texts.keys().map(String::as_str)).is_none() {
                let problem = format!("there is no text in the default language `{default_locale}`; write one");
                problems.push((format!("text.{kind}.{default_locale}"), problem));
            }
        }
        problems
    }

    /// Each text by its key, with the UCS-2 units it has at most and the messages it costs.
    #[must_use]
    pub fn text_lengths(&self, domain: &str) -> Vec<(String, usize, usize)> {
        let bound = self.provider.values().any(ProviderSettings::binds_codes);
        let lengths = texts::lengths(&self.text, domain, bound);
        lengths.into_iter().map(|(key, units)| (key, units, texts::parts(units))).collect()
    }

    /// Providers that cannot carry codes of so many digits; `code.length` is set elsewhere.
    #[must_use]
    pub fn check_code(&self, digits: usize) -> Vec<(String, String)> {
        let too_long = |(name, provider): (&String, &ProviderSettings)| {
            let longest = provider.longest_code().filter(|longest| digits > *longest)?;
            let problem =
                format!("carries codes of at most {longest} digits; set code.length to {longest} or use another kind");
            Some((format!("provider.{name}.kind"), problem))
        };
        self.provider.iter().filter_map(too_long).collect()
    }

    fn unused(&self) -> Vec<Problem> {
        let used = |name: &&String| self.lists().any(|(_, names)| names.contains(name));
        let unused = self.provider.keys().filter(|name| !used(name));
        let problem = "is not used; add its name to `providers` or drop the table";
        unused.map(|name| said(&format!("provider.{name}"), problem)).collect()
    }

    fn quantities(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=1_000_000).contains(&self.queue) {
            problems.push(said("queue", "must be 1 to 1000000 messages"));
        }
        if !(1..=256).contains(&self.workers) {
            problems.push(said("workers", "must be 1 to 256"));
        }
        if !(Duration::from_millis(100)..=Duration::from_mins(1)).contains(&self.timeout.get()) {
            problems.push(said("timeout", "must be \"100ms\" to \"60s\""));
        }
        if self.connect_timeout > self.timeout {
            let problem = format!("is longer than timeout, which includes it; write at most \"{}\"", self.timeout);
            problems.push(said("connect_timeout", &problem));
        }
        problems.extend(self.breaker.check());
        problems
    }
}

impl BreakerSettings {
    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=1_000).contains(&self.failures) {
            problems.push(said("breaker.failures", "must be 1 to 1000"));
        }
        for (key, period) in [("breaker.window", self.window), ("breaker.open_for", self.open_for)] {
            if !(Duration::from_secs(1)..=Duration::from_hours(1)).contains(&period.get()) {
                problems.push(said(key, "must be \"1s\" to \"1h\""));
            }
        }
        problems
    }
}

pub(super) fn said(key: &str, problem: &str) -> Problem {
    (key.to_owned(), problem.to_owned())
}

#[cfg(test)]
mod tests;
