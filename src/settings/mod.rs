//! The configuration: where values come from, whether they are right, and what they are together.
//!
//! `config/default.toml` is built in and is the bottom layer; files, the environment and `--set` lie over it, in that
//! order. Every value remembers where it came from, and everything that is wrong is told at once. Each
//! capability owns its section's type and range checks; this module composes them.

mod check;
mod code;
mod convert;
mod derived;
mod example;
mod expiry;
mod facts;
mod file;
mod files;
mod guess;
mod key;
mod known;
mod layer;
mod load;
mod merged;
mod origin;
mod outside;
mod page;
mod paths;
mod problem;
mod read;
mod report;
mod safety;
mod secret_file;
mod server;
mod snapshot;
mod snippet;
mod sources;
mod spoken;
mod web_address;
mod words;

#[cfg(test)]
mod advice_tests;
#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod known_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod outside_tests;
#[cfg(test)]
mod paths_tests;
#[cfg(test)]
#[cfg(all(feature = "aliyun", feature = "aws_sns", feature = "cmpp", feature = "huawei"))]
#[cfg(all(feature = "smpp", feature = "tencent", feature = "twilio", feature = "vonage"))]
mod provider_tests;
#[cfg(test)]
mod safety_tests;
#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod section_tests;
#[cfg(test)]
mod spoken_tests;

use serde::Deserialize;

use self::check::under;
use crate::account::AccountSettings;
use crate::audit::AuditSettings;
use crate::captcha::CaptchaSettings;
use crate::domain::ChallengeRules;
use crate::limits::LimitsSettings;
use crate::policy::PolicySettings;
use crate::sms::SmsSettings;
use crate::state::{FailureSettings, StateSettings};

pub use self::code::{CodeSettings, FlowSettings};
pub use self::files::{Files, Logo};
pub use self::guess::{GuessBudget, MAX_CHANCE};
pub use self::key::{KeyPath, shown_name};
pub use self::known::{DEFAULT_TEXT, Key, Kind, Known, known, shown_section};
pub use self::load::{LayerRead, Loaded, load};
pub use self::merged::{Held, Merged, shown_value};
pub use self::origin::Origin;
pub use self::page::{BrandSettings, ByLanguage, PageFlow, PageSettings};
pub use self::problem::{Finding, Level, Number, Place, Problem};
pub use self::report::Report;
pub use self::safety::{SafetyFacts, findings as safety_findings};
pub use self::server::{OpsSettings, ServerSettings};
pub use self::snapshot::{Change, Snapshot, is_taken_over};
pub use self::snippet::MASK;
#[cfg(test)]
pub use self::sources::memory::MemorySources;
pub use self::sources::{Inputs, Preset, Sources, SystemSources};
pub use self::web_address::{CorsOrigin, PublicUrl};
pub use self::words::{HelpSettings, LogFormat, LogSettings, MailSettings, TextSettings};

/// The smallest file that starts a service; what `resetgate config example --minimal` prints.
pub const MINIMAL_TEXT: &str = include_str!("../../config/minimal.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    /// `[server]`.
    pub server: ServerSettings,
    /// `[ops]`.
    pub ops: OpsSettings,
    /// `[text]`.
    pub text: TextSettings,
    /// `[help]`.
    pub help: HelpSettings,
    /// `[page]`.
    pub page: PageSettings,
    /// `[code]`.
    pub code: CodeSettings,
    /// `[flow]`.
    pub flow: FlowSettings,
    /// `[mail]`.
    pub mail: MailSettings,
    /// `[captcha]`.
    pub captcha: CaptchaSettings,
    /// `[failures]`.
    pub failures: FailureSettings,
    /// `[limits]`.
    pub limits: LimitsSettings,
    /// `[state]`.
    pub state: StateSettings,
    /// `[policy]`.
    pub policy: PolicySettings,
    /// `[account]`.
    pub account: AccountSettings,
    /// `[sms]`.
    pub sms: SmsSettings,
    /// `[audit]`.
    pub audit: AuditSettings,
    /// `[log]`.
    pub log: LogSettings,
}

/// What the settings are loaded for; it decides what is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `resetgate serve`.
    Serve,
    /// A command that works on one section and checks that itself.
    Tool,
    /// `resetgate dev`: made-up accounts, codes on the terminal, loopback only.
    Dev,
}

impl Settings {
    /// Loads and checks the whole configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it, unsafe combinations among it.
    pub fn load(inputs: &Inputs, sources: &dyn Sources, mode: Mode) -> Result<Loaded<Self>, Report> {
        load(inputs, sources, |settings: &Self, merged| {
            if mode == Mode::Tool {
                return Vec::new();
            }
            let facts = facts::gather(merged, &settings.server, settings.ops.listen, mode == Mode::Dev);
            let mut findings = safety_findings(&facts);
            findings.extend(settings.check());
            findings.extend(settings.read_files(sources).1);
            findings.extend(outside::findings(merged, sources));
            findings.extend(expiry::notes(&settings.sms, merged));
            findings
        })
    }

    /// Values out of range, section by section.
    fn check(&self) -> Vec<Finding> {
        [
            under("server", self.server.check()),
            under("ops", self.ops.check(self.server.listen)),
            under("text", self.text.check()),
            under("help", self.help.check()),
            under("page", self.page.check()),
            under("code", self.code.check()),
            under("flow", self.flow.check(&self.code)),
            under("captcha", self.captcha.check()),
            under("failures", self.failures.check()),
            under("limits", self.limits.check()),
            under("limits", self.limits.check_proxies(&self.server.trusted_proxies)),
            under("state", self.state.check()),
            under("policy", self.policy.check()),
            under("account", self.account.check()),
            under("sms", self.sms.check()),
            under("sms", self.sms.check_route_countries(&self.limits.countries)),
            under("sms", self.sms.check_texts(self.server.public_url.host(), &self.text.default_locale)),
            under("sms", self.sms.check_code(self.code.length.into())),
            under("audit", self.audit.check()),
            under("log", self.log.check()),
        ]
        .concat()
    }

    /// The rules of every challenge.
    #[must_use]
    pub fn challenge_rules(&self) -> ChallengeRules {
        code::challenge_rules(&self.code, &self.flow)
    }
}
