//! S3: the new password, with the rules before the field.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::code::{self, Standing, standing, stop};
use super::form::Form;
use super::frame::{Sheet, Step};
use super::pieces::{Errors, Field, hidden, on_and_back, way_back};
use super::stop::{Stop, Way};
use super::visit::Visit;
use crate::account::AccountError;
use crate::domain::{ChallengeId, ChallengeView, OneTimeCode, PasswordError, State, signs};
use crate::flow::{Completion, FlowError, Passed, RecoveryFlow};
use crate::http::problem::Problem;
use crate::policy::{CheckedBy, Rule, Violations};

/// The page, or the one that the recovery stands at by now.
pub async fn show(visit: Visit, flow: web::Data<RecoveryFlow>) -> Result<HttpResponse, Stop> {
    Ok(match standing(&visit, &flow, State::Verified, None).await? {
        Standing::Here(view) => page(&visit, StatusCode::OK, &view, &Errors::default()),
        Standing::Elsewhere(answer) => answer,
    })
}

/// A new password was typed; on one page with the code, the code as well.
pub async fn submit(mut visit: Visit, flow: web::Data<RecoveryFlow>, form: Form) -> Result<HttpResponse, Stop> {
    let (id, credential) = visit.recovery(Some(&form))?;
    visit.trust(&form)?;
    if visit.was_left(&form) {
        return Ok(visit.see("/code"));
    }
    if visit.speaks_otherwise(&form) {
        return again(&visit, &flow, &form, StatusCode::OK, Errors::default()).await;
    }
    let completion = Completion {
        password: form.secret("new_password"),
        repeated: visit.rules().policy.confirm.then(|| form.secret("again")),
        code: form.given("code").map(|typed| typed.to_owned().into()),
        max_age: None,
        revoke_sessions: true,
    };
    let errors = unfinished(&visit, &flow, &form, &completion);
    if errors.any() {
        return again(&visit, &flow, &form, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    match flow.complete(&visit.call.origin, &id, &credential, completion).await {
        Ok(Passed { value, .. }) => {
            if let Some(credential) = value.credential {
                visit.hold(id, credential);
            }
            Ok(visit.see("/done"))
        }
        Err(error) => refused(visit, &flow, &form, id, error).await,
    }
}

/// What ends here, because a field was left empty or a code cannot be one: with all that the password breaks by itself.
fn unfinished(visit: &Visit, flow: &RecoveryFlow, form: &Form, completion: &Completion) -> Errors {
    let mut errors = Errors::default();
    let digits = flow.rules().code_length;
    if visit.rules().single && form.text("step") != "password" {
        let typed = form.text("code");
        if signs::trimmed(typed).is_empty() {
            errors.add("code", "code_format", visit.text_with("code.required", &[("n", &digits.to_string())]));
        } else if let Err(fault) = OneTimeCode::parse(typed, digits) {
            errors.add("code", "code_format", code::malformed(visit, fault));
        }
    }
    if form.text("new_password").is_empty() {
        errors.add("new-password", "password_policy", visit.call.language.text("field.password_required", &[]));
    } else if errors.any() {
        match flow.check_shape(completion) {
            Ok(broken) => tell(visit, &broken, &mut errors),
            Err(fault) => errors.add("new-password", "password_policy", malformed(visit, fault)),
        }
        // Not all rules were looked at, so none can be ticked.
        errors.broken = None;
    }
    errors
}

async fn refused(
    mut visit: Visit,
    flow: &RecoveryFlow,
    form: &Form,
    id: ChallengeId,
    error: FlowError,
) -> Result<HttpResponse, Stop> {
    // A code that was accepted together with the password gave the recovery another credential.
    if let FlowError::Policy { credential: Some(credential), .. }
    | FlowError::Store { credential: Some(credential), .. } = &error
    {
        visit.hold(id, credential.clone());
    }
    let mut errors = Errors::default();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match error {
        FlowError::Policy { violations, .. } => tell(&visit, &violations, &mut errors),
        FlowError::PasswordForm(fault) => errors.add("new-password", "password_policy", malformed(&visit, fault)),
        FlowError::CodeForm(fault) => errors.add("code", "code_format", code::malformed(&visit, fault)),
        FlowError::CodeIncorrect { .. } => return Ok(visit.see("/code?error=code_incorrect")),
        // While another press of the button is written this is not the end either.
        FlowError::CodeExpired
        | FlowError::State(State::CodeSent | State::Verified | State::Spent | State::Completed) => {
            return Ok(visit.see("/code"));
        }
        FlowError::Store { error: AccountError::PasswordRefused { .. }, .. } => {
            errors.add("new-password", "password_policy", visit.call.language.text("policy.store", &[]));
        }
        FlowError::Store { error: AccountError::Unavailable { .. } | AccountError::Busy, .. } => {
            status = StatusCode::SERVICE_UNAVAILABLE;
            errors.add("new-password", "password_policy", visit.text("password.store_unavailable"));
        }
        FlowError::Limited { .. } => {
            return Err(Stop::new(Problem::of(&visit.call, &error), Way::To("/password")));
        }
        error => return Err(stop(&visit, &error, Some(form))),
    }
    again(&visit, flow, form, status, errors).await
}

/// Every broken rule, in the order of the fields that they are about.
fn tell(visit: &Visit, violations: &Violations, errors: &mut Errors) {
    let (twice, own): (Vec<_>, Vec<_>) = violations.iter().partition(|violation| violation.rule == Rule::Match);
    for (field, violation) in
        own.into_iter().map(|one| ("new-password", one)).chain(twice.into_iter().map(|one| ("again", one)))
    {
        let values: Vec<(&str, String)> =
            violation.params.iter().map(|(name, value)| (*name, value.to_string())).collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        errors.add(field, "password_policy", visit.call.language.text(violation.id(), &values));
    }
    errors.broken = Some(violations.iter().map(|violation| violation.rule.name()).collect());
}

fn malformed(visit: &Visit, fault: PasswordError) -> String {
    let key = match fault {
        PasswordError::Empty => "field.password_required",
        PasswordError::TooLong => "field.password_too_long",
        PasswordError::Control => "field.password_control",
    };
    visit.call.language.text(key, &[])
}

/// The page that the recovery stands at, with errors; passwords are never sent back.
async fn again(
    visit: &Visit,
    flow: &RecoveryFlow,
    form: &Form,
    status: StatusCode,
    errors: Errors,
) -> Result<HttpResponse, Stop> {
    if visit.rules().single && form.text("step") != "password" {
        let (id, credential) = visit.recovery(Some(form))?;
        let view = flow.view(&visit.call.origin, &id, &credential).await;
        let view = view.map_err(|error| stop(visit, &error, Some(form)))?.value;
        if view.state == State::CodeSent {
            return code::again(visit, flow, form, status, errors).await;
        }
    }
    Ok(match standing(visit, flow, State::Verified, Some(form)).await? {
        Standing::Here(view) => page(visit, status, &view, &errors),
        Standing::Elsewhere(answer) => answer,
    })
}

fn page(visit: &Visit, status: StatusCode, view: &ChallengeView, errors: &Errors) -> HttpResponse {
    let rules = visit.rules();
    let until = view.verified_until.unwrap_or(view.expires_at);
    let clock = visit.call.language.clock(until, &rules.zone);
    let body = html! {
        @if rules.single { p { (visit.text("password.code_right")) } }
        p { (visit.text("identify.account")) " " strong { (view.account.as_str()) } }
        form #step method="post" action=(visit.link("/password")) novalidate {
            (hidden(visit, view.account.as_str()))
            input type="hidden" name="step" value="password";
            (fields(visit, view, errors))
            (on_and_back(visit, &visit.text("password.submit")))
        }
        (way_back(visit, view.account.as_str()))
        p.hint { (visit.text_with("password.until", &[("time", &clock)])) }
        p #time-left role="status" data-seconds=(until.since(rules.now()).as_secs())
            data-left=(visit.text("password.left")) {}
    };
    let sheet = Sheet::of_step(visit, Step::Password, visit.text("password.title"), errors, body);
    visit.page(status, &sheet)
}

/// The rules, and the fields they are for.
#[must_use]
pub fn fields(visit: &Visit, view: &ChallengeView, errors: &Errors) -> Markup {
    let policy = &visit.rules().policy;
    let new = Field { id: "new-password", label: visit.text("password.new"), hint: None, errors };
    let again = Field { id: "again", label: visit.text("password.again"), hint: None, errors };
    html! {
        (rule_list(visit, view, errors))
        // Password managers save the pair; nobody types here.
        input #username .sr name="username" type="text" autocomplete="username" value=(view.account.as_str())
            tabindex="-1" aria-hidden="true" readonly;
        (new.head(visit))
        (secret(visit, &new, "new_password", Some(policy.passwordrules.as_str())))
        p #caps .hint role="status" data-on=(visit.text("password.caps")) {}
        button #generate .second type="button" hidden data-done=(visit.text("password.generated")) {
            (visit.text("password.generate"))
        }
        @if policy.confirm {
            (again.head(visit))
            (secret(visit, &again, "again", None))
        }
        p #rules-status .sr role="status" data-left=(visit.text("password.rules_left"))
            data-met=(visit.text("password.rules_met")) {}
    }
}

