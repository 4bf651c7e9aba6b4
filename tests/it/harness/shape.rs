//! What a stranger can compare.

use super::Answer;

/// One answer with everything that is drawn afresh in every answer reduced to its length: if two of these are equal,
/// only time could tell the answers apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Shape {
    pub fn of(answer: &Answer) -> Self {
        let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
        let mut headers: Vec<_> =
            headers.map(|(name, value)| (name.to_string(), reduced(value.to_str().unwrap()))).collect();
        headers.sort();
        let body = String::from_utf8(answer.bytes.clone()).unwrap();
        Self { status: answer.status, headers, body: reduced(&body) }
    }
}

/// Replaces what follows the prefix of an id or a credential by how long it is.
fn reduced(text: &str) -> String {
    let mut text = text.to_owned();
    for prefix in ["rst_", "req_", "cap_", "ft_"] {
        let mut parts = text.split(prefix);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let random = part.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
            whole.extend([prefix, "<", &random.to_string(), ">", &part[random..]]);
        }
        text = whole;
    }
    // The anchor of a form, and of the cookie it is compared with.
    for prefix in ["name=\"csrf\" value=\"", "__Host-resetgate-page="] {
        let parts: Vec<String> = text.split(prefix).map(str::to_owned).collect();
        let cut = |part: &String| format!("<anchor>{}", part.get(22..).unwrap_or_default());
        text = std::iter::once(parts[0].clone()).chain(parts[1..].iter().map(cut)).collect::<Vec<_>>().join(prefix);
    }
    text
}
