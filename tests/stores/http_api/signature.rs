//! What an API that follows the description accepts, and what it does not.

use actix_web::test::TestRequest;
use resetgate::domain::{ManualClock, Timestamp};
use serde_json::Value;
use std::sync::Arc;

use crate::servers::account_api::{KEY, KEY_ID, Refusal, Verifier};

/// 2026-11-23T07:00:00Z, when the vectors were made.
const MADE: i64 = 1_795_417_200;

struct Sent {
    vector: Value,
}

impl Sent {
    fn vectors() -> Vec<Self> {
        let description: Value = serde_json::from_str(resetgate::account::http::OPENAPI).unwrap();
        let vectors = description["components"]["x-signature-vectors"].as_array().unwrap().clone();
        vectors.into_iter().map(|vector| Self { vector }).collect()
    }

    fn text(&self, name: &str) -> &str {
        self.vector[name].as_str().unwrap()
    }

    /// What a verifier says of it, `late` seconds after it was made.
    fn judged_by(&self, verifier: &Verifier, body: &str, more: &[(&str, &str)]) -> Result<(), Refusal> {
        let mut request = TestRequest::post().uri(self.text("path")).insert_header(("resetgate-version", "1"));
        for name in ["content-digest", "signature-input", "signature"] {
            request = request.insert_header((name, self.text(name)));
        }
        if let Some(once) = self.vector["idempotency_key"].as_str() {
            request = request.insert_header(("idempotency-key", once));
        }
        for header in more {
            request = request.insert_header(*header);
        }
        verifier.verify(&request.to_http_request(), body.as_bytes())
    }
}

fn verifier(late: i64) -> Verifier {
    Verifier::new(KEY_ID, KEY, Arc::new(ManualClock::at(Timestamp::from_millis((MADE + late) * 1_000))))
}

#[test]
fn the_vectors_are_accepted_once_and_for_five_minutes() {
    for sent in Sent::vectors() {
        let body = sent.text("body").to_owned();
        for late in [-300, 0, 300] {
            assert_eq!(sent.judged_by(&verifier(late), &body, &[]), Ok(()), "{late}");
        }
        for late in [-301, 301] {
            assert_eq!(sent.judged_by(&verifier(late), &body, &[]), Err(Refusal::Stale), "{late}");
        }
        let one = verifier(0);
        assert_eq!(sent.judged_by(&one, &body, &[]), Ok(()));
        assert_eq!(sent.judged_by(&one, &body, &[]), Err(Refusal::Replayed));
    }
}

#[test]
fn whatever_is_changed_on_the_way_is_refused() {
    let [find, password] = &Sent::vectors()[..] else { panic!("two vectors") };
    let (body, longer) = (find.text("body"), find.text("body").replace("zhangsan", "lisi"));
    assert_eq!(find.judged_by(&verifier(0), &longer, &[]), Err(Refusal::Digest));
    let version = ("resetgate-version", "2");
    assert_eq!(find.judged_by(&verifier(0), body, &[version]), Err(Refusal::Signature));
    let added = ("idempotency-key", "rst_00000000000000000000000000");
    assert_eq!(find.judged_by(&verifier(0), body, &[added]), Err(Refusal::NotCovered));
    assert_eq!(password.judged_by(&verifier(0), password.text("body"), &[added]), Err(Refusal::Signature));
    let fewer = find.text("signature-input").replace(" \"content-digest\"", "");
    assert_eq!(find.judged_by(&verifier(0), body, &[("signature-input", &fewer)]), Err(Refusal::NotCovered));
    let other = find.text("signature-input").replace(KEY_ID, "gate-2");
    assert_eq!(find.judged_by(&verifier(0), body, &[("signature-input", &other)]), Err(Refusal::UnknownKey));
    let fresher = find.text("signature-input").replace("created=1795417200", "created=1795417201");
    assert_eq!(find.judged_by(&verifier(0), body, &[("signature-input", &fresher)]), Err(Refusal::Signature));
    let moved = Sent {
        vector: {
            let mut vector = find.vector.clone();
            vector["path"] = "/resetgate/verify".into();
            vector
        },
    };
    assert_eq!(moved.judged_by(&verifier(0), body, &[]), Err(Refusal::Signature));
}
