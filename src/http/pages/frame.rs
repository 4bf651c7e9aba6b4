//! What every page has: head, brand, languages, steps, footer.

use maud::{DOCTYPE, Markup, html};

use super::pieces::Errors;
use super::visit::Visit;

/// The steps of a recovery, as shown above the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Who are you?
    Identify = 1,
    /// The code.
    Code = 2,
    /// The new password.
    Password = 3,
}

/// One page without its frame.
pub struct Sheet {
    /// The heading, and the first part of the title.
    pub title: String,
    /// Which step it is, if one.
    pub step: Option<Step>,
    /// The code of the error that it tells of; then the title does, too.
    pub fault: Option<&'static str>,
    /// The form that a change of language would lose the fields of.
    pub form: Option<&'static str>,
    /// Whether the foot names the house that everybody may turn to; not where the page itself does.
    pub house: bool,
    /// Whether the heading gets the focus; not where an error summary gets it, nor on the first page.
    pub focus: bool,
    /// What stands before the heading: the summary of errors.
    pub above: Markup,
    /// What follows the heading.
    pub body: Markup,
}

impl Sheet {
    /// A step with its form, and with what was wrong with it.
    #[must_use]
    pub fn of_step(visit: &Visit, step: Step, title: String, errors: &Errors, body: Markup) -> Self {
        Self {
            title,
            step: Some(step),
            fault: errors.code(),
            form: Some("step"),
            house: true,
            focus: !errors.any(),
            above: errors.summary(visit),
            body,
        }
    }

    /// A page that is neither a step nor a form.
    #[must_use]
    pub fn plain(title: String, body: Markup) -> Self {
        Self { title, step: None, fault: None, form: None, house: true, focus: true, above: html! {}, body }
    }
}

/// The whole document.
#[must_use]
pub fn page(visit: &Visit, sheet: &Sheet) -> Markup {
    let (rules, language) = (visit.rules(), &visit.call.language);
    let name = rules.name(language);
    let footer = rules.footer(language);
    let error = if sheet.fault.is_some() { visit.text("error_prefix") } else { String::new() };
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="robots" content="noindex";
                title { (error) (sheet.title) " – " (name) }
                link rel="icon" href=(rules.assets.logo);
                link rel="stylesheet" href=(rules.assets.style);
                @if let Some(extra) = &rules.assets.extra_style { link rel="stylesheet" href=(extra); }
                script defer src=(rules.assets.script) {}
            }
            body {
                // First of its form, so that Enter in a field presses it and not a language.
                @if let Some(form) = sheet.form { button.default type="submit" form=(form) tabindex="-1" aria-hidden="true" {} }
                a.skip href="#main" { (visit.text("skip")) }
                header {
                    p.brand { img src=(rules.assets.logo) alt="" width="28" height="28"; " " (name) }
                    (languages(visit, sheet))
                }
                main #main tabindex="-1" {
                    (sheet.above)
                    @if let Some(step) = sheet.step { (steps(visit, step)) }
                    h1 tabindex="-1" autofocus[sheet.focus] { (sheet.title) }
                    (sheet.body)
                }
                footer {
                    p { a href=(visit.link("/help")) { (visit.text("help.link")) } @if let Some(line) = rules.help.line(language.tag()).filter(|_| sheet.house) { " · " (line) } }
                    @if !footer.is_empty() { p { (footer) } }
                }
            }
        }
    }
}

fn steps(visit: &Visit, now: Step) -> Markup {
    let all = [(Step::Identify, "step.identify"), (Step::Code, "step.code"), (Step::Password, "step.password")];
    let both = [(Step::Identify, "step.identify"), (Step::Code, "step.single")];
    let steps = if visit.rules().single { &both[..] } else { &all[..] };
    // On one page the new password belongs to the step of the code.
    let now = if visit.rules().single && now == Step::Password { Step::Code } else { now };
    html! {
        ol.steps aria-label=(visit.text("step.all")) {
            @for (step, key) in steps {
                li aria-current=[(*step == now).then_some("step")] { (visit.text(key)) }
            }
        }
    }
}

/// Buttons of the form where a link would lose what was typed into it.
fn languages(visit: &Visit, sheet: &Sheet) -> Markup {
    let language = &visit.call.language;
    html! {
        nav.languages aria-label=(visit.text("languages")) {
            @for (tag, native) in language.catalog().languages() {
                @if tag == language.tag() {
                    span lang=(tag) aria-current="true" { (native) }
                } @else if let Some(form) = sheet.form {
                    button.link type="submit" form=(form) name="lang" value=(tag) lang=(tag) formnovalidate { (native) }
                } @else {
                    a href={ "?lang=" (tag) } lang=(tag) hreflang=(tag) { (native) }
                }
                " "
            }
        }
    }
}
