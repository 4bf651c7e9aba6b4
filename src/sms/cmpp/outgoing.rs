//! From a message to the bodies of its `CMPP_SUBMIT`s.

use std::sync::Arc;

use super::pdu::{Bytes, Submit};
use super::settings::{CmppSettings, Version};
use super::{auth, parts};
use crate::domain::{Clock, Randomness};
use crate::sms::{SmsError, SmsMessage, Surroundings};

/// `Fee_UserType` of a message that its sender pays.
const SENDER_PAYS: u8 = 2;

/// The fields that are the same in every message.
pub(super) struct Outgoing {
    version: Version,
    sp_id: String,
    service_id: String,
    src_id: String,
    fee_type: String,
    fee_code: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
}

impl Outgoing {
    pub(super) fn new(settings: &CmppSettings, version: Version, around: &Surroundings) -> Self {
        Self {
            version,
            sp_id: settings.sp_id.clone(),
            service_id: settings.service_id.clone(),
            src_id: settings.src_id.clone(),
            fee_type: settings.fee_type.clone().unwrap_or_else(|| "01".to_owned()),
            fee_code: settings.fee_code.clone().unwrap_or_else(|| "000000".to_owned()),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
        }
    }

    /// One body for each part of the text. A report is wanted on the first alone: its id is the message's.
    ///
    /// # Errors
    /// [`SmsError::Refused`] for a number outside of the mainland, and for a text that would cost more than ten messages.
    pub(super) fn bodies(&self, message: &SmsMessage) -> Result<Vec<Bytes>, SmsError> {
        let refused = |reason: &str| SmsError::Refused { reason: reason.to_owned() };
        if message.to.country_code() != "+86" {
            return Err(refused("CMPP reaches numbers of the mainland (+86) alone"));
        }
        let [reference] = self.random.bytes();
        let contents = parts::contents(message.expose_text(), reference);
        let contents = contents.ok_or_else(|| refused("the text is longer than ten messages"))?;
        let valid_until = message.valid_for.map(|span| auth::valid_until(self.clock.now().plus(span)));
        // There are ten at most.
        let total = u8::try_from(contents.len()).unwrap_or(u8::MAX);
        let body = |(number, content): (u8, &Bytes)| {
            let submit = Submit {
                parts: (total, number),
                service_id: &self.service_id,
                fee_user: SENDER_PAYS,
                fee_terminal: "",
                sp_id: &self.sp_id,
                fee_type: &self.fee_type,
                fee_code: &self.fee_code,
                wants_report: number == 1,
                valid_until: valid_until.as_deref().unwrap_or_default(),
                src_id: &self.src_id,
                to: message.to.national(),
                content,
            };
            submit.body(self.version)
        };
        Ok((1..).zip(&contents).map(body).collect())
    }

    /// One part as an operator may see it: without the text, and with the number masked.
    pub(super) fn described(&self, message: &SmsMessage, (number, total): (usize, usize), bytes: usize) -> String {
        let Self { version, sp_id, service_id, src_id, fee_type, fee_code, .. } = self;
        let (version, to) = (version.name(), message.to.masked());
        format!(
            "> CMPP_SUBMIT (CMPP {version}, part {number} of {total}, body of {bytes} bytes) Msg_src={sp_id} \
             Service_Id={service_id} Src_Id={src_id} FeeType={fee_type} FeeCode={fee_code} Dest_terminal_Id={to}"
        )
    }
}
