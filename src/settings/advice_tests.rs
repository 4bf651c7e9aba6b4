//! What messages propose is what the same check takes.

use super::problem::how_to_write;
use super::*;

/// The texts in quotes that follow "write" or "like".
fn proposed(message: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["write ", "like "] {
        for after in message.split(word).skip(1) {
            let sentence = after.split([';', '\n']).next().unwrap_or_default();
            found.extend(sentence.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

fn refusals(key: &str, value: &str) -> Vec<String> {
    let sources = MemorySources::default();
    let text = match Settings::load(&sources.inputs(&[], &[&format!("{key}={value}")]), &sources, Mode::Serve) {
        Ok(loaded) => loaded.notes.render(false),
        Err(report) => report.render(false),
    };
    text.lines().filter(|line| line.starts_with("error[") && line.contains(key)).map(str::to_owned).collect()
}

#[test]
fn what_a_refusal_proposes_is_not_refused() {
    let mut tried = 0;
    for (key, bad) in [
        ("server.public_url", "mail.example"),
        ("server.public_url", "ftp://a.example"),
        ("server.public_url", "https://a@b.example"),
        ("server.listen", "localhost:80"),
        ("server.trusted_proxies", "all"),
        ("server.cors_origins", "portal.example"),
        ("server.return_to_allow", "portal"),
        ("page.mail_domain", "no domain"),
        ("page.login_url", "mail"),
        ("help.url", "intranet"),
        ("text.default_locale", "fr"),
        ("log.level", "info,a=loud"),
        ("limits.account", "often"),
        ("code.ttl", "300"),
        ("server.max_body", "2MB"),
    ] {
        let refused = refusals(key, bad);
        assert!(!refused.is_empty(), "{key} = {bad}");
        for proposal in refused.iter().flat_map(|line| proposed(line)) {
            assert_eq!(refusals(key, &proposal), [""; 0], "{key}: `{proposal}` is proposed and refused");
            tried += 1;
        }
    }
    assert!(tried >= 10, "{tried} proposals were found");
}

/// An empty secret is what is refused, so it is not shown as what to write.
#[test]
fn the_line_of_a_secret_names_a_file_and_no_empty_value() {
    for key in known().keys().iter().filter(|key| key.has_file_form()) {
        let names: Vec<_> = key.pattern().iter().map(|name| if name == "*" { "main" } else { name }).collect();
        let path = KeyPath::new(names);
        for path in [path.clone(), path.file_form()] {
            for kind in key.kinds().map(Some).chain([None]) {
                let help = how_to_write(&path, kind);
                assert!(!help.contains(" = \"\""), "{path}: {help}");
            }
        }
    }
}

/// Where it says so in the reference file, a value that follows from another one follows it.
#[test]
fn names_in_messages_and_domains_in_hints_follow_what_was_written() {
    let loaded = |sets: &[&str]| {
        let sources = MemorySources::default();
        load(&sources.inputs(&[], sets), &sources, |_: &Settings, _| Vec::new()).unwrap().settings
    };
    let text = |settings: &Settings, tag: &str| settings.sms.text.code[tag].clone();
    let usual = loaded(&[]);
    assert_eq!(
        text(&usual, "zh-CN"),
        "【市政邮箱】动态密码{code}，{minutes}分钟内有效，用于重置邮箱密码，勿告诉他人。"
    );
    assert_eq!(text(&usual, "en"), "{code} is your City Mail reset code, good for {minutes} min. Tell nobody.");
    assert_eq!(usual.text.example_address, "zhangsan@example.gov.cn");
    let own = loaded(&["page.name.zh-CN=海州邮箱", "page.mail_domain=haizhou.gov.cn"]);
    assert!(text(&own, "zh-CN").starts_with("【海州邮箱】动态密码"));
    assert!(
        own.sms.text.notice["zh-CN"].starts_with("【海州邮箱】")
            && own.sms.text.expiry["zh-CN"].starts_with("【海州邮箱】")
    );
    assert_eq!(own.text.example_address, "zhangsan@haizhou.gov.cn");
    let written = loaded(&[
        "page.mail_domain=haizhou.gov.cn",
        "text.example_address=li@b.cn",
        "sms.text.code.zh-CN=【{name}】{code}",
    ]);
    assert_eq!(
        (written.text.example_address.as_str(), text(&written, "zh-CN").as_str()),
        ("li@b.cn", "【市政邮箱】{code}")
    );
}
