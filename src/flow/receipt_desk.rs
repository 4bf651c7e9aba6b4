//! Where vendors post delivery receipts: who is let in, and what is read of it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::Receipts;
use crate::sms::ReportSink;
use crate::sms::receipts::{self, Posted, ReceiptAnswer, ReceiptError, ReceiptFormat};

/// Posts that are read at once; whoever comes while so many are is asked to come again, which vendors do.
const AT_ONCE: usize = 8;

/// The largest post of one who named the secret: some hundreds of receipts.
const MOST_OF_KNOWN: usize = 1 << 20;

/// The largest post of one whose signature is yet to be looked at: one receipt.
const MOST_OF_SIGNED: usize = 64 << 10;

/// One provider's way in.
pub struct Door {
    /// How its receipts are written, and what signs them.
    pub format: ReceiptFormat,
    /// The last part of the address; what is not signed must have one.
    pub secret: Option<SecretString>,
    /// Networks they come from; any when empty.
    pub allow: Vec<IpNet>,
}

/// All ways in.
pub struct ReceiptDesk {
    doors: BTreeMap<Box<str>, Door>,
    receipts: Arc<Receipts>,
    at_once: Semaphore,
    /// Our own address from outside, without a slash at its end.
    public_url: Box<str>,
}

/// One who may post.
pub struct Admitted<'d> {
    provider: &'d str,
    door: &'d Door,
}

/// Why a post was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptRefusal {
    /// Nobody is expected there, or the post is not the provider's: the same to whoever asks.
    Stranger,
    /// It cannot be read.
    Unreadable,
    /// Too many at once.
    Busy,
}

impl ReceiptDesk {
    /// With the doors by provider.
    #[must_use]
    pub fn new(doors: BTreeMap<Box<str>, Door>, receipts: Arc<Receipts>, public_url: &str) -> Self {
        Self { doors, receipts, at_once: Semaphore::new(AT_ONCE), public_url: public_url.into() }
    }

    /// Lets somebody in, before anything of the post is read. Nothing tells which of the three was wrong.
    #[must_use]
    pub fn admit(&self, provider: &str, secret: Option<&str>, from: IpAddr) -> Option<Admitted<'_>> {
        let (provider, door) = self.doors.get_key_value(provider)?;
        let (is_known, is_near) = (door.knows(secret), door.lets_in(from));
        (is_known && is_near).then_some(Admitted { provider, door })
    }

    /// The most of a body that is read, in bytes; nothing when the answer is known without. Where no secret was named a
    /// stranger's post is read as far as a signed one, because an answer to a body that nobody read looks different.
    #[must_use]
    pub fn most(admitted: Option<&Admitted<'_>>, secret: Option<&str>) -> Option<usize> {
        match (admitted, secret) {
            (_, None) => Some(MOST_OF_SIGNED),
            (Some(_), Some(_)) => Some(MOST_OF_KNOWN),
            (None, Some(_)) => None,
        }
    }

    /// A path of ours as whoever posts there knows it, whatever `Host` says.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Reads a post and hands over what it says.
    ///
    /// # Errors
    /// [`ReceiptRefusal`].
    pub fn take(&self, admitted: &Admitted<'_>, posted: &Posted<'_>) -> Result<ReceiptAnswer, ReceiptRefusal> {
        let Ok(_turn) = self.at_once.try_acquire() else { return Err(ReceiptRefusal::Busy) };
        match receipts::read(admitted.provider, &admitted.door.format, posted) {
            Ok(read) => {
                read.reports.into_iter().for_each(|report| self.receipts.take(report));
                self.receipts.drop_unread(admitted.provider, read.dropped);
                Ok(read.answer)
            }
            Err(error) => {
                // Anybody may post where only a signature lets in: then it is a number in the metrics, and no alarm.
                if admitted.door.secret.is_some() {
                    tracing::warn!(provider = admitted.provider, %error, "delivery receipts rejected");
                } else {
                    tracing::debug!(provider = admitted.provider, %error, "delivery receipts rejected");
                }
                self.receipts.drop_unread(admitted.provider, 1);
                Err(match error {
                    ReceiptError::Forged => ReceiptRefusal::Stranger,
                    ReceiptError::Unreadable => ReceiptRefusal::Unreadable,
                })
            }
        }
    }
}

impl Door {
    /// Compares digests, so that neither content nor length shows in the time.
    fn knows(&self, named: Option<&str>) -> bool {
        match (&self.secret, named) {
            (Some(own), Some(named)) => Sha256::digest(own.expose_secret()).ct_eq(&Sha256::digest(named)).into(),
            (None, None) => matches!(self.format, ReceiptFormat::Twilio { .. }),
            _ => false,
        }
    }

    fn lets_in(&self, from: IpAddr) -> bool {
        self.allow.is_empty() || self.allow.iter().any(|network| network.contains(&from))
    }
}
