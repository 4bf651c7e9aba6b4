//! The rules of a new password as the page shows, ticks and speaks them, the passwords that it makes, and what it must
//! never know.

use resetgate::account::AccountStore;
use resetgate::domain::{MailboxAddress, NewPassword};
use resetgate::policy::PasswordPolicy;
use serde_json::{Value, json};

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Site, Visitor};

/// The states of the rules that the page ticks itself.
async fn ticks(person: &Visitor<'_>) -> [String; 4] {
    let script = "return ['length', 'classes', 'username', 'match'].map(
        rule => document.querySelector(`[data-rule=${rule}]`).dataset.state)";
    serde_json::from_value(person.eval(script).await).unwrap()
}

/// Types a password as an input method does: all at once, whatever signs it has.
async fn put(person: &Visitor<'_>, password: &str) {
    person.fill("#new-password", "").await.paste("#new-password", password).await;
    assert_eq!(person.value("#new-password").await, password);
}

async fn tick(person: &Visitor<'_>, rule: &str, password: &str) -> String {
    put(person, password).await;
    person.attribute(&format!("[data-rule={rule}]"), "data-state").await.unwrap()
}

/// The page lists what the configuration tells, before the field.
async fn lists_its_rules(settings: &str, texts: &[&str]) {
    let site = Site::start_with(settings).await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let config = site.app.client().get("/v1/config").await.expect(200);
    let policy = &config.body["policy"];
    assert!(policy["rules"].as_array().is_some_and(|rules| !rules.is_empty()), "{}", config.body);
    let told: Vec<Value> = policy["rules"].as_array().unwrap().iter().map(|rule| rule["id"].clone()).collect();
    let shown = "return [...document.querySelectorAll('#rules li')].map(one => one.dataset.rule)";
    let mut shown: Vec<Value> = serde_json::from_value(anna.eval(shown).await).unwrap();
    assert_eq!(shown.pop(), Some(json!("match")), "pages ask twice");
    assert_eq!(shown, told);
    let bounds = "const { min, max, classes } = document.querySelector('#rules').dataset; return [min, max, classes]";
    let bounds: Vec<String> = serde_json::from_value(anna.eval(bounds).await).unwrap();
    let expected = ["min_length", "max_length", "min_classes"].map(|key| policy[key].to_string());
    assert_eq!(bounds, expected);
    let before =
        "!!(document.querySelector('#rules').compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)";
    assert_eq!(anna.on("#new-password", before).await, true);
    let words = anna.text("#rules").await;
    for text in texts {
        assert!(words.contains(text), "{text} in {words}");
    }
    // Password generators read the same bounds.
    let rules = anna.attribute("#new-password", "passwordrules").await.unwrap();
    assert_eq!(json!(rules), policy["passwordrules"]);
    assert!(rules.starts_with(&format!("minlength: {}; maxlength: {};", bounds[0], bounds[1])), "{rules}");
    assert_eq!(rules.matches("required:").count().max(1).to_string(), bounds[2], "{rules}");
}

#[tokio::test]
async fn d2_the_rules_stand_before_the_field_and_are_those_that_the_service_enforces() {
    lists_its_rules("", &["12 到 30 个字符", "至少 3 种", "不含用户名", "不是常见的密码（提交时检查）"]).await;
}

#[tokio::test]
async fn d2_other_rules_are_listed_as_they_are() {
    lists_its_rules("policy.preset = 'nist'", &["15 到 128 个字符"]).await;
}

#[tokio::test]
async fn d3_rules_are_ticked_in_three_states_with_sign_and_words() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let text = anna.style("main", "color").await;
    let open = async || {
        assert_eq!(ticks(&anna).await, ["open"; 4]);
        let colours =
            "return [...new Set([...document.querySelectorAll('#rules li')].map(one => getComputedStyle(one).color))]";
        assert_eq!(anna.eval(colours).await, json!([text.as_str()]), "nothing is red while the field is empty");
        assert!(!anna.text("#rules").await.contains("满足"));
    };
    open().await;
    anna.type_into("#new-password", "anna").await;
    assert_eq!(ticks(&anna).await, ["unmet", "unmet", "unmet", "open"]);
    anna.fill("#new-password", GOOD_PASSWORD).await;
    assert_eq!(ticks(&anna).await, ["met", "met", "met", "open"]);
    anna.fill("#again", GOOD_PASSWORD).await;
    assert_eq!(ticks(&anna).await, ["met"; 4]);
    // Sign, words and colour, of each state its own.
    anna.fill("#new-password", "Tiantian").await;
    let look = async |rule: &str| {
        let rule = format!("[data-rule={rule}]");
        let look = "[getComputedStyle(element.querySelector('.mark'), '::before').content, element.querySelector('.sr').textContent,
            getComputedStyle(element).color]";
        serde_json::from_value::<[String; 3]>(anna.on(&rule, look).await).unwrap()
    };
    let [open_look, met, unmet] = [look("personal").await, look("username").await, look("length").await];
    assert_eq!([open_look[1].as_str(), met[1].as_str(), unmet[1].as_str()], ["", "，已满足", "，未满足"]);
    for part in 0..3 {
        assert!(open_look[part] != met[part] && met[part] != unmet[part] && unmet[part] != open_look[part], "{part}");
    }
    assert_eq!(anna.axe().await, Vec::<String>::new());
    // What only the service can check stays open, whatever is typed.
    for rule in ["common", "personal"] {
        assert_eq!(tick(&anna, rule, "password-13800138000").await, "open", "{rule}");
    }
    anna.fill_as_manager("#again", "").await.fill_as_manager("#new-password", "").await;
    open().await;
}

