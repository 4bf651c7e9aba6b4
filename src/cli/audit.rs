//! `resetgate audit`: looking after the audit trail.

use std::io::{self, Write};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{FAILED, OK, REFUSED};
use crate::audit::{AuditKey, AuditSettings, Fault, Summary, size, verify_with};

/// A trail that is read within the blink of an eye shows no progress.
const LARGE: u64 = 32 << 20;

/// What to do with the trail.
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AuditCommand {
    /// Check that no line was changed, removed, moved or added
    ///
    /// Exits with 0 when the trail is whole, 1 when it is not or cannot be read, 3 when the configuration lacks the key.
    #[command(after_help = "Examples:\n  resetgate -c resetgate.toml audit verify\n  \
                            resetgate -c resetgate.toml audit verify --path /backup/audit")]
    Verify {
        /// The directory, instead of [audit] path
        #[arg(long, value_name = "DIR")]
        path: Option<PathBuf>,
    },
}

/// Runs it and gives the exit code.
pub fn run(args: &AuditArgs, settings: &AuditSettings, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let AuditCommand::Verify { path } = &args.command;
    let mut settings = settings.clone();
    if let Some(path) = path {
        settings.path.clone_from(path);
    }
    // Nobody reads on a closed pipe; the exit code still tells.
    verify(&settings, out, err).unwrap_or(FAILED)
}

fn verify(settings: &AuditSettings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let problems = settings.check();
    for (key, problem) in &problems {
        writeln!(err, "error: audit.{key} {problem}")?;
    }
    if !problems.is_empty() {
        return Ok(REFUSED);
    }
    match read(settings) {
        Ok(summary) => {
            report(&summary, out)?;
            Ok(OK)
        }
        Err(fault) => {
            writeln!(err, "error: {fault}")?;
            Ok(FAILED)
        }
    }
}

fn read(settings: &AuditSettings) -> Result<Summary, Fault> {
    let size = size(&settings.path)?;
    // Drawn on the error output, and only where that is a terminal.
    let bar = if size < LARGE { ProgressBar::hidden() } else { ProgressBar::new(size) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    let answer = verify_with(&settings.path, &AuditKey::new(&settings.key), &mut |bytes| bar.inc(bytes));
    bar.finish_and_clear();
    answer
}

fn report(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let Summary { files, lines, first, last, head } = summary;
    writeln!(out, "ok: {lines} lines in {files} files, numbers {first} to {last}")?;
    writeln!(out, "last seal: {head}")?;
    if *first > 1 {
        writeln!(out, "note: lines 1 to {} are not here; were older files moved away?", first - 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clap::Parser;

    use super::*;
    use crate::audit::{AuditEvent, AuditSink, EventKind, Trail};
    use crate::domain::{ManualClock, SystemRandom, Timestamp};

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        audit: AuditArgs,
    }

    fn settings(dir: &tempfile::TempDir, key: &str) -> AuditSettings {
        AuditSettings { path: dir.path().join("audit"), key: key.repeat(32).into() }
    }

    fn filled() -> (tempfile::TempDir, AuditSettings) {
        let dir = tempfile::TempDir::new().unwrap();
        let settings = settings(&dir, "k");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_402_872_345)));
        let trail = Trail::open(&settings, clock, Arc::new(SystemRandom)).unwrap();
        (0..3).for_each(|_| trail.record(&AuditEvent::of(EventKind::CodeVerified)));
        trail.close().unwrap();
        (dir, settings)
    }

    /// Exit code, output and error output of a command line.
    fn ran(line: &[&str], settings: &AuditSettings) -> (u8, String, String) {
        let args = Line::try_parse_from([&["audit"], line].concat()).unwrap().audit;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&args, settings, &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn a_whole_trail_is_confirmed_with_its_last_number_and_seal() {
        let (_dir, settings) = filled();
        let (code, out, err) = ran(&["verify"], &settings);
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(out.starts_with("ok: 3 lines in 1 files, numbers 1 to 3\nlast seal: "), "{out}");
        assert!(!out.contains("note"), "{out}");
    }

    #[test]
    fn a_broken_trail_exits_with_1_and_names_file_and_line() {
        let (_dir, settings) = filled();
        let file = settings.path.join("audit-2026-11-23.ndjson");
        let text = std::fs::read_to_string(&file).unwrap();
        let kept: String =
            text.split_inclusive('\n').enumerate().filter(|(at, _)| *at != 1).map(|(_, line)| line).collect();
        std::fs::write(&file, kept).unwrap();
        let (code, out, err) = ran(&["verify"], &settings);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("audit-2026-11-23.ndjson:2: lines 2 to 2 are missing"), "{err}");
    }

    #[test]
    fn a_copy_elsewhere_is_read_and_missing_oldest_lines_are_noted() {
        let (dir, mut settings) = filled();
        let copy = dir.path().join("copy");
        std::fs::create_dir(&copy).unwrap();
        let name = "audit-2026-11-23.ndjson";
        let text = std::fs::read_to_string(settings.path.join(name)).unwrap();
        std::fs::write(copy.join(name), text.split_once('\n').unwrap().1).unwrap();
        settings.path = "/nowhere".into();
        let (code, out, _) = ran(&["verify", "--path", copy.to_str().unwrap()], &settings);
        assert_eq!(code, 0);
        assert!(out.contains("numbers 2 to 3") && out.contains("note: lines 1 to 1 are not here"), "{out}");
        assert_eq!(ran(&["verify"], &settings).0, 1, "a directory that is not there is no whole trail");
    }

    #[test]
    fn a_missing_key_exits_with_3_and_says_how_to_make_one() {
        let (dir, _) = filled();
        let (code, out, err) = ran(&["verify"], &settings(&dir, ""));
        assert_eq!((code, out.as_str()), (3, ""));
        assert!(err.contains("audit.key") && err.contains("resetgate secret new"), "{err}");
    }
}
