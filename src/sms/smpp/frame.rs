//! PDUs as they lie on the wire: cutting the stream into frames, and putting frames together (SMPP 3.4, 3.2).

use zeroize::Zeroizing;

/// Command ids (SMPP 3.4, 5.1.2.1).
pub(super) mod command {
    pub const GENERIC_NACK: u32 = 0x8000_0000;
    pub const SUBMIT_SM: u32 = 0x04;
    pub const DELIVER_SM: u32 = 0x05;
    pub const UNBIND: u32 = 0x06;
    pub const BIND_TRANSCEIVER: u32 = 0x09;
    pub const ENQUIRE_LINK: u32 = 0x15;
    /// Set in the id of every response.
    pub const RESPONSE: u32 = 0x8000_0000;
}

const HEADER: usize = 16;
/// The largest PDU that is read: a `message_payload` of 64 KiB with generous fields around it. The standard sets no bound.
const LARGEST: usize = 68 * 1024;

/// One PDU, its body not read yet. The body may quote a message.
pub(super) struct Frame {
    pub command: u32,
    pub status: u32,
    pub sequence: u32,
    pub body: Zeroizing<Vec<u8>>,
}

/// The stream cannot be cut any further: where the next PDU begins is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it sent a PDU of {0} bytes; from 16 to 69632 are read")]
pub(super) struct BadLength(u32);

/// What came of the stream and is not cut yet: never more than one unfinished PDU and one read.
#[derive(Default)]
pub(super) struct Frames {
    bytes: Zeroizing<Vec<u8>>,
}

impl Frames {
    /// Where the stream is read to.
    pub(super) fn space(&mut self) -> &mut Vec<u8> {
        // A fixed step, whatever length a PDU claims: what did not come takes no memory.
        self.bytes.reserve(4 * 1024);
        &mut self.bytes
    }

    /// The next whole PDU, if it is there.
    ///
    /// # Errors
    /// When a PDU claims a length that none has. The connection is lost then.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, BadLength> {
        let Some((&length, _)) = self.bytes.split_first_chunk::<4>() else { return Ok(None) };
        let claimed = u32::from_be_bytes(length);
        let length = usize::try_from(claimed).unwrap_or(usize::MAX);
        if !(HEADER..=LARGEST).contains(&length) {
            return Err(BadLength(claimed));
        }
        if self.bytes.len() < length {
            return Ok(None);
        }
        let rest = Zeroizing::new(self.bytes.split_off(length));
        let whole = std::mem::replace(&mut self.bytes, rest);
        let word =
            |at: usize| whole.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_be_bytes);
        let body = Zeroizing::new(whole.get(HEADER..).unwrap_or_default().to_vec());
        Ok(Some(Frame { command: word(4), status: word(8), sequence: word(12), body }))
    }
}

/// A PDU for the wire.
pub(super) fn encoded(command: u32, status: u32, sequence: u32, body: &[u8]) -> Zeroizing<Vec<u8>> {
    // Our own bodies are a few hundred bytes.
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER + body.len()));
    for word in [length, command, status, sequence] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    bytes.extend_from_slice(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(frames: &mut Frames) -> Vec<usize> {
        std::iter::from_fn(|| frames.next().unwrap()).map(|frame| frame.body.len()).collect()
    }

    #[test]
    fn a_stream_is_cut_wherever_it_was_torn() {
        let stream = [encoded(0x15, 0, 1, b""), encoded(0x05, 0, 2, b"abc")].map(|pdu| pdu.to_vec()).concat();
        for torn in 0..stream.len() {
            let mut frames = Frames::default();
            frames.space().extend_from_slice(&stream[..torn]);
            let mut seen = lengths(&mut frames);
            frames.space().extend_from_slice(&stream[torn..]);
            seen.extend(lengths(&mut frames));
            assert_eq!(seen, [0, 3], "torn at {torn}");
        }
    }

    /// case 93: lengths below a header and of 16 MiB end the session; nothing is reserved for them.
    #[test]
    fn a_length_that_no_pdu_has_is_refused_before_its_bytes_come() {
        for length in [0, 1, 15, 69_633, 16 << 20, u32::MAX] {
            let mut frames = Frames::default();
            frames.space().extend_from_slice(&length.to_be_bytes());
            assert_eq!(frames.next().err(), Some(BadLength(length)));
            assert!(frames.space().capacity() < 64 * 1024);
        }
    }

    proptest::proptest! {
        /// case 93.
        #[test]
        fn any_stream_is_cut_without_panic_and_nothing_is_lost(pieces in proptest::collection::vec(
            proptest::collection::vec(proptest::num::u8::ANY, 0..40), 0..12)) {
            let mut frames = Frames::default();
            let (mut came, mut cut) = (0, 0);
            for piece in pieces {
                frames.space().extend_from_slice(&piece);
                came += piece.len();
                while let Ok(Some(frame)) = frames.next() {
                    cut += HEADER + frame.body.len();
                }
                proptest::prop_assert_eq!(frames.bytes.len(), came - cut);
            }
        }

        /// case 93: however long the PDUs are that come, what waits to be cut is no longer than the largest and a read.
        #[test]
        fn hostile_lengths_without_panic_hold_no_more_than_one_pdu(length in 0_u32..200_000, chunk in 1_usize..5_000) {
            let mut frames = Frames::default();
            frames.space().extend_from_slice(&length.to_be_bytes());
            for _ in 0..60 {
                frames.space().extend_from_slice(&vec![0; chunk]);
                let broken = loop {
                    match frames.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => break false,
                        Err(_) => break true,
                    }
                };
                if broken {
                    break;
                }
                proptest::prop_assert!(frames.bytes.len() < LARGEST);
            }
        }
    }
}
