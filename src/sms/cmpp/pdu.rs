//! Protocol data units as bytes: a header of twelve bytes and the fields of the body, numbers in network order and texts
//! filled up with zeros (China Mobile QB-GF-028-2003, chapter 8).

use zeroize::Zeroizing;

use super::settings::Version;

mod read;

pub(super) use read::{ConnectResp, Deliver, Frame, Frames, StatusReport, SubmitResp};

/// Command ids; the answer to one has the highest bit set as well.
pub(super) const CONNECT: u32 = 1;
pub(super) const TERMINATE: u32 = 2;
pub(super) const SUBMIT: u32 = 4;
pub(super) const DELIVER: u32 = 5;
pub(super) const ACTIVE_TEST: u32 = 8;
pub(super) const RESPONSE: u32 = 0x8000_0000;

/// Bytes of a header.
const HEADER: usize = 12;

/// `Msg_Fmt` of UCS-2.
pub(super) const UCS2: u8 = 8;

/// Bytes that may hold a message, wiped when they are done with.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// A whole unit.
pub(super) fn unit(command: u32, sequence: u32, body: &[u8]) -> Bytes {
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut unit = Fields::with_capacity(HEADER + body.len());
    unit.number(length).number(command).number(sequence).bytes(body);
    unit.0
}

/// The body of `CMPP_CONNECT`.
pub(super) fn connect(sp_id: &str, authenticator: &[u8; 16], version: u8, timestamp: u32) -> Bytes {
    let mut body = Fields::with_capacity(27);
    body.text(sp_id, 6).bytes(authenticator).byte(version).number(timestamp);
    body.0
}

/// The body of `CMPP_DELIVER_RESP`.
pub(super) fn deliver_resp(message_id: u64, result: u8, version: Version) -> Bytes {
    let mut body = Fields::with_capacity(12);
    body.bytes(&message_id.to_be_bytes());
    match version {
        Version::V2 => body.byte(result),
        Version::V3 => body.number(result.into()),
    };
    body.0
}

/// One `CMPP_SUBMIT` to one receiver.
pub(super) struct Submit<'a> {
    /// Parts of the message, and which one this is, from 1.
    pub(super) parts: (u8, u8),
    /// Whether a status report is to come.
    pub(super) wants_report: bool,
    pub(super) service_id: &'a str,
    /// Who pays: 2 is the sender, and then `fee_terminal` means nothing.
    pub(super) fee_user: u8,
    pub(super) fee_terminal: &'a str,
    pub(super) sp_id: &'a str,
    pub(super) fee_type: &'a str,
    pub(super) fee_code: &'a str,
    /// `ValId_Time`; empty is the gateway's own default.
    pub(super) valid_until: &'a str,
    pub(super) src_id: &'a str,
    pub(super) to: &'a str,
    /// The text in UCS-2, after a user data header where there are several parts. At most 140 bytes.
    pub(super) content: &'a [u8],
}

impl Submit<'_> {
    pub(super) fn body(&self, version: Version) -> Bytes {
        // In 3.0 a number is longer and is followed by its type; 0 is a real number, 1 a pseudonym of one.
        let number = |body: &mut Fields, number: &str| match version {
            Version::V2 => drop(body.text(number, 21)),
            Version::V3 => drop(body.text(number, 32).byte(0)),
        };
        let (total, part) = self.parts;
        let mut body = Fields::with_capacity(256);
        // Msg_Id, which the gateway fills in; then Registered_Delivery and Msg_level.
        body.bytes(&[0; 8]).bytes(&[total, part, u8::from(self.wants_report), 1]);
        body.text(self.service_id, 10).byte(self.fee_user);
        number(&mut body, self.fee_terminal);
        // TP_pId, and TP_udhi: whether the text begins with a user data header.
        body.byte(0).byte(u8::from(total > 1)).byte(UCS2);
        body.text(self.sp_id, 6).text(self.fee_type, 2).text(self.fee_code, 6);
        // At_Time stays empty: at once.
        body.text(self.valid_until, 17).text("", 17).text(self.src_id, 21).byte(1);
        number(&mut body, self.to);
        body.byte(u8::try_from(self.content.len()).unwrap_or(u8::MAX)).bytes(self.content);
        // Reserve in 2.0, LinkID in 3.0.
        body.text("", if version == Version::V2 { 8 } else { 20 });
        body.0
    }
}

struct Fields(Bytes);

impl Fields {
    /// Enough capacity from the start: a buffer that grows leaves a copy behind that nobody wipes.
    fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes(&[byte])
    }

    fn number(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A text of exactly `width` bytes; what does not fit was refused with the settings.
    fn text(&mut self, text: &str, width: usize) -> &mut Self {
        self.0.extend(text.bytes().chain(std::iter::repeat(0)).take(width));
        self
    }
}

#[cfg(test)]
mod tests;
