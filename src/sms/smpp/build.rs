//! From settings to a provider. Opens no connection and needs no runtime.

use std::sync::{Arc, Mutex};

use super::Smpp;
use super::check::{ENQUIRE, LATEST, SOONEST, WINDOW, or};
use super::link::Peer;
use super::outgoing::Address;
use super::session::Plan;
use super::settings::SmppSettings;
use crate::outbound::{Times, Trust, tls};
use crate::sms::{SmsBuildError, SmsProvider, Surroundings};

impl SmppSettings {
    /// Reads the settings and the authorities that they name.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(in crate::sms) fn build(
        &self,
        name: &str,
        times: Times,
        around: &Surroundings,
    ) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
        if let Some((key, problem)) = self.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let authority = self.ca_file.as_deref().filter(|path| !path.as_os_str().is_empty());
        let tls = match (self.tls(), authority) {
            (false, _) => None,
            (true, Some(path)) => Some(tls(Trust::File(path), None)),
            (true, None) => Some(tls(Trust::System, None)),
        };
        let tls = tls.transpose().map_err(|problem| SmsBuildError::new("ca_file", problem))?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default().into_boxed_str();
        let plan = Plan {
            name: name.into(),
            peer: Peer { host: self.host.as_str().into(), port: self.port, tls: tls.map(Arc::new) },
            system_id: self.system_id.as_str().into(),
            password: self.password.clone(),
            system_type: text(&self.system_type),
            window: self.window.unwrap_or(WINDOW).into(),
            enquire_every: or(self.enquire_link, ENQUIRE),
            reconnect: (or(self.reconnect_min, SOONEST), or(self.reconnect_max, LATEST)),
            times,
            receipt_id: self.receipt_id.unwrap_or_default(),
            random: Arc::clone(&around.random),
            reports: Arc::clone(&around.reports),
        };
        Ok(Arc::new(Smpp {
            plan: Arc::new(plan),
            service_type: text(&self.service_type),
            source: source(self),
            wants_receipts: self.registered_delivery.unwrap_or(true),
            otp_line: self.otp_line.unwrap_or(false),
            running: Mutex::new(None),
        }))
    }
}

/// A sender with letters is type 5 (SMPP 3.4, 5.2.5); of digits the gateway knows best what they are.
fn source(settings: &SmppSettings) -> Address {
    let digits = settings.source_addr.as_deref().unwrap_or_default();
    let has_letters = digits.bytes().any(|sign| !sign.is_ascii_digit());
    let ton = settings.source_ton.unwrap_or(if has_letters { 5 } else { 0 });
    Address { ton, npi: settings.source_npi.unwrap_or(0), digits: digits.into() }
}
