//! One `[sms.provider.NAME]` of kind `smpp`.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use super::receipt::ReceiptId;
use crate::domain::Period;

/// An SMSC or a gateway that speaks SMPP 3.4. There are no defaults beneath a provider table, so what may be left out is
/// optional here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmppSettings {
    /// A name or an address.
    pub host: String,
    /// Often 2775, or 3550 with TLS.
    pub port: u16,
    /// True when left out. False sends codes and the password in the clear.
    pub tls: Option<bool>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
    /// The account, up to 15 signs.
    pub system_id: String,
    /// Its password, up to 8 signs (SMPP 3.4, 5.2.2).
    pub password: SecretString,
    /// Up to 12 signs, as the gateway says; empty when left out.
    pub system_type: Option<String>,
    /// The sender that phones show, up to 20 signs; empty lets the gateway choose.
    pub source_addr: Option<String>,
    /// Type of number of the sender; 5 for letters and 0 for digits when left out.
    pub source_ton: Option<u8>,
    /// Numbering plan of the sender; 0 when left out.
    pub source_npi: Option<u8>,
    /// Up to 5 signs, as the gateway says; empty when left out.
    pub service_type: Option<String>,
    /// Messages that may wait for their answer at once (1 to 100); 10 when left out.
    pub window: Option<u16>,
    /// Silence after which the gateway is asked whether it is there (1s to 10m); 30 s when left out.
    pub enquire_link: Option<Period>,
    /// The wait before the second try to connect (100ms to 1m), doubled with each one; 1 s when left out.
    pub reconnect_min: Option<Period>,
    /// The longest such wait (up to 10m); 30 s when left out.
    pub reconnect_max: Option<Period>,
    /// Whether receipts are asked for; true when left out.
    pub registered_delivery: Option<bool>,
    /// How ids in the text of receipts are written; alike when left out.
    pub receipt_id: Option<ReceiptId>,
    /// Whether codes get the line that binds them to the pages; false when left out.
    pub otp_line: Option<bool>,
}

/// Neither the account nor its password.
impl std::fmt::Debug for SmppSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SmppSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}
