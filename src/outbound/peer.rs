//! What a peer shows of itself in any answer: its clock and its certificate.

use reqwest::{Method, Request, Url};

use super::{Answer, MAX_BODY, Times, Trust, ask, certificate_end, client};
use crate::domain::{Clock, Condition, Finding, Timestamp};

/// Seconds that clocks may differ before somebody should look, and before signatures are refused.
const DOUBTFUL_SECONDS: u64 = 30;
const BAD_SECONDS: u64 = 240;
/// Days before its end at which a certificate should have been renewed by whoever renews it.
const RENEWED_BY_DAYS: u64 = 14;

/// The request that asks for nothing: is anybody there?
#[must_use]
pub fn knock(at: &Url) -> Request {
    let mut url = at.clone();
    url.set_path("/");
    url.set_query(None);
    Request::new(Method::HEAD, url)
}

/// Reads what stands at `url`.
///
/// # Errors
/// Why there was no answer.
pub async fn visit(url: &str, trust: Trust<'_>, times: Times, clock: &dyn Clock) -> Result<Answer, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let client = client(trust, None, times)?;
    ask(&client, Request::new(Method::GET, url), MAX_BODY, || clock.now()).await.map_err(|error| error.to_string())
}

/// The peer's clock beside ours, and the end of its certificate, as far as the answer tells.
#[must_use]
pub fn impressions(answer: &Answer, now: Timestamp) -> Vec<Finding> {
    let clock = answer.date.map(|date| clock(date, now));
    let certificate = answer.certificate.as_deref().map(|der| certificate(certificate_end(der), now));
    clock.into_iter().chain(certificate).collect()
}

fn clock(date: Timestamp, now: Timestamp) -> Finding {
    // Since one of them is zero.
    let apart = now.since(date).max(date.since(now)).as_secs();
    let (state, help) = match apart {
        0..DOUBTFUL_SECONDS => (Condition::Good, ""),
        DOUBTFUL_SECONDS..BAD_SECONDS => (Condition::Doubtful, "; let this machine follow a time server"),
        _ => (Condition::Bad, "; signatures will be refused: let this machine follow a time server"),
    };
    Finding::of("clock", state, format!("ours and theirs are {apart} s apart{help}"))
}

fn certificate(end: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(end) = end else {
        return Finding::of("certificate", Condition::Doubtful, "its end cannot be read");
    };
    let days = end.since(now).as_secs() / 86_400;
    let state = if days < RENEWED_BY_DAYS { Condition::Doubtful } else { Condition::Good };
    Finding::of("certificate", state, format!("ends {end}, in {days} days"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::outbound::Body;

    #[test]
    fn clocks_are_compared_in_either_direction() {
        let now = Timestamp::from_millis(1_795_402_800_000);
        let apart = |seconds: i64| {
            let date = Some(Timestamp::from_millis(now.as_millis() + 1_000 * seconds));
            let answer = Answer { date, ..Answer::of(200, Body::Unread(String::new())) };
            impressions(&answer, now)[0].clone()
        };
        assert_eq!(
            (apart(0).state, apart(-29).state, apart(1).state),
            (Condition::Good, Condition::Good, Condition::Good)
        );
        assert_eq!((apart(30).state, apart(-30).state), (Condition::Doubtful, Condition::Doubtful));
        assert_eq!((apart(3_600).state, apart(-3_600).state), (Condition::Bad, Condition::Bad));
        assert!(apart(-3_600).text.contains("3600 s apart"));
    }

    #[test]
    fn a_certificate_near_its_end_is_doubtful() {
        let now = Timestamp::from_millis(1_795_402_800_000);
        let ends = |days: u64| certificate(Some(now.plus(Duration::from_hours(24 * days))), now).state;
        assert_eq!(
            (ends(90), ends(13), certificate(None, now).state),
            (Condition::Good, Condition::Doubtful, Condition::Doubtful)
        );
    }
}
