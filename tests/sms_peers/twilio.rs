//! case 90: receipts that Twilio's own package signed, and what is left of them when one sign is another.

use resetgate::sms::ReportName;
use resetgate::sms::receipts::{Posted, ReceiptError, ReceiptFormat, read};
use serde::Deserialize;

use crate::python::program;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[derive(Deserialize)]
struct Callback {
    url: String,
    kind: String,
    signature: String,
    body: String,
    id: String,
}

impl Callback {
    /// The id of the message that it is about.
    fn read(&self, token: &str) -> Result<ReportName, ReceiptError> {
        let header = |name: &str| match name {
            "x-twilio-signature" => Some(self.signature.as_str()),
            "content-type" => Some(self.kind.as_str()),
            _ => None,
        };
        let (url, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let format = ReceiptFormat::Twilio { auth_token: token.to_owned().into() };
        let receipts = read("main", &format, &Posted { url, query, header: &header, body: self.body.as_bytes() })?;
        assert_eq!((receipts.reports.len(), receipts.dropped), (1, 0));
        Ok(receipts.reports[0].name.clone())
    }
}

fn signed() -> Vec<Callback> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sms_peers/callbacks.py");
    let output = program("python").args([script, TOKEN]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_twilios_package_signed_is_read_and_nothing_else() {
    let callbacks = signed();
    assert_eq!(callbacks.len(), 300);
    for callback in callbacks {
        let told = |what: &str| format!("{what}: {} {} {}", callback.url, callback.kind, callback.body);
        assert_eq!(callback.read(TOKEN), Ok(ReportName::Message(callback.id.as_str().into())), "{}", told("good"));
        let forged = Err(ReceiptError::Forged);
        assert_eq!(callback.read("0123456789abcdef0123456789abcdee"), forged, "{}", told("token"));
        let other = |change: &dyn Fn(&mut Callback)| {
            let mut other = Callback {
                url: callback.url.clone(),
                kind: callback.kind.clone(),
                signature: callback.signature.clone(),
                body: callback.body.clone(),
                id: callback.id.clone(),
            };
            change(&mut other);
            other.read(TOKEN)
        };
        assert_eq!(other(&|it| it.body = it.body.replace("SM", "SN")), forged, "{}", told("body"));
        assert_eq!(other(&|it| it.url = it.url.replace("/main", "/other")), forged, "{}", told("path"));
        assert_eq!(
            other(&|it| it.url.push_str(if it.url.contains('?') { "&c" } else { "?c" })),
            forged,
            "{}",
            told("query")
        );
        assert_eq!(other(&|it| it.signature.replace_range(..1, "-")), forged, "{}", told("signature"));
    }
}
