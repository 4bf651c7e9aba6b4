use proptest::prelude::*;

use super::*;

fn formats() -> [ReceiptFormat; 5] {
    let auth_token = "12345".to_owned().into();
    let twilio = ReceiptFormat::Twilio { auth_token };
    [ReceiptFormat::Aliyun, ReceiptFormat::Tencent, ReceiptFormat::Huawei, twilio, ReceiptFormat::Vonage]
}

fn holds_its_promises(receipts: &Receipts) -> bool {
    let is_short = |report: &DeliveryReport| {
        let code = report.code.as_deref().unwrap_or("x");
        let name = match &report.name {
            ReportName::Order(_) => true,
            ReportName::Message(id) => {
                id.as_str().len() <= 128 && id.as_str().bytes().all(|byte| byte.is_ascii_graphic())
            }
        };
        name && code.len() <= 32 && code.bytes().all(|byte| byte.is_ascii_graphic())
    };
    receipts.reports.len() <= MOST_RECEIPTS && receipts.reports.iter().all(is_short)
}

proptest! {
    #[test]
    fn any_post_is_read_without_panic(
        query in "\\PC{0,40}", header in proptest::option::of("\\PC{0,40}"), body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        for format in formats() {
            for url in ["https://reset.example.gov.cn/r", "", "://", "http://[::1]:x/"] {
                let posted = Posted { url, query: &query, header: &|_| header.as_deref(), body: &body };
                if let Ok(receipts) = read("main", &format, &posted) {
                    prop_assert!(holds_its_promises(&receipts));
                }
            }
        }
    }

    #[test]
    fn parsing_lists_of_anything_keeps_to_the_bounds(
        names in proptest::collection::vec("biz_id|sid|smsMsgId|messageId|success|err_code|status|extend|updateTime|out_id", 0..8),
        values in proptest::collection::vec("\"[ -~]{0,3}\"|\"[a-z0-9^]{1,140}\"|[0-9]{1,20}|true|null|\\[\\]|\\{\\}", 8),
        times in 0_usize..3,
    ) {
        let members: Vec<_> = names.iter().zip(&values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let entry = format!("{{{}}}", members.join(","));
        let list = format!("[{}]", vec![entry.as_str(); times].join(","));
        let batch = format!("{{\"statusReportList\":{list}}}");
        for format in formats() {
            for body in [&entry, &list, &batch] {
                if let Ok(receipts) = posted(&format, "", body) {
                    prop_assert!(holds_its_promises(&receipts));
                    prop_assert!(receipts.reports.len() + receipts.dropped <= times.max(1));
                }
            }
        }
    }
}