#[tokio::test]
async fn d4_a_screen_reader_hears_once_how_many_rules_are_left() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_password(ANNA).await;
    assert_eq!(anna.attribute("#rules-status", "role").await.as_deref(), Some("status"));
    anna.listen_to("#rules-status").await;
    for sign in ["T", "i", "a"] {
        anna.type_into("#new-password", sign).await.pass(1).await;
    }
    assert_eq!(anna.heard().await, Vec::<String>::new(), "nothing while it is typed");
    anna.pass(1).await.pass(60).await;
    assert_eq!(anna.heard().await, ["还有 3 项未满足"]);
    anna.fill("#new-password", GOOD_PASSWORD).await.fill("#again", GOOD_PASSWORD).await.pass(2).await;
    assert_eq!(anna.heard().await, ["还有 3 项未满足", "能在此检查的要求都已满足"]);
}

#[tokio::test]
async fn d5_length_counts_signs_and_not_bytes() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let hanzi = "天地玄黄宇宙洪荒日月盈昃";
    let emoji = "😀😁😂🤣😃😄😅😆😉😊😋😎";
    for password in [hanzi, emoji] {
        assert_eq!(password.chars().count(), 12);
        assert_eq!(tick(&anna, "length", password).await, "met", "{password}");
        let mut shorter = password.to_owned();
        shorter.pop();
        assert_eq!(tick(&anna, "length", &shorter).await, "unmet", "{shorter}");
    }
    assert_eq!(tick(&anna, "length", &emoji.repeat(3)[..30 * 4]).await, "met");
    assert_eq!(tick(&anna, "length", &emoji.repeat(3)[..31 * 4]).await, "unmet");
    // The service counts alike: twelve signs with four classes, of which most need four bytes.
    let password = format!("aA1{}", &emoji[12..]);
    assert_eq!(password.chars().count(), 12);
    put(&anna, &password).await;
    anna.paste("#again", &password).await;
    anna.submit().await;
    assert_eq!(anna.path().await, "/done");
    assert!(site.app.signs_in(ANNA, &password).await);
}

#[tokio::test]
async fn d6_classes_are_digit_lower_upper_and_everything_else() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let policy = PasswordPolicy::build(&site.app.settings.policy).unwrap();
    for (password, state) in [
        ("1234567890ab", "unmet"),
        ("abcdefghABCD", "unmet"),
        ("天地玄黄宇宙洪荒日月盈昃", "unmet"),
        ("abc天地玄黄宇宙洪荒日", "unmet"),
        ("abcA天地玄黄宇宙洪荒", "met"),
        ("1aé天地玄黄宇宙洪荒", "met"),
        ("abc DEF 123 ", "met"),
        ("１２３abcABC天地玄", "met"),
        ("１２３abc天地玄黄宇宙", "unmet"),
    ] {
        assert_eq!(tick(&anna, "classes", password).await, state, "{password}");
        // The page and the service never disagree.
        let broken = policy.check_shape(&NewPassword::parse(password).unwrap());
        assert_eq!(broken.ids().contains(&"policy.classes"), state == "unmet", "{password}");
    }
}

#[tokio::test]
async fn d7_the_user_name_is_looked_for_while_typing_and_what_is_personal_on_submission() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    for (password, state) in [
        ("xxAnnaxx-2026", "unmet"),
        ("xx-a.n.n.a-xx", "unmet"),
        ("ＡＮＮＡ-2026-xx", "unmet"),
        ("Rosanna-2026-x", "unmet"),
        ("Anton-2026-xxx", "met"),
    ] {
        assert_eq!(tick(&anna, "username", password).await, state, "{password}");
    }
    assert_eq!(anna.text("[data-rule=personal]").await, "不含手机号、办公电话或生日（提交时检查）");
}

/// Pieces of what is known of Anna, each long enough to be in no random text.
const FACTS: [&str; 9] =
    ["13800138000", "38000", "138****", "55500123", "5550-0123", "00123", "1990-01-02", "19900102", "900102"];

