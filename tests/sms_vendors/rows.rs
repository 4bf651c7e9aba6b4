//! What a kind of provider brings to the tests: its table, and the vendor's answers in the vendor's own words.

mod aliyun;
mod aws_sns;
mod huawei;
mod tencent;
mod twilio;
mod vonage;

use resetgate::sms::SmsFault;

/// One kind.
pub struct Row {
    /// The word after `kind =`.
    pub kind: &'static str,
    /// The other lines of its table when it is asked at `endpoint`, an origin like `http://127.0.0.1:9`. Without
    /// `ca_file`, which a test of TLS adds.
    pub table: fn(endpoint: &str) -> String,
    /// The answer that takes a message, and the id of the message in it.
    pub taken: (&'static str, &'static str),
    /// What the vendor answers otherwise.
    pub said: &'static [Said],
}

/// One answer of a vendor.
pub struct Said {
    /// Status and reason.
    pub status: &'static str,
    pub body: &'static str,
    pub class: Class,
    /// What the reason has to repeat for the operator: the vendor's code, the id of the request.
    pub shows: &'static [&'static str],
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Taken,
    Refused,
    /// For so many seconds.
    NumberLimited(u64),
    Faulty(SmsFault),
    /// For so many seconds, where they were told.
    Throttled(Option<u64>),
    NotTaken,
    Unreachable,
    Unknown,
}

impl Class {
    /// Whether the next provider of a chain is asked.
    pub fn leads_on(self) -> bool {
        matches!(self, Self::Faulty(_) | Self::Throttled(_) | Self::NotTaken | Self::Unreachable)
    }
}

/// Every kind.
pub const ROWS: &[Row] = &[HTTP, aliyun::ROW, aws_sns::ROW, huawei::ROW, tencent::ROW, twilio::ROW, vonage::ROW];

const HTTP: Row = Row {
    kind: "http",
    table: |endpoint| {
        format!(
            "url = \"{endpoint}/send\"\nmessage_id = \"/id\"\nbody = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}}'\n\
             success = {{ status = [200], pointer = \"/code\", equals = 0 }}"
        )
    },
    taken: (r#"{"code":0,"id":"m-1"}"#, "m-1"),
    said: &[
        Said { status: "200 OK", body: r#"{"code":4102}"#, class: Class::Refused, shows: &["/code = 4102"] },
        Said { status: "400 Bad Request", body: r#"{"code":"bad"}"#, class: Class::Refused, shows: &["400", "bad"] },
        Said { status: "401 Unauthorized", body: "{}", class: Class::Unreachable, shows: &["401"] },
    ],
};
