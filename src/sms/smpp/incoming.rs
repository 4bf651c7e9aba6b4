//! The bodies of what gateways send: read leniently, because an odd one must cost no more than itself.

/// Optional parameters that are read (SMPP 3.4, 5.3.2).
const RECEIPTED_MESSAGE_ID: u16 = 0x001E;
const MESSAGE_PAYLOAD: u16 = 0x0424;
const MESSAGE_STATE: u16 = 0x0427;

/// The message id of a `submit_sm_resp`; `None` when it is empty, as some gateways leave it, or no id at all.
///
/// The body of a refusal may be missing (SMPP 3.4, 4.4.2), and its NUL often is.
pub(super) fn message_id(body: &[u8]) -> Option<String> {
    id(Reader(body).c_string()?)
}

/// An id as it may be shown and compared: up to 64 visible ASCII signs, and nothing of its NULs.
fn id(octets: &[u8]) -> Option<String> {
    let octets = octets.split(|octet| *octet == 0).next().unwrap_or_default().trim_ascii();
    let fits = (1..=64).contains(&octets.len()) && octets.iter().all(u8::is_ascii_graphic);
    fits.then(|| String::from_utf8_lossy(octets).into_owned())
}

/// What is kept of a `deliver_sm` (SMPP 3.4, 4.6.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deliver<'a> {
    /// Bits 5 to 2 of `esm_class`: what kind of message it is.
    kind: u8,
    data_coding: u8,
    text: &'a [u8],
    /// The id of the message it is about, as an optional parameter.
    pub receipted: Option<String>,
    /// Its state, likewise.
    pub state: Option<u8>,
}

impl<'a> Deliver<'a> {
    /// Reads a body; `None` when its mandatory part is torn. Optional parameters count up to the first torn one.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(body);
        // service_type, then both addresses with their type and plan
        reader.c_string()?;
        for _ in 0..2 {
            reader.octets(2)?;
            reader.c_string()?;
        }
        let esm_class = reader.octet()?;
        // protocol_id, priority_flag, schedule_delivery_time, validity_period
        reader.octets(2)?;
        reader.c_string()?;
        reader.c_string()?;
        // registered_delivery, replace_if_present_flag
        reader.octets(2)?;
        let data_coding = reader.octet()?;
        // sm_default_msg_id
        reader.octet()?;
        let length = reader.octet()?;
        let mut text = reader.octets(usize::from(length))?;
        let (mut receipted, mut state) = (None, None);
        while let Some((tag, value)) = reader.parameter() {
            match tag {
                RECEIPTED_MESSAGE_ID => receipted = id(value),
                MESSAGE_STATE => state = value.first().copied(),
                MESSAGE_PAYLOAD if text.is_empty() => text = value,
                _ => {}
            }
        }
        if esm_class & 0x40 != 0 {
            let header = text.first().map_or(0, |length| 1 + usize::from(*length));
            text = text.get(header..).unwrap_or_default();
        }
        Some(Self { kind: esm_class & 0x3C, data_coding, text, receipted, state })
    }

    /// Whether the gateway says that this is a receipt: by its kind (0x04 a receipt, 0x20 one on the way), or by an id.
    /// Never by its text, which anybody with a phone can write.
    pub(super) fn is_receipt(&self) -> bool {
        matches!(self.kind, 0x04 | 0x20) || self.receipted.is_some()
    }

    /// Its text, whatever it is written in: UCS-2, or one of the alphabets that agree on digits and letters.
    pub(super) fn text(&self) -> String {
        if self.data_coding & 0x0C == 0x08 {
            let units = self.text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        } else {
            self.text.iter().map(|octet| char::from(*octet)).collect()
        }
    }
}

