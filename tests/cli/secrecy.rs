//! case 99: whole runs of the binary, and nothing secret in anything it leaves behind.

use serde_json::{Value, json};

use crate::dev::{api, code, dev, ops};
use crate::gateway::{Gateway, Manner};
use crate::process::Running;
use crate::site::{ANNA, AUDIT_KEY, OLD, PEPPER, Site};
use crate::web::{Person, ask, get};

const NEW: &str = "Tiantian-2026x";
const REFUSED: &str = "Anna-1990-01-02-Xy";
const CAPTCHA_ANSWER: &str = "qwrtzpsdfg";
const WRONG_NONCE: &str = "918273645546372819";

/// Does right and wrong what can be done; gives the codes and everything else that is secret.
fn journey(api: std::net::SocketAddr, account: &str, code_of: impl Fn(&Person) -> String) -> Person {
    let mut person = Person::at(api);
    let image = person.post("/v1/captchas", &json!({ "kind": "image" })).expect(201);
    get(api, &image.member("image")).expect(200);
    let answered = json!({ "id": image.member("id"), "answer": CAPTCHA_ANSWER });
    person.post("/v1/password-resets", &json!({ "account": account, "captcha": answered })).expect(422);
    let mut guessed = person.captcha();
    guessed["nonce"] = WRONG_NONCE.into();
    person.post("/v1/password-resets", &json!({ "account": account, "captcha": guessed })).expect(422);
    person.start(account).expect(202);
    let code = code_of(&person);
    let wrong = if code == "111111" { "222222" } else { "111111" };
    person.step("verify", &json!({ "code": wrong })).expect(422);
    person.step("verify", &json!({ "kode": code, "code": [code] })).expect(400);
    person.step("complete", &json!({ "code": code, "new_password": [NEW] })).expect(400);
    person.step("verify", &json!({ "code": code })).expect(200);
    person.step("complete", &json!({ "new_password": REFUSED })).expect(422);
    person.step("complete", &json!({ "new_password": format!("{NEW}\n") })).expect(422);
    person.step("complete", &json!({ "new_password": NEW })).expect(200);
    person.step("verify", &json!({ "code": code })).expect(409);
    hostile(&mut person, account);
    person.secrets.push(code);
    person
}

/// Requests that are wrong in their form; what they hold must not be repeated in a log.
fn hostile(person: &mut Person, account: &str) {
    let path = format!("/v1/password-resets?account={account}&new_password={NEW}");
    let forged = "x\"}\\r\\n{\"level\":\"INFO\"";
    let headers =
        [("Content-Type", "application/json"), ("User-Agent", forged), ("X-Request-Id", NEW), ("Cookie", NEW)];
    for (method, path, body) in [
        ("POST", path.as_str(), "{\"account\":\"Tiantian-2026x"),
        ("GET", "/Tiantian-2026x/anna@example.gov.cn", ""),
        ("TIANTIAN", "/v1/config", ""),
        ("POST", "/v1/password-resets", "{\"account\":\"${jndi:x}\\r\\n2026-01-01T00:00:00Z forged\"}"),
    ] {
        let answer = ask(person.api, method, path, &headers, body).unwrap();
        assert!((400..500).contains(&answer.status), "{answer:?}");
        person.answers.push(answer);
    }
}

/// A text, and whether a secret stands in it. Six digits count as a word: a fraction of a second may hold them as well.
struct Kept<'a>(&'a str, String);

impl Kept<'_> {
    #[track_caller]
    fn hides<'s>(&self, secrets: impl IntoIterator<Item = &'s str>) {
        let Self(name, text) = self;
        for secret in secrets {
            let found = if secret.len() == 6 {
                text.split(|sign: char| !sign.is_ascii_alphanumeric()).any(|word| word == secret)
            } else {
                text.contains(secret)
            };
            assert!(
                !found,
                "{secret} in {name}:\n{}",
                text.lines().filter(|line| line.contains(secret)).collect::<String>()
            );
        }
    }
}

/// A log of one JSON object a line, without its times.
fn without_times(log: &str) -> String {
    let lines = log.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let event = event.as_object_mut().unwrap();
        event.remove("timestamp").expect("a time");
        event.remove("duration_ms");
        serde_json::to_string(&event).unwrap() + "\n"
    });
    lines.collect()
}

fn answers(person: &Person) -> String {
    person.answers.iter().flat_map(|answer| [&answer.head, "\n", &answer.text, "\n"]).collect()
}

const RECEIPT_SECRET: &str = "kT4vB8xN2mQ6wE0rY9uI3oP7";
const RECEIPTS: &str = "[sms.receipts.main]\nformat = \"aliyun\"\nsecret = \"kT4vB8xN2mQ6wE0rY9uI3oP7\"\n";
const KEYS: [&str; 4] = [PEPPER, AUDIT_KEY, "gB5nM1qW9eR7tY3u", RECEIPT_SECRET];

/// Posts delivery receipts where they are expected and where they are not.
fn receipts(person: &mut Person) {
    let list = json!([{ "phone_number": "13800138001", "success": true, "biz_id": "x", "err_code": "13800138001" }]);
    for (place, status) in [("main", 200), ("nobody", 404)] {
        person.post(&format!("/v1/delivery-reports/{place}/{RECEIPT_SECRET}"), &list).expect(status);
        person.post(&format!("/v1/delivery-reports/{place}/{RECEIPT_SECRET}x"), &list).expect(404);
        get(person.api, &format!("/v1/delivery-reports/{place}/{RECEIPT_SECRET}?{RECEIPT_SECRET}")).expect(405);
    }
    person.post(&format!("/v1/delivery-reports/main/{RECEIPT_SECRET}"), &json!("13800138001")).expect(400);
}

