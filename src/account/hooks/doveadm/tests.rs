use super::*;

#[test]
fn nobody_to_kick_is_no_failure_and_anything_else_is() {
    let flushed = json!(["doveadmResponse", [{ "entries": "1" }], "flush"]);
    let nobody = json!(["error", { "type": "exitCode", "exitCode": 68 }, "0"]);
    assert_eq!(judge(&json!([flushed]), 0), Ok(()));
    assert_eq!(judge(&json!([flushed, nobody]), 1), Ok(()));
    assert_eq!(judge(&json!([flushed, ["doveadmResponse", [], "0"]]), 1), Ok(()));
    for (answer, kicks) in [
        (json!([]), 0),
        (json!({}), 0),
        (json!([nobody]), 0),
        (json!([flushed]), 1),
        (json!([flushed, ["error", { "type": "exitCode", "exitCode": 75 }, "0"]]), 1),
        (json!([["error", { "type": "unknownMethod", "exitCode": 0 }, "flush"]]), 0),
    ] {
        assert!(judge(&answer, kicks).is_err(), "{answer}");
    }
}

#[test]
fn the_cache_forgets_before_anybody_is_kicked() {
    let names = ["anna@example.org", "a.zhang@example.org", "perhaps@example.org"];
    let flush = json!(["authCacheFlush", { "user": names }, "flush"]);
    assert_eq!(commands(&names, &[]), json!([flush]));
    let kicks = [json!(["kick", { "mask": [names[0]] }, "0"]), json!(["kick", { "mask": [names[1]] }, "1"])];
    assert_eq!(commands(&names, &names[..2]), json!([flush, kicks[0], kicks[1]]));
}

/// A mask of doveadm is a pattern: `*@example.org` would end everybody's sessions. Its cache forgets all the same.
#[tokio::test]
async fn an_address_that_is_a_pattern_is_forgotten_and_kicks_nobody() {
    use wiremock::matchers::body_json;
    use wiremock::{Mock, MockServer, ResponseTemplate};
    let pattern = "*@example.org";
    let server = MockServer::start().await;
    let flushed = ResponseTemplate::new(200).set_body_json(json!([["doveadmResponse", [], "flush"]]));
    let only_flush = body_json(json!([["authCacheFlush", { "user": [pattern] }, "flush"]]));
    Mock::given(only_flush).respond_with(flushed).expect(1).mount(&server).await;
    let own = vec![MailboxAddress::parse(pattern).unwrap()];
    let change = PasswordChange { names: own.clone(), ..change(own) };
    let problem = doveadm(&server.uri(), "address").run(&change, || Timestamp::from_millis(0)).await.unwrap_err();
    assert!(problem.contains("pattern"), "{problem}");
}

fn change(own: Vec<MailboxAddress>) -> PasswordChange {
    PasswordChange {
        address: own[0].clone(),
        names: Vec::new(),
        own,
        unit: None,
        at: Timestamp::from_millis(0),
        revoke_sessions: true,
        certain: true,
    }
}

fn doveadm(url: &str, user: &str) -> Doveadm {
    let text = format!("url = \"{url}/doveadm/v1\"\napi_key = \"k\"\nuser = \"{user}\"");
    let within = std::time::Duration::from_secs(10);
    let times = crate::outbound::Times { connect: within, total: within };
    let client = crate::outbound::client(crate::outbound::Trust::Plain, None, times).unwrap();
    Doveadm::new(&toml::from_str(&text).unwrap(), client).unwrap()
}

/// Where Dovecot knows no domains, the user name of an alias at another domain may be a colleague's.
#[test]
fn only_who_is_surely_the_person_is_kicked() {
    let parse = |text: &str| MailboxAddress::parse(text).unwrap();
    let own = ["anna@a.example", "info@b.example"].map(parse).to_vec();
    let names = ["anna@a.example", "info@b.example", "info@a.example", "anna@b.example"].map(parse).to_vec();
    let change = PasswordChange { names, ..change(own) };
    for (user, flushed, kicked) in [
        (
            "address",
            &["anna@a.example", "info@b.example", "info@a.example", "anna@b.example"][..],
            &["anna@a.example", "info@b.example"][..],
        ),
        ("local_part", &["anna", "info"], &["anna"]),
    ] {
        let doveadm = doveadm("http://127.0.0.1:1", user);
        assert_eq!((&*doveadm.flushed(&change), &*doveadm.kicked(&change)), (flushed, kicked), "{user}");
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_judged_without_panic(text in "\\PC{0,80}", tag in 0_usize..4) {
        let value = serde_json::from_str(&text).unwrap_or_else(|_| json!([[text, { "exitCode": text }, tag]]));
        let _ = judge(&value, tag);
    }
}
