use super::*;
use crate::sms::ConsoleWriter;

const TABLES: &str = r#"
providers = ["dev", "dead"]
queue = 1
workers = 1
timeout = "5s"
connect_timeout = "2s"
breaker = { failures = 5, window = "30s", open_for = "60s" }
text = { code = { en = "{code} for {minutes} min", zh-CN = "动态密码{code}" }, notice = { en = "changed", zh-CN = "已修改" }, expiry = { en = "soon", zh-CN = "到期" } }
provider.dev = { kind = "console" }
[provider.dead]
kind = "http"
url = "http://127.0.0.1:1/"
body = '["{to}","{text}"]'
success = { status = [200] }
"#;

struct Ran {
    code: u8,
    out: String,
    err: String,
}

async fn ran_to(to: &str, tables: &str, words: &[&str], answer: Option<&str>) -> Ran {
    #[derive(clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: SmsCommand,
    }
    let line = ["sms", "test", "--to", to].into_iter().chain(words.iter().copied());
    let SmsCommand::Test(args) = <Line as clap::Parser>::parse_from(line).command;
    let settings = toml::from_str(tables).unwrap();
    let test = SmsTest {
        settings: &settings,
        default_locale: "zh-CN",
        countries: &["+86".to_owned()],
        region: Region::CN,
        code_digits: 6,
        code_minutes: 5,
        domain: "example.org",
        around: Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink())),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut answer = answer.map(str::as_bytes);
    let input = answer.as_mut().map(|answer| answer as &mut dyn BufRead);
    let code = run(&args, &test, Terminal { input, out: &mut out, err: &mut err }).await;
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

async fn ran(words: &[&str], answer: Option<&str>) -> Ran {
    ran_to("13800138000", TABLES, words, answer).await
}

