//! The page as people reach it: through whatever stands in front of this service.

use std::time::Duration;

use serde_json::Value;

use crate::domain::{Clock, Condition, Finding};
use crate::outbound::{self, Answer, Times, Trust};
use crate::settings::Settings;

/// Somebody is waiting for the result.
const TIMES: Times = Times { connect: Duration::from_secs(3), total: Duration::from_secs(5) };

const WHAT: &str = "server.public_url";

pub(super) async fn examine(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let url = format!("{}/v1/config", settings.server.public_url.as_str());
    let trust = if settings.server.public_url.is_https() { Trust::System } else { Trust::Plain };
    match outbound::visit(&url, trust, TIMES, clock).await {
        Ok(answer) => {
            let found = judge(&url, &answer, &settings.code.instance());
            std::iter::once(found).chain(outbound::impressions(&answer, clock.now())).collect()
        }
        // From inside, people's way in may not exist at all.
        Err(reason) => {
            vec![Finding::of(WHAT, Condition::Doubtful, format!("{url} cannot be reached from here: {reason}"))]
        }
    }
}

/// What an answer to `GET /v1/config` shows; `instance` is what this service would say of itself.
fn judge(url: &str, answer: &Answer, instance: &str) -> Finding {
    let status = answer.status.as_u16();
    let bad = |text: &str| Finding::of(WHAT, Condition::Bad, format!("{url} answers {status}: {text}"));
    match status {
        200 => match answer.body.json::<Value>() {
            Ok(config) if config["instance"] == instance => {
                Finding::of(WHAT, Condition::Good, format!("{url} answers {status}, and it is this service"))
            }
            Ok(config) if config["api_version"].is_string() => bad(
                "a resetgate with another code.pepper; the proxy leads to another one, or this one was not restarted",
            ),
            _ => bad("something else than this service stands there; let the proxy lead this path to server.listen"),
        },
        300..=399 => bad("it leads elsewhere; write the address that people end up at"),
        502..=504 => {
            bad("the proxy does not reach this service; is it running, and does the proxy lead to server.listen?")
        }
        404 => bad("the proxy does not lead this path to this service; compare its paths with that of public_url"),
        _ => bad("people cannot use the page; look at what stands in front of this service"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::domain::SystemClock;

    /// Somebody at a port of this machine who gives one answer, and what was asked.
    async fn met(answer: &'static str) -> (Finding, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/reset/v1/config", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&bytes[..count]).into_owned()
        });
        let answer = outbound::visit(&url, Trust::Plain, TIMES, &SystemClock::start()).await.unwrap();
        (judge(&url, &answer, "i-1"), asked.join().unwrap())
    }

    #[tokio::test]
    async fn only_this_service_at_the_public_address_is_good() {
        let table = [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 39\r\n\r\n{\"api_version\":\"1.0\",\"instance\":\"i-1\"}  ",
                Condition::Good,
                "this service",
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 39\r\n\r\n{\"api_version\":\"1.0\",\"instance\":\"i-2\"}  ",
                Condition::Bad,
                "another code.pepper",
            ),
            ("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", Condition::Bad, "something else"),
            (
                "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
                Condition::Bad,
                "answers 502: the proxy does not reach",
            ),
            (
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
                Condition::Bad,
                "answers 404: the proxy does not lead",
            ),
            (
                "HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                Condition::Bad,
                "answers 301: it leads elsewhere",
            ),
            ("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", Condition::Bad, "answers 403"),
        ];
        for (answer, state, words) in table {
            let (found, asked) = met(answer).await;
            assert_eq!(found.state, state, "{answer}: {}", found.text);
            assert!(found.text.contains(words) && found.text.contains("/reset/v1/config"), "{}", found.text);
            assert!(asked.starts_with("GET /reset/v1/config HTTP/1.1"), "{asked}");
        }
    }
}
