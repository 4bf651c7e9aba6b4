use clap::Args;

use super::failure::Failure;
use super::view::View;
use super::{Format, Streams, no_such_account, open, parse_address};
use crate::account::AccountSettings;
use crate::cli::exit::OK;
use crate::domain::MailboxAddress;

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account show zhangsan@example.gov.cn
  resetgate account show zhangsan@example.gov.cn --format json --reveal")]
pub struct Show {
    /// Mail address or alias
    #[arg(value_parser = parse_address)]
    address: MailboxAddress,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show whole numbers and the birthday
    #[arg(long)]
    reveal: bool,
}

impl Show {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let accounts = open(settings).await?;
        let record = accounts.show(&self.address).await?.ok_or_else(|| no_such_account(&self.address))?;
        accounts.close().await;
        let view = View::of(&record, settings.region, self.reveal);
        match self.format {
            Format::Text => write!(streams.out, "{}", view.page())?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut *streams.out, &view).map_err(std::io::Error::from)?;
                writeln!(streams.out)?;
            }
        }
        Ok(OK)
    }
}
