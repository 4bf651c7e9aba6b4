//! Pieces that several pages share: fields with their errors, the summary of errors, whom to turn to.

use maud::{Markup, html};

use super::visit::Visit;
use crate::http::Contact;

/// What is wrong with one field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The field's id.
    pub field: &'static str,
    /// The code that the API has for it.
    pub code: &'static str,
    /// What to do.
    pub message: String,
}

/// The errors of one page, in the order of its fields.
#[derive(Debug, Clone, Default)]
pub struct Errors {
    all: Vec<FieldError>,
    /// The names of the rules that the password broke; none while no password was judged.
    pub broken: Option<Vec<&'static str>>,
}

impl Errors {
    /// One more.
    pub fn add(&mut self, field: &'static str, code: &'static str, message: String) {
        self.all.push(FieldError { field, code, message });
    }

    /// Whether there are any.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.all.is_empty()
    }

    /// The code of the first, for the figures.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.all.first().map(|error| error.code)
    }

    /// What is wrong with one field.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.all.iter().filter(move |error| error.field == field).map(|error| error.message.as_str())
    }

    /// First on the page, and focused: what is wrong, each with the way to its field.
    #[must_use]
    pub fn summary(&self, visit: &Visit) -> Markup {
        html! {
            @if self.any() {
                div #summary role="alert" tabindex="-1" autofocus aria-labelledby="summary-title" {
                    h2 #summary-title { (visit.text("summary")) }
                    ul { @for error in &self.all { li { a href={ "#" (error.field) } { (error.message) } } } }
                }
            }
        }
    }
}

/// A label, its hint, its errors, and the field itself.
pub struct Field<'a> {
    /// The field's id.
    pub id: &'static str,
    /// Its label.
    pub label: String,
    /// What to write, in a few words.
    pub hint: Option<String>,
    /// The errors of the page.
    pub errors: &'a Errors,
}

impl Field<'_> {
    /// For `aria-describedby`: the hint, then the error.
    #[must_use]
    pub fn described_by(&self) -> Option<String> {
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.id));
        let error = self.is_wrong().then(|| format!("{}-error", self.id));
        let both: Vec<_> = [hint, error].into_iter().flatten().collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    /// Whether it has an error.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.errors.of(self.id).next().is_some()
    }

    /// For `aria-invalid`.
    #[must_use]
    pub fn invalid(&self) -> Option<&'static str> {
        self.is_wrong().then_some("true")
    }

    /// Everything above the field.
    #[must_use]
    pub fn head(&self, visit: &Visit) -> Markup {
        html! {
            label for=(self.id) { (self.label) }
            @if let Some(hint) = &self.hint { p.hint id={ (self.id) "-hint" } { (hint) } }
            @if self.is_wrong() {
                p.error id={ (self.id) "-error" } {
                    span.sr { (visit.text("error_prefix")) }
                    @for (place, message) in self.errors.of(self.id).enumerate() { @if place > 0 { br; } (message) }
                }
            }
        }
    }
}

/// Whom to turn to, by the domain of a typed address: the same for everybody who types it.
#[must_use]
pub fn contacts(visit: &Visit, account: &str) -> Markup {
    let rules = visit.rules();
    let domain = account.rsplit_once('@').map_or("", |(_, domain)| domain);
    let found = rules.contacts.of_domain(domain, visit.call.language.tag());
    html! {
        div #contacts {
            // The house itself stands at the foot of every page.
            @if found.is_empty() {
                p { (visit.text("contacts.none")) }
            } @else {
                h2 { (visit.text("contacts.title")) }
                (contact_list(visit, &found))
            }
            @if !rules.help.url.is_empty() { p { a href=(rules.help.url) { (rules.help.url) } } }
        }
    }
}

/// Contacts as a list of people.
#[must_use]
pub fn contact_list(visit: &Visit, contacts: &[&Contact]) -> Markup {
    html! {
        ul.contacts {
            @for contact in contacts {
                li {
                    strong { (contact.name) }
                    @if !contact.unit.is_empty() { " " span.hint { (contact.unit) } }
                    @if !contact.phone.is_empty() { br; a href={ "tel:" (dialled(&contact.phone)) } { (contact.phone) } }
                    @if !contact.email.is_empty() { br; a href={ "mailto:" (contact.email) } { (contact.email) } }
                    @if !contact.address.is_empty() { br; (contact.address) }
                    @if !contact.hours.is_empty() { br; span.sr { (visit.text("contacts.hours")) " " } (contact.hours) }
                }
            }
        }
    }
}

fn dialled(phone: &str) -> String {
    phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect()
}

/// The buttons at the end of a step: on, and back to the first page with the mailbox. Going back costs nothing: what
/// was sent still counts, and starting again for the same mailbox goes on with it.
#[must_use]
pub fn on_and_back(visit: &Visit, on: &str) -> Markup {
    html! {
        div.deeds {
            button #submit type="submit" { (on) }
            button #back .second type="submit" form="way-back" name="action" value="again" { (visit.text("back")) }
        }
    }
}

/// The form that the button back belongs to; it stands outside that of the step.
#[must_use]
pub fn way_back(visit: &Visit, account: &str) -> Markup {
    html! { form #way-back method="post" action=(visit.link("/")) { (hidden(visit, account)) } }
}

/// The anchor of the form, which recovery it is a step of, and the mailbox for the way back.
#[must_use]
pub fn hidden(visit: &Visit, account: &str) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(visit.cookie.anchor());
        @if let Some((id, _)) = &visit.cookie.recovery { input type="hidden" name="recovery" value=(id); }
        input type="hidden" name="account" value=(account);
    }
}
