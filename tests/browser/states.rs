//! Every state of every page, in both languages, light and dark, on the narrowest screen and on a desktop.

use crate::harness::{Site, record};

async fn axe_finds_nothing(language: &str) {
    let mut faults = Vec::new();
    for seen in record(language).await {
        faults.extend(seen.axe.iter().chain(&seen.complaints).map(|fault| format!("{:?}: {fault}", seen.state)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn every_state_has_no_axe_violation_in_chinese() {
    axe_finds_nothing("zh-CN").await;
}

#[tokio::test]
async fn every_state_has_no_axe_violation_in_english() {
    axe_finds_nothing("en").await;
}

/// The judge is awake: it finds what is wrong on purpose.
#[tokio::test]
async fn axe_finds_a_field_without_a_label_and_a_text_that_is_too_pale() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await.on("label[for=account]", "element.remove()").await;
    person.on("h1", "element.style.color = '#aaa'").await;
    let found = person.axe().await.join("\n");
    assert!(found.contains("label: #account") && found.contains("color-contrast: h1"), "{found}");
}
