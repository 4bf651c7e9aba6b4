//! Everything that one walk through all states shows, kept for the tests that only read it.

use tokio::sync::OnceCell;

use super::session::Turn;
use super::{Device, Request, State, see};

/// One state as it was seen.
pub struct Seen {
    pub state: State,
    pub title: String,
    pub heading: String,
    /// How many incident numbers stand on the page.
    pub incidents: u64,
    /// The document as the script left it.
    pub source: String,
    /// The errors beside the fields.
    pub errors: Vec<(String, String)>,
    /// Every `autocomplete` on the page.
    pub autocomplete: Vec<String>,
    /// The answer to the captcha, where there is one to be typed.
    pub answer: Option<String>,
    /// What was asked for since the state before.
    pub requests: Vec<Request>,
}

/// The record of a walk in one language; the first test that asks for it walks, before it has visitors of its own.
pub async fn record(language: &str) -> &'static [Seen] {
    static CHINESE: OnceCell<Vec<Seen>> = OnceCell::const_new();
    static ENGLISH: OnceCell<Vec<Seen>> = OnceCell::const_new();
    Turn::none_yet();
    let kept = if language == "zh-CN" { &CHINESE } else { &ENGLISH };
    kept.get_or_init(|| walk(language)).await
}

async fn walk(language: &str) -> Vec<Seen> {
    let (mut all, mut known) = (Vec::new(), 0);
    see(&State::ALL, &Device::phone().speaking(language), async |person, state| {
        let asked =
            "return [...document.querySelectorAll('[autocomplete]')].map(one => one.getAttribute('autocomplete'))";
        let requests = person.requests().await;
        // Each site has a browser of its own, whose log begins anew.
        let new = requests.get(known..).unwrap_or(&requests).to_vec();
        known = requests.len();
        let typed = person.count("#answer").await == 1;
        all.push(Seen {
            state,
            title: person.title().await,
            heading: person.text("h1").await,
            incidents: person.count("#incident code").await,
            source: person.source().await,
            errors: person.errors().await,
            autocomplete: serde_json::from_value(person.eval(asked).await).unwrap(),
            answer: if typed { Some(person.read_captcha().await) } else { None },
            requests: new,
        });
    })
    .await;
    all
}
