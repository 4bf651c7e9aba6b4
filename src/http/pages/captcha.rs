//! The captcha on a page: a picture, a sound, or work for the machine, and the ways from each to the others.

use maud::{Markup, html};

use super::form::Form;
use super::pieces::{Errors, Field};
use super::stop::{Stop, Way};
use super::visit::{Visit, way_again};
use crate::captcha::{CaptchaAnswer, CaptchaKind, Issued};
use crate::domain::Purpose;
use crate::flow::{CaptchaAnswered, CaptchaFault, CaptchaFlow, Passed};
use crate::http::problem::Problem;

/// The button that leads to a kind.
const WAYS: [(CaptchaKind, &str, &str); 3] = [
    (CaptchaKind::Image, "image", "use-image"),
    (CaptchaKind::Pow, "pow", "use-pow"),
    (CaptchaKind::Audio, "audio", "use-audio"),
];

/// A new captcha of a kind, or of the default kind.
///
/// # Errors
/// The page for a gate that is shut.
pub async fn draw(
    visit: &Visit,
    flow: &CaptchaFlow,
    kind: Option<CaptchaKind>,
    form: Option<&Form>,
) -> Result<Issued, Stop> {
    let kind = kind.filter(|kind| flow.desk.kinds().contains(kind)).unwrap_or_else(|| flow.default_kind());
    let replaces = form.and_then(|form| form.given("captcha"));
    let issued = flow.issue(&visit.call.origin, kind, visit.call.language.tag(), Purpose::Recovery, replaces).await;
    let way = || if form.is_some() { way_again(form) } else { Way::To("/") };
    issued.map(|Passed { value, .. }| value).map_err(|error| Stop::new(Problem::of(&visit.call, &error), way()))
}

/// The captcha that a form came with, while it can still be answered and speaks the language of the page, else a new one.
///
/// # Errors
/// As for [`draw`].
pub async fn keep(visit: &Visit, flow: &CaptchaFlow, form: &Form) -> Result<Issued, Stop> {
    match flow.shown(form.text("captcha")) {
        Some(issued) if flow.speaks(&issued, visit.call.language.tag()) => Ok(issued),
        Some(issued) => draw(visit, flow, Some(issued.kind), Some(form)).await,
        None => draw(visit, flow, None, Some(form)).await,
    }
}

/// The kind that a pressed button asks for: another one, or another of the same.
#[must_use]
pub fn asked_kind(flow: &CaptchaFlow, form: &Form) -> Option<CaptchaKind> {
    let action = form.text("action");
    if action == "picture" {
        return flow.shown(form.text("captcha")).map(|issued| issued.kind).or(Some(flow.default_kind()));
    }
    WAYS.iter().find(|(_, word, _)| *word == action).map(|(kind, ..)| *kind)
}

