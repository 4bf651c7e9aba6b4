//! The problem codes are one list: in the code, in the description, in the texts of every language, and as pages.

use std::collections::BTreeSet;

use resetgate::http::{BUILT_IN, CODES};

use super::description::Description;
use crate::harness::TestApp;

fn codes() -> BTreeSet<&'static str> {
    CODES.iter().map(|(code, _)| *code).collect()
}

#[test]
fn the_description_has_every_code_and_no_other() {
    let description = Description::built_in();
    let described = description.root["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].clone();
    let described: Vec<String> = serde_json::from_value(described).unwrap();
    assert_eq!(described, CODES.iter().map(|(code, _)| *code).collect::<Vec<_>>());
    for (code, status) in CODES {
        if let Some(example) = description.target(&format!("#/components/examples/{code}/value")) {
            assert_eq!(example["status"], status, "{code}");
            assert_eq!(example["type"], format!("/problems/{code}"));
        }
    }
}

/// A method that is not described cannot have an answer in the description; every other problem is some operation's.
#[test]
fn every_code_is_some_operations_answer() {
    let description = Description::built_in();
    let examples = description.root["components"]["examples"].as_object().unwrap();
    let described: BTreeSet<_> = examples.keys().map(String::as_str).chain(["method_not_allowed"]).collect();
    assert_eq!(described, codes());
}

#[test]
fn every_language_has_a_title_a_detail_and_advice_for_every_code_and_no_other() {
    for (tag, content) in BUILT_IN {
        let texts: toml::Table = content.parse().unwrap();
        let problems = texts["problem"].as_table().unwrap();
        assert_eq!(problems.keys().map(String::as_str).collect::<BTreeSet<_>>(), codes(), "{tag}");
        for (code, parts) in problems {
            for part in ["title", "detail", "advice"] {
                assert!(parts[part].as_str().is_some_and(|text| !text.is_empty()), "{tag} {code} {part}");
            }
            assert_eq!(parts.as_table().unwrap().len(), 3, "{tag} {code}");
        }
    }
}

#[tokio::test]
async fn every_code_has_a_page_in_every_language() {
    let app = TestApp::start().await;
    for (code, status) in CODES {
        let page = app.client().get(&format!("/problems/{code}")).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let text = String::from_utf8(page.bytes).unwrap();
        assert!(text.contains(&format!("{code} · {status}")), "{text}");
        for (tag, content) in BUILT_IN {
            let texts: toml::Table = content.parse().unwrap();
            let title = texts["problem"][code]["title"].as_str().unwrap();
            assert!(
                text.contains(&format!("<section lang=\"{tag}\" dir=\"ltr\"><h2>{title}</h2>")),
                "{code} {tag}: {text}"
            );
        }
        assert!(!text.contains(['{', '}']), "a gap is shown raw: {text}");
    }
    app.client().get("/problems/no_such_code").await.problem(404, "not_found");
}
