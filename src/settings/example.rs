//! Where the reference file explains a key: the command that shows that part of it.

use super::key::KeyPath;
use super::known::{DEFAULT_TEXT, known, shown_section};

/// The command that shows the section of a key; of several tables of one name, that of this kind.
#[must_use]
pub fn example_of(key: &KeyPath, kind: Option<&str>) -> String {
    let mut section = key.parent();
    while section != KeyPath::root() {
        if let Some(command) = known().section(&section).and_then(|pattern| command(&shown_section(pattern), kind)) {
            return command;
        }
        section = section.parent();
    }
    "resetgate config example | grep '^\\['".to_owned()
}

/// For a section that has a header of its own.
fn command(header: &str, kind: Option<&str>) -> Option<String> {
    let tables = tables(header);
    let pattern = header.replace('[', "\\[").replace(']', "\\]");
    let line = kind.map(|kind| format!("kind = \"{kind}\""));
    let own = line.and_then(|line| {
        let rest = tables
            .iter()
            .find_map(|(_, rest)| rest.iter().position(|own| own.ends_with(&line)).map(|at| &rest[at..]))?;
        Some(format!("sed -n '/^# {pattern}/,$p' | grep -m1 -A{} '{line}'", rest.len() - 1))
    });
    let filter = own.or_else(|| {
        let (first, rest) = tables.first()?;
        let start = if first.starts_with('#') { "# " } else { "" };
        // Of several, each with its kind.
        let after = if tables.len() > 1 { 1 } else { rest.len() };
        Some(format!("grep -A{after} '^{start}{pattern}'"))
    })?;
    Some(format!("resetgate config example | {filter}"))
}

/// Every table with this header, and the lines below it.
fn tables(header: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_inside = false;
    for line in DEFAULT_TEXT.lines() {
        let bare = line.trim_start_matches("# ");
        if bare.starts_with(header) {
            found.push((line, Vec::new()));
            is_inside = true;
        } else if bare.is_empty() || bare == "#" || bare.starts_with('[') {
            is_inside = false;
        } else if let Some((_, lines)) = found.last_mut().filter(|_| is_inside) {
            lines.push(line);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    /// What the command shows, of the text that is built in.
    fn shown(key: &str, kind: Option<&str>) -> String {
        let command = example_of(&KeyPath::dotted(key), kind).replace("resetgate config example", "cat");
        let mut shell =
            Command::new("sh").args(["-c", &command]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = shell.stdin.take().unwrap();
        // `grep -m1` may leave before it has read everything.
        let writer = std::thread::spawn(move || drop(input.write_all(DEFAULT_TEXT.as_bytes())));
        let output = shell.wait_with_output().unwrap();
        writer.join().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn the_command_shows_the_part_that_explains_the_key_and_nothing_else() {
        for (key, kind, first, last) in [
            ("server.listn", None, "[server]", "shutdown_grace"),
            ("account.ldap.attributes.mial", None, "[account.ldap.attributes]", "password_changed"),
            ("sms.breaker.failurs", None, "[sms]", "breaker"),
            ("sms.route.hk.contry", None, "# [sms.route.NAME]", "# providers"),
            ("sms.provider.main.sid", Some("twilio"), "# kind = \"twilio\"", "# endpoint = \"https://api.twilio"),
            ("sms.provider.main.ulr", Some("http"), "# kind = \"http\"", "# ca_file"),
            ("account.hook.a.ulr", Some("http"), "# kind = \"http\"", "# ends_sessions"),
            ("account.hook.a.ulr", Some("command"), "# kind = \"command\"", "# ends_sessions"),
        ] {
            let shown = shown(key, kind);
            assert!(shown.starts_with(first), "{key}: {shown}");
            assert!(shown.lines().last().is_some_and(|line| line.starts_with(last)), "{key}: {shown}");
        }
        assert!(shown("sms.provider.main.ulr", Some("http")).contains("https://sms.example.gov.cn/send"));
        let kinds = shown("sms.provider.main.x", None);
        assert!(kinds.contains("\"cmpp\"") && kinds.contains("\"console\"") && !kinds.contains("endpoint"), "{kinds}");
        assert!(shown("nowhere.x", None).contains("[account.sqlite]"));
    }
}