/// Reads from the front; `None` where the body ends too early.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn octets(&mut self, count: usize) -> Option<&'a [u8]> {
        let (octets, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(octets)
    }

    fn octet(&mut self) -> Option<u8> {
        self.octets(1)?.first().copied()
    }

    /// A text up to its NUL, or to the end of the body where that is missing.
    fn c_string(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.iter().position(|octet| *octet == 0).unwrap_or(self.0.len());
        let text = self.octets(end)?;
        self.octet();
        Some(text)
    }

    fn parameter(&mut self) -> Option<(u16, &'a [u8])> {
        let word = |octets: &[u8]| octets.try_into().ok().map(u16::from_be_bytes);
        let tag = word(self.octets(2)?)?;
        let length = word(self.octets(2)?)?;
        Some((tag, self.octets(usize::from(length))?))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A `deliver_sm` with a text and optional parameters.
    pub(crate) fn deliver(esm_class: u8, data_coding: u8, text: &[u8], parameters: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = b"\0\x01\x018613800138000\0\x05\0CITY\0".to_vec();
        body.extend([esm_class, 0, 0, 0, 0, 0, 0, data_coding, 0, u8::try_from(text.len()).unwrap()]);
        body.extend(text);
        for (tag, value) in parameters {
            body.extend(tag.to_be_bytes());
            body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            body.extend(*value);
        }
        body
    }

    /// case 93: `message_id ""`, a missing NUL, a missing body.
    #[test]
    fn a_message_id_is_read_as_gateways_write_it() {
        assert_eq!(message_id(b"msg1\0").as_deref(), Some("msg1"));
        assert_eq!(message_id(b"msg1").as_deref(), Some("msg1"));
        assert_eq!(message_id(b"msg1\0\0").as_deref(), Some("msg1"));
        for none in [&b""[..], b"\0", b"a b\0", b"\x1b[31m\0", &[b'1'; 65]] {
            assert_eq!(message_id(none), None, "{none:?}");
        }
    }

    /// A `receipted_message_id` without its NUL or with two of them costs other decoders the connection.
    #[test]
    fn an_optional_id_is_read_with_any_number_of_nuls_and_a_torn_parameter_costs_itself_alone() {
        for value in [&b"m1"[..], b"m1\0", b"m1\0\0"] {
            let body = deliver(4, 0, b"", &[(0x1E, value), (0x427, &[2])]);
            let read = Deliver::read(&body).unwrap();
            assert_eq!((read.receipted.as_deref(), read.state), (Some("m1"), Some(2)));
        }
        let mut torn = deliver(4, 0, b"id:7", &[(0x1E, b"m1\0")]);
        torn.extend([0x04, 0x27, 0xFF, 0xFF, 2]);
        let read = Deliver::read(&torn).unwrap();
        assert_eq!((read.receipted.as_deref(), read.state, read.text().as_str()), (Some("m1"), None, "id:7"));
    }

    #[test]
    fn what_a_phone_wrote_is_no_receipt_whatever_it_says() {
        let read = |esm_class, parameters: &[(u16, &[u8])]| {
            Deliver::read(&deliver(esm_class, 0, b"id:1 stat:DELIVRD", parameters)).unwrap().is_receipt()
        };
        assert!(!read(0, &[]) && !read(0x08, &[]) && !read(0x40, &[]));
        assert!(read(0x04, &[]) && read(0x20, &[]) && read(0x44, &[]) && read(0, &[(0x1E, b"1\0")]));
    }

    #[test]
    fn a_text_is_read_from_ucs2_from_behind_a_header_and_from_its_parameter() {
        let ucs2: Vec<u8> = "id:1".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(Deliver::read(&deliver(4, 8, &ucs2, &[])).unwrap().text(), "id:1");
        assert_eq!(Deliver::read(&deliver(0x44, 0, b"\x05\0\x03\x01\x01\x01id:1", &[])).unwrap().text(), "id:1");
        assert_eq!(Deliver::read(&deliver(4, 0, b"", &[(0x424, b"id:1")])).unwrap().text(), "id:1");
        assert_eq!(Deliver::read(&deliver(0x44, 0, b"\xFFid:1", &[])).unwrap().text(), "");
    }

    proptest::proptest! {
        /// case 93.
        #[test]
        fn any_body_is_read_without_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = message_id(&body);
            if let Some(read) = Deliver::read(&body) {
                let _ = read.text();
            }
        }

        /// case 93.
        #[test]
        fn a_truncated_or_altered_body_is_read_without_panic(cut in 0_usize..120, at in 0_usize..120, octet: u8) {
            let mut body = deliver(4, 0, b"id:1 stat:DELIVRD", &[(0x1E, b"m1\0"), (0x427, &[2])]);
            body.truncate(cut);
            if let Some(place) = body.get_mut(at) {
                *place = octet;
            }
            if let Some(read) = Deliver::read(&body) {
                let _ = read.text();
            }
        }
    }
}
