mod lists;
mod parsing;
mod queries;
mod signed;

use super::*;
use crate::sms::samples::ORDER;

/// Reads a post without headers.
fn posted(format: &ReceiptFormat, query: &str, body: &str) -> Result<Receipts, ReceiptError> {
    let posted = Posted { url: "https://reset.example.gov.cn/r", query, header: &|_| None, body: body.as_bytes() };
    read("main", format, &posted)
}

/// The same with one receipt in it.
fn one(format: &ReceiptFormat, query: &str, body: &str) -> DeliveryReport {
    let receipts = posted(format, query, body).unwrap();
    assert_eq!((receipts.reports.len(), receipts.dropped), (1, 0));
    receipts.reports.into_iter().next().unwrap()
}

fn message(id: &str) -> ReportName {
    ReportName::Message(id.into())
}

fn order() -> ReportName {
    ReportName::Order(ORDER.parse().unwrap())
}
