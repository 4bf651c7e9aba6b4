//! `resetgate config`: what can be configured, whether it is right, and where it comes from.

use std::io::{self, Write};
use std::path::PathBuf;

use super::config_diff::{self, DiffArgs};
use super::exit::{FAILED, NOTES, OK, refuse};
use super::new_file::{Readers, create_and_tell};
use crate::account::sql::SqlPreset;
use crate::settings::{
    DEFAULT_TEXT, Held, Inputs, KeyPath, Loaded, MINIMAL_TEXT, Merged, Mode, Settings, Sources, known, shown_name,
    shown_value,
};

/// Which configuration a command works on.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct GivenArgs {
    /// Read FILE; may be repeated, the later over the earlier
    #[arg(
        short,
        long = "config",
        value_name = "FILE",
        env = "RESETGATE_CONFIG",
        hide_env_values = true,
        global = true
    )]
    pub config: Vec<PathBuf>,
    /// Set one key over everything else, like server.listen=0.0.0.0:8080; may be repeated
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    pub set: Vec<String>,
}

impl GivenArgs {
    /// What the loader reads.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        Inputs { presets: Vec::new(), files: self.config.clone(), sets: self.set.clone() }
    }
}

/// Write, check and show the configuration.
#[derive(Debug, Clone, clap::Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What `resetgate config` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum ConfigCommand {
    /// Print a file to begin with: every key with its default and its meaning
    #[command(
        after_help = "Examples:\n  resetgate config example | less\n  resetgate config example --minimal --out resetgate.toml\n  resetgate config example --sql postfixadmin\n\nExit codes: 0 written, 1 not written"
    )]
    Example(ExampleArgs),
    /// Read the configuration as `serve` would, and tell everything that is wrong with it
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml config check\n  resetgate -c resetgate.toml config check --strict\n\nExit codes: 0 right, 3 refused, 5 notes and --strict"
    )]
    Check(CheckArgs),
    /// Print the merged configuration with the place every value comes from; secrets as ••••
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml config show\n  resetgate -c resetgate.toml config show | grep -v '# default$'\n\nExit codes: 0 shown, 3 refused"
    )]
    Show,
    /// Tell what a reload (SIGHUP) would do: what differs from the running service, and what of it needs a restart
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml config diff\n  resetgate -c resetgate.toml config diff --from /etc/resetgate/before.toml\n\nAsks the service at ops.listen, which returns no values. Secrets are shown as ••••.\n\nExit codes: 0 compared, 1 ops.listen is empty, 3 refused, 4 the service does not answer"
    )]
    Diff(DiffArgs),
}

/// Arguments of `resetgate config example`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ExampleArgs {
    /// Only what a service cannot do without
    #[arg(long)]
    pub minimal: bool,
    /// The statements of account.sql.preset, to copy and change
    #[arg(long, value_name = "PRESET", conflicts_with = "minimal")]
    pub sql: Option<SqlPreset>,
    /// Write it to FILE; never overwrites
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `resetgate config check`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CheckArgs {
    /// Let notes fail, with exit code 5
    #[arg(long)]
    pub strict: bool,
}

/// Runs `resetgate config`. The exit code: 0 · 1 failed · 3 refused · 5 notes and `--strict`.
pub fn run(args: &ConfigArgs, inputs: &Inputs, sources: &dyn Sources, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    match &args.command {
        ConfigCommand::Example(example) => print_example(example, out, err),
        ConfigCommand::Check(check) => check_all(check, inputs, sources, out, err),
        ConfigCommand::Show => show(inputs, sources, out, err),
        ConfigCommand::Diff(diff) => config_diff::run(diff, inputs, sources, out, err),
    }
    .unwrap_or(FAILED)
}

fn print_example(args: &ExampleArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let text = match args.sql {
        Some(preset) => preset.text(),
        None if args.minimal => MINIMAL_TEXT,
        None => DEFAULT_TEXT,
    };
    match &args.out {
        Some(path) => create_and_tell(path, text, Readers::Everybody, out, err),
        None => out.write_all(text.as_bytes()).map(|()| OK),
    }
}

fn check_all(
    args: &CheckArgs,
    inputs: &Inputs,
    sources: &dyn Sources,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let loaded = match Settings::load(inputs, sources, Mode::Serve) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report, sources, err)),
    };
    let width = loaded.layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
    for layer in &loaded.layers {
        writeln!(out, "ok  {:width$}  {} keys", layer.name, layer.keys)?;
    }
    let (all, defaults) = count(&loaded.merged);
    writeln!(out, "ok  {all} keys in all, {defaults} of them defaults")?;
    for (key, units, parts) in loaded.settings.sms.text_lengths(loaded.settings.server.public_url.host()) {
        writeln!(out, "ok  sms.{key}: at most {units} UCS-2 units, {parts} message(s)")?;
    }
    if loaded.notes.notes() == 0 {
        return Ok(OK);
    }
    write!(err, "\n{}", loaded.notes.render(sources.colour()))?;
    Ok(if args.strict { NOTES } else { OK })
}

fn count(merged: &Merged) -> (usize, usize) {
    (merged.iter().count(), merged.iter().filter(|(_, held)| held.origin.is_default()).count())
}

fn show(inputs: &Inputs, sources: &dyn Sources, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    match Settings::load(inputs, sources, Mode::Serve) {
        Ok(loaded) => out.write_all(shown(&loaded).as_bytes()).map(|()| OK),
        Err(report) => Ok(refuse(&report, sources, err)),
    }
}

/// The merged values as TOML, section by section in the order of the reference file.
fn shown(loaded: &Loaded<Settings>) -> String {
    let order = |path: &KeyPath| {
        let at = known().keys().iter().position(|key| known().key(path).is_some_and(|found| std::ptr::eq(found, key)));
        at.unwrap_or(usize::MAX)
    };
    let mut values: Vec<_> = loaded.merged.iter().collect();
    // Tables with a chosen name share their pattern; what belongs to one name stays together.
    values.sort_by_cached_key(|(path, _)| {
        let first = known().keys().iter().position(|key| key.pattern().first() == path.names().first());
        (first, path.parent(), order(path))
    });
    let mut text = String::new();
    let mut section = KeyPath::root();
    for (path, held) in values {
        if path.parent() != section {
            section = path.parent();
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format_args!("{gap}[{section}]\n").to_string());
        }
        text.push_str(&line(path, held));
    }
    loaded.notes.scrub(&text)
}

fn line(path: &KeyPath, held: &Held) -> String {
    let value = shown_value(path, &held.value);
    format!("{} = {value} # {}\n", shown_name(path.last()), held.origin)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
