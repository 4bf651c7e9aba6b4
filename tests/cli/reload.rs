//! SIGHUP: a changed configuration is taken over whole or not at all, and nobody at the pages notices.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::process::Signal;
use serde_json::json;

use crate::gateway::{Gateway, Manner};
use crate::process::Running;
use crate::site::{ANNA, PEPPER, Site};
use crate::web::{Person, ask, get};

const RELOADED: &str = "\"message\":\"the configuration was reloaded\"";
const REFUSED: &str = "\"message\":\"the configuration was not reloaded; the one before stays in force\"";

/// Asks for a reload and waits for line number `nth` of this kind.
fn reload(running: &Running, nth: usize, told: &str) -> String {
    running.signal(Signal::HUP);
    running.logged_nth(nth, |line| line.contains(told).then(|| line.to_owned()))
}

fn metric(ops: std::net::SocketAddr, name: &str) -> String {
    let text = get(ops, "/metrics").expect(200).text;
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("{name} in\n{text}")).rsplit(' ').next().unwrap().to_owned()
}

/// Texts, contacts, brand, limits, blocklist, level and providers; what is under way goes on.
#[test]
fn a_reload_takes_over_what_it_can_and_recoveries_go_on() {
    let (first, second) = (Gateway::open(Manner::Takes), Gateway::open(Manner::Takes));
    let site = Site::new(&first.url, "[limits]\nread = [\"3/1h\"]\n").with_anna();
    let running = Running::start(&mut site.command(&["serve"]));
    let (api, ops) = running.addresses();
    assert_eq!(metric(ops, "resetgate_config_last_reload_successful"), "1");
    let mut anna = Person::at(api);
    anna.start(ANNA).expect(202);
    let code = first.code();

    std::fs::write(site.path("contacts.csv"), "domain,name,phone\nexample.gov.cn,窗口,010-5550-0199\n").unwrap();
    std::fs::write(site.path("common.txt"), "Tiantian-2026x\n").unwrap();
    let more = format!(
        "[page.name]\nzh-CN = \"新邮箱\"\n[help]\ncontacts_file = \"{place}/contacts.csv\"\n[policy]\nblocklist_file = \
         \"{place}/common.txt\"\n[log]\nlevel = \"error,resetgate::cli=info\"\naccess = true\n[limits]\nread = [\"2/1h\"]\n",
        place = site.path("").display()
    );
    site.rewrite(&second.url, &more);
    let line = reload(&running, 1, RELOADED);
    for key in ["page.name.zh-CN", "help.contacts_file", "limits.read", "sms.provider.main.url", "log.level"] {
        assert!(line.contains(key), "{key} in {line}");
    }
    assert!(get(api, "/").expect(200).text.contains("新邮箱"));
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert!(ask(api, "POST", "/help", &form, "q=example.gov.cn").unwrap().expect(200).text.contains("窗口"));

    // The code that is on its way, and the rules that hold now.
    anna.step("verify", &json!({ "code": code })).expect(200);
    let refused = anna.step("complete", &json!({ "new_password": "Tiantian-2026x" })).expect(422);
    assert!(refused.text.contains("blocklist") || refused.text.contains("common"), "{}", refused.text);
    anna.step("complete", &json!({ "new_password": "Mingtian-2027y" })).expect(200);
    assert_eq!(second.next()["code"], "", "the notice went by the new way");
    running.stopped().expect(0);
}

/// One key that needs a restart, or one fault, and nothing at all is taken over.
#[test]
fn a_reload_that_cannot_be_whole_changes_nothing() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "");
    let running = Running::start(&mut site.command(&["serve"]));
    let (api, ops) = running.addresses();
    let name = "[page.name]\nzh-CN = \"新邮箱\"\n";
    let wrong = [
        (format!("{name}[flow]\nttl = \"20m\"\n[state]\nmax_used = 1000001\n"), "flow.ttl, state.max_used"),
        (format!("{name}[policy]\nmin_length = 9999\n"), "policy.min_length"),
        (format!("{name}[page.brand]\ncolour = \"#0b5cab\"\nlogo_file = \"/nowhere/logo.svg\"\n"), "/nowhere/logo.svg"),
        (format!("{name}[sms"), "resetgate.toml"),
    ];
    for (nth, (more, told)) in (1..).zip(wrong) {
        site.rewrite(&gateway.url, &more);
        let line = reload(&running, nth, REFUSED);
        assert!(line.contains(told), "{told} in {line}");
        assert!(!line.contains(PEPPER));
        assert!(!get(api, "/").expect(200).text.contains("新邮箱"));
        assert_eq!(metric(ops, "resetgate_config_last_reload_successful"), "0");
        get(ops, "/readyz").expect(200);
    }
    site.rewrite(&gateway.url, name);
    reload(&running, 1, RELOADED);
    assert!(get(api, "/").expect(200).text.contains("新邮箱"));
    assert_eq!(metric(ops, "resetgate_config_last_reload_successful"), "1");
    assert!(metric(ops, "resetgate_config_last_reload_success_timestamp_seconds").parse::<u64>().unwrap() > 0);
    running.stopped().expect(0);
}

