//! Reading what a gateway sends, of which nothing is believed: neither lengths nor counts nor words.

use super::{HEADER, Version};

/// The longest unit that is read. The longest that a gateway sends by the standard has 246 bytes.
const LONGEST: usize = 1024;

/// One unit, its header read and its body not yet.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sms::cmpp) struct Frame {
    pub(in crate::sms::cmpp) command: u32,
    pub(in crate::sms::cmpp) sequence: u32,
    pub(in crate::sms::cmpp) body: Vec<u8>,
}

/// A length that no unit has, so where the next one begins is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it sent a unit of {0} bytes, where 12 to {LONGEST} are possible")]
pub(in crate::sms::cmpp) struct BadLength(u32);

/// Cuts a stream into units. Holds less than one unit beside the bytes that were put in last.
#[derive(Default)]
pub(in crate::sms::cmpp) struct Frames(Vec<u8>);

impl Frames {
    pub(in crate::sms::cmpp) fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.0.len()
    }

    /// The next whole unit, where there is one.
    pub(in crate::sms::cmpp) fn next(&mut self) -> Result<Option<Frame>, BadLength> {
        let mut fields = Fields(&self.0);
        let Some(length) = fields.number() else { return Ok(None) };
        let whole = usize::try_from(length).unwrap_or(usize::MAX);
        if !(HEADER..=LONGEST).contains(&whole) {
            return Err(BadLength(length));
        }
        let header = (fields.number(), fields.number(), fields.bytes(whole - HEADER));
        let (Some(command), Some(sequence), Some(body)) = header else { return Ok(None) };
        let frame = Frame { command, sequence, body: body.to_vec() };
        self.0.drain(..whole);
        Ok(Some(frame))
    }
}

/// `CMPP_CONNECT_RESP`.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sms::cmpp) struct ConnectResp<'a> {
    pub(in crate::sms::cmpp) status: u32,
    /// The same as it was on the wire, because the gateway's proof is computed over it.
    pub(in crate::sms::cmpp) raw_status: &'a [u8],
    /// `AuthenticatorISMG`.
    pub(in crate::sms::cmpp) authenticator: &'a [u8],
    /// The protocol whose form the answer has, whichever was asked for.
    pub(in crate::sms::cmpp) form: Version,
}

impl<'a> ConnectResp<'a> {
    /// Status has one byte in 2.0 and four in 3.0; the length tells which.
    pub(in crate::sms::cmpp) fn read(body: &'a [u8]) -> Option<Self> {
        let form = match body.len() {
            18 => Version::V2,
            21 => Version::V3,
            _ => return None,
        };
        let (raw_status, rest) = body.split_at(if form == Version::V2 { 1 } else { 4 });
        Some(Self { status: big_endian(raw_status), raw_status, authenticator: rest.get(..16)?, form })
    }
}

/// `CMPP_SUBMIT_RESP`.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sms::cmpp) struct SubmitResp {
    pub(in crate::sms::cmpp) message_id: u64,
    pub(in crate::sms::cmpp) result: u32,
}

impl SubmitResp {
    /// Result has one byte in 2.0 and four in 3.0; there are gateways that mix them, and the length tells.
    pub(in crate::sms::cmpp) fn read(body: &[u8]) -> Option<Self> {
        let (message_id, result) = body.split_first_chunk()?;
        matches!(result.len(), 1 | 4)
            .then(|| Self { message_id: u64::from_be_bytes(*message_id), result: big_endian(result) })
    }
}

/// `CMPP_DELIVER`: a status report, or what a person wrote.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sms::cmpp) struct Deliver<'a> {
    pub(in crate::sms::cmpp) is_report: bool,
    pub(in crate::sms::cmpp) content: &'a [u8],
}

impl<'a> Deliver<'a> {
    /// The id of the delivery itself, which its answer repeats; zero where there is none.
    pub(in crate::sms::cmpp) fn id(body: &[u8]) -> u64 {
        body.first_chunk().map_or(0, |id| u64::from_be_bytes(*id))
    }

    /// Nothing where `Msg_Length` and the length of the unit do not agree.
    pub(in crate::sms::cmpp) fn read(body: &'a [u8], version: Version) -> Option<Self> {
        // The sender is a number, with its type in 3.0; behind the text stands Reserved or LinkID.
        let (sender, tail) = if version == Version::V2 { (21, 8) } else { (33, 20) };
        let mut fields = Fields(body);
        // Msg_Id, Dest_Id, Service_Id; TP_pid, TP_udhi, Msg_Fmt.
        fields.bytes(8 + 21 + 10 + 3 + sender)?;
        let is_report = fields.byte()? == 1;
        let length = fields.byte()?;
        let content = fields.bytes(length.into())?;
        (fields.0.len() == tail).then_some(Self { is_report, content })
    }
}

/// The text of a delivery that is a status report.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sms::cmpp) struct StatusReport {
    /// The id that `CMPP_SUBMIT_RESP` gave.
    pub(in crate::sms::cmpp) message_id: u64,
    pub(in crate::sms::cmpp) stat: [u8; 7],
    /// `YYMMDDHHMM`.
    pub(in crate::sms::cmpp) done: [u8; 10],
}

impl StatusReport {
    /// What follows, the receiver and the SMSC's number, is not needed; and the receiver is as long as in the other
    /// version at some gateways.
    pub(in crate::sms::cmpp) fn read(content: &[u8]) -> Option<Self> {
        let (message_id, rest) = content.split_first_chunk()?;
        let (stat, rest) = rest.split_first_chunk()?;
        let (_submitted, rest) = rest.split_first_chunk::<10>()?;
        let done = rest.first_chunk()?;
        Some(Self { message_id: u64::from_be_bytes(*message_id), stat: *stat, done: *done })
    }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    fn number(&mut self) -> Option<u32> {
        self.bytes(4).map(big_endian)
    }
}
