//! Of a binary with all kinds. Tables of providers: what they lack and what does not belong there is told at once, and every example can be used.

use super::*;

/// The minimal file without its gateway, its secrets, and `more` laid over it.
fn checked(layers: &[&str]) -> Result<Loaded<Settings>, Report> {
    let base = MINIMAL_TEXT.split_once("[sms]").unwrap().0;
    let names: Vec<_> = (0..layers.len()).map(|place| format!("{place}.toml")).collect();
    let mut sources = MemorySources::default().file("base.toml", base);
    for (name, text) in names.iter().zip(layers) {
        sources = sources.file(name, text);
        // Every secret file that is named there, with something that is good for its key.
        for (key, path) in text.lines().filter_map(|line| line.split_once(" = \"secrets/")) {
            let path = format!("secrets/{}", path.split('"').next().unwrap());
            let content = match key {
                "password_file" => "12345678",
                "status_callback_file" => {
                    "https://reset.example.gov.cn/v1/delivery-reports/main/0123456789-long-enough-for-a-path"
                }
                _ => "0123456789-long-enough-for-a-path",
            };
            sources = sources.file(&path, content);
        }
    }
    let sources = sources
        .file("secrets/pepper", "pepper-0123456789-0123456789-0123456789")
        .file("secrets/audit", "audit-0123456789-0123456789-0123456789");
    let files: Vec<_> = std::iter::once("base.toml").chain(names.iter().map(String::as_str)).collect();
    Settings::load(&sources.inputs(&files, &[]), &sources, Mode::Serve)
}

fn refused(layers: &[&str]) -> String {
    checked(layers).unwrap_err().render(false)
}

fn with_kind(kind: &str, lines: &str) -> String {
    refused(&[&format!("[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"{kind}\"\n{lines}")])
}

/// case 97
#[test]
fn all_keys_that_a_provider_lacks_are_told_at_once_and_what_is_wrong_with_the_others() {
    for (kind, keys) in [
        ("tencent", &["`key_id`", "`key_secret`", "`app_id`", "`sign_name`", "template.code: is missing"][..]),
        ("aliyun", &["`key_id`", "`key_secret`", "`sign_name`", "template.code: is missing"]),
        ("huawei", &["`key_id`", "`key_secret`", "`from`", "template.code: is missing"]),
        ("http", &["`url`", "`success`", "body: is missing"]),
        ("smpp", &["`host`", "`port`", "`system_id`", "`password`"]),
        ("cmpp", &["`host`", "`sp_id`", "`secret`", "`service_id`", "`src_id`"]),
        ("twilio", &["`account_sid`", "auth_token: is missing", "from: is missing"]),
        ("vonage", &["`api_key`", "`api_secret`", "`from`"]),
        ("aws_sns", &["`region`", "`access_key_id`", "`secret_access_key`"]),
    ] {
        let text = with_kind(kind, "");
        for key in keys {
            assert!(text.contains(key), "{kind}: {key}\n{text}");
        }
        assert_eq!(text.matches("error[").count(), keys.len(), "{kind}: {text}");
    }
    let more = with_kind("tencent", "endpoint = \"http://a.example\"\n[sms.receipts.main]\nformat = \"aliyun\"");
    for part in ["`app_id`", "main.endpoint: is not encrypted", "receipts.main.format: is \"aliyun\""] {
        assert!(more.contains(part), "{part}\n{more}");
    }
}

#[test]
fn a_misspelt_kind_is_recognised_and_the_rest_read_as_what_was_meant() {
    let text = with_kind("twillio", "account_sid = \"AC00000000000000000000000000000000\"\nfrom = \"+15005550006\"");
    assert!(text.contains("unknown variant `twillio`") && text.contains("did you mean `twilio`?"), "{text}");
    assert!(text.contains("auth_token: is missing"), "{text}");
    assert!(text.contains("help: under [sms.provider.NAME]: kind = \"http\" | \"smpp\" | "), "{text}");
    let far = with_kind("carrier-pigeon", "");
    assert!(!far.contains("did you mean") && far.matches("error[").count() == 1, "{far}");
}

#[test]
fn help_is_of_the_kind_that_the_table_has() {
    let vonage = with_kind("vonage", "api_key = \"a\"\napi_secret = \"b\"\nfrom = \"+49\"");
    assert!(vonage.contains("help: under [sms.provider.NAME]: from = \"CityMail\""), "{vonage}");
    let tencent = with_kind("tencent", "kye_id = \"a\"");
    assert!(tencent.contains("key_id = \"AKID0000000000000000\" # SecretId"), "{tencent}");
    assert!(tencent.contains("/,$p' | grep -m1 -A9 'kind = \"tencent\"'"), "{tencent}");
}

