//! What variables and arguments may set, and how they are refused.

use super::key::KeyPath;
use super::layer::Layer;
use super::report::Report;
use super::spoken::{read_arguments, read_environment};

fn environment(pairs: &[(&str, &str)]) -> Layer {
    let taken = [KeyPath::dotted("sms.provider.AliyunMain.url"), KeyPath::dotted("sms.text.code.zh-CN")];
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.into(), value.into())).collect();
    read_environment(&pairs, &taken)
}

fn first(layer: &Layer) -> (String, toml::Value) {
    assert!(layer.problems.is_empty(), "{:?}", layer.problems);
    (layer.entries[0].path.to_string(), layer.entries[0].value.clone())
}

fn rendered(layer: Layer) -> String {
    Report::new(layer.problems, layer.secrets).render(false)
}

#[test]
fn a_variable_sets_a_key_whatever_its_case_and_text_stays_text() {
    for name in ["RESETGATE__HELP__PHONE", "RESETGATE__help__phone", "resetgate__Help__Phone"] {
        assert_eq!(first(&environment(&[(name, "0123")])), ("help.phone".into(), "0123".into()), "{name}");
    }
    assert_eq!(first(&environment(&[("RESETGATE__SERVER__WORKERS", "4")])).1, toml::Value::Integer(4));
    assert_eq!(first(&environment(&[("RESETGATE__CODE__PEPPER_FILE", "/run/p")])).0, "code.pepper_file");
    assert_eq!(
        first(&environment(&[("RESETGATE__ACCOUNT__SQLITE__BUSY_TIMEOUT", "1s")])).0,
        "account.sqlite.busy_timeout"
    );
}

#[test]
fn chosen_names_are_found_in_lower_layers_or_made() {
    for (variable, key) in [
        ("RESETGATE__SMS__PROVIDER__ALIYUNMAIN__URL", "sms.provider.AliyunMain.url"),
        ("RESETGATE__SMS__PROVIDER__BACKUP__KIND", "sms.provider.backup.kind"),
        ("RESETGATE__SMS__PROVIDER__myOwn__KIND", "sms.provider.myOwn.kind"),
        ("RESETGATE__SMS__TEXT__CODE__ZH_CN", "sms.text.code.zh-CN"),
        ("RESETGATE__SMS__TEXT__NOTICE__ZH_TW", "sms.text.notice.zh-TW"),
        ("RESETGATE__SMS__PROVIDER__MAIN__TEMPLATE__CODE__ZH_CN", "sms.provider.main.template.code.zh-CN"),
    ] {
        assert_eq!(first(&environment(&[(variable, "x")])).0, key);
    }
}

#[test]
fn other_variables_are_left_alone() {
    let layer = environment(&[("RESETGATE_CONFIG", "a"), ("PATH", "b"), ("RESETGATES__X", "c")]);
    assert!(layer.entries.is_empty() && layer.problems.is_empty());
}

/// case 97: a variable that names no key, or has the wrong kind, is refused by name.
#[test]
fn a_wrong_variable_is_named() {
    let text = rendered(environment(&[
        ("RESETGATE__SERVER__LISTN", "geheim-1"),
        ("RESETGATE__SERVER__WORKERS", "many"),
        ("RESETGATE__FLOW__PEPPER", "geheim-2"),
        ("RESETGATE__", "x"),
    ]));
    for part in [
        "RESETGATE__SERVER__LISTN names no key",
        "did you mean RESETGATE__SERVER__LISTEN?",
        "environment variable RESETGATE__SERVER__WORKERS: server.workers must be a whole number, 0 or more, not `many`",
        "that key belongs under [code]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("geheim"), "{text}");
}

#[test]
fn two_variables_for_one_key_are_refused() {
    let text = rendered(environment(&[("RESETGATE__CODE__LENGTH", "6"), ("RESETGATE__code__length", "8")]));
    assert!(text.contains("error[C016]: code.length is given twice"), "{text}");
}

#[test]
fn an_argument_sets_a_key_and_its_value_may_hold_an_equals_sign() {
    let layer = read_arguments(&["help.name=a=b".into(), "limits.account=1/60s,5/1d".into()]);
    assert_eq!(first(&layer), ("help.name".into(), "a=b".into()));
    assert_eq!(layer.entries[1].value.as_array().unwrap().len(), 2);
}

#[test]
fn a_wrong_argument_is_refused_without_its_value() {
    let text = rendered(read_arguments(&[
        "code.pepper geheim-1".into(),
        "server=geheim-2".into(),
        "server.listn=geheim-3".into(),
        "code.pepper: geheim=4".into(),
        "log.access=often".into(),
    ]));
    for part in [
        "argument 1 of --set is not section.key=value",
        "argument 4 of --set",
        "`server` is no key",
        "did you mean `listen`?",
        "--set log.access: log.access must be true or false, not `often`",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("geheim"), "{text}");
}