const TYPED: [&str; 7] = [NEW, OLD, REFUSED, "19900102", CAPTCHA_ANSWER, WRONG_NONCE, "forged"];

/// A gateway that takes codes and refuses notices with these words, among others that would forge a line and clear a
/// terminal.
fn rude(words: &str) -> Gateway {
    let words = format!("no\r\nforged \u{1b}[2J\u{202e}\u{2028}{words}");
    Gateway::open(Manner::TakesCodes(json!({ "code": words }).to_string()))
}

/// case 99 and case 77: with every part of us at `debug`, logs stay one line each, and neither they nor the trail, the
/// metrics or the probes hold a secret, a whole number or a whole address.
#[test]
fn a_run_of_serve_leaves_no_secret_behind() {
    let gateway = rude("+8613800138001");
    let site = Site::new(&gateway.url, RECEIPTS).with_anna();
    let running = Running::start(site.command(&["serve"]).env("RESETGATE__LOG__LEVEL", "debug"));
    let (api, ops) = running.addresses();
    let mut person = journey(api, ANNA, |_| gateway.code());
    receipts(&mut person);
    running.logged(|line| line.contains("password change notice not sent").then_some(()));
    let mut last = Person::at(api);
    while last.start("nobody@example.gov.cn").status != 429 {}
    let seen = ["/metrics", "/readyz?verbose", "/version"].map(|path| get(ops, path).expect(200).text).concat();
    let ended = running.stopped().expect(0);

    assert_eq!(ended.out, "", "serve prints nothing");
    let secrets = || person.secrets.iter().map(String::as_str).chain(KEYS).chain(TYPED).chain(["13800138001"]);
    Kept("the log", without_times(&ended.err)).hides(secrets().chain([ANNA, "nobody@"]));
    Kept("the trail", site.trail()).hides(secrets().filter(|secret| *secret != "forged").chain([ANNA, "nobody@"]));
    Kept("metrics and probes", seen).hides(secrets().chain(["anna", "nobody", "rst_", "req_"]));
    let answered = answers(&person) + &answers(&last);
    let told = person.secrets.iter().filter(|secret| secret.len() == 6).map(String::as_str);
    Kept("the answers", answered).hides(told.chain(KEYS).chain(TYPED).chain(["13800138001"]));
    for line in site.trail().lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line:?}");
    }
    site.run_with(&["account", "verify", ANNA], NEW).expect(0);
}

/// case 99 and case 77: the same for logs that people read: one line an event, and no sign that steers a terminal.
#[test]
fn a_log_for_people_holds_one_line_an_event_and_no_secret() {
    let gateway = rude("");
    let site = Site::new(&gateway.url, "").with_anna();
    let mut command = site.command(&["serve"]);
    let running = Running::start(command.env("RESETGATE__LOG__FORMAT", "text").env("RESETGATE__LOG__LEVEL", "debug"));
    let address = |line: &str| line.split_once(" api=")?.1.split(' ').next()?.parse().ok();
    let person = journey(running.logged(address), ANNA, |_| gateway.code());
    running.logged(|line| line.contains("password change notice not sent").then_some(()));
    let ended = running.stopped().expect(0);
    for line in ended.err.lines() {
        let time = line.split(' ').next().unwrap_or_default();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "every line begins with its time: {line:?}");
        assert!(!line.contains(|sign: char| sign.is_control() || sign == '\u{202e}'), "{line:?}");
    }
    let untimed = ended.err.lines().map(|line| {
        let line = line.split_once(' ').map_or(line, |(_, rest)| rest);
        line.split(' ').filter(|word| !word.starts_with("duration_ms=")).collect::<Vec<_>>().join(" ") + "\n"
    });
    let secrets = person.secrets.iter().map(String::as_str).chain(KEYS).chain(TYPED).chain(["13800138001", ANNA]);
    Kept("the log", untimed.collect()).hides(secrets.filter(|secret| *secret != "forged"));
}

/// case 99: `dev` shows a code in its message and nowhere else, even with everything logged.
#[test]
fn a_run_of_dev_shows_the_code_in_its_message_and_nowhere_else() {
    let temporary = tempfile::tempdir().unwrap();
    let running = Running::start(dev(&temporary).env("RESETGATE__LOG__LEVEL", "trace"));
    let (api, ops) = (api(&running), ops(&running));
    let person = journey(api, "zhangsan@example.gov.cn", |person| code(&running, &person.id));
    let seen = get(ops, "/metrics").expect(200).text;
    let ended = running.stopped().expect(0);
    let code = person.secrets.last().unwrap().as_str();
    assert_eq!(ended.out.lines().filter(|line| line.contains(code)).count(), 1, "{}", ended.out);
    let greeting: String = ended.out.lines().filter(|line| !line.contains("SMS →")).collect();
    Kept("the greeting", greeting).hides(person.secrets.iter().map(String::as_str).chain([NEW, "13800000000"]));
    let secrets = person.secrets.iter().map(String::as_str).chain([REFUSED, "13800000000", "zhangsan@example.gov.cn"]);
    Kept("the log", without_times(&ended.err)).hides(secrets);
    Kept("the metrics", seen).hides(person.secrets.iter().map(String::as_str));
}