/// What a form answers; none when the field was left empty.
#[must_use]
pub fn answered(form: &Form) -> Option<CaptchaAnswered> {
    let text = |name| Some(form.text(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let answer = text("nonce").map(CaptchaAnswer::Nonce).or_else(|| text("answer").map(CaptchaAnswer::Text));
    Some(CaptchaAnswered { id: form.text("captcha").to_owned(), answer: Some(answer?) })
}

/// Adds what to do about a captcha that was not answered, or wrongly.
pub fn add(visit: &Visit, fault: CaptchaFault, kind: CaptchaKind, errors: &mut Errors) {
    let (word, code) = match fault {
        CaptchaFault::Required => ("required", "captcha_required"),
        CaptchaFault::Incorrect => ("incorrect", "captcha_incorrect"),
        CaptchaFault::Expired => ("expired", "captcha_expired"),
    };
    let field = if kind == CaptchaKind::Pow { "pow" } else { "answer" };
    errors.add(field, code, visit.text(&format!("captcha.{}.{word}", kind.as_str())));
}

/// The fields. `chosen` when somebody has just asked for this kind: then what is to be done now gets the focus.
#[must_use]
pub fn fields(visit: &Visit, issued: &Issued, errors: &Errors, chosen: bool) -> Markup {
    let seconds = issued.expires_at.since(visit.rules().now()).as_secs();
    html! {
        div #captcha data-kind=(issued.kind.as_str()) data-seconds=(seconds) data-lang=(visit.call.language.tag()) {
            input type="hidden" name="captcha" value=(issued.id);
            @match issued.kind {
                CaptchaKind::Image => (picture(visit, issued, errors, chosen)),
                CaptchaKind::Audio => (sound(visit, issued, errors, chosen)),
                CaptchaKind::Pow => (work(visit, issued, errors, chosen)),
            }
            p #captcha-status .hint role="status" {}
            p.ways {
                @for (kind, word, id) in WAYS {
                    @if issued.alternatives.contains(&kind) {
                        button.link id=(id) type="submit" name="action" value=(word) formnovalidate {
                            (visit.text(&format!("captcha.{word}.use")))
                        }
                        " "
                    }
                }
            }
        }
    }
}

fn answer(visit: &Visit, issued: &Issued, errors: &Errors, focus: bool, beside: &Markup) -> Markup {
    let kind = issued.kind.as_str();
    let length = issued.length.to_string();
    let field = Field {
        id: "answer",
        label: visit.text(&format!("captcha.{kind}.label")),
        hint: Some(visit.text_with(&format!("captcha.{kind}.hint"), &[("n", &length)])),
        errors,
    };
    let mode = (issued.kind == CaptchaKind::Audio).then_some("numeric");
    html! {
        (field.head(visit))
        div.row.answer {
            input #answer autofocus[focus] name="answer" type="text" inputmode=[mode] autocomplete="off" autocapitalize="off"
                spellcheck="false" aria-describedby=[field.described_by()] aria-invalid=[field.invalid()];
            (beside)
        }
    }
}

fn change(visit: &Visit, kind: CaptchaKind) -> Markup {
    let kind = kind.as_str();
    html! {
        button #change .second type="submit" name="action" value="picture" formnovalidate
            data-done=(visit.text(&format!("captcha.{kind}.changed"))) data-failed=(visit.text("captcha.failed")) {
            (visit.text(&format!("captcha.{kind}.change")))
        }
    }
}

fn picture(visit: &Visit, issued: &Issued, errors: &Errors, chosen: bool) -> Markup {
    let beside = html! {
        div.seen {
            img #picture src=(visit.link(&format!("/v1/captchas/{}/image", issued.id))) width=(issued.width / 2) height=(issued.height / 2)
                alt=(visit.text("captcha.image.alt"));
            (change(visit, issued.kind))
        }
    };
    html! { (answer(visit, issued, errors, chosen, &beside)) }
}

fn sound(visit: &Visit, issued: &Issued, errors: &Errors, chosen: bool) -> Markup {
    let beside = change(visit, issued.kind);
    html! {
        audio #sound autofocus[chosen] controls preload="none" src=(visit.link(&format!("/v1/captchas/{}/audio", issued.id)))
            aria-label=(visit.text("captcha.audio.player")) {}
        (answer(visit, issued, errors, false, &beside))
    }
}

/// The script does the work; who has none gets the sound.
fn work(visit: &Visit, issued: &Issued, errors: &Errors, chosen: bool) -> Markup {
    let field = Field { id: "pow", label: String::new(), hint: None, errors };
    html! {
        @if field.is_wrong() { p #pow-error .error { (errors.of("pow").collect::<String>()) } }
        div #pow tabindex="-1" role="group" aria-label=(visit.text("captcha.pow.progress")) autofocus[chosen] data-salt=[issued.salt.as_deref()] data-bits=(issued.bits)
            data-script=(visit.rules().assets.script) data-done=(visit.text("captcha.pow.done"))
            data-working=(visit.text("captcha.pow.working")) data-failed=(visit.text("captcha.failed")) {
            input type="hidden" name="nonce" value="";
            noscript { p { (visit.text("captcha.pow.noscript")) } }
            div.row #pow-work hidden {
                progress #pow-progress max="100" value="0" aria-label=(visit.text("captcha.pow.progress")) {}
                button #pow-cancel .second type="submit" name="action" value="image" formnovalidate {
                    (visit.text("captcha.pow.cancel"))
                }
            }
        }
    }
}
