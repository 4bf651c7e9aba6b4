use clap::Args;

use super::add::mobile;
use super::failure::Failure;
use super::{Streams, no_such_account, open, parse_address};
use crate::account::{AccountError, AccountSettings};
use crate::cli::exit::OK;
use crate::domain::MailboxAddress;

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account set-phone zhangsan@example.gov.cn 13800000000
  resetgate account set-phone zhangsan@example.gov.cn --none

A code that is on its way to the former number stops working.")]
pub struct SetPhone {
    /// Mail address or alias
    #[arg(value_parser = parse_address)]
    address: MailboxAddress,
    /// Mobile number that codes are sent to from now on
    #[arg(required_unless_present = "none")]
    number: Option<String>,
    /// Unbind the phone: no recovery by SMS
    #[arg(long, conflicts_with = "number")]
    none: bool,
}

impl SetPhone {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let phone = self.number.as_deref().map(|text| mobile(text, settings.region)).transpose()?;
        let accounts = open(settings).await?;
        match accounts.set_phone(&self.address, phone.as_ref()).await {
            Err(AccountError::NoSuchAccount) => return Err(no_such_account(&self.address)),
            outcome => outcome?,
        }
        accounts.close().await;
        let address = self.address.as_str();
        match phone {
            Some(phone) => writeln!(streams.out, "bound {} to {address}", phone.masked())?,
            None => writeln!(streams.out, "unbound the phone of {address}")?,
        }
        Ok(OK)
    }
}