fn secret(visit: &Visit, field: &Field<'_>, name: &str, rules: Option<&str>) -> Markup {
    let word = field.id.replace('-', "_");
    html! {
        div.row {
            input id=(field.id) name=(name) type="password" autocomplete="new-password" passwordrules=[rules] dir="ltr"
                aria-describedby=[field.described_by()]
                aria-invalid=[field.invalid()];
            button .second id={ "show-" (field.id) } type="button" hidden aria-controls=(field.id)
                data-hide=(visit.text(&format!("password.hide.{word}"))) data-shown=(visit.text("password.hide.short"))
                aria-label=(visit.text(&format!("password.show.{word}"))) {
                (visit.text("password.show.short"))
            }
        }
    }
}

/// The same rules that the service enforces, with its verdict on the password that it refused; the script ticks those
/// that a page can check.
fn rule_list(visit: &Visit, view: &ChallengeView, errors: &Errors) -> Markup {
    let policy = &visit.rules().policy;
    let (min, max, k) = (policy.min_length.to_string(), policy.max_length.to_string(), policy.min_classes.to_string());
    let values = [("min", min.as_str()), ("max", max.as_str()), ("k", k.as_str())];
    html! {
        p #rules-title { (visit.text("password.rules")) }
        ul #rules aria-labelledby="rules-title" data-min=(min) data-max=(max) data-classes=(k)
            data-name=(view.account.local()) data-met=(visit.text("password.met"))
            data-unmet=(visit.text("password.unmet")) {
            @for rule in &policy.rules {
                @let (state, word) = verdict(visit, rule.id, errors);
                li data-rule=(rule.id) data-state=(state) {
                    span.mark aria-hidden="true" {}
                    (visit.text_with(&format!("rule.{}", rule.id), &values))
                    @if rule.check == CheckedBy::Server { (visit.text("password.on_submit")) }
                    span.sr { (word) }
                }
            }
            @if policy.confirm {
                @let (state, word) = verdict(visit, Rule::Match.name(), errors);
                li data-rule="match" data-state=(state) {
                    span.mark aria-hidden="true" {} (visit.text("rule.match")) span.sr { (word) }
                }
            }
        }
    }
}

/// How a rule stands after a refusal, and the word for it.
fn verdict(visit: &Visit, rule: &str, errors: &Errors) -> (&'static str, String) {
    match &errors.broken {
        None => ("open", String::new()),
        Some(broken) if broken.contains(&rule) => ("unmet", visit.text("password.unmet")),
        Some(_) => ("met", visit.text("password.met")),
    }
}
