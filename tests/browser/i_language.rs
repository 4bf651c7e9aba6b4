//! Languages: which one, nothing outside of them, and from the other side.

use std::path::Path;

use toml::{Table, Value};

use crate::harness::{ANNA, Device, Site, State, Visitor, see_on};

/// Every state of the usual site.
const STATES: [State; 20] = [
    State::Identify,
    State::IdentifyWrong,
    State::IdentifySound,
    State::IdentifyWork,
    State::Code,
    State::CodeWrong,
    State::CodeLetters,
    State::CodeExpired,
    State::ResendEarly,
    State::ResendCaptcha,
    State::NoMoreCodes,
    State::Locked,
    State::PasswordWrong,
    State::Done,
    State::Expired,
    State::HelpFound,
    State::CookiesNeeded,
    State::ForeignForm,
    State::NotFound,
    State::WrongMethod,
];

/// English with every text in brackets, written in a direction.
fn pseudo(direction: &str) -> String {
    fn bracketed(table: Table) -> Table {
        let wrap = |value| match value {
            Value::String(text) => Value::String(format!("⟦{text}⟧")),
            Value::Table(inner) => Value::Table(bracketed(inner)),
            other => other,
        };
        table.into_iter().map(|(key, value)| (key, wrap(value))).collect()
    }
    let english: Table = include_str!("../../config/locales/en.toml").parse().unwrap();
    let mut texts = bracketed(english);
    let language = format!("name = '⟦Pseudo⟧'\ndirection = '{direction}'");
    texts.insert("language".to_owned(), Value::Table(language.parse().unwrap()));
    texts.to_string()
}

async fn pseudo_site(directory: &Path, direction: &str) -> Site {
    std::fs::write(directory.join("qps.toml"), pseudo(direction)).unwrap();
    let directory = directory.display();
    Site::start_with(&format!(
        "page.name.qps = '⟦Mail⟧'\ntext.locale_dir = '{directory}'\nhelp.name = ''\nhelp.hours = ''\nhelp.email = ''"
    ))
    .await
}

/// Every letter that stands outside the brackets, where it is no name, address or number.
const PLAIN: &str = r"
const bare = text => { for (let before; before !== text;) { before = text; text = text.replace(/⟦[^⟦⟧]*⟧/g, ''); } return text; };
const found = [], note = (where, text) => { if (/\p{L}/u.test(bare(text))) found.push(`${where}: ${text.trim()}`); };
// Names of languages, people and servers, and what was typed.
const proper = 'noscript, .languages, .contacts, code, strong, .plain span, script, style, #retry-at';
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walk.nextNode());) if (!node.parentElement.closest(proper)) note(node.parentElement.outerHTML.slice(0, 60), node.data);
note('title', document.title);
const technical = ['kind', 'lang', 'script', 'salt', 'rule', 'state', 'name', 'copy', 'full'];
for (const one of document.querySelectorAll('*')) for (const { name, value } of one.attributes) {
  const told = ['alt', 'aria-label', 'placeholder', 'title'].includes(name) || name.startsWith('data-');
  if (told && !technical.includes(name.slice(5))) note(name, value);
}
return found";

async fn plain(person: &Visitor<'_>) -> Vec<String> {
    serde_json::from_value(person.eval(PLAIN).await).unwrap()
}

