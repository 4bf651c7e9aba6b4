use super::*;

const VONAGE: ReceiptFormat = ReceiptFormat::Vonage;
/// As its documentation shows it.
const DOCUMENTED: &str = r#"{"err-code":"0","message-timestamp":"2018-10-25 12:10:29","messageId":"0B00000127FDBC63",
    "msisdn":"447547232824","network-code":"23410","price":"0.03330000","scts":"1810251310","status":"delivered","to":"Nexmo CLI"}"#;

fn delivered(name: ReportName, at: Option<i64>) -> DeliveryReport {
    let (state, code) = (DeliveryState::Delivered, Some("0".into()));
    DeliveryReport { provider: "main".into(), name, state, code, at: at.map(Timestamp::from_millis) }
}

#[test]
fn json_a_form_and_a_query_say_the_same() {
    let expected = delivered(message("0B00000127FDBC63"), Some(1_540_469_429_000));
    assert_eq!(one(&VONAGE, "", DOCUMENTED), expected);
    let form = "err-code=0&message-timestamp=2018-10-25+12%3A10%3A29&messageId=0B00000127FDBC63&status=delivered";
    assert_eq!(one(&VONAGE, "", form), expected);
    assert_eq!(one(&VONAGE, form, ""), expected);
    let answer = posted(&VONAGE, form, "").unwrap().answer;
    assert_eq!(answer, ReceiptAnswer { status: 204, content_type: "", body: "" });
}

#[test]
fn our_own_id_is_preferred_where_it_came_along() {
    let with = |reference: &str| format!("message-id=0B00&status=delivered&err-code=0&client-ref={reference}");
    assert_eq!(one(&VONAGE, &with(ORDER), ""), delivered(order(), None));
    assert_eq!(one(&VONAGE, &with("somebody-else"), ""), delivered(message("0B00"), None));
}

#[test]
fn every_status_has_a_meaning() {
    for (word, state) in [
        ("failed", DeliveryState::Failed),
        ("expired", DeliveryState::Expired),
        ("rejected", DeliveryState::Rejected),
        ("accepted", DeliveryState::Accepted),
        ("buffered", DeliveryState::Accepted),
        ("unknown", DeliveryState::Unknown),
        ("new", DeliveryState::Unknown),
    ] {
        assert_eq!(one(&VONAGE, &format!("messageId=1&status={word}"), "").state, state, "{word}");
    }
}

#[test]
fn what_names_no_message_is_counted_and_what_is_no_receipt_is_unreadable() {
    for nameless in ["", "status=delivered", "messageId=", "messageId=a%20b"] {
        assert_eq!(posted(&VONAGE, nameless, "").unwrap().dropped, 1, "{nameless}");
    }
    for broken in ["{", "{\"messageId\":", "{} x"] {
        assert_eq!(posted(&VONAGE, "", broken), Err(ReceiptError::Unreadable), "{broken}");
    }
}