/// Many ask while the configuration changes again and again: each is answered, by one configuration or the other.
#[test]
fn a_reload_under_load_loses_no_request_and_signals_that_come_together_are_one() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "[limits]\nread = [\"100000/1m\"]\ncaptcha = [\"100000/1m\"]\n");
    let running = Running::start(&mut site.command(&["serve"]));
    let (api, _) = running.addresses();
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for path in ["/", "/v1/config", "/help"] {
            let (over, asked) = (&over, &asked);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let answer = get(api, path).expect(200);
                    assert!(path == "/v1/config" || answer.text.contains("邮箱"), "{}", answer.text);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for turn in 1..=5 {
            let name = format!("第{turn}邮箱");
            site.rewrite(
                &gateway.url,
                &format!(
                    "[page.name]\nzh-CN = \"{name}\"\n[limits]\nread = [\"100000/1m\"]\ncaptcha = [\"100000/1m\"]\n"
                ),
            );
            for _ in 0..20 {
                running.signal(Signal::HUP);
            }
            reload(&running, turn, RELOADED);
            while !get(api, "/help").expect(200).text.contains(&name) {
                std::thread::yield_now();
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > 20);
    let ended = running.stopped().expect(0);
    let reloads = ended.err.matches(RELOADED).count();
    assert!((5..100).contains(&reloads), "{reloads} for 105 signals");
}

/// What `config diff` says of the running service is what a reload then does.
#[test]
fn config_diff_tells_what_a_reload_would_do_and_no_secret() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "");
    let ops = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let diff = |more: &[&str]| {
        let arguments: Vec<_> = ["config", "diff"].into_iter().chain(more.iter().copied()).collect();
        Running::start(site.command(&arguments).env("RESETGATE__OPS__LISTEN", &ops)).ended()
    };
    assert!(diff(&[]).expect(4).err.contains("does not tell its configuration"));
    let running = Running::start(site.command(&["serve"]).env("RESETGATE__OPS__LISTEN", &ops));
    let (_, at) = running.addresses();
    assert!(diff(&[]).expect(0).out.contains("nothing differs"));
    let told = get(at, "/config").expect(200).text;
    assert!(told.contains("\"code.pepper\"") && !told.contains(PEPPER) && !told.contains("example.gov.cn"), "{told}");

    std::fs::copy(site.path("resetgate.toml"), site.path("before.toml")).unwrap();
    site.rewrite("http://127.0.0.1:9/send", "[page.name]\nzh-CN = \"新邮箱\"\n");
    let told = diff(&[]).expect(0).out;
    assert!(told.contains("~ page.name.zh-CN = \"新邮箱\": takes effect on reload"), "{told}");
    assert!(told.contains("a reload (SIGHUP) takes all of it over"), "{told}");
    let before = site.path("before.toml").display().to_string();
    let told = diff(&["--from", &before]).expect(0).out;
    assert!(told.contains("~ page.name.zh-CN = \"新邮箱\" (was \"市政邮箱\"): takes effect on reload"), "{told}");

    site.rewrite(&gateway.url, "[flow]\nttl = \"20m\"\n[page.name]\nzh-CN = \"新邮箱\"\n");
    let told = diff(&[]).expect(0).out;
    assert!(told.contains("~ flow.ttl = \"20m\": needs a restart"), "{told}");
    assert!(told.contains("a reload would be refused, and nothing taken over: 1 of these need a restart"), "{told}");
    assert!(reload(&running, 1, REFUSED).contains("flow.ttl"));

    site.rewrite(&gateway.url, "[page.name]\nzh-CN = \"新邮箱\"\n");
    reload(&running, 1, RELOADED);
    assert!(diff(&[]).expect(0).out.contains("nothing differs"));
    running.stopped().expect(0);
}
