//! The last line of a message that binds its code to the pages, for phones that fill codes in.

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::SmsMessage;

/// The line itself, with the line end before it: `@domain #code`, as the draft "Origin-bound one-time codes" has it.
pub(super) fn otp_line(domain: &str, code: &str) -> String {
    format!("\n@{domain} #{code}")
}

/// The text of a message with that line at its end, unless it has no code or ends with the line already. For providers
/// that carry texts as they are, where their settings ask for it.
#[cfg_attr(not(feature = "smpp"), expect(dead_code, reason = "only providers that carry texts as they are use it"))]
pub(super) fn bound_text(message: &SmsMessage) -> Zeroizing<String> {
    let text = message.expose_text();
    let line = message.code.as_ref().map(|code| Zeroizing::new(otp_line(&message.domain, code.expose_secret())));
    let line = line.as_ref().map_or("", |line| line.as_str());
    let line = if text.ends_with(line) { "" } else { line };
    // Of full size at once: a text that grows leaves copies of the code behind.
    let mut bound = Zeroizing::new(String::with_capacity(text.len() + line.len()));
    bound.push_str(text);
    bound.push_str(line);
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::message;

    #[test]
    fn a_code_is_bound_once_and_in_the_last_line() {
        assert_eq!(*bound_text(&message("密码002569")), "密码002569\n@reset.example.gov.cn #002569");
        let bound = "密码002569\n@reset.example.gov.cn #002569";
        assert_eq!(*bound_text(&message(bound)), bound);
        let notice = SmsMessage { code: None, ..message("changed") };
        assert_eq!(*bound_text(&notice), "changed");
    }
}
