use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq};

use super::*;
use crate::sms::cmpp::{auth, parts};

const V3: &str = include_str!("../../../../tests/cmpp/captures/cmpp30-session.hex");
const V2: &str = include_str!("../../../../tests/cmpp/captures/cmpp20-session.hex");

/// What `sender` wrote in a session that was captured, unit by unit.
fn captured(session: &str, sender: &str) -> Vec<Vec<u8>> {
    let lines = session.lines().filter_map(|line| line.strip_prefix(sender));
    lines.map(|hex| data_encoding::HEXLOWER.decode(hex.trim().as_bytes()).unwrap()).collect()
}

fn frame(unit: &[u8]) -> Frame {
    let mut frames = Frames::default();
    frames.put(unit);
    let frame = frames.next().unwrap().unwrap();
    assert_eq!(frames.next(), Ok(None));
    frame
}

/// The message of the captured sessions. They fill in the number that is charged, which we leave empty.
fn submit(content: &[u8]) -> Submit<'_> {
    Submit {
        parts: (1, 1),
        wants_report: true,
        service_id: "MAIL",
        fee_user: 2,
        fee_terminal: "13800138000",
        sp_id: "900001",
        fee_type: "02",
        fee_code: "10",
        valid_until: "",
        src_id: "10690001",
        to: "13800138000",
        content,
    }
}

/// case 84: the units of another client, byte for byte, in both versions.
#[test]
fn what_another_client_wrote_is_written_byte_for_byte() {
    // That client says 2.1 where we say 2.0; the units are the same.
    for (session, version, byte, timestamp) in
        [(V3, Version::V3, 0x30, 1_123_083_827), (V2, Version::V2, 0x21, 1_123_083_828)]
    {
        let theirs = captured(session, "C->S");
        let own = auth::authenticator("900001", &"888888".to_owned().into(), timestamp);
        assert_eq!(*unit(CONNECT, 0, &connect("900001", &own, byte, timestamp)), theirs[0]);
        let content = &parts::contents("【市政邮箱】验证码 123456，5分钟内有效。", 0).unwrap()[0];
        assert_eq!(*unit(SUBMIT, 1, &submit(content).body(version)), theirs[1]);
        assert_eq!(theirs.len(), 2);
    }
}

#[test]
fn what_another_gateway_wrote_is_read_in_both_versions() {
    for (session, form) in [(V3, Version::V3), (V2, Version::V2)] {
        let theirs: Vec<_> = captured(session, "S->C").iter().map(|unit| frame(unit)).collect();
        let commands: Vec<_> = theirs.iter().map(|frame| (frame.command, frame.sequence)).collect();
        assert_eq!(commands, [(CONNECT | RESPONSE, 0), (SUBMIT | RESPONSE, 1), (TERMINATE, 0)]);
        let connected = ConnectResp::read(&theirs[0].body).unwrap();
        assert_eq!((connected.status, connected.form, connected.authenticator.len()), (0, form, 16));
        let message_id = 0xb2b9_da80_0001_0000;
        assert_eq!(SubmitResp::read(&theirs[1].body), Some(SubmitResp { message_id, result: 0 }));
        assert!(theirs[2].body.is_empty());
    }
}

/// case 94: that gateway shows MD5 of the status alone, which everybody can.
#[test]
fn the_captured_gateway_does_not_prove_that_it_knows_the_secret() {
    for (session, timestamp) in [(V3, 1_123_083_827), (V2, 1_123_083_828)] {
        let unit = frame(&captured(session, "S->C")[0]);
        let answer = ConnectResp::read(&unit.body).unwrap();
        let secret = "888888".to_owned().into();
        let own = auth::authenticator("900001", &secret, timestamp);
        assert!(!auth::proves_itself(answer.authenticator, answer.raw_status, &own, &secret));
    }
}

/// A delivery as the standard builds it.
fn delivery(version: Version, report: u8, length: u8, content: &[u8]) -> Vec<u8> {
    let (sender, tail) = if version == Version::V2 { (21, 8) } else { (33, 20) };
    let head =
        [&[0, 0, 0, 0, 0, 0, 0, 9][..], &[b'1'; 31], &[0, 0, 8], &vec![b'2'; sender], &[report, length]].concat();
    [&head[..], content, &vec![0; tail]].concat()
}

