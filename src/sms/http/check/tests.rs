use crate::sms::samples::gateway;

fn keys(more: &str) -> Vec<String> {
    gateway(more).check().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn a_right_gateway_has_no_problem() {
    assert_eq!(gateway("").check(), []);
    assert_eq!(keys("throttled = { status = [429, 503] }\nmessage_id = \"\"\nca_file = \"\""), [""; 0]);
    assert_eq!(keys("throttled = { status = [200], pointer = \"/code\", equals = 5 }"), [""; 0]);
    assert_eq!(keys("throttled = { status = [200], pattern = \"busy\" }"), [""; 0]);
}

#[test]
fn rules_that_cannot_match_or_match_too_much_are_named() {
    for (more, key) in [
        ("success = { status = [] }", "success.status"),
        ("success = { status = [302] }", "success.status"),
        ("success = { status = [400] }", "success.status"),
        ("success = { status = [200], pointer = \"/code\" }", "success.equals"),
        ("success = { status = [200], equals = 0 }", "success.pointer"),
        ("success = { status = [200], pointer = \"code\", equals = 0 }", "success.pointer"),
        ("success = { status = [200], pointer = \"/a~2\", equals = 0 }", "success.pointer"),
        ("success = { status = [200], pointer = \"/a\", equals = [0] }", "success.equals"),
        ("success = { status = [200], pattern = \"(\" }", "success.pattern"),
        ("success = { status = [200], pointer = \"/a\", equals = 0, pattern = \"0\" }", "success.pattern"),
        ("throttled = { status = [200] }", "throttled.status"),
        ("throttled = { status = [600] }", "throttled.status"),
        ("number_limited = { status = [200] }", "number_limited.status"),
        ("message_id = \"id\"", "message_id"),
        ("ca_file = \"/etc/ca.pem\"\nurl = \"http://localhost:9/\"", "ca_file"),
    ] {
        assert!(keys(more).iter().any(|own| own == key), "{more}: {:?}", keys(more));
    }
}

/// T24: there is no switch to turn the verification of certificates off, under any name.
#[test]
fn certificates_are_verified_and_no_key_says_otherwise() {
    for key in ["insecure", "verify", "tls_verify", "danger_accept_invalid_certs"] {
        let text = format!("url = \"https://x/\"\nsuccess = {{ status = [200] }}\n{key} = true");
        assert!(toml::from_str::<crate::sms::HttpSettings>(&text).unwrap_err().to_string().contains("unknown field"));
    }
}

/// case 99: addresses and bodies hold keys of accounts as often as headers do.
#[test]
fn debug_output_shows_no_address_no_body_and_no_header() {
    let settings = gateway(
        "url = \"https://sms.example.org/?key=s3cr3t\"\nbody = '[\"s3cr3t\",\"{to}\",\"{text}\"]'\nheaders = { k = \"s3cr3t\" }",
    );
    assert!(!format!("{settings:?}").contains("s3cr3t"));
}
