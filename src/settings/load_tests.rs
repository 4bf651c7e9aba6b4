//! Layers, origins, and everything that is wrong at once.

use proptest::prelude::*;

use super::*;

fn loaded(sources: &MemorySources, inputs: &Inputs) -> Loaded<Settings> {
    load(inputs, sources, |_: &Settings, _| Vec::new()).unwrap()
}

fn origin(loaded: &Loaded<Settings>, key: &str) -> String {
    loaded.merged.get(&KeyPath::dotted(key)).unwrap().origin.to_string()
}

#[test]
fn later_layers_win_and_every_value_knows_where_it_came_from() {
    let sources = MemorySources::default()
        .file(
            "a.toml",
            "[server]\nlisten = \"127.0.0.1:1\"\nworkers = 1\nkeep_alive = \"1m\"\nrequest_timeout = \"9s\"\n",
        )
        .file("b.toml", "[server]\nkeep_alive = \"2m\"\nrequest_timeout = \"8s\"\nworkers = 2\n")
        .variable("RESETGATE__SERVER__REQUEST_TIMEOUT", "7s")
        .variable("RESETGATE__SERVER__WORKERS", "3");
    let loaded = loaded(&sources, &sources.inputs(&["a.toml", "b.toml"], &["server.workers=4"]));
    for (key, from) in [
        ("server.max_body", "default"),
        ("server.listen", "a.toml:2:1"),
        ("server.keep_alive", "b.toml:2:1"),
        ("server.request_timeout", "environment variable RESETGATE__SERVER__REQUEST_TIMEOUT"),
        ("server.workers", "--set server.workers"),
    ] {
        assert_eq!(origin(&loaded, key), from);
    }
    let server = &loaded.settings.server;
    assert_eq!((server.workers, server.request_timeout.as_secs(), server.keep_alive.as_secs()), (4, 7, 120));
    let counts: Vec<_> = loaded.layers.iter().map(|layer| (layer.name.as_str(), layer.keys)).collect();
    assert_eq!(counts, [("a.toml", 4), ("b.toml", 3), ("environment", 2), ("--set", 1)]);
}

#[test]
fn a_preset_lies_between_the_defaults_and_the_files() {
    let sources = MemorySources::default().file("a.toml", "help.name = \"b\"\n");
    let mut inputs = sources.inputs(&["a.toml"], &[]);
    inputs.presets.push(Preset { name: "dev".into(), text: "[help]\nname = \"a\"\nphone = \"1\"\n".into() });
    let help = loaded(&sources, &inputs).settings.help;
    assert_eq!((help.name.as_str(), help.phone.as_str()), ("b", "1"));
}

#[test]
fn a_new_language_is_laid_over_the_others_and_not_in_their_place() {
    let sources = MemorySources::default().file("a.toml", "[sms.text.code]\nfr = \"{code}\"\n");
    let loaded = loaded(&sources, &sources.inputs(&["a.toml"], &[]));
    let texts: Vec<_> = loaded
        .merged
        .iter()
        .map(|(path, _)| path.to_string())
        .filter(|path| path.starts_with("sms.text.code"))
        .collect();
    assert_eq!(texts, ["sms.text.code.en", "sms.text.code.fr", "sms.text.code.zh-CN"]);
}

/// case 97: whatever is wrong in files, variables and arguments is told in one go, each with its place.
#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let sources = MemorySources::default()
        .file("a.toml", "[server]\nlistn = \"x\"\nmax_body = \"16kb\"\nworkers = \"two\"\nkeep_alive = 75\n[code]\nttl = \"1h\"\n[limits]\nstart = 5\n")
        .file("b.toml", "[servr]\n[help\n")
        .variable("RESETGATE__LOG__ACCESS", "maybe");
    let inputs = sources.inputs(&["a.toml", "b.toml", "none.toml"], &["flow.max_refusals=0", "flow.x=1"]);
    let report = Settings::load(&inputs, &sources, Mode::Serve).unwrap_err();
    let text = report.render(false);
    for part in [
        "error[C012]: unknown key `listn`\n  --> a.toml:2:1",
        "error[C014]: server.max_body: `16kb` is not a size",
        "error[C013]: server.workers must be a whole number, 0 or more\n  --> a.toml:4:11",
        "error[C013]: server.keep_alive must be text in quotes",
        "error[C015]: code.ttl: 1h is too much; write 2m to 10m\n  --> a.toml:7:7\n 7 | ttl = \"1h\"\n   |       ^^^^\nhelp: under [code]: ttl = \"5m\" #",
        "error[C013]: limits.start must be a list of texts",
        "error[C011]: unknown section `servr`",
        "error[C010]: this is no TOML\n  --> b.toml:2:",
        "environment variable RESETGATE__LOG__ACCESS: log.access must be true or false, not `maybe`",
        "error[C001]: cannot read none.toml: No such file or directory",
        "error[C015]: flow.max_refusals: 0 is too little",
        "`flow.x` is no key",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // What the broken file might have set is not called missing.
    assert!(!text.contains("C034"), "{text}");
    assert_eq!(report.errors(), 12);
}

