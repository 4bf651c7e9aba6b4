//! case 91: the vendors that sign nothing. What a list may be, and that nothing in it is believed further than a report is.

use super::*;

const ALIYUN: ReceiptFormat = ReceiptFormat::Aliyun;
const TENCENT: ReceiptFormat = ReceiptFormat::Tencent;
const HUAWEI: ReceiptFormat = ReceiptFormat::Huawei;

fn report(name: ReportName, state: DeliveryState, code: &str) -> DeliveryReport {
    DeliveryReport { provider: "main".into(), name, state, code: Some(code.into()), at: None }
}

#[test]
fn aliyun_names_our_order_or_its_own_id() {
    let body = format!(
        r#"[{{"phone_number":"13800138000","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 00:00:00",
            "success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"12345^0","out_id":"{ORDER}"}},
           {{"success":false,"err_code":"MK:0001","biz_id":"12345^1","out_id":"67890"}},
           {{"success":"false","err_code":"EXPIRED","biz_id":"12345^2","new_member":[1]}}]"#
    );
    let receipts = posted(&ALIYUN, "", &body).unwrap();
    let expected = [
        report(order(), DeliveryState::Delivered, "DELIVERED"),
        report(message("12345^1"), DeliveryState::Failed, "MK:0001"),
        report(message("12345^2"), DeliveryState::Expired, "EXPIRED"),
    ];
    assert_eq!(receipts.reports, expected);
    assert_eq!(receipts.answer.body, r#"{"code":0,"msg":"接收成功"}"#);
}

#[test]
fn tencent_names_its_serial_number() {
    let body = r#"[{"user_receive_time":"2015-10-17 08:03:04","nationcode":"86","mobile":"13800138000",
        "report_status":"SUCCESS","errmsg":"DELIVRD","description":"用户短信送达成功","sid":"9875:1"},
        {"report_status":"FAIL","errmsg":"REJECTD","sid":"9875:2"},{"report_status":"FAIL","errmsg":"DELIVRD","sid":"9875:3"}]"#;
    let receipts = posted(&TENCENT, "", body).unwrap();
    let expected = [
        report(message("9875:1"), DeliveryState::Delivered, "DELIVRD"),
        report(message("9875:2"), DeliveryState::Rejected, "REJECTD"),
        report(message("9875:3"), DeliveryState::Failed, "DELIVRD"),
    ];
    assert_eq!(receipts.reports, expected);
    assert_eq!(receipts.answer.body, r#"{"result":0,"errmsg":"OK"}"#);
}

#[test]
fn huawei_posts_forms_or_lists() {
    let form = "smsMsgId=2ea20735_0&total=1&sequence=1&status=DELIVRD&source=2&updateTime=2018-04-13T06%3A31%3A46Z&to=%2B8613800138000";
    let at = Some(Timestamp::from_millis(1_523_601_106_000));
    let expected = DeliveryReport { at, ..report(message("2ea20735_0"), DeliveryState::Delivered, "DELIVRD") };
    assert_eq!(one(&HUAWEI, "", form), expected);
    let list = format!(
        r#"{{"statusReportList":[{{"smsMsgId":"a","status":"DELIVRD","updateTime":"2018-04-13T06:31:46Z"}},
           {{"smsMsgId":"b","status":"MA:0006","extend":"{ORDER}"}},{{"smsMsgId":"c"}}],"x":1}}"#
    );
    let receipts = posted(&HUAWEI, "", &list).unwrap();
    assert_eq!(receipts.reports[0].at, at);
    assert_eq!(receipts.reports[1], report(order(), DeliveryState::Failed, "MA:0006"));
    assert_eq!((receipts.reports[2].state, &receipts.reports[2].code), (DeliveryState::Unknown, &None));
}

/// case 91: ten thousand at once, the same ones again and in no order.
#[test]
fn of_a_flood_the_first_are_read_and_the_others_counted() {
    let entry = r#"{"report_status":"FAIL","errmsg":"UNDELIV","sid":"1"}"#;
    let flood = format!("[{}]", vec![entry; 10_000].join(","));
    let receipts = posted(&TENCENT, "", &flood).unwrap();
    assert_eq!((receipts.reports.len(), receipts.dropped), (MOST_RECEIPTS, 10_000 - MOST_RECEIPTS));
    // What is no entry takes a place, too: nobody makes us look at more.
    let junk = format!("[{}]", vec!["0"; 10_000].join(","));
    assert_eq!(posted(&TENCENT, "", &junk).unwrap().dropped, 10_000);
}

#[test]
fn what_names_nothing_is_dropped_and_what_is_no_list_is_unreadable() {
    let receipts = posted(&ALIYUN, "", r#"[{"success":true},{"biz_id":""},{"biz_id":"a b"},{"biz_id":["a"]},null,7]"#);
    assert_eq!(receipts.map(|it| (it.reports, it.dropped)), Ok((Vec::new(), 6)));
    assert_eq!(posted(&ALIYUN, "", &format!("[{{\"biz_id\":\"{}\"}}]", "a".repeat(129))).unwrap().dropped, 1);
    for broken in ["", "{}", "[", "[{}", "[] []", "biz_id=1", "null"] {
        assert_eq!(posted(&ALIYUN, "", broken), Err(ReceiptError::Unreadable), "{broken}");
    }
    assert_eq!(posted(&HUAWEI, "", "{\"statusReportList\":{}}"), Err(ReceiptError::Unreadable));
    let deep = format!("[{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(posted(&ALIYUN, "", &deep), Err(ReceiptError::Unreadable));
}

/// case 99: a code is what may stand in a log: no number, no line end, nothing long.
#[test]
fn a_code_that_is_none_is_left_out() {
    for (code, is_kept) in [
        ("isv.AMOUNT_NOT_ENOUGH", true),
        ("MK:0001", true),
        ("", false),
        ("13800138000", false),
        ("to_13800138000", false),
        ("two words", false),
        ("a\\nb", false),
        ("\\u001b[31m", false),
        ("用户不在服务区", false),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false),
    ] {
        let body = format!(r#"[{{"success":false,"err_code":"{code}","biz_id":"1"}}]"#);
        let report = one(&ALIYUN, "", &body);
        assert_eq!(report.code.is_some(), is_kept, "{code}");
        assert_eq!(report.state, DeliveryState::Failed, "{code}");
    }
}

/// What decides is ASCII: a byte order mark, and words in GBK that no header names.
#[test]
fn a_list_is_read_in_any_charset() {
    let gbk = b"[{\"success\":\"true\",\"err_code\":0,\"err_msg\":\"\xb3\xc9\xb9\xa6\",\"biz_id\":12345}]";
    let marked = [b"\xef\xbb\xbf", &gbk[..]].concat();
    for body in [&gbk[..], &marked] {
        for header in [None, Some("application/json; charset=GBK"), Some("text/plain")] {
            let posted = Posted { url: "", query: "", header: &|_| header, body };
            let receipts = read("main", &ALIYUN, &posted).unwrap();
            assert_eq!(receipts.reports, [report(message("12345"), DeliveryState::Delivered, "0")]);
        }
    }
}
