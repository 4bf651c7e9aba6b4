//! The description and the routes are the same list.

use std::collections::BTreeSet;

use serde_json::json;

use super::description::{Description, METHODS};
use crate::harness::{ANNA, TestApp};

/// Where the routes are registered.
const SOURCE: &str = include_str!("../../../src/http/api/mod.rs");

#[test]
fn every_registered_path_is_described() {
    let registered = SOURCE.split("resource(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let description = Description::built_in();
    let described = description.root["paths"].as_object().unwrap().keys().map(String::as_str);
    assert_eq!(registered.collect::<BTreeSet<_>>(), described.collect::<BTreeSet<_>>());
}

/// case 62: every method is tried on every path: what is described does something, anything else is 405.
#[tokio::test]
async fn every_described_method_is_registered_and_no_other_is() {
    let app = TestApp::start().await;
    let claimant = app.claimant().start(ANNA).await;
    let captcha = async |kind: &str| claimant.client.post("/v1/captchas", &json!({ "kind": kind })).await.text("id");
    let (picture, sound) = (captcha("image").await, captcha("audio").await);
    let description = Description::built_in();
    let operations = description.operations();
    for path in description.root["paths"].as_object().unwrap().keys() {
        let operation = operations.iter().find(|operation| operation.path == *path).unwrap();
        let id = match path.as_str() {
            "/v1/captchas/{id}/image" => &picture,
            "/v1/captchas/{id}/audio" => &sound,
            "/problems/{code}" => "internal",
            _ => &claimant.id,
        };
        // Last, because it ends the attempt.
        let methods = METHODS.iter().filter(|method| **method != "delete").chain(&["delete"]);
        for method in methods.filter(|method| !matches!(**method, "head" | "options")) {
            let described = operations.iter().any(|one| one.path == *path && one.method == *method);
            let answer =
                claimant.holder().send(&method.to_ascii_uppercase(), &operation.path_with(id), &[], None).await;
            // Nobody is expected with receipts here, which looks as if nothing were there.
            let receipts = path.starts_with("/v1/delivery-reports/");
            let missing = match answer.code() {
                "method_not_allowed" => true,
                "not_found" | "flow_not_found" => !receipts,
                _ => false,
            };
            assert_eq!(missing, !described, "{method} {path}: {}", answer.body);
            assert!(described || answer.code() == "method_not_allowed", "{method} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_path_that_is_not_described_is_not_there() {
    let app = TestApp::start().await;
    for path in ["/v1", "/v2/config", "/v1/config/", "/v1/password-resets/x/y", "/openapi.yaml", "/metrics", "/livez"] {
        app.client().get(path).await.problem(404, "not_found");
    }
}