#[test]
fn one_mistake_is_told_once() {
    let sources = MemorySources::default().file("a.toml", "[code]\nttl = 300\n");
    let check = |settings: &Settings, _: &Merged| under("code", settings.code.check());
    let report = load(&sources.inputs(&["a.toml"], &[]), &sources, check).unwrap_err();
    assert_eq!(report.errors(), 1, "{report}");
}

/// A section in the making, to show what a table with a chosen name may do wrong.
#[derive(Debug, serde::Deserialize)]
struct OnlySms {
    sms: Sms,
}

#[derive(Debug, serde::Deserialize)]
struct Sms {
    provider: std::collections::BTreeMap<String, Provider>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Provider {
    Http { url: String },
    Console {},
}

#[test]
fn a_table_that_lacks_a_key_is_shown_where_it_begins() {
    let sources = MemorySources::default()
        .file("a.toml", "[sms]\nproviders = [\"one\"]\n\n[sms.provider.one]\nkind = \"http\"\n\n[sms.provider.two]\nkind = \"fax\"\n\n[sms.provider.three]\nkind = \"console\"\n");
    let findings =
        |_: &OnlySms, _: &Merged| vec![Finding::error(Number::NoProvider, "sms.providers", "one is gone", "")];
    let text = load(&sources.inputs(&["a.toml"], &[]), &sources, findings).unwrap_err().render(false);
    assert!(text.contains("sms.provider.one: missing field `url`\n  --> a.toml:4:1"), "{text}");
    assert!(text.contains("help: under [sms.provider.NAME]: url = "), "{text}");
    assert!(text.contains("sms.provider.two.kind: unknown variant `fax`"), "{text}");
    assert_eq!(text.matches("error[").count(), 2, "{text}");
    assert!(!text.contains("one is gone"), "what follows from a removed table is not told: {text}");
}

#[test]
fn a_table_of_chosen_name_is_read_with_its_values() {
    let sources = MemorySources::default()
        .file("a.toml", "[sms.provider.Main-1]\nkind = \"http\"\nurl = \"a\"\n")
        .variable("RESETGATE__SMS__PROVIDER__MAIN_1__URL", "b");
    let loaded =
        load(&sources.inputs(&["a.toml"], &["sms.provider.log.kind=console"]), &sources, |_: &OnlySms, _| Vec::new())
            .unwrap();
    assert!(matches!(&loaded.settings.sms.provider["Main-1"], Provider::Http { url } if url == "b"));
    assert!(matches!(loaded.settings.sms.provider["log"], Provider::Console {}));
}

fn key() -> impl Strategy<Value = String> {
    let known: Vec<_> = known().keys().iter().map(|key| key.pattern().join(".").replace('*', "any")).collect();
    prop_oneof![prop::sample::select(known), "[a-z_.\"\\*]{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn loading_never_panics_on_any_text(
        text in "\\PC{0,60}(\n\\PC{0,30}){0,3}",
        lines in prop::collection::vec((key(), "(\"[a-z0-9/*]{0,9}\"|-?[0-9]{0,22}|\\[.{0,5}\\]|\\{.{0,6}\\}|true|.{0,9})"), 0..5),
        name in "[A-Z_a-zé]{0,14}",
        values in ("\\PC{0,20}", "\\PC{0,20}"),
        set in "\\PC{0,20}",
    ) {
        let assignments: Vec<_> = lines.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let variable = lines.first().map_or_else(String::new, |(key, _)| KeyPath::dotted(key).variable());
        let sources = MemorySources::default()
            .file("a.toml", &text)
            .file("b.toml", &assignments.join("\n"))
            .variable(&format!("RESETGATE__{name}"), &values.0)
            .variable(&variable, &values.1);
        let sets: Vec<_> = lines.iter().map(|(key, value)| format!("{key}={value}")).chain([set]).collect();
        let inputs = Inputs { sets, ..sources.inputs(&["a.toml", "b.toml"], &[]) };
        for mode in [Mode::Serve, Mode::Dev] {
            if let Err(report) = Settings::load(&inputs, &sources, mode) {
                prop_assert!(!report.render(false).is_empty());
            }
        }
    }
}
