//! What a test message is, who would be asked to send it, and what comes next after a word of a provider.

use secrecy::ExposeSecret;

use super::{SmsTest, SmsTestArgs};
use crate::sms::{SentAs, SmsError, SmsMessage, parts, ucs2_units};

/// Who is asked: the one provider that was named, or those of the route of the number and the unit.
pub(super) fn asked<'a>(args: &'a SmsTestArgs, test: &'a SmsTest<'_>, message: &SmsMessage) -> &'a [String] {
    args.provider.as_ref().map_or_else(|| route(test, message), std::slice::from_ref)
}

fn route<'a>(test: &'a SmsTest<'_>, message: &SmsMessage) -> &'a [String] {
    test.settings.providers_for(&message.to, message.unit.as_deref())
}

/// The message, and what each provider makes of it.
pub(super) fn plan(args: &SmsTestArgs, test: &SmsTest<'_>, message: &SmsMessage) -> String {
    let asked = asked(args, test, message);
    let mut lines = vec![format!("To        {}", message.to.masked())];
    if !test.countries.iter().any(|code| code == message.to.country_code()) {
        let code = message.to.country_code();
        lines.push(format!("Country   {code} is not in limits.countries: the service would send no code there"));
    }
    lines.push(format!("Provider  {}", asked.join(", then ")));
    let sent: Vec<_> =
        asked.iter().filter_map(|name| Some((name, test.settings.provider.get(name)?.sends(message)?))).collect();
    let by_text: Vec<_> =
        sent.iter().filter(|(_, sent)| *sent == SentAs::Text).map(|(name, _)| name.as_str()).collect();
    if !by_text.is_empty() {
        let shown = message.text.expose_secret();
        let of = if by_text.len() < sent.len() { format!(" (of {})", by_text.join(", ")) } else { String::new() };
        let units = ucs2_units(shown);
        lines.push(format!("Text      {}{of}", shown.escape_debug()));
        lines.push(format!("Length    {units} UCS-2 units, {} message(s)", parts(units)));
    }
    for (name, sent) in &sent {
        match sent {
            SentAs::Text => {}
            SentAs::Template { id, values } => {
                lines.push(format!("Template  {} of {name}, filled with {}", id.escape_debug(), listed(values)));
            }
            SentAs::Code(code) => {
                lines.push(format!("Text      the gateway's own around the code {code} (of {name})"));
            }
        }
    }
    lines.push(format!("Order     {}", message.order));
    lines.join("\n") + "\n"
}

/// Variables by name, or by place.
fn listed(values: &[(String, String)]) -> String {
    let shown = values.iter().zip(1..).map(|((name, value), place)| match name.as_str() {
        "" => format!("{place} = {}", value.escape_debug()),
        name => format!("{} = {}", name.escape_debug(), value.escape_debug()),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// What the service would make of a word like this.
pub(super) fn meaning(args: &SmsTestArgs, test: &SmsTest<'_>, message: &SmsMessage, error: &SmsError) -> String {
    let next = args.provider.as_ref().and_then(|name| {
        let route = route(test, message);
        route.get(route.iter().position(|own| own == name)? + 1)
    });
    let next = match next {
        _ if !error.lets_another_try() => "nobody else is asked".to_owned(),
        Some(next) => format!("`{next}`, the next provider of the route, is asked"),
        None => "another provider would be asked, but the route has no further one".to_owned(),
    };
    format!("Meaning   {}: {next}\n", error.name())
}
