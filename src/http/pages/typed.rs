//! What people type, brought into the form that the domain reads. Only what cannot change its meaning is changed.

use std::borrow::Cow;

/// A typed mail address: white space around it is dropped, full-width signs that input methods leave become ASCII, and
/// `mail_domain` is added to a bare name. No mailbox has full-width signs, so no two accounts are mixed up.
#[must_use]
pub fn address(typed: &str, mail_domain: &str) -> String {
    let mut address: String = typed.trim().chars().map(half_width).collect();
    if !address.is_empty() && !address.contains('@') && !mail_domain.is_empty() {
        address.push('@');
        address.push_str(mail_domain);
    }
    address
}

fn half_width(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(sign),
        '。' => '.',
        _ => sign,
    }
}

/// A typed code: when somebody pasted the whole message, the one run of `digits` digits in it.
#[must_use]
pub fn code(typed: &str, digits: usize) -> Cow<'_, str> {
    let is_digit = |sign: char| sign.is_ascii_digit() || ('０'..='９').contains(&sign);
    if !typed.chars().any(char::is_alphabetic) {
        return Cow::Borrowed(typed);
    }
    let mut runs = typed.split(|sign| !is_digit(sign)).filter(|run| run.chars().count() == digits);
    match (runs.next(), runs.next()) {
        (Some(run), None) => Cow::Borrowed(run),
        _ => Cow::Borrowed(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_what_input_methods_add_and_gains_the_one_domain() {
        assert_eq!(address("  zhangsan＠example。gov.cn ", ""), "zhangsan@example.gov.cn");
        assert_eq!(address("ＺＨＡＮＧ", "example.gov.cn"), "ZHANG@example.gov.cn");
        assert_eq!(address("zhang@other.cn", "example.gov.cn"), "zhang@other.cn");
        assert_eq!(address(" ", "example.gov.cn"), "");
        assert_eq!(address("zhang", ""), "zhang");
        // Letters that only look alike stay what they are, and are refused later.
        assert_eq!(address("mıke@example.org", ""), "mıke@example.org");
    }

    #[test]
    fn a_pasted_message_gives_its_code_and_two_numbers_give_none() {
        assert_eq!(code("动态密码123456，5分钟内有效", 6), "123456");
        assert_eq!(code("code １２３４５６ ok", 6), "１２３４５６");
        assert_eq!(code("12 34 56", 6), "12 34 56");
        assert_eq!(code("用123456或654321", 6), "用123456或654321");
        assert_eq!(code("abc", 6), "abc");
    }
}
