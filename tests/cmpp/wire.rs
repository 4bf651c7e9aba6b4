//! The bytes of both versions, written and read after the tables of the standard (QB-GF-028-2003, chapter 8). Nothing here
//! is shared with the client.

use md5::{Digest, Md5};

pub const CONNECT: u32 = 0x0000_0001;
pub const CONNECT_RESP: u32 = 0x8000_0001;
pub const TERMINATE: u32 = 0x0000_0002;
pub const TERMINATE_RESP: u32 = 0x8000_0002;
pub const SUBMIT: u32 = 0x0000_0004;
pub const SUBMIT_RESP: u32 = 0x8000_0004;
pub const DELIVER: u32 = 0x0000_0005;
pub const DELIVER_RESP: u32 = 0x8000_0005;
pub const ACTIVE_TEST: u32 = 0x0000_0008;
pub const ACTIVE_TEST_RESP: u32 = 0x8000_0008;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    V2,
    V3,
}

impl Spoken {
    pub fn name(self) -> &'static str {
        if self == Self::V2 { "2.0" } else { "3.0" }
    }

    pub fn byte(self) -> u8 {
        if self == Self::V2 { 0x20 } else { 0x30 }
    }

    /// A status or result: one byte in 2.0, four in 3.0.
    pub fn status(self, status: u8) -> Vec<u8> {
        if self == Self::V2 { vec![status] } else { vec![0, 0, 0, status] }
    }

    /// A number and, in 3.0, its type.
    fn number_bytes(self) -> usize {
        if self == Self::V2 { 21 } else { 33 }
    }

    fn tail_bytes(self) -> usize {
        if self == Self::V2 { 8 } else { 20 }
    }
}

pub fn md5(parts: &[&[u8]]) -> Vec<u8> {
    Md5::digest(parts.concat()).to_vec()
}

#[derive(Debug)]
pub struct Unit {
    pub command: u32,
    pub sequence: u32,
    pub body: Vec<u8>,
}

pub fn unit(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len()).unwrap();
    [&length.to_be_bytes()[..], &command.to_be_bytes(), &sequence.to_be_bytes(), body].concat()
}

/// A text filled up with zeros.
fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    assert!(bytes.len() <= width);
    bytes.resize(width, 0);
    bytes
}

/// What a client proves itself with, and the numbers it did it with.
#[derive(Debug)]
pub struct Connect {
    pub sp_id: String,
    pub authenticator: Vec<u8>,
    pub version: u8,
    pub timestamp: u32,
}

impl Connect {
    pub fn read(body: &[u8]) -> Self {
        assert_eq!(body.len(), 27);
        Self {
            sp_id: String::from_utf8(body[..6].to_vec()).unwrap(),
            authenticator: body[6..22].to_vec(),
            version: body[22],
            timestamp: u32::from_be_bytes(body[23..27].try_into().unwrap()),
        }
    }

    pub fn is_right(&self, secret: &str) -> bool {
        let time = format!("{:010}", self.timestamp);
        self.authenticator == md5(&[self.sp_id.as_bytes(), &[0; 9], secret.as_bytes(), time.as_bytes()])
    }
}

/// A `CMPP_SUBMIT` with its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit {
    pub sequence: u32,
    pub parts: (u8, u8),
    pub registered: u8,
    pub service_id: String,
    pub fee: (u8, String, String, String),
    pub udhi: u8,
    pub format: u8,
    pub sp_id: String,
    pub valid_until: String,
    pub src_id: String,
    pub to: String,
    pub content: Vec<u8>,
}

impl Submit {
    pub fn read(unit: &Unit, spoken: Spoken) -> Self {
        assert_eq!(unit.command, SUBMIT);
        let mut rest = unit.body.as_slice();
        let mut take = |count: usize| {
            let (bytes, after) = rest.split_at(count);
            rest = after;
            bytes.to_vec()
        };
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end_matches('\0').to_owned();
        assert_eq!(take(8), [0; 8], "Msg_Id is the gateway's");
        let parts = (take(1)[0], take(1)[0]);
        let (registered, _level) = (take(1)[0], take(1)[0]);
        let service_id = text(take(10));
        let (fee_user, fee_terminal) = (take(1)[0], text(take(spoken.number_bytes())));
        let (_tp_pid, udhi, format) = (take(1)[0], take(1)[0], take(1)[0]);
        let sp_id = text(take(6));
        let fee = (fee_user, fee_terminal, text(take(2)), text(take(6)));
        let (valid_until, at_time) = (text(take(17)), take(17));
        assert_eq!(at_time, [0; 17]);
        let src_id = text(take(21));
        assert_eq!(take(1), [1], "one receiver");
        let to = text(take(spoken.number_bytes()));
        let length = take(1)[0];
        let content = take(length.into());
        assert_eq!(take(spoken.tail_bytes()), vec![0; spoken.tail_bytes()]);
        assert!(rest.is_empty(), "{} bytes too many", rest.len());
        let sequence = unit.sequence;
        Self { sequence, parts, registered, service_id, fee, udhi, format, sp_id, valid_until, src_id, to, content }
    }

    /// The text without the header of its part.
    pub fn text(&self) -> String {
        let text = if self.udhi == 1 { &self.content[6..] } else { &self.content[..] };
        let units: Vec<_> = text.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    }
}

/// The body of a `CMPP_DELIVER`; `length` where it is to lie about its content.
pub fn delivery(spoken: Spoken, is_report: bool, content: &[u8], length: Option<u8>) -> Vec<u8> {
    let length = length.unwrap_or_else(|| u8::try_from(content.len()).unwrap());
    let mut sender = padded("13800138000", spoken.number_bytes());
    if spoken == Spoken::V3 {
        sender[32] = 0;
    }
    [
        &0x0102_0304_0506_0708_u64.to_be_bytes()[..],
        &padded("10690001", 21),
        &padded("MAIL", 10),
        &[0, 0, 8],
        &sender,
        &[u8::from(is_report), length],
        content,
        &vec![0; spoken.tail_bytes()],
    ]
    .concat()
}

/// The content of a status report.
pub fn status_report(spoken: Spoken, message_id: u64, stat: &str) -> Vec<u8> {
    let receiver = padded("13800138000", if spoken == Spoken::V2 { 21 } else { 32 });
    [&message_id.to_be_bytes()[..], &padded(stat, 7), b"2611230838", b"2611230839", &receiver, &[0, 0, 0, 1]].concat()
}
