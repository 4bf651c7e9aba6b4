//! Gateways in a row, over real connections.

use resetgate::sms::{Router, SmsError, SmsProvider};

use crate::gateway::{Gateway, chain, http, message};

fn passed_by(router: &Router) -> Vec<bool> {
    router.health().iter().map(|health| health.passed_by).collect()
}

#[tokio::test]
async fn a_limit_leads_on_and_a_refusal_does_not() {
    let limited = Gateway::answering(http("429 Too Many Requests", "", "")).await;
    let refusing = Gateway::answering(http("400 Bad Request", "", "")).await;
    let taking = Gateway::answering(http("200 OK", "", "{\"code\":0}")).await;
    let outcome = chain(&[&limited.url(), &refusing.url(), &taking.url()], "").send(&message()).await;
    assert!(matches!(outcome, Err(SmsError::Refused { .. })));
    assert_eq!((limited.requests(), refusing.requests(), taking.requests()), (1, 1, 0));
}

/// case 88: a dead gateway is passed by after five failures in a row, and says so.
#[tokio::test]
async fn a_gateway_that_stays_dead_is_passed_by() {
    let taking = Gateway::answering(http("200 OK", "", "{\"code\":0}")).await;
    let chain = chain(&["http://127.0.0.1:1/", &taking.url()], "");
    for _ in 0..6 {
        assert_eq!(&*chain.send(&message()).await.unwrap().provider, "second");
    }
    assert_eq!(passed_by(&chain), [true, false]);
    assert_eq!(taking.requests(), 6);
}

/// case 87: a gateway that turns our signature away takes nothing, so others may; it is soon passed by.
#[tokio::test]
async fn a_gateway_that_refuses_our_signature_opens_its_breaker() {
    let skewed = Gateway::answering(http("403 Forbidden", "", "{\"code\":\"SignatureDoesNotMatch\"}")).await;
    let alone = chain(&[&skewed.url()], "");
    for _ in 0..7 {
        let error = alone.send(&message()).await.unwrap_err();
        assert!(matches!(error, SmsError::Unreachable { .. }), "{error}");
    }
    assert_eq!(skewed.requests(), 5);
    assert_eq!(passed_by(&alone), [true]);
}
