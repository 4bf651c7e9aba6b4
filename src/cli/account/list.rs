use clap::Args;

use super::failure::Failure;
use super::view::{View, who};
use super::{Format, Streams, open};
use crate::account::{AccountRecord, AccountSettings};
use crate::cli::exit::OK;

/// Accounts read at once; the list is written page by page, so that a long one needs no memory.
const PAGE: u16 = 500;

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account list --unit 信息中心
  resetgate account list --format json | jq -r '.[] | select(.mobile_usable | not) | .address'")]
pub struct List {
    /// Only accounts of this unit
    #[arg(long)]
    unit: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show whole numbers and birthdays
    #[arg(long)]
    reveal: bool,
}

impl List {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let accounts = open(settings).await?;
        let mut count = 0;
        let mut after = None;
        self.open(streams)?;
        loop {
            let page = accounts.list(self.unit.as_deref(), after.as_ref(), PAGE).await?;
            for record in &page {
                self.line(record, settings, count, streams)?;
                count += 1;
            }
            match page.into_iter().nth(usize::from(PAGE) - 1) {
                Some(last) => after = Some(last.address),
                None => break,
            }
        }
        accounts.close().await;
        self.close(count, streams)?;
        Ok(OK)
    }

    fn open(&self, streams: &mut Streams<'_>) -> Result<(), Failure> {
        match self.format {
            Format::Json => write!(streams.out, "[")?,
            Format::Text => {
                writeln!(
                    streams.out,
                    "{:<36}  {:<12}  {:<8}  {:<8}  NAME, UNIT",
                    "ADDRESS", "MOBILE", "STATE", "PASSWORD"
                )?;
            }
        }
        Ok(())
    }

    fn line(
        &self,
        record: &AccountRecord,
        settings: &AccountSettings,
        before: usize,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let view = View::of(record, settings.region, self.reveal);
        match self.format {
            Format::Json => {
                write!(streams.out, "{}", if before == 0 { "\n" } else { ",\n" })?;
                serde_json::to_writer(&mut *streams.out, &view).map_err(std::io::Error::from)?;
            }
            Format::Text => {
                let (mobile, state, who) = (view.mobile_text(), view.state(), who(&view));
                let password = if view.has_password { "set" } else { "-" };
                let line = format!("{:<36}  {mobile:<12}  {state:<8}  {password:<8}  {who}", view.address);
                writeln!(streams.out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    fn close(&self, count: usize, streams: &mut Streams<'_>) -> Result<(), Failure> {
        match self.format {
            Format::Json => writeln!(streams.out, "{}", if count == 0 { "]" } else { "\n]" })?,
            Format::Text => writeln!(streams.err, "{count} accounts")?,
        }
        Ok(())
    }
}
