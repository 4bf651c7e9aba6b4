use super::*;
use crate::sms::smpp::incoming::tests::deliver;

type Read = (String, DeliveryState, Option<String>);

fn read_as(form: ReceiptId, text: &str, parameters: &[(u16, &[u8])]) -> Option<Read> {
    let body = deliver(4, 0, text.as_bytes(), parameters);
    let receipt = Receipt::read(&Deliver::read(&body).unwrap(), form)?;
    Some((receipt.id.into(), receipt.state, receipt.code.map(Into::into)))
}

fn read(text: &str, parameters: &[(u16, &[u8])]) -> Option<Read> {
    read_as(ReceiptId::Same, text, parameters)
}

fn told(id: &str, state: DeliveryState, code: &str) -> Read {
    (id.to_owned(), state, (!code.is_empty()).then(|| code.to_owned()))
}

/// case 93: a receipt without parameters, as each vendor writes it.
#[test]
fn the_text_alone_is_enough_however_it_is_written() {
    for (text, id, state, code) in [
        (
            "id:msg1 sub:001 dlvrd:001 submit date:2611230830 done date:2611230831 stat:DELIVRD err:000 text:",
            "msg1",
            DeliveryState::Delivered,
            "DELIVRD",
        ),
        ("ID:0a1b SUB:001 STAT:UNDELIV ERR:021 Text:hello", "0a1b", DeliveryState::Failed, "UNDELIV/021"),
        ("stat:expired id:77", "77", DeliveryState::Expired, "EXPIRED"),
        ("id: 77 stat: REJECTD err: 0", "77", DeliveryState::Rejected, "REJECTD"),
        ("id:77\nstat:ACCEPTD", "77", DeliveryState::Accepted, "ACCEPTD"),
        ("id:77 stat:MA:0001", "77", DeliveryState::Unknown, ""),
        ("id:77", "77", DeliveryState::Unknown, ""),
    ] {
        assert_eq!(read(text, &[]).unwrap(), told(id, state, code), "{text}");
    }
}

#[test]
fn a_receipt_that_names_no_message_is_none() {
    for text in ["", "stat:DELIVRD", "id: stat:DELIVRD", "hid:7 stat:DELIVRD", "text:id:7 stat:DELIVRD"] {
        assert_eq!(read(text, &[]), None, "{text}");
    }
}

/// What follows `text:` is a quotation, which whoever wrote the message chose.
#[test]
fn a_quotation_cannot_say_what_became_of_the_message() {
    let text = "id:7 stat:UNDELIV err:001 text:x id:8 stat:DELIVRD";
    assert_eq!(read(text, &[]).unwrap(), told("7", DeliveryState::Failed, "UNDELIV/001"));
    assert_eq!(read("id:7 text:x stat:DELIVRD", &[]).unwrap(), told("7", DeliveryState::Unknown, ""));
}

#[test]
fn parameters_win_over_the_text() {
    let read = read("id:9 stat:DELIVRD err:000", &[(0x1E, b"msg1\0"), (0x427, &[5])]);
    assert_eq!(read.unwrap(), told("msg1", DeliveryState::Failed, "DELIVRD"));
    let states: Vec<_> = (0..=9).map(by_number).collect();
    assert_eq!(states[1..4], [DeliveryState::Accepted, DeliveryState::Delivered, DeliveryState::Expired]);
    assert_eq!(
        (states[0], states[7], states[9]),
        (DeliveryState::Unknown, DeliveryState::Unknown, DeliveryState::Unknown)
    );
}

/// case 93: hexadecimal in the answer and decimal in the receipt, and the other way round.
#[test]
fn an_id_in_another_base_is_the_same_id() {
    for (form, answer, text) in [
        (ReceiptId::Same, "0A1B", "id:0A1B"),
        (ReceiptId::Decimal, "00000A1B", "id:2587"),
        (ReceiptId::Decimal, "a1b", "id:0000002587"),
        (ReceiptId::Hex, "0000002587", "id:A1B"),
        // No number at all is left as it is.
        (ReceiptId::Decimal, "x-1", "id:x-1"),
    ] {
        let answered = form.of_answer(answer.to_owned());
        assert_eq!(read_as(form, text, &[]).unwrap().0, answered, "{form:?} {answer} {text}");
        let parameter = format!("{answer}\0");
        assert_eq!(read_as(form, text, &[(0x1E, parameter.as_bytes())]).unwrap().0, answered);
    }
}

proptest::proptest! {
    /// case 93.
    #[test]
    fn any_receipt_is_read_without_panic_and_its_words_are_plain(
        text in "(id:|stat:|err:|text:|ID: |\\PC|[ 0-9a-zé]){0,12}", state: u8, id in "\\PC{0,8}",
    ) {
        let text: String = text.chars().take(60).collect();
        let body = deliver(4, 0, text.as_bytes(), &[(0x1E, id.as_bytes()), (0x427, &[state])]);
        if let Some(receipt) = Receipt::read(&Deliver::read(&body).unwrap(), ReceiptId::Hex) {
            let plain = |word: &str| word.len() <= 130 && word.bytes().all(|sign| sign.is_ascii_graphic());
            proptest::prop_assert!(plain(&receipt.id) && receipt.code.as_deref().is_none_or(plain));
        }
    }
}