#[tokio::test]
async fn i1_the_language_is_the_one_asked_for_and_a_change_keeps_step_and_values() {
    let site = Site::start().await;
    let language = async |person: &Visitor<'_>| person.on("html", "element.lang").await.as_str().unwrap().to_owned();
    for (asked, got) in [("en-GB", "en"), ("zh-TW", "zh-CN"), ("fr", "zh-CN")] {
        let person = site.visitor_with(Device::desktop().speaking(asked)).await;
        assert_eq!(language(person.open("/").await).await, got, "{asked}");
    }
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let anna = site.visitor_with(device).await;
        anna.open("/?lang=en").await;
        assert_eq!(language(&anna).await, "en");
        // Chosen by hand, it stays.
        anna.open("/help").await;
        assert_eq!(language(&anna).await, "en");
        anna.open("/").await.identify(ANNA).await;
        let captcha = anna.value("[name=captcha]").await;
        anna.follow("nav.languages [lang=zh-CN]").await;
        assert_eq!((language(&anna).await, anna.value("#account").await), ("zh-CN".to_owned(), ANNA.to_owned()));
        assert_eq!(anna.value("[name=captcha]").await, captcha, "the same picture");
        anna.answer_captcha().await.submit().await;
        let code = site.next_code().await;
        anna.fill("#code", &code).await.follow("nav.languages [lang=en]").await;
        assert_eq!((language(&anna).await, anna.value("#code").await), ("en".to_owned(), code.clone()));
        anna.submit().await.follow("nav.languages [lang=zh-CN]").await;
        assert_eq!((language(&anna).await, anna.path().await), ("zh-CN".to_owned(), "/password".to_owned()));
        assert_eq!(anna.cookies().await.len(), 1, "in the one cookie there is");
        site.pass(16 * 60);
    }
}

#[tokio::test]
async fn i2_every_language_is_named_in_itself() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    for (path, kind) in [("/", "button"), ("/nowhere", "a")] {
        anna.open(path).await;
        assert_eq!(anna.texts("nav.languages > *").await, ["中文", "English"]);
        assert_eq!(anna.attribute(&format!("nav.languages {kind}"), "lang").await.as_deref(), Some("en"));
        assert_eq!(anna.attribute("nav.languages [aria-current]", "lang").await.as_deref(), Some("zh-CN"));
        assert_eq!(anna.attribute("html", "lang").await.as_deref(), Some("zh-CN"));
    }
}

#[tokio::test]
async fn i3_no_text_is_in_the_code() {
    let directory = tempfile::tempdir().unwrap();
    let site = pseudo_site(directory.path(), "ltr").await;
    let mut found = Vec::new();
    see_on(&site, &STATES, &Device::desktop().speaking("qps"), async |person, state| {
        assert_eq!(person.on("html", "element.lang").await, "qps", "{state:?}");
        found.extend(plain(person).await.into_iter().map(|text| format!("{state:?}: {text}")));
    })
    .await;
    assert!(found.is_empty(), "{found:#?}");
    // The measure is awake.
    let person = site.visitor_with(Device::desktop().speaking("qps")).await;
    person.open("/").await.on("main p", "element.append('plain')").await;
    assert_eq!(plain(&person).await.len(), 1);
}

#[tokio::test]
async fn i4_written_from_the_right_the_pages_are_mirrored_and_addresses_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let site = pseudo_site(directory.path(), "rtl").await;
    see_on(&site, &STATES, &Device::phone().speaking("qps"), async |person, state| {
        assert_eq!(person.on("html", "element.dir").await, "rtl", "{state:?}");
        assert!(person.sideways().await <= 0, "{state:?} is too wide");
        let lost = person.lost().await;
        assert!(lost.is_empty(), "{state:?}: {lost:?}");
        let box_of = "(one => [one.left, innerWidth - one.right])(element.getBoundingClientRect())";
        let brand = person.on(".brand img", box_of).await;
        assert!(brand[1].as_f64() < brand[0].as_f64(), "{state:?}: the logo is at the right: {brand}");
        for field in ["#account", "#code", "#new-password"] {
            if person.count(field).await == 1 {
                assert_eq!(person.style(field, "direction").await, "ltr", "{state:?}: {field}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn i5_times_are_told_as_the_language_tells_them() {
    let site = Site::start().await;
    for (language, clock) in [("zh-CN", "15:05"), ("en", "3:05 pm")] {
        let anna = site.visitor_with(Device::desktop().speaking(language)).await;
        anna.to_code("nobody@example.gov.cn").await;
        let words = anna.words().await;
        assert!(words.contains(clock), "{clock}: {words}");
    }
}
