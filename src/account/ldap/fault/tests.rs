use ldap3::controls::{Control, RawControl};

use super::*;

fn refused(rc: u32, text: &str, policy: Option<u8>, doing: Doing) -> AccountError {
    let control = |error: u8| {
        Control(
            None,
            RawControl { ctype: PASSWORD_POLICY.to_owned(), crit: false, val: Some(vec![0x30, 3, 0x81, 1, error]) },
        )
    };
    let ctrls = policy.map(control).into_iter().collect();
    let result = LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: Vec::new(), ctrls };
    Fault::unless_good(result).unwrap_err().into_error(doing)
}

/// case 79: a directory's own no costs no code, and says why.
#[test]
fn a_refused_password_is_told_in_the_servers_words_or_the_policys() {
    let told = |text: &str, policy| match refused(19, text, policy, Doing::WritingPassword) {
        AccountError::PasswordRefused { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(told("Password fails quality checking policy", Some(6)), "Password fails quality checking policy");
    assert_eq!(
        (told("", Some(6)), told("", Some(8)), told("", None)),
        ("too short".into(), "used before".into(), "against its rules".into())
    );
    assert_eq!(told(&format!("a\n\u{1b}[31m{}", "x".repeat(999)), None).chars().count(), 200);
    assert!(!told("a\r\nb\u{1b}", None).contains(char::is_control));
}

#[test]
fn each_code_means_one_thing_and_says_what_to_do() {
    let unavailable = |rc, policy, doing| match refused(rc, "words", policy, doing) {
        AccountError::Unavailable { reason } => reason,
        other => panic!("{rc}: {other:?}"),
    };
    let writing = Doing::WritingPassword;
    assert!(unavailable(50, None, writing).contains("let account.ldap.bind_dn write passwords"));
    assert!(unavailable(50, None, Doing::WritingPhone).contains("attributes of a phone"));
    assert!(unavailable(50, None, Doing::Reading).contains("read the accounts"));
    assert!(unavailable(10, None, writing).contains("read-only copy"));
    assert!(unavailable(49, None, Doing::Reading).contains("bind_password"));
    assert!(unavailable(32, None, Doing::Reading).contains("account.ldap.base"));
    assert!(unavailable(34, None, Doing::Reading).contains("account.ldap.base"));
    assert!(unavailable(50, Some(4), writing).contains("pwdSafeModify"));
    assert!(unavailable(19, Some(7), writing).contains("lets nobody change"));
    assert!(unavailable(19, None, Doing::WritingPhone).contains("constraintViolation (19): words"));
    for rc in [51, 52, 53, 65, 999] {
        assert!(unavailable(rc, None, writing).contains(&rc.to_string()), "{rc}");
    }
    assert_eq!(refused(32, "", None, writing), AccountError::NoSuchAccount);
    assert!(matches!(refused(80, "", None, writing), AccountError::Unknown { .. }));
}

/// case 79: only what was sent and not answered may have been written.
#[test]
fn silence_is_unknown_for_a_write_and_an_outage_for_a_read() {
    let silent = || Fault::Silent("no answer".to_owned());
    assert!(matches!(silent().into_error(Doing::WritingPassword), AccountError::Unknown { .. }));
    assert!(matches!(silent().into_error(Doing::WritingPhone), AccountError::Unknown { .. }));
    assert!(matches!(silent().into_error(Doing::Reading), AccountError::Unavailable { .. }));
    let unsent = Fault::Unsent("no connection".to_owned());
    assert!(matches!(unsent.into_error(Doing::WritingPassword), AccountError::Unavailable { .. }));
}

/// case 77, case 99: a server that repeats the password does not get it into a log.
#[test]
fn words_that_repeat_the_password_are_left_out() {
    // The second one would be cut within the password.
    for before in [String::new(), "x".repeat(190)] {
        let text = format!("{before}`Tiantian-2026x` is on a list");
        let result = LdapResult { rc: 53, matched: String::new(), text, refs: Vec::new(), ctrls: Vec::new() };
        let fault = Fault::unless_good(result).unwrap_err().without("Tiantian-2026x");
        let error = fault.into_error(Doing::WritingPassword).to_string();
        assert!(!error.contains("Tian"), "{error}");
    }
}