#[test]
fn keys_of_the_kind_that_a_lower_layer_wrote_are_told_with_both_places() {
    let http = "[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"http\"\nurl = \"https://a.example\"\n\
                body = '[\"{to}\",\"{text}\"]'\nsuccess = { status = [200] }\n";
    let smpp =
        "[sms.provider.main]\nkind = \"smpp\"\nhost = \"a.example\"\nport = 3550\nsystem_id = \"a\"\npassword = \"b\"";
    let text = refused(&[http, smpp]);
    for key in ["url", "body", "success"] {
        assert!(
            text.contains(&format!("sms.provider.main.{key}: is no key of kind \"smpp\"\n  --> 0.toml:")),
            "{text}"
        );
    }
    assert!(text.contains("kind = \"smpp\" at 1.toml:2:1") && text.contains("a table of another name"), "{text}");
    assert_eq!(text.matches("error[").count(), 3, "{text}");
    let one = with_kind(
        "smpp",
        "host = \"a\"\nport = 1\nsystem_id = \"a\"\npassword = \"b\"\ntemplate.code = { en = \"1\" }",
    );
    assert!(one.contains("template: is no key of kind \"smpp\"") && one.contains("help: drop it, or"), "{one}");
    assert_eq!(one.matches("error[").count(), 1, "{one}");
}

/// The tables of the reference file, each as somebody has it who took the first `# ` away and wrote the secrets.
#[test]
fn every_provider_of_the_reference_file_can_be_used_without_its_comment_signs() {
    let mut blocks = vec![String::new()];
    for line in DEFAULT_TEXT.lines() {
        let Some(line) = line.strip_prefix("# ").filter(|_| !line.starts_with("# [sms.receipts")) else {
            blocks.push(String::new());
            continue;
        };
        let secret = line.contains("(secret)") && !line.starts_with('#');
        let line =
            if secret { line.replace("\"\"", "\"12345678\"").replace('…', "12345678") } else { line.to_owned() };
        blocks.last_mut().unwrap().extend([line.as_str(), "\n"]);
    }
    blocks.retain(|block| block.starts_with("[sms.provider.NAME]") && !block.contains("\"console\""));
    assert_eq!(blocks.len(), 9);
    for block in blocks {
        let loaded = checked(&["[sms]\nproviders = [\"NAME\"]\n", &block]);
        assert!(loaded.is_ok(), "{block}\n{}", loaded.unwrap_err().render(false));
    }
}

/// Each table of the README that is about messages, with gateways for the providers that it only names.
#[test]
fn every_example_of_the_readme_that_is_about_messages_can_be_used() {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<_> = blocks.filter(|block| block.contains("[sms.")).collect();
    let mut kinds: Vec<_> = Vec::new();
    for block in &blocks {
        let table: toml::Table = toml::from_str(block).unwrap();
        let sms = table["sms"].as_table().unwrap();
        let tables = |name: &str| sms.get(name).and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let (given, routes) = (tables("provider"), tables("route"));
        let mut names: Vec<_> = given.keys().cloned().chain(tables("receipts").keys().cloned()).collect();
        let listed =
            |table: &toml::Table| table.get("providers").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let lists = std::iter::once(listed(sms)).chain(routes.values().map(|route| listed(route.as_table().unwrap())));
        names.extend(lists.flatten().map(|name| name.as_str().unwrap().to_owned()));
        names.sort_unstable();
        names.dedup();
        let missing = names.iter().filter(|name| !given.contains_key(*name));
        let gateways = missing.map(|name| {
            format!(
                "[sms.provider.{name}]\nkind = \"http\"\nurl = \"https://a.example\"\nbody = '[\"{{to}}\",\"{{text}}\"]'\n\
                 success = {{ status = [200] }}\n"
            )
        });
        let around = format!("[sms]\nproviders = {names:?}\n{}", gateways.collect::<String>());
        let loaded = checked(&[&around, block]);
        assert!(loaded.is_ok(), "{block}\n{}", loaded.unwrap_err().render(false));
        kinds.extend(given.values().map(|own| own["kind"].as_str().unwrap().to_owned()));
    }
    for kind in known().key(&KeyPath::dotted("sms.provider.x.kind")).unwrap().kinds().filter(|kind| *kind != "console")
    {
        assert!(kinds.iter().any(|shown| shown == kind), "the README has no example of {kind}");
    }
}