#[test]
fn a_delivery_is_read_where_its_lengths_agree_and_nowhere_else() {
    for version in [Version::V2, Version::V3] {
        let right = delivery(version, 1, 3, b"abc");
        assert_eq!(Deliver::read(&right, version), Some(Deliver { is_report: true, content: b"abc" }));
        assert_eq!(Deliver::id(&right), 9);
        assert!(!Deliver::read(&delivery(version, 0, 0, b""), version).unwrap().is_report);
        for wrong in
            [delivery(version, 1, 2, b"abc"), delivery(version, 1, 4, b"abc"), delivery(version, 1, 255, b"abc")]
        {
            assert_eq!(Deliver::read(&wrong, version), None);
        }
    }
    assert_eq!(Deliver::id(b"1234567"), 0);
}

#[test]
fn a_status_report_is_read_with_a_receiver_of_either_length() {
    for receiver in [21, 32] {
        let content = [&[0, 0, 0, 0, 0, 0, 1, 2][..], b"DELIVRD26112311002611231101", &vec![b'1'; receiver], &[0; 4]];
        let report = StatusReport::read(&content.concat()).unwrap();
        assert_eq!((report.message_id, &report.stat, &report.done), (258, b"DELIVRD", b"2611231101"));
    }
    assert_eq!(StatusReport::read(&[b'1'; 34]), None);
}

#[test]
fn answers_of_either_length_are_read_and_of_no_other() {
    let id = [0, 0, 0, 0, 0, 0, 0, 7];
    assert_eq!(SubmitResp::read(&[&id[..], &[8]].concat()), Some(SubmitResp { message_id: 7, result: 8 }));
    assert_eq!(SubmitResp::read(&[&id[..], &[0, 0, 1, 0]].concat()), Some(SubmitResp { message_id: 7, result: 256 }));
    for length in [0, 7, 8, 10, 11, 13, 100] {
        assert_eq!(SubmitResp::read(&vec![0; length]), None, "{length}");
    }
    for length in [0, 17, 19, 20, 22] {
        assert_eq!(ConnectResp::read(&vec![0; length]), None, "{length}");
    }
}

#[test]
fn our_answers_have_the_length_of_their_version() {
    assert_eq!(*deliver_resp(7, 4, Version::V2), [0, 0, 0, 0, 0, 0, 0, 7, 4]);
    assert_eq!(*deliver_resp(7, 4, Version::V3), [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 4]);
    assert_eq!(*unit(ACTIVE_TEST | RESPONSE, 5, &[0]), [0, 0, 0, 13, 0x80, 0, 0, 8, 0, 0, 0, 5, 0]);
}

/// case 93 has the same for another protocol: a length is not believed before it is looked at.
#[test]
fn lengths_that_no_unit_has_end_the_stream_before_anything_is_kept_for_them() {
    for length in [0_u32, 1, 11, 1025, 16 << 20, u32::MAX] {
        let mut frames = Frames::default();
        frames.put(&length.to_be_bytes());
        assert!(frames.next().unwrap_err().to_string().contains(&format!("{length} bytes")), "{length}");
    }
}

proptest::proptest! {
    /// However the network cuts the stream, the units are the same.
    #[test]
    fn parsing_gives_the_units_that_were_written_however_they_arrive(
        bodies in vec((any::<u32>(), any::<u32>(), vec(any::<u8>(), 0..200)), 0..6), cut in 1_usize..300
    ) {
        let stream: Vec<u8> = bodies.iter().flat_map(|(command, sequence, body)| unit(*command, *sequence, body).to_vec()).collect();
        let (mut frames, mut read) = (Frames::default(), Vec::new());
        for piece in stream.chunks(cut) {
            frames.put(piece);
            while let Some(frame) = frames.next().unwrap() {
                read.push((frame.command, frame.sequence, frame.body));
            }
        }
        prop_assert_eq!(read, bodies);
    }

    #[test]
    fn parsing_any_bytes_never_panics_and_keeps_less_than_one_unit(pieces in vec(vec(any::<u8>(), 0..3000), 0..6), small: bool) {
        let mut frames = Frames::default();
        for mut piece in pieces {
            if small && piece.len() > 4 {
                // A length that may be one, so that what follows is looked at, too.
                piece[..3].fill(0);
            }
            frames.put(&piece);
            loop {
                match frames.next() {
                    Ok(Some(frame)) => prop_assert!(frame.body.len() <= 1024 - 12),
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(frames.kept() < 1024);
        }
    }

    #[test]
    fn parsing_any_body_never_panics(body in vec(any::<u8>(), 0..300), length: u8) {
        for version in [Version::V2, Version::V3] {
            let _ = (ConnectResp::read(&body), SubmitResp::read(&body), Deliver::id(&body), StatusReport::read(&body));
            if let Some(deliver) = Deliver::read(&delivery(version, 1, length, &body), version) {
                prop_assert_eq!(deliver.content, &body);
            }
            let _ = Deliver::read(&body, version);
        }
    }
}
