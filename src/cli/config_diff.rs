//! `resetgate config diff`: what a reload would do.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use super::exit::{FAILED, OK, UNREACHABLE, refuse};
use super::healthcheck;
use crate::settings::{Change, Inputs, Mode, Settings, Snapshot, Sources};

/// Arguments of `resetgate config diff`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DiffArgs {
    /// Compare with these files instead of asking the running service; may be repeated, the later over the earlier
    #[arg(long, value_name = "FILE")]
    pub from: Vec<PathBuf>,
}

#[derive(serde::Deserialize)]
struct Answer {
    seals: BTreeMap<String, String>,
}

/// Compares. The exit code: 0 told · 1 nobody can be asked · 3 refused, as a reload would be · 4 nobody answers.
pub(super) fn run(
    args: &DiffArgs,
    inputs: &Inputs,
    sources: &dyn Sources,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let loaded = match Settings::load(inputs, sources, Mode::Serve) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report, sources, err)),
    };
    let after = Snapshot::of(&loaded.merged, sources);
    if !args.from.is_empty() {
        let before = Inputs { files: args.from.clone(), ..inputs.clone() };
        let before = match Settings::load(&before, sources, Mode::Tool) {
            Ok(before) => Snapshot::of(&before.merged, sources),
            Err(report) => return Ok(refuse(&report, sources, err)),
        };
        return tell(&before.changes(&after), out);
    }
    let Some(ops) = loaded.settings.ops.listen else {
        writeln!(err, "error: ops.listen is empty, so the service cannot be asked; name its files with --from")?;
        return Ok(FAILED);
    };
    let seals = match healthcheck::ask(ops, "/config") {
        Ok((200, body)) => serde_json::from_str::<Answer>(&body).map_err(|error| error.to_string()),
        Ok((status, _)) => Err(format!("it answered {status}")),
        Err(error) => Err(error.to_string()),
    };
    let seals = match seals {
        Ok(Answer { seals }) => seals,
        Err(reason) => {
            writeln!(err, "error: the service at {ops} does not tell its configuration: {reason}")?;
            return Ok(UNREACHABLE);
        }
    };
    let key = loaded.settings.code.keys().derive(Snapshot::SEAL_LABEL);
    let changes = after.changes_since(&seals, &key);
    let own = after.seals(&key);
    if !seals.is_empty() && !own.iter().any(|(name, seal)| seals.get(name) == Some(seal)) {
        writeln!(out, "code.pepper differs from that of the running service: needs a restart")?;
        writeln!(out, "Nothing else can be compared without it; name the service's files with --from.")?;
        return Ok(OK);
    }
    tell(&changes, out)
}

fn tell(changes: &[Change], out: &mut dyn Write) -> io::Result<u8> {
    for Change { key, before, after, is_taken_over } in changes {
        let gone = after.is_none();
        let value = match (before, after) {
            (Some(before), Some(after)) if before != after => format!(" = {after} (was {before})"),
            (Some(_), Some(after)) if !key.last().contains("pepper") => format!(" = {after} (its content has changed)"),
            (_, Some(after)) => format!(" = {after}"),
            (_, None) => " is no longer set".to_owned(),
        };
        let effect = if *is_taken_over { "takes effect on reload" } else { "needs a restart" };
        writeln!(out, "{} {key}{value}: {effect}", if gone { '-' } else { '~' })?;
    }
    let fixed = changes.iter().filter(|change| !change.is_taken_over).count();
    match (changes.len(), fixed) {
        (0, _) => writeln!(
            out,
            "nothing differs; a reload would read the named files (certificates, contacts, languages) again"
        )?,
        (_, 0) => writeln!(out, "a reload (SIGHUP) takes all of it over")?,
        (_, fixed) => {
            writeln!(out, "a reload would be refused, and nothing taken over: {fixed} of these need a restart")?;
        }
    }
    Ok(OK)
}
