//! Every state of every page, in both languages, light and dark, on the narrowest screen and on a desktop.

use std::path::{Path, PathBuf};

use crate::harness::{Device, Site, State, Visitor, see};

/// Where pictures of every state go, when somebody asked for them: `tests/browser/screenshots`.
fn album() -> Option<PathBuf> {
    let album = PathBuf::from(std::env::var_os("RESETGATE_SCREENSHOTS")?);
    std::fs::create_dir_all(&album).unwrap();
    Some(album)
}

async fn take_pictures(person: &Visitor<'_>, album: &Path, name: &str) {
    for (screen, width, height, phone) in [("360x740", 360, 740, true), ("1280x800", 1_280, 800, false)] {
        person.screen(width, height, phone).await;
        person.screenshot(&album.join(format!("{name}-{screen}.png"))).await;
    }
}

async fn axe_finds_nothing(language: &str) {
    let (album, mut faults) = (album(), Vec::new());
    see(&State::ALL, &Device::desktop().speaking(language), async |person, state| {
        for scheme in ["light", "dark"] {
            person.media(&[("prefers-color-scheme", scheme)]).await;
            for (width, height, phone) in [(320, 640, true), (1_280, 800, false)] {
                person.screen(width, height, phone).await;
                let found = person.axe().await;
                faults.extend(found.into_iter().map(|fault| format!("{state:?}, {scheme}, {width} px: {fault}")));
            }
            if let Some(album) = &album {
                take_pictures(person, album, &format!("{}-{language}-{scheme}", state.name())).await;
            }
        }
        faults.extend(person.complaints().await.into_iter().map(|fault| format!("{state:?}: {fault}")));
    })
    .await;
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
