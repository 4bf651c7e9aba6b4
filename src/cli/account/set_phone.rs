use clap::Args;

use super::add::mobile;
use super::failure::Failure;
use super::{Streams, no_such_account, open, open_any, parse_address};
use crate::account::{AccountError, AccountKind, AccountSettings};
use crate::cli::exit::OK;
use crate::domain::{Clock, MailboxAddress, PhoneNumber, SystemClock};

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
        match self.bind(settings, phone.as_ref()).await? {
            Err(AccountError::NoSuchAccount) => return Err(no_such_account(&self.address)),
            outcome => outcome?,
        }
        let address = self.address.as_str();
        match phone {
            Some(phone) => writeln!(streams.out, "bound {} to {address}", phone.masked())?,
            None => writeln!(streams.out, "unbound the phone of {address}")?,
        }
        Ok(OK)
    }

    /// The embedded store binds phones of disabled accounts, too; in others that is their own program's business.
    async fn bind(
        &self,
        settings: &AccountSettings,
        phone: Option<&PhoneNumber>,
    ) -> Result<Result<(), AccountError>, Failure> {
        if settings.kind == AccountKind::Sqlite {
            let accounts = open(settings).await?;
            let outcome = accounts.set_phone(&self.address, phone).await;
            accounts.close().await;
            return Ok(outcome);
        }
        let accounts = open_any(settings).await?;
        let Some(subject) = accounts.find(&self.address).await? else { return Ok(Err(AccountError::NoSuchAccount)) };
        Ok(accounts.bind_phone(&subject.id, phone, SystemClock::start().now()).await)
    }
}
