//! The description as a document: whether it is `OpenAPI` 3.1 as far as that can be told without a server.

use std::collections::BTreeSet;

use serde_json::Value;

use super::description::Description;
use super::operation::Operation;
use crate::harness::TestApp;

fn each_node<'a>(value: &'a Value, see: &mut impl FnMut(&'a Value)) {
    see(value);
    match value {
        Value::Object(object) => object.values().for_each(|inner| each_node(inner, see)),
        Value::Array(list) => list.iter().for_each(|inner| each_node(inner, see)),
        _ => {}
    }
}

#[test]
fn every_reference_names_something_and_everything_named_is_used() {
    let description = Description::built_in();
    let mut used = BTreeSet::new();
    each_node(&description.root, &mut |node| {
        if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            assert!(description.target(reference).is_some(), "{reference}");
            used.insert(reference.to_owned());
        }
    });
    for kind in ["headers", "parameters", "responses", "schemas", "examples"] {
        for name in description.root["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name} is not used");
        }
    }
}

#[test]
fn the_head_says_version_licence_and_server() {
    let root = Description::built_in().root;
    assert_eq!(root["openapi"], "3.1.0");
    assert_eq!(root["info"]["version"], "1.0");
    assert_eq!(root["info"]["license"]["identifier"], "Apache-2.0 OR MIT");
    assert!(root["servers"][0]["url"].is_string());
}

#[test]
fn every_operation_is_named_told_apart_and_answered() {
    let description = Description::built_in();
    let tags: Vec<_> = description.root["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for operation in description.operations() {
        let (id, node) = (operation.id(), operation.node());
        assert!(!id.is_empty() && ids.insert(id), "{} needs an operationId of its own", operation.path);
        assert!(node["summary"].is_string() && node["description"].is_string(), "{id}");
        assert!(node["tags"].as_array().unwrap().iter().all(|tag| tags.contains(&tag)), "{id}");
        let statuses: Vec<_> = operation.responses().iter().map(|(status, _)| *status).collect();
        assert!(statuses.iter().any(|status| status.starts_with('2')), "{id}");
        let has = |wanted: &[&str]| wanted.iter().all(|status| statuses.contains(status));
        if operation.method != "get" {
            assert!(has(&["403", "503", "default"]), "{id}: {statuses:?}");
            // Vendors of messages pass no gate by requester.
            assert_eq!(has(&["429"]), node["tags"] != serde_json::json!(["receipts"]), "{id}: {statuses:?}");
        }
        if operation.request_schema().is_some() {
            assert!(has(&["400", "403", "408", "413", "415", "422"]), "{id}: {statuses:?}");
        }
        let schemes = node["security"].as_array().unwrap();
        // Where nothing is a choice, a credential that is no good is passed over.
        if !schemes.is_empty() && !schemes.contains(&serde_json::json!({})) {
            assert!(has(&["401", "404"]), "{id}: {statuses:?}");
        }
        let in_path = operation.parameters().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, operation.path.matches('{').count(), "{id}");
    }
}

#[test]
fn every_security_requirement_names_a_scheme() {
    let description = Description::built_in();
    let schemes = description.root["components"]["securitySchemes"].as_object().unwrap();
    for operation in description.operations() {
        for requirement in operation.node()["security"].as_array().unwrap() {
            assert!(requirement.as_object().unwrap().keys().all(|name| schemes.contains_key(name)));
        }
    }
}

#[test]
fn every_example_follows_its_schema() {
    let description = Description::built_in();
    for operation in description.operations() {
        for (name, value) in operation.requests() {
            description.assert_valid(name, operation.request_schema().unwrap(), value);
        }
        for (status, response) in operation.responses() {
            for (_, content) in Operation::contents(response) {
                for (name, value) in operation.examples(content) {
                    description.assert_valid(&format!("{} {status} {name}", operation.id()), &content["schema"], value);
                }
            }
        }
    }
    for header in description.root["components"]["headers"].as_object().unwrap().values() {
        description.assert_valid("header", &header["schema"], &header["example"]);
    }
}

/// Binary answers have none, and the description does not hold itself.
#[test]
fn every_request_and_every_answer_has_an_example() {
    let description = Description::built_in();
    for operation in description.operations() {
        assert_eq!(operation.request_schema().is_some(), !operation.requests().is_empty(), "{}", operation.id());
        for (status, response) in operation.responses() {
            for (kind, content) in Operation::contents(response) {
                let none = content["schema"]["format"] == "binary" || operation.id() == "readDescription";
                assert_eq!(operation.examples(content).is_empty(), none, "{} {status} {kind}", operation.id());
            }
        }
    }
}

/// case 19: a member that is not described is refused, and the description says so.
#[test]
fn every_request_body_is_closed() {
    let description = Description::built_in();
    for operation in description.operations() {
        if let Some(schema) = operation.request_schema() {
            assert_eq!(description.resolve(schema)["additionalProperties"], false, "{}", operation.id());
        }
    }
    assert_eq!(description.root["components"]["schemas"]["CaptchaAnswer"]["additionalProperties"], false);
}

/// The examples of a problem response are exactly the codes that its schema allows, each with its own status.
#[test]
fn every_problem_answer_lists_its_codes_once() {
    let description = Description::built_in();
    for operation in description.operations() {
        for (status, response) in operation.responses() {
            for (kind, content) in Operation::contents(response) {
                if kind != "application/problem+json" {
                    continue;
                }
                let allowed = content["schema"]["properties"]["code"]["enum"].as_array().unwrap();
                let allowed: BTreeSet<_> = allowed.iter().map(|code| code.as_str().unwrap()).collect();
                let examples = operation.examples(content);
                assert_eq!(allowed, examples.iter().map(|(name, _)| *name).collect(), "{} {status}", operation.id());
                for (name, value) in examples {
                    assert_eq!(value["code"], name);
                    assert!(
                        status == "default" || status.parse() == Ok(value["status"].as_u64().unwrap()),
                        "{name} under {status}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn the_description_is_served_as_it_is_built_in() {
    let app = TestApp::start().await;
    let served = app.client().get("/openapi.json").await.expect(200);
    assert_eq!(served.bytes, resetgate::http::api::OPENAPI.as_bytes());
    let config = app.client().get("/v1/config").await.expect(200);
    assert_eq!(config.body["api_version"], served.body["info"]["version"]);
}
