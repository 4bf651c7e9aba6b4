//! Hooks after a reset: Dovecot's doveadm, a call of the operator's own, or a program. They run in their order, each in
//! its own time and all in theirs.

mod call;
mod command;
mod doveadm;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, timeout_at};

use self::call::Call;
use self::command::Program;
use self::doveadm::Doveadm;
pub(super) use self::settings::problems;
pub use self::settings::{CallSettings, CommandSettings, DoveadmSettings, HookSettings, UserName};
use super::signature::Stamp;
use super::{AccountSettings, AfterReset, HookReport, PasswordChange, Surroundings};
use crate::domain::{Clock, Condition, Finding, Randomness, Timestamp};
use crate::outbound::{self, Times, Trust};

/// A hook that cannot be built from its settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("account.{key}: {problem}")]
pub struct HookBuildError {
    /// The key below `[account]`.
    pub key: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// All hooks.
pub struct HookChain {
    hooks: Vec<Named>,
    within: Duration,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
}

struct Named {
    name: Box<str>,
    timeout: Duration,
    hook: Hook,
}

enum Hook {
    Doveadm(Doveadm),
    Call { call: Call, ends_sessions: bool },
    Command { program: Program, ends_sessions: bool },
}

impl HookChain {
    /// Builds the named hooks. Opens no connection and runs nothing.
    ///
    /// # Errors
    /// Names the key and what to do.
    pub fn build(settings: &AccountSettings, around: &Surroundings) -> Result<Self, HookBuildError> {
        let within = settings.hooks_timeout;
        if let Some((key, problem)) = problems(&settings.hooks, &settings.hook, within).into_iter().next() {
            return Err(HookBuildError { key, problem });
        }
        let tables = settings.hooks.iter().filter_map(|name| Some((name, settings.hook.get(name)?)));
        let hooks = tables.map(|(name, own)| {
            let hook = Hook::build(own);
            let hook = hook.map_err(|(key, problem)| HookBuildError { key: format!("hook.{name}.{key}"), problem })?;
            Ok(Named { name: name.as_str().into(), timeout: own.timeout(), hook })
        });
        Ok(Self {
            hooks: hooks.collect::<Result<_, _>>()?,
            within: within.get(),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
        })
    }
}

/// Looks at each named hook without running it: whether it can be reached, takes our key, may be run. By its name.
pub async fn examine(settings: &AccountSettings, clock: &dyn Clock) -> Vec<(String, Vec<Finding>)> {
    let mut all = Vec::new();
    for name in &settings.hooks {
        let Some(own) = settings.hook.get(name) else { continue };
        let findings = match Hook::build(own) {
            Err((key, problem)) => vec![Finding::of(key, Condition::Bad, problem)],
            Ok(hook) => hook.examine(|| clock.now()).await,
        };
        all.push((name.clone(), findings));
    }
    all
}

impl Hook {
    async fn examine(&self, now: impl Fn() -> Timestamp) -> Vec<Finding> {
        match self {
            Self::Doveadm(doveadm) => doveadm.examine(now).await,
            Self::Call { call, .. } => call.examine(now).await,
            Self::Command { program, .. } => program.examine(),
        }
    }

    fn build(settings: &HookSettings) -> Result<Self, (String, String)> {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
        let client = |url: &str, ca_file: Option<&std::path::PathBuf>| {
            let trust = match ca_file.filter(|path| !path.as_os_str().is_empty()) {
                _ if url.starts_with("http:") => Trust::Plain,
                Some(path) => Trust::File(path),
                None => Trust::System,
            };
            let times = Times { connect: settings.timeout(), total: settings.timeout() };
            outbound::client(trust, None, times).map_err(|problem| ("ca_file".to_owned(), problem))
        };
        Ok(match settings {
            HookSettings::Doveadm(own) => Self::Doveadm(Doveadm::new(own, client(&own.url, own.ca_file.as_ref())?)?),
            HookSettings::Http(own) => {
                let call = Call::new(own, client(&own.url, own.ca_file.as_ref())?, credentials.as_deref())?;
                Self::Call { call, ends_sessions: own.ends_sessions }
            }
            HookSettings::Command(own) => {
                Self::Command { program: Program::new(own)?, ends_sessions: own.ends_sessions }
            }
        })
    }

    /// Whether it would end sessions, were it asked to.
    const fn can_end_sessions(&self) -> bool {
        match self {
            Self::Doveadm(_) => true,
            Self::Call { ends_sessions, .. } | Self::Command { ends_sessions, .. } => *ends_sessions,
        }
    }

    /// What does nothing but end sessions is left out when nobody wants that; caches are always flushed.
    const fn is_wanted(&self, revoke_sessions: bool) -> bool {
        revoke_sessions || matches!(self, Self::Doveadm(_)) || !self.can_end_sessions()
    }
}

#[async_trait]
impl AfterReset for HookChain {
    async fn run(&self, change: &PasswordChange) -> Vec<HookReport> {
        let end = Instant::now() + self.within;
        let mut reports = Vec::new();
        for Named { name, timeout, hook } in
            self.hooks.iter().filter(|named| named.hook.is_wanted(change.revoke_sessions))
        {
            let began = self.clock.now();
            let work = async {
                let now = || self.clock.now();
                match hook {
                    Hook::Doveadm(doveadm) => doveadm.run(change, now).await,
                    Hook::Call { call, .. } => {
                        call.run(change, &Stamp { now: now(), nonce: self.random.bytes() }, now).await
                    }
                    Hook::Command { program, .. } => program.run(change).await,
                }
            };
            let own_end = Instant::now() + *timeout;
            let outcome = if Instant::now() >= end {
                Err("the hooks before it took all the time there is (account.hooks_timeout)".to_owned())
            } else {
                timeout_at(own_end.min(end), work).await.unwrap_or_else(|_| Err("it did not end in time".to_owned()))
            };
            reports.push(HookReport {
                hook: name.clone(),
                ends_sessions: change.revoke_sessions && hook.can_end_sessions(),
                outcome,
                seconds: self.clock.now().since(began).as_secs_f64(),
            });
        }
        reports
    }
}

#[cfg(test)]
mod tests;