#[tokio::test]
async fn a_dry_run_shows_the_message_and_sends_nothing() {
    let ran = ran(&["--dry-run", "--locale", "EN"], None).await;
    assert_eq!((ran.code, ran.err.as_str()), (OK, ""));
    for part in
        ["138****8000", "dev, then dead", "000000 for 5 min", "16 UCS-2 units, 1 message(s)", "nothing was sent"]
    {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(ran.out.contains("To `dead`:\n> POST http://127.0.0.1:1/"), "{}", ran.out);
    assert!(!ran.out.contains("13800138000") && !ran.out.contains("Taken by"));
}

#[tokio::test]
async fn what_may_cost_money_is_asked_for_first() {
    let nobody = ran(&[], None).await;
    assert_eq!(nobody.code, USAGE);
    assert!(nobody.err.contains("--yes"), "{}", nobody.err);
    for no in ["n\n", "\n", ""] {
        let declined = ran(&[], Some(no)).await;
        assert_eq!(declined.code, FAILED);
        assert!(declined.err.contains("nothing was sent") && !declined.out.contains("Taken by"));
    }
    let agreed = ran(&[], Some("Y\n")).await;
    assert_eq!(agreed.code, OK);
    assert!(agreed.out.contains("may cost money") && agreed.out.contains("Taken by  dev"), "{}", agreed.out);
}

#[tokio::test]
async fn the_terminal_costs_nothing_and_is_not_asked_about() {
    assert_eq!(ran(&["--provider", "dev"], None).await.code, OK);
}

#[tokio::test]
async fn an_unreachable_provider_says_so_and_what_to_check() {
    let ran = ran(&["--provider", "dead", "--yes"], None).await;
    assert_eq!(ran.code, UNREACHABLE);
    assert!(ran.err.contains("no connection") && ran.err.contains("firewall"), "{}", ran.err);
    assert!(ran.out.contains("> POST http://127.0.0.1:1/"), "what was tried is shown: {}", ran.out);
}

#[tokio::test]
async fn what_comes_next_is_told_as_the_route_has_it() {
    let last = ran(&["--provider", "dead", "--yes"], None).await;
    assert!(last.out.contains("provider_unreachable: another provider would be asked, but"), "{}", last.out);
    let first = TABLES.replace(r#"["dev", "dead"]"#, r#"["dead", "dev"]"#);
    let first = ran_to("13800138000", &first, &["--provider", "dead", "--yes"], None).await;
    assert!(
        first.out.contains("provider_unreachable: `dev`, the next provider of the route, is asked"),
        "{}",
        first.out
    );
}

#[tokio::test]
async fn a_unit_chooses_the_route() {
    let tables = format!("routes = [\"tax\"]\n{TABLES}[route.tax]\nunit = [\"税务局\"]\nproviders = [\"dead\"]\n");
    let asked = |ran: &Ran| ran.out.lines().find_map(|line| line.strip_prefix("Provider  ")).map(str::to_owned);
    let with = ran_to("13800138000", &tables, &["--dry-run", "--unit", "税务局"], None).await;
    assert_eq!(asked(&with).as_deref(), Some("dead"), "{}{}", with.out, with.err);
    assert!(with.out.contains("To `dead`"), "{}", with.out);
    let without = ran_to("13800138000", &tables, &["--dry-run"], None).await;
    assert_eq!(asked(&without).as_deref(), Some("dev, then dead"), "{}", without.out);
}

#[tokio::test]
async fn a_country_that_codes_are_not_sent_to_is_told() {
    let abroad = ran_to("+85251234567", TABLES, &["--dry-run"], None).await;
    assert!(abroad.out.contains("+852 is not in limits.countries"), "{}{}", abroad.out, abroad.err);
    assert!(!ran(&["--dry-run"], None).await.out.contains("limits.countries"));
}

#[cfg(feature = "tencent")]
#[tokio::test]
async fn a_template_is_shown_with_its_values_and_not_a_text_that_nobody_gets() {
    let tables = TABLES.replace("dead", "cloud");
    let (tables, _) = tables.split_once("[provider.cloud]").unwrap();
    let cloud = "[provider.cloud]\nkind = \"tencent\"\nkey_id = \"k\"\nkey_secret = \"s\"\nsign_name = \"n\"\n\
                 app_id = \"1\"\ntemplate.code = { zh-CN = \"77\" }\nparams = [\"{code}\", \"{minutes}\"]\n";
    let tables = format!("{tables}{cloud}");
    let alone = ran_to("13800138000", &tables, &["--dry-run", "--provider", "cloud"], None).await;
    assert!(alone.out.contains("Template  77 of cloud, filled with 1 = 000000, 2 = 5"), "{}{}", alone.out, alone.err);
    assert!(!alone.out.contains("动态密码") && !alone.out.contains("UCS-2"), "{}", alone.out);
    let both = ran_to("13800138000", &tables, &["--dry-run"], None).await;
    assert!(both.out.contains("动态密码000000 (of dev)") && both.out.contains("Template  77 of cloud"), "{}", both.out);
}

#[tokio::test]
async fn a_key_in_the_path_and_a_number_in_the_body_are_masked() {
    let url = "http://127.0.0.1:1/hooks/pathk3y";
    let tables = TABLES.replace("http://127.0.0.1:1/", url).replace(r#"["{to}","#, r#"[140000666677778888,"{to}","#);
    let ran = ran_to("13800138000", &tables, &["--dry-run", "--provider", "dead"], None).await;
    assert!(ran.out.contains("[••••,\"+86138****8000\""), "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("pathk3y") && !ran.out.contains("140000666677778888"), "{}", ran.out);
}

#[tokio::test]
async fn wrong_words_on_the_line_are_told_apart_from_wrong_settings() {
    assert_eq!(ran(&["--locale", "fr", "--yes"], None).await.code, USAGE);
    assert_eq!(ran(&["--provider", "aliyun", "--yes"], None).await.code, USAGE);
    assert_eq!(ran_to("12345", TABLES, &["--yes"], None).await.code, USAGE);
    let tables = TABLES.replace("http://127.0.0.1:1/", "http://sms.example.org/");
    let ran = ran_to("13800138000", &tables, &["--yes"], None).await;
    assert_eq!(ran.code, REFUSED);
    assert!(ran.err.contains("sms.provider.dead.url"), "{}", ran.err);
}

#[test]
fn an_unknown_outcome_warns_before_a_second_try() {
    let Failure(code, _, help) = failure(&SmsError::Unknown { reason: "no answer in time".to_owned() });
    assert_eq!(code, FAILED);
    assert!(help.contains("look at the phone before you try again"));
}