/// Walks to the end with a refusal for every fact; everything that the browser got is looked through.
async fn learns_nothing(site: &Site, anna: &Visitor<'_>) {
    let clean = async |step: &str| {
        let page = anna.source().await;
        for fact in FACTS {
            assert!(!page.contains(fact), "{fact} at {step}: {page}");
        }
        page
    };
    anna.open("/").await;
    let answer = anna.read_captcha().await;
    assert!(!clean("identify").await.contains(&answer), "the answer to the captcha");
    anna.identify(ANNA).await.submit().await;
    clean("code").await;
    let code = site.next_code().await;
    anna.enter_code(&code).await;
    clean("password").await;
    for password in ["Xk-13800138000", "Xk-01055500123", "Xk-1990-01-02-x", "anna.zhang-2026"] {
        anna.choose(password).await;
        assert_eq!(anna.count("#new-password-error").await, 1, "{password} breaks a rule");
        clean(password).await;
    }
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.path().await, "/done");
    clean("done").await;
    let requests = anna.requests().await;
    assert!(requests.len() > 10);
    for request in requests {
        for fact in FACTS {
            assert!(!request.url.contains(fact), "{fact} in {}", request.url);
            assert!(!request.headers.values().any(|value| value.contains(fact)), "{fact} in {request:?}");
        }
    }
}

#[tokio::test]
async fn d7_and_j9_nothing_personal_is_in_any_page() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    // What scripts fetch is kept as it came; the rest is in the pages.
    anna.before_scripts(
        "const real = fetch; fetch = async (...asked) => { const got = await real(...asked);
        (globalThis.fetched ??= []).push(await got.clone().text()); return got; }",
    )
    .await;
    anna.open("/").await.click("#change").await;
    anna.until("another captcha", "globalThis.fetched?.length === 1").await;
    let fetched = anna.eval_text("return fetched.join()").await;
    let answer = anna.read_captcha().await;
    assert!(!fetched.contains(&answer) && fetched.contains("image"), "{fetched}");
    learns_nothing(&site, &anna).await;
}

/// Where no script runs, the document is the answer as it came over the wire.
#[tokio::test]
async fn d7_and_j9_nothing_personal_is_in_any_answer() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().without_script()).await;
    learns_nothing(&site, &anna).await;
}

/// A thousand passwords that the page makes, and what the service says of each.
async fn makes_good_passwords(settings: &str) -> Vec<String> {
    let site = Site::start_with(settings).await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let script = "
        const made = [], field = id => document.getElementById(id);
        for (let round = 0; round < 1000; round++) {
            field('generate').click();
            if (field('again').value !== field('new-password').value) throw 'two entries differ';
            if (document.querySelector('#rules [data-state=unmet]')) throw 'a rule is not met';
            made.push(field('new-password').value);
        }
        return made";
    let made: Vec<String> = serde_json::from_value(anna.eval(script).await).unwrap();
    let policy = PasswordPolicy::build(&site.app.settings.policy).unwrap();
    let facts = site.app.accounts.find(&MailboxAddress::parse(ANNA).unwrap()).await.unwrap().unwrap().facts;
    for password in &made {
        let parsed = NewPassword::parse(password).unwrap();
        let broken = policy.check_shape(&parsed).and(policy.check_facts(&parsed, &facts));
        assert!(broken.is_empty(), "{password} breaks {:?}", broken.ids());
        // Nobody mistakes a sign for another one.
        assert!(!password.contains(['0', 'O', 'o', '1', 'l', 'I']), "{password}");
    }
    let different: std::collections::BTreeSet<_> = made.iter().collect();
    assert_eq!(different.len(), 1_000);
    made
}

#[tokio::test]
async fn d11_a_thousand_generated_passwords_follow_every_rule() {
    let made = makes_good_passwords("").await;
    assert!(made.iter().all(|password| password.len() == 16));
}

#[tokio::test]
async fn d11_generated_passwords_follow_other_rules_as_well() {
    let all = "[policy]\nmin_length = 20\nmax_length = 20\nmin_classes = 4";
    assert!(makes_good_passwords(all).await.iter().all(|password| password.len() == 20));
    let short = "[policy]\nmin_length = 8\nmax_length = 12";
    assert!(makes_good_passwords(short).await.iter().all(|password| password.len() == 12));
}

#[tokio::test]
async fn d11_a_generated_password_is_shown_told_and_copied_and_works() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await.click("#generate").await;
    let made = anna.value("#new-password").await;
    assert_eq!(anna.attribute("#new-password", "type").await.as_deref(), Some("text"));
    assert_eq!(anna.text("#rules-status").await, "已生成密码并填入，请记下后再提交");
    assert_eq!(ticks(&anna).await, ["met"; 4]);
    assert_eq!(anna.clipboard().await, made);
    anna.submit().await;
    assert_eq!(anna.path().await, "/done");
    assert!(site.app.signs_in(ANNA, &made).await);
}
