//! `resetgate doctor`: everything the service depends on, looked at live and from here.

mod disk;
mod page;

use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::account::missing_file;
use super::exit::{FAILED, OK};
use crate::account;
use crate::audit::{AuditKey, AuditSettings, Broken, Fault, Why, verify};
use crate::domain::{Condition, Finding, SystemClock, SystemRandom};
use crate::settings::Settings;
use crate::sms::{self, ConsoleWriter};

/// How to look.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Look at this provider alone, and at nothing else
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: a list of {part, what, state, text}
    Json,
}

/// A part of the whole and what was found there.
struct Looked {
    part: String,
    finding: Finding,
}

/// Looks at everything and tells it. Exit codes: 0 nothing is bad, 1 something is.
pub(super) async fn run(args: &DoctorArgs, settings: &Settings, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let clock = SystemClock::start();
    let mut all = providers(settings, args.provider.as_deref()).await;
    if args.provider.is_none() {
        all.extend(accounts(settings).await);
        for (name, findings) in account::hooks::examine(&settings.account, &clock).await {
            all.extend(part(&format!("hook {name}"), findings));
        }
        all.extend(part("audit", vec![trail(&settings.audit)]));
        all.extend(part("disk", disk::examine(settings)));
        all.extend(part("page", page::examine(settings, &clock).await));
    }
    let told = match args.format {
        Format::Text => text(&all, out),
        Format::Json => list(&all, out),
    };
    if let Err(error) = told {
        // Nobody is left to tell when standard error is gone, too.
        let _ = writeln!(err, "error: {error}");
        return FAILED;
    }
    if all.is_empty() || all.iter().any(|looked| looked.finding.state == Condition::Bad) { FAILED } else { OK }
}

fn part(name: &str, findings: Vec<Finding>) -> impl Iterator<Item = Looked> {
    findings.into_iter().map(move |finding| Looked { part: name.to_owned(), finding })
}

/// Each provider of the configuration, used or not.
async fn providers(settings: &Settings, only: Option<&str>) -> Vec<Looked> {
    let mut all = Vec::new();
    for name in settings.sms.provider.keys().filter(|name| only.is_none_or(|only| only == *name)) {
        let around = sms::Surroundings::of_this_machine(ConsoleWriter::new(io::sink()));
        let findings = match sms::build_one(&settings.sms, name, &around) {
            Err(error) => vec![Finding::of("settings", Condition::Bad, error.to_string())],
            Ok(provider) => {
                let found = provider.examine().await;
                if found.is_empty() {
                    let text = "cannot be asked without sending a message; try `resetgate sms test`";
                    vec![Finding::of("provider", Condition::Doubtful, text)]
                } else {
                    found
                }
            }
        };
        all.extend(part(&format!("sms {name}"), findings));
    }
    if let (true, Some(only)) = (all.is_empty(), only) {
        let finding = Finding::of("settings", Condition::Bad, "there is no such provider");
        all.extend(part(&format!("sms {only}"), vec![finding]));
    }
    all
}

async fn accounts(settings: &Settings) -> Vec<Looked> {
    if let Some(what) = missing_file(&settings.account) {
        let text = format!("{what}; make it with `resetgate account import`");
        return part("accounts", vec![Finding::of("store", Condition::Bad, text)]).collect();
    }
    let around = account::Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
    let findings = match account::open(&settings.account, &around).await {
        Err(error) => vec![Finding::of("store", Condition::Bad, error.to_string())],
        Ok(store) => {
            let mut findings = vec![match store.check().await {
                Ok(()) => Finding::of("store", Condition::Good, "it answers"),
                Err(error) => Finding::of("store", Condition::Bad, error.to_string()),
            }];
            findings.extend(store.examine().await);
            findings
        }
    };
    part("accounts", findings).collect()
}

/// Whether the trail is whole. The service may be writing its last line at this moment.
fn trail(settings: &AuditSettings) -> Finding {
    let path = settings.path.display();
    if !settings.path.exists() {
        return Finding::of("trail", Condition::Good, format!("{path} will be made at the first start"));
    }
    match verify(&settings.path, &AuditKey::new(&settings.key)) {
        Ok(summary) => {
            Finding::of("trail", Condition::Good, format!("{} lines, all as they were written", summary.lines))
        }
        Err(Fault::Empty(_)) => Finding::of("trail", Condition::Good, format!("{path} is empty")),
        Err(Fault::Broken(Broken { why: Why::Unfinished, .. })) => {
            Finding::of("trail", Condition::Good, "as it was written, up to a line without an end")
        }
        Err(fault) => Finding::of("trail", Condition::Bad, fault.to_string()),
    }
}

fn text(all: &[Looked], out: &mut dyn Write) -> io::Result<()> {
    let widest = all.iter().map(|looked| looked.part.chars().count()).max().unwrap_or(0);
    for Looked { part, finding: Finding { what, state, text } } in all {
        writeln!(out, "{part:<widest$}  {:<8}  {what}: {text}", word(*state))?;
    }
    out.flush()
}

fn list(all: &[Looked], out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<_> = all
        .iter()
        .map(|Looked { part, finding }| {
            json!({ "part": part, "what": finding.what, "state": word(finding.state), "text": finding.text })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)?;
    out.flush()
}

/// One word for the state of a thing.
pub(super) const fn word(state: Condition) -> &'static str {
    match state {
        Condition::Good => "good",
        Condition::Doubtful => "doubtful",
        Condition::Bad => "BAD",
    }
}
