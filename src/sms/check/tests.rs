use crate::sms::samples::settings;

const CONSOLE: &str = "providers = [\"dev\"]\n[provider.dev]\nkind = \"console\"\n";

fn keys(more: &str) -> Vec<String> {
    settings(more).check().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn the_defaults_with_a_provider_have_no_problem() {
    assert_eq!(settings(CONSOLE).check(), []);
    assert_eq!(settings(CONSOLE).check_texts("mail.example.gov.cn", "zh-CN"), []);
}

#[test]
fn providers_must_be_named_exist_be_used_and_stand_there_once() {
    assert_eq!(keys(""), ["providers"]);
    assert_eq!(keys("providers = [\"a\"]"), ["providers"]);
    assert_eq!(keys("[provider.spare]\nkind = \"console\""), ["providers", "provider.spare"]);
    assert_eq!(keys(&CONSOLE.replace("[\"dev\"]", "[\"dev\", \"dev\"]")), ["providers"]);
}

#[test]
fn an_unknown_kind_and_an_unknown_member_of_a_provider_are_refused() {
    let read = |text: &str| toml::from_str::<crate::sms::ProviderSettings>(text).unwrap_err().to_string();
    assert!(read("kind = \"pigeon\"").contains("expected one of `http`, "));
    assert!(read("kind = \"console\"\ncolour = 1").contains("unknown field `colour`"));
    assert!(read("kind = \"http\"\nurll = \"https://x/\"").contains("unknown field `urll`"));
}

#[test]
fn quantities_out_of_range_are_named() {
    let more = format!(
        "timeout = \"90s\"\nconnect_timeout = \"2m\"\nqueue = 0\nworkers = 1000\n\
         breaker = {{ failures = 0, window = \"1ms\", open_for = \"2h\" }}\n{CONSOLE}"
    );
    let expected =
        ["queue", "workers", "timeout", "connect_timeout", "breaker.failures", "breaker.window", "breaker.open_for"];
    assert_eq!(keys(&more), expected);
}

#[test]
fn problems_of_a_provider_carry_its_name() {
    let more = "providers = [\"a\"]\n[provider.a]\nkind = \"http\"\nurl = \"ftp://x/\"\nbody = '{\"to\":\"{to}\",\"t\":\"{text}\"}'\n\
                success = { status = [200] }";
    assert_eq!(keys(more), ["provider.a.url"]);
}

/// A longer code would fail with every message instead of at start.
#[cfg(feature = "tencent")]
#[test]
fn a_code_that_is_too_long_for_a_provider_is_named() {
    let more = "providers = [\"a\"]\n[provider.a]\nkind = \"tencent\"\nkey_id = \"AKID\"\nkey_secret = \"s3cr3t\"\n\
                app_id = \"1400000000\"\nsign_name = \"市政邮箱\"\ntemplate.code = { zh-CN = \"1234567\" }";
    assert_eq!(settings(more).check(), []);
    assert_eq!(settings(more).check_code(6), []);
    assert_eq!(settings(more).check_code(7)[0].0, "provider.a.kind");
}

/// A kind that this binary was built without is no unknown word: the feature that brings it is named.
#[cfg(not(feature = "tencent"))]
#[test]
fn a_kind_that_was_left_out_is_refused_by_the_name_of_its_feature() {
    let settings = settings("providers = [\"a\"]\n[provider.a]\nkind = \"tencent\"\nkey_id = \"AKID\"");
    let [(key, problem)] = &settings.check()[..] else { panic!() };
    assert!(key == "provider.a.kind" && problem.contains("the feature `tencent`"), "{key} {problem}");
}

#[test]
fn texts_without_a_code_with_an_unknown_name_or_with_control_characters_are_refused() {
    assert_eq!(keys(&format!("text.code.en = \"hello\"\n{CONSOLE}")), ["text.code.en"]);
    assert_eq!(keys(&format!("text.code.en = \"{{code}} {{name}}\"\n{CONSOLE}")), ["text.code.en"]);
    assert_eq!(keys(&format!("text.code.en = \"{{code}}\\u0007\"\n{CONSOLE}")), ["text.code.en"]);
    assert_eq!(keys(&format!("text.code.\"e n\" = \"{{code}}\"\n{CONSOLE}")), ["text.code.e n"]);
    assert_eq!(keys(&format!("text.code.en = \"{{code}}\\n@example.org\"\n{CONSOLE}")), [""; 0]);
}

/// A notice tells that something happened; a code in it would be a code sent to nobody's request.
#[test]
fn a_notice_may_not_hold_a_code() {
    assert_eq!(keys(&format!("text.notice.en = \"changed {{code}}\"\n{CONSOLE}")), ["text.notice.en"]);
}

/// case 95: a text that would cost two messages is refused at start, and the error says so.
#[test]
fn a_text_that_would_cost_two_messages_says_its_units_and_parts() {
    let more = format!("text.code.en = \"{{code}}{}\"\n{CONSOLE}", "字".repeat(61));
    let problems = settings(&more).check();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].1.contains("71 UCS-2 units") && problems[0].1.contains("2 messages"), "{}", problems[0].1);
    assert_eq!(keys(&more.replacen('字', "", 1)), [""; 0]);
}

