//! Secrets: read from files, given once, never shown.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const PEPPER: &str = "q3v8Zk1mT0yWc5uR7hXs2eBn4dGj6fLp";

fn loaded(sources: &MemorySources, inputs: &Inputs) -> Result<Loaded<Settings>, Report> {
    load(inputs, sources, |settings: &Settings, _| under("code", settings.code.check()))
}

fn pepper(sources: &MemorySources, inputs: &Inputs) -> String {
    loaded(sources, inputs).unwrap().settings.code.pepper.expose_secret().to_owned()
}

fn refused(sources: &MemorySources, inputs: &Inputs) -> String {
    loaded(sources, inputs).unwrap_err().render(false)
}

/// As shells, editors and other systems write them.
#[test]
fn a_secret_is_read_from_a_file_without_a_byte_order_mark_and_without_line_ends() {
    for (mark, end) in
        [("", ""), ("", "\n"), ("", "\r\n"), ("", "\n\n"), ("\u{feff}", "\r\n"), ("\u{feff}", "\r\n\r\n")]
    {
        let sources = MemorySources::default()
            .file("/run/pepper", &format!("{mark}{PEPPER}{end}"))
            .file("a.toml", "[code]\npepper_file = \"/run/pepper\"\n");
        let loaded = loaded(&sources, &sources.inputs(&["a.toml"], &[])).unwrap();
        assert_eq!(loaded.settings.code.pepper.expose_secret(), PEPPER);
        assert_eq!(loaded.notes.notes(), 0);
    }
    let two_lines = MemorySources::default().file("/run/pepper", &format!("{PEPPER}\n{PEPPER}\n"));
    assert_eq!(
        pepper(&two_lines, &two_lines.inputs(&[], &["code.pepper_file=/run/pepper"])),
        format!("{PEPPER}\n{PEPPER}")
    );
}

/// A file of variables with the line ends of another system gives every variable one.
#[test]
fn a_secret_in_a_variable_loses_its_line_end_too() {
    let sources = MemorySources::default().variable("RESETGATE__CODE__PEPPER", &format!("{PEPPER}\r"));
    assert_eq!(pepper(&sources, &sources.inputs(&[], &[])), PEPPER);
    let sources = MemorySources::default().variable("RESETGATE__CODE__LENGTH", "8\r");
    assert_eq!(loaded(&sources, &sources.inputs(&[], &[])).unwrap().settings.code.length, 8);
}

#[test]
fn a_blank_at_the_edge_of_a_secret_is_kept_and_noticed() {
    let sources = MemorySources::default().file("/run/pepper", &format!("{PEPPER} \n"));
    let told = loaded(&sources, &sources.inputs(&[], &["code.pepper_file=/run/pepper"])).unwrap();
    assert_eq!(told.settings.code.pepper.expose_secret(), format!("{PEPPER} "));
    let note = told.notes.render(false);
    assert!(note.contains("note[C090]: code.pepper_file: /run/pepper begins or ends with something blank"), "{note}");
    let sources = MemorySources::default().variable("RESETGATE__CODE__PEPPER", &format!("\u{3000}{PEPPER}"));
    let note = loaded(&sources, &sources.inputs(&[], &[])).unwrap().notes.render(false);
    assert!(note.contains("RESETGATE__CODE__PEPPER: code.pepper begins or ends with something blank"), "{note}");
    assert!(!note.contains(PEPPER));
}

#[test]
fn a_variable_may_name_the_file_and_the_credentials_directory_is_filled_in() {
    for path in ["$CREDENTIALS_DIRECTORY/pepper", "${CREDENTIALS_DIRECTORY}/pepper"] {
        let sources = MemorySources::default()
            .file("/run/cred/pepper", PEPPER)
            .variable("CREDENTIALS_DIRECTORY", "/run/cred")
            .variable("RESETGATE__CODE__PEPPER_FILE", path);
        assert_eq!(pepper(&sources, &sources.inputs(&[], &[])), PEPPER, "{path}");
    }
    let sources = MemorySources::default();
    let text = refused(&sources, &sources.inputs(&[], &["code.pepper_file=$CREDENTIALS_DIRECTORY/pepper"]));
    assert!(text.contains("error[C021]") && text.contains("$CREDENTIALS_DIRECTORY is not set"), "{text}");
}

