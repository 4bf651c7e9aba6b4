use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::Failure;
use super::{Streams, open_or_imagine, open_or_make};
use crate::account::AccountSettings;
use crate::account::roster::{self, Column, Roster, RosterError, RowProblem};
use crate::account::sqlite::{Change, ImportError, ImportReport, Mode};
use crate::cli::exit::{FAILED, OK, USAGE};

/// Differing rows that are named one by one.
const SHOWN: usize = 20;

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account import staff.csv --dry-run
  resetgate account import staff.csv --update

The file is UTF-8 with commas (GB18030, UTF-16, semicolons and tabs are told from it) and begins with a header; only address is needed, columns that are left out stay as they are:
  address,aliases,name,unit,mobile,work_phone,birthday,password_hash,enabled
  zhangsan@example.gov.cn,zs@example.gov.cn;z3@example.gov.cn,张三,信息中心,13800000000,,1990-01-02,,true

password_hash is a hash as Dovecot writes it, like $argon2id$… or {SSHA512}…; it never replaces a password that was set through resetgate.
When any row is wrong, all wrong rows are listed and nothing is written.")]
pub struct Import {
    /// CSV file
    file: PathBuf,
    /// Try everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Also write rows that differ from their account
    #[arg(long)]
    update: bool,
}

impl Import {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let roster = self.read(settings)?;
        if let Some(assumed) = &roster.assumed {
            writeln!(streams.err, "note: {} was {assumed}", self.file.display())?;
        }
        let mode = Mode { update: self.update, dry_run: self.dry_run };
        let accounts = if self.dry_run { open_or_imagine(settings).await? } else { open_or_make(settings).await? };
        let bar = progress_bar(roster.rows.len(), streams.interactive);
        let outcome = accounts.import(&roster, mode, &mut |done| bar.set_position(done as u64)).await;
        bar.finish_and_clear();
        accounts.close().await;
        let report = outcome.map_err(|error| match error {
            ImportError::Store(error) => error.into(),
            ImportError::Rows(problems) => wrong_rows(&self.file, &problems),
        })?;
        self.tell(&report, streams)?;
        Ok(OK)
    }

    fn read(&self, settings: &AccountSettings) -> Result<Roster, Failure> {
        let shown = self.file.display();
        let bytes = std::fs::read(&self.file).map_err(|error| {
            Failure::new(USAGE, format!("{shown} cannot be read: {error}"), "check the file name and who may read it")
        })?;
        roster::read(&bytes, settings.region).map_err(|error| match error {
            RosterError::Rows(problems) => wrong_rows(&self.file, &problems),
            RosterError::File(error) => {
                Failure::new(FAILED, error.problem, "see `resetgate account import --help` for an example")
                    .at([format!("{shown}, line {}", error.line)])
            }
        })
    }

    fn tell(&self, report: &ImportReport, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let differing = if self.update { "updated" } else { "differ" };
        let lead = if self.dry_run { "dry run: " } else { "" };
        let (added, unchanged, changes) = (report.added, report.unchanged, report.changes.len());
        writeln!(streams.out, "{lead}{added} added, {unchanged} unchanged, {changes} {differing}")?;
        for change in report.changes.iter().take(SHOWN) {
            writeln!(streams.out, "  {}", line(change))?;
        }
        if changes > SHOWN {
            writeln!(streams.out, "  … and {} more", changes - SHOWN)?;
        }
        if changes > 0 && !self.update {
            writeln!(streams.err, "note: accounts that differ were left as they are; --update writes them")?;
        }
        if self.dry_run {
            writeln!(streams.err, "note: nothing was written; leave out --dry-run to write it")?;
        }
        Ok(())
    }
}

fn line(change: &Change) -> String {
    let columns = change.columns.iter().map(|column| Column::name(*column)).collect::<Vec<_>>().join(", ");
    format!("line {}, {}: {columns}", change.line, change.address.as_str())
}

fn wrong_rows(file: &Path, problems: &[RowProblem]) -> Failure {
    let places = problems.iter().map(|problem| format!("{}, {problem}", file.display()));
    let what = match problems.len() {
        1 => "1 problem in the file; nothing was imported".to_owned(),
        many => format!("{many} problems in the file; nothing was imported"),
    };
    Failure::new(FAILED, what, "correct these rows and import the file again").at(places)
}

fn progress_bar(rows: usize, interactive: bool) -> ProgressBar {
    let target = if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
    ProgressBar::with_draw_target(Some(rows as u64), target).with_style(style)
}