/// case 95: the domain counts with its real length.
#[test]
fn a_text_with_the_domain_is_measured_with_the_domain() {
    let settings = settings(&format!("text.code.en = \"{{code}} {{domain}}\"\n{CONSOLE}"));
    assert_eq!(settings.check(), []);
    assert_eq!(settings.check_texts(&"d".repeat(59), "en"), []);
    assert_eq!(settings.check_texts(&"d".repeat(60), "en")[0].0, "text.code.en");
}

#[test]
fn the_default_language_must_have_its_texts() {
    let problems = settings(CONSOLE).check_texts("example.org", "fr");
    assert_eq!(
        problems.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
        ["text.code.fr", "text.notice.fr", "text.expiry.fr"]
    );
}

/// Codes are bound by one provider or another, so every code text must have room for the line.
#[cfg(feature = "smpp")]
#[test]
fn the_line_that_a_provider_adds_to_codes_is_counted() {
    let smsc = "providers = [\"main\"]\n[provider.main]\nkind = \"smpp\"\nhost = \"smsc.example.org\"\nport = 3550\n\
                system_id = \"a\"\npassword = \"b\"\n";
    let problems = |text: &str, more: &str| {
        let texts = format!("text.code.zh-CN = \"{{code}}\"\ntext.code.en = \"{text}\"\n");
        settings(&format!("{texts}{smsc}{more}")).check_texts("r.example.org", "zh-CN")
    };
    // 13 of the domain, 10 of the code, and four signs around them.
    let text = format!("{{code}}{}", "a".repeat(70 - 10 - 27));
    assert_eq!(problems(&text, "otp_line = true"), []);
    let one_more = format!("{text}a");
    assert_eq!(problems(&one_more, ""), []);
    let (key, problem) = problems(&one_more, "otp_line = true").remove(0);
    assert_eq!(key, "text.code.en");
    assert!(problem.contains("71 UCS-2 units with the longest values and the line of otp_line"), "{problem}");
    // A text that has the line already gets no second one.
    let bound = format!("{text}\\n@{{domain}} #{{code}}");
    assert_eq!(problems(&bound, "otp_line = true"), []);
}

/// A gateway that adds its signature refuses a second one.
#[test]
fn a_doubled_signature_is_refused_and_every_text_is_measured() {
    let doubled = settings(&format!("text.code.en = \"【City】【Mail】 {{code}}\"\n{CONSOLE}"));
    assert!(doubled.check().iter().any(|(key, problem)| key == "text.code.en" && problem.contains("【】 twice")));
    let lengths = settings(CONSOLE).text_lengths("mail.example.gov.cn");
    assert_eq!(lengths.len(), 6);
    assert!(lengths.iter().all(|(_, units, parts)| *units <= 70 && *parts == 1), "{lengths:?}");
}
