//! One `[sms.provider.NAME]` of kind `cmpp`.

use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::Period;

/// An internet short message gateway (ISMG) of China Mobile, or one that speaks like it. The protocol knows no TLS: it is
/// made for a private line or a tunnel.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CmppSettings {
    /// Name or address of the gateway.
    pub host: String,
    /// 7890, the standard's port for connections that are kept, when left out.
    pub port: Option<u16>,
    /// 3.0 when left out.
    pub version: Option<Version>,
    /// Our number at the gateway (`SP_Id`), six letters or digits.
    pub sp_id: String,
    /// What both sides know. It proves who we are and is never sent.
    pub secret: SecretString,
    /// The service that messages are counted under (`Service_Id`), 1 to 10 signs.
    pub service_id: String,
    /// The number that people see as the sender (`Src_Id`), 1 to 21 digits.
    pub src_id: String,
    /// `FeeType`, two digits; 01, free for the receiver, when left out. The sender is always the one who pays.
    pub fee_type: Option<String>,
    /// `FeeCode` in fen, 1 to 6 digits; 000000 when left out.
    pub fee_code: Option<String>,
    /// Messages that may wait for an answer at once (1 to 128); 16, as the standard has it, when left out.
    pub window: Option<usize>,
    /// After so long without a word of the gateway the connection is tested (1s to 10m); 3m when left out.
    pub idle_test: Option<Period>,
    /// Whether the gateway must prove that it knows the secret, too; it must when left out.
    pub verify_ismg: Option<bool>,
}

/// Numbers of an account are nobody's business.
impl std::fmt::Debug for CmppSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CmppSettings")
            .field("host", &self.host)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Which protocol the gateway speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Version {
    /// 2.0, of 2002.
    #[serde(rename = "2.0")]
    V2,
    /// 3.0, of 2003.
    #[serde(rename = "3.0")]
    V3,
}

impl Version {
    /// As in `CMPP_CONNECT`: the major number in the upper half of the byte, the minor in the lower.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::V2 => 0x20,
            Self::V3 => 0x30,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V3 => "3.0",
        }
    }
}
