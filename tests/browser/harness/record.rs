//! Everything that one walk through all states shows and that can be measured there. It is kept, because a dozen tests
//! read it and a walk takes a minute.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use futures_util::FutureExt;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::session::Turn;
use super::{Device, Request, State, Visitor, see};

/// One state as it was seen.
pub struct Seen {
    pub state: State,
    pub title: String,
    pub heading: String,
    /// How many incident numbers stand on the page.
    pub incidents: u64,
    /// The document as the script left it.
    pub source: String,
    /// The errors beside the fields, each with the field's id.
    pub errors: Vec<(String, String)>,
    /// Every `autocomplete` on the page.
    pub autocomplete: Vec<String>,
    /// The answer to the captcha, where there is one to be typed.
    pub answer: Option<String>,
    /// What was asked for since the state before.
    pub requests: Vec<Request>,
    /// What the browser complained about.
    pub complaints: Vec<String>,
    /// What axe found, light and dark, on the narrowest screen and on a desktop.
    pub axe: Vec<String>,
    /// What is lost on some screen, of larger or of wider text.
    pub losses: Vec<String>,
    /// The ground of the page and the contrasts of edges, light and dark.
    pub schemes: [(String, Vec<(String, f64)>); 2],
    /// Width and height of what can be pressed.
    pub targets: Vec<(String, f64, f64)>,
}

/// The record of a walk in one language; the first test that asks for it walks, before it has visitors of its own.
pub async fn record(language: &str) -> &'static [Seen] {
    static CHINESE: OnceCell<Result<Vec<Seen>, String>> = OnceCell::const_new();
    static ENGLISH: OnceCell<Result<Vec<Seen>, String>> = OnceCell::const_new();
    Turn::none_yet();
    let kept = if language == "zh-CN" { &CHINESE } else { &ENGLISH };
    // A walk that fails fails once, not again for every test that waits for it.
    let walked = kept.get_or_init(async || {
        let walked = AssertUnwindSafe(walk(language)).catch_unwind().await;
        walked.map_err(|fault| fault.downcast::<String>().map_or_else(|_| "see above".to_owned(), |text| *text))
    });
    match walked.await {
        Ok(seen) => seen,
        Err(fault) => panic!("the walk through all states failed: {fault}"),
    }
}

async fn walk(language: &str) -> Vec<Seen> {
    let (mut all, mut known) = (Vec::new(), 0);
    see(&State::ALL, &Device::phone().speaking(language), async |person, state| {
        let requests = person.requests().await;
        // Each site has a browser of its own, whose log begins anew.
        let new = requests.get(known..).unwrap_or(&requests).to_vec();
        known = requests.len();
        all.push(look(person, state, language, new).await);
    })
    .await;
    all
}

/// Reads first, and changes the page only then.
async fn look(person: &Visitor<'_>, state: State, language: &str, requests: Vec<Request>) -> Seen {
    let asked = "return [...document.querySelectorAll('[autocomplete]')].map(one => one.getAttribute('autocomplete'))";
    let typed = person.count("#answer").await == 1;
    let mut seen = Seen {
        state,
        title: person.title().await,
        heading: person.text("h1").await,
        incidents: person.count("#incident code").await,
        source: person.source().await,
        errors: person.errors().await,
        autocomplete: serde_json::from_value(person.eval(asked).await).unwrap(),
        answer: if typed { Some(person.read_captcha().await) } else { None },
        requests,
        complaints: Vec::new(),
        axe: Vec::new(),
        losses: Vec::new(),
        schemes: Default::default(),
        targets: person.targets().await,
    };
    for (place, scheme) in ["light", "dark"].into_iter().enumerate() {
        person.media(&[("prefers-color-scheme", scheme)]).await;
        for (width, height, phone) in [(320, 640, true), (1_280, 800, false)] {
            person.screen(width, height, phone).await;
            let found = person.axe().await;
            seen.axe.extend(found.into_iter().map(|fault| format!("{scheme}, {width} px: {fault}")));
        }
        seen.schemes[place] = (person.style("main", "background-color").await, person.edges().await);
        take_pictures(person, &format!("{}-{language}-{scheme}", state.name())).await;
    }
    person.media(&[]).await;
    seen.losses = losses(person).await;
    seen.complaints = person.complaints().await;
    person.screen(360, 740, true).await;
    seen
}

/// The spacing that WCAG 1.4.12 names.
const SPACED: &str = "
const sheet = new CSSStyleSheet();
sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }`);
document.adoptedStyleSheets = [sheet];";

/// What a page loses when it is narrow, when its text is twice as large, and when it is spaced wider.
async fn losses(person: &Visitor<'_>) -> Vec<String> {
    // The last is 1280×1024 at 400 %.
    let mut losses = person.losses_on(&[(1_280, 800), (768, 1_024), (360, 740), (320, 568), (320, 256)]).await;
    person.eval("document.documentElement.style.fontSize = '200%'").await;
    let large = person.losses_on(&[(1_280, 800), (360, 740)]).await;
    losses.extend(large.into_iter().map(|loss| format!("text twice as large, {loss}")));
    person.eval("document.documentElement.style.fontSize = ''").await;
    person.eval(SPACED).await;
    assert_eq!(person.style("p", "letter-spacing").await, "1.92px", "it is in force");
    let wide = person.losses_on(&[(320, 568)]).await;
    losses.extend(wide.into_iter().map(|loss| format!("wider spacing, {loss}")));
    person.eval("document.adoptedStyleSheets = []").await;
    losses
}

impl Visitor<'_> {
    /// What is lost of a page on these screens.
    pub async fn losses_on(&self, screens: &[(u32, u32)]) -> Vec<String> {
        let mut losses = Vec::new();
        for (width, height) in screens {
            self.screen(*width, *height, *width < 700).await;
            let sideways = self.sideways().await;
            if sideways > 0 {
                losses.push(format!("at {width} px, {sideways} px too wide"));
            }
            losses.extend(self.lost().await.into_iter().map(|loss| format!("at {width} px, {loss}")));
        }
        losses
    }
}

/// Where pictures of every state go, when somebody asked for them: `tests/browser/screenshots`.
async fn take_pictures(person: &Visitor<'_>, name: &str) {
    let Some(album) = std::env::var_os("RESETGATE_SCREENSHOTS").map(PathBuf::from) else { return };
    for (screen, width, height, phone) in [("360x740", 360, 740, true), ("1280x800", 1_280, 800, false)] {
        person.screen(width, height, phone).await;
        person.screenshot(&Path::join(&album, format!("{name}-{screen}.png"))).await;
    }
}
