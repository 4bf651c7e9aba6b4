//! Requests that the vendors' own clients sent, for tests of signatures.

#![cfg_attr(
    not(all(feature = "aliyun", feature = "huawei", feature = "tencent")),
    allow(dead_code, reason = "each kind uses a part of it, and a kind may be left out")
)]

/// One request, taken apart.
pub(super) struct Captured {
    /// What follows the `?` in its first line.
    pub query: &'static str,
    /// Names in lower case.
    pub headers: Vec<(String, &'static str)>,
    pub body: &'static str,
}

impl Captured {
    pub(super) fn read(text: &'static str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let target = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &'static str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value)
        };
        let query = target.split_once('?').map_or("", |(_, query)| query);
        Self { query, headers: lines.map(header).collect(), body }
    }

    pub(super) fn header(&self, name: &str) -> &'static str {
        self.headers.iter().find(|(own, _)| own == name).unwrap().1
    }

    /// The headers that its signature covers, in that order.
    pub(super) fn signed(&self) -> Vec<(&str, &str)> {
        let names = self.header("authorization").split_once("SignedHeaders=").unwrap().1.split(',').next().unwrap();
        names.split(';').map(|name| (name, self.header(name))).collect()
    }
}
