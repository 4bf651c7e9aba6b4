//! Files of others, and notes on what the whole cannot do.

use super::*;

const HTTP: &str = "[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"http\"\nurl = \"https://a.example\"\n\
                    body = '[\"{to}\",\"{text}\"]'\nsuccess = { status = [200], pattern = \"^0,\" }\n";

fn loaded(sources: MemorySources, text: &str) -> Result<Loaded<Settings>, Report> {
    let base = MINIMAL_TEXT.split_once("[sms]").unwrap().0;
    let sources = sources
        .file("base.toml", base)
        .file("a.toml", text)
        .file("secrets/pepper", "pepper-0123456789-0123456789-0123456789")
        .file("secrets/audit", "audit-0123456789-0123456789-0123456789");
    Settings::load(&sources.inputs(&["base.toml", "a.toml"], &[]), &sources, Mode::Serve)
}

fn refused(text: &str) -> String {
    let sources = MemorySources::default().file("no.pem", "not it").file("/bin/text", "just text");
    loaded(sources, text).unwrap_err().render(false)
}

const LDAP: &str = "[account]\nkind = \"ldap\"\nmax_age_choices = [\"never\"]\n[account.ldap]\nurls = [\"ldaps://a.example\"]\nbind_dn = \"cn=a\"\n\
                    bind_password = \"b\"\nbase = \"dc=a\"\nca_file = \"gone.pem\"\n";
const HOOKS: &str = "[account]\nhooks = [\"a\", \"b\"]\n[account.hook.a]\nkind = \"command\"\ncommand = [\"/bin/gone\"]\n\
                     ends_sessions = true\n[account.hook.b]\nkind = \"command\"\ncommand = [\"/bin/text\"]\nends_sessions = true\n";

/// case 97
#[test]
fn files_that_are_not_there_are_told_with_their_keys() {
    let text = format!("{HTTP}ca_file = \"gone.pem\"\nheader_files = {{ \"x-key\" = \"gone.key\" }}\n{LDAP}");
    let text = refused(&text);
    for part in [
        "error[C022]: sms.provider.main.ca_file: cannot read gone.pem",
        "error[C022]: sms.provider.main.header_files: cannot read gone.key",
        "error[C022]: account.ldap.ca_file: cannot read gone.pem",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(text.matches("error[").count(), 3, "{text}");
    let hooks = refused(&format!("{HTTP}ca_file = \"no.pem\"\n{HOOKS}"));
    for part in [
        "sms.provider.main.ca_file: no.pem is not PEM",
        "account.hook.a.command: cannot find /bin/gone",
        "account.hook.b.command: /bin/text is no program",
    ] {
        assert!(hooks.contains(part), "{part}\n{hooks}");
    }
}

#[test]
fn files_that_are_there_and_those_of_a_store_that_is_not_in_use_are_no_problem() {
    let sources = MemorySources::default()
        .file("gone.pem", "-----BEGIN CERTIFICATE-----\n")
        .file("/bin/gone", "#!/bin/sh\n")
        .file("/bin/text", "#!/bin/sh\n");
    let unused = LDAP[LDAP.find("[account.ldap]").unwrap()..].replace("gone.pem", "nowhere.pem");
    let loaded = loaded(sources, &format!("{HTTP}ca_file = \"gone.pem\"\n{HOOKS}{unused}"));
    assert!(loaded.is_ok(), "{}", loaded.unwrap_err().render(false));
}

#[cfg(feature = "aliyun")]
#[test]
fn that_nobody_could_be_told_of_an_end_is_a_note() {
    const CLOUD: &str = "[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"aliyun\"\nkey_id = \"k\"\n\
                         key_secret = \"12345678\"\nsign_name = \"n\"\ntemplate.code = { zh-CN = \"SMS_1\" }\n";
    let notes = |text: &str| loaded(MemorySources::default(), text).unwrap().notes.render(false);
    assert!(notes(CLOUD).contains("note[C090]: sms.providers: none of these carries notices"), "{}", notes(CLOUD));
    assert_eq!(notes(&format!("{CLOUD}[account]\nmax_age_choices = [\"never\"]\n")), "");
    let second = format!("{CLOUD}{}", HTTP.split_once("[sms.provider.main]").unwrap().1);
    let second = second
        .replace("[\"main\"]", "[\"main\", \"b\"]")
        .replace("\nkind = \"http\"", "[sms.provider.b]\nkind = \"http\"");
    assert_eq!(notes(&second), "");
    let code_alone = second.replace("{text}", "{code}");
    assert!(notes(&code_alone).contains("sms.providers: none of these"), "{}", notes(&code_alone));
}

/// Many gateways answer 200 to what they refuse.
#[test]
fn a_success_that_reads_no_body_is_a_note() {
    let notes = |rule: &str| {
        let text = HTTP.replace("success = { status = [200], pattern = \"^0,\" }", &format!("success = {rule}"));
        loaded(MemorySources::default(), &text).unwrap().notes.render(false)
    };
    let bare = notes("{ status = [200] }");
    assert!(
        bare.contains("note[C090]: sms.provider.main.success: reads no body") && bare.contains("pattern = \"^0,\""),
        "{bare}"
    );
    assert!(notes("{ status = [202, 200] }").contains("reads no body"));
    for fine in [
        "{ status = [202] }",
        "{ status = [200], pointer = \"/code\", equals = 0 }",
        "{ status = [200], pattern = \"^OK\" }",
    ] {
        assert_eq!(notes(fine), "", "{fine}");
    }
}

/// As an editor of another system saves them.
#[test]
fn a_header_from_a_file_that_ends_with_a_blank_is_a_note() {
    let notes = |value: &str| {
        let sources = MemorySources::default().file("the.key", value);
        loaded(sources, &format!("{HTTP}header_files = {{ \"x-key\" = \"the.key\" }}\n")).unwrap().notes.render(false)
    };
    assert_eq!(notes("\u{feff}s3cr3t\r\n\r\n"), "");
    let note = notes("s3cr3t \r\n");
    assert!(
        note.contains("note[C090]: sms.provider.main.header_files: the.key begins or ends with something blank"),
        "{note}"
    );
    assert!(!note.contains("s3cr3t"));
}