#[test]
fn an_unreadable_or_empty_file_is_named_with_the_reason() {
    let sources = MemorySources::default()
        .file("/run/empty", "\n")
        .file("a.toml", "[code]\npepper_file = \"/run/none\"\nprevious_pepper_file = \"/run/empty\"\n");
    let text = refused(&sources, &sources.inputs(&["a.toml"], &[]));
    for part in [
        "error[C021]: code.pepper_file: cannot read /run/none: No such file or directory",
        "--> a.toml:2:15",
        "code.previous_pepper_file: /run/empty is empty",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// A password of somebody else's that was made up here would look right until the first recovery.
#[test]
fn only_secrets_of_our_own_are_to_be_made_up() {
    let help = |table: &str, key: &str| {
        let text = format!("{table}\n{key} = \"secrets/none\"\n");
        let sources = MemorySources::default().file("a.toml", &text);
        refused(&sources, &sources.inputs(&["a.toml"], &[])).contains("secret new --out secrets/none")
    };
    for (table, key) in [("[code]", "pepper_file"), ("[audit]", "key_file"), ("[account.http]", "key_file")] {
        assert!(help(table, key), "{table} {key}");
    }
    for (table, key) in [("[account.ldap]", "bind_password_file"), ("[account.sql]", "password_file")] {
        assert!(!help(table, key), "{table} {key}");
    }
}

/// case 97: a secret both inline and in a file is refused, in whatever layers, and both places are named.
#[test]
fn a_secret_given_twice_is_refused_with_both_places() {
    let sources = MemorySources::default()
        .file("/run/pepper", PEPPER)
        .file("a.toml", &format!("[code]\npepper = \"{PEPPER}\"\n"))
        .variable("RESETGATE__CODE__PEPPER_FILE", "/run/pepper");
    let text = refused(&sources, &sources.inputs(&["a.toml"], &[]));
    for part in [
        "error[C020]: code.pepper is given twice",
        "pepper at a.toml:2:1",
        "pepper_file at environment variable RESETGATE__CODE__PEPPER_FILE",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains(PEPPER), "{text}");
}

#[test]
fn an_empty_inline_secret_is_none_and_the_later_file_wins() {
    let sources = MemorySources::default()
        .file("/run/old", "o")
        .file("/run/new", PEPPER)
        .file("a.toml", "[code]\npepper = \"\"\npepper_file = \"/run/old\"\nprevious_pepper_file = \"\"\n")
        .file("b.toml", "code.pepper_file = \"/run/new\"\n");
    assert_eq!(pepper(&sources, &sources.inputs(&["a.toml", "b.toml"], &[])), PEPPER);
}

/// case 99: every way to get a secret wrong that we could think of, and not one shows it.
#[test]
fn no_mistake_around_a_secret_shows_it() {
    for wrong in [
        "[code]\npepper = \"SECRET\"\nlenght = 6\n",
        "[code]\npeper = \"SECRET\"\n",
        "[code]\npepper = SECRET\n",
        "[code]\npepper = \"SECRET\n",
        "[code]\npepper \"SECRET\"\n",
        "[code]\npepper = \"\"\"\nSECRET\n\"\"\"\nlength = \"x\"\n",
        "[code]\npepper = \"\"\"\nSECRET\n",
        "[code]\npepper = [\"SECRET\"]\n",
        "[code]\npepper = { value = \"SECRET\" }\n",
        "[code]\npepper = \"SECRET\"\npepper = \"SECRET\"\n",
        "[code.pepper]\nvalue = \"SECRET\"\n",
        "code = { pepper = \"SECRET\", lenght = 6 }\n",
        "code = { pepper = \"SECRET\", lenght = = 6 }\n",
        "code = \"SECRET\"\n",
        "pepper = \"SECRET\"\n",
        "[sms.provider.main]\nkind = \"http\"\nheaders = { \"x-api-key\" = \"SECRET\" }\nurrl = \"\"\n",
        "[sms.provider.main]\napi_key = \"SECRET\"\n",
        "[sms.provider.main.headers]\n\"x-api-key\" = \"SECRET\"\nx = \n",
        "[sms.provider.main]\nheaders = \"SECRET\"\n",
        "[audit]\nkey = 'SECRET' path = 1\n",
        "[sms.provider.main]\nurl = \"https://a.example/?k=SECRET\"\nbodi = 1\n",
        "[sms.provider.main]\nbody = '{\"k\":\"SECRET\"}' x\n",
        "[sms.provider.main]\nurl = \"https://a.example/?k=SECRET\n",
    ] {
        let sources = MemorySources::default().file("a.toml", &wrong.replace("SECRET", PEPPER));
        let report = loaded(&sources, &sources.inputs(&["a.toml"], &[])).err();
        let text = report.map(|report| format!("{report:?}{report}")).unwrap_or_default();
        assert!(!text.contains(PEPPER), "{wrong}\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// case 99: whatever stands around a secret, in a file, a variable or an argument, no message shows it.
    #[test]
    fn no_message_shows_a_secret_whatever_stands_around_it(
        before in "(\\[[a-z.]{0,8}\\]?|[a-z_]{0,8} ?=? ?[\"'0-9a-z{}\\[\\]]{0,9}|\\PC{0,12})\n",
        after in "\n(\\[[a-z.]{0,8}\\]?|[a-z_]{0,8} ?=? ?[\"'0-9a-z{}\\[\\]]{0,9}|\\PC{0,12})",
        form in prop::sample::select(vec!["[code]\npepper = \"S\"", "[code]\npepper='S' x", "code.pepper = \"S", "[code]\npepper = S", "[audit]\nkey=\"S\"", "sms.provider.a.headers={x=\"S\"}"]),
        secret in "[A-Za-z0-9_-]{24,40}",
    ) {
        let sources = MemorySources::default()
            .file("a.toml", &format!("{before}{}{after}", form.replace('S', &secret)))
            .variable("RESETGATE__AUDIT__KEY", &secret)
            .variable("RESETGATE__AUDIT__KEYS", &secret)
            .variable("RESETGATE__SMS__PROVIDER__A__HEADERS", &secret);
        let inputs = sources.inputs(&["a.toml"], &[&format!("code.pepper={secret}"), &format!("code.length={}", after.len()), &format!("a b={secret}")]);
        if let Err(report) = Settings::load(&inputs, &sources, Mode::Serve) {
            prop_assert!(!report.render(true).contains(&secret), "{}", report);
        }
    }
}
