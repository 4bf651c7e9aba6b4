//! What routing, signing and the breaker add to a message, beside the bare HTTP call in the same run.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use criterion::{Criterion, criterion_group, criterion_main};
use resetgate::domain::{OrderId, PhoneNumber, Region, SystemRandom};
use resetgate::sms::{ConsoleWriter, MessageKind, SmsMessage, SmsProvider, SmsSettings, Surroundings, build};
use tokio::runtime::Runtime;

/// A cloud on this machine that takes everything at once, in the words of each vendor.
fn cloud() -> SocketAddr {
    const ALIYUN: &str = r#"{"Code":"OK","Message":"OK","BizId":"1^0","RequestId":"r"}"#;
    const TENCENT: &str = r#"{"Response":{"SendStatusSet":[{"SerialNo":"1","Code":"Ok"}],"RequestId":"r"}}"#;
    const TAKEN: &str = r#"{"code":0,"id":"m-1"}"#;
    let answer = |body: &'static str| {
        web::route()
            .to(move |_: web::Bytes| async move { HttpResponse::Ok().content_type("application/json").body(body) })
    };
    let server = HttpServer::new(move || {
        App::new().route("/send", answer(TAKEN)).route("/tencent/", answer(TENCENT)).default_service(answer(ALIYUN))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a free port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

fn provider(table: &str) -> impl SmsProvider + use<> {
    let mut file: toml::Table = toml::from_str(include_str!("../config/default.toml")).expect("defaults are TOML");
    let section = file.remove("sms").expect("there is a section");
    let mut settings: SmsSettings = section.try_into().expect("the section is sound");
    settings.providers = vec!["main".to_owned()];
    settings.provider.insert("main".to_owned(), toml::from_str(table).expect("a table"));
    assert_eq!(settings.check(), [], "{table}");
    let around = Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()));
    Shared(build(&settings, &around).expect("sound settings"))
}

/// The router behind its `Arc`, as the courier holds it.
struct Shared<P: SmsProvider>(std::sync::Arc<P>);

#[async_trait::async_trait]
impl<P: SmsProvider> SmsProvider for Shared<P> {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn send(&self, message: &SmsMessage) -> Result<resetgate::sms::SmsReceipt, resetgate::sms::SmsError> {
        self.0.send(message).await
    }
}

fn message() -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse("13800138000", Region::CN).expect("a mobile number"),
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: "动态密码002569，5分钟内有效".to_owned().into(),
        code: Some("002569".to_owned().into()),
        valid_for: Some(Duration::from_mins(5)),
        domain: "reset.example.gov.cn".into(),
        unit: None,
        order: OrderId::draw(&SystemRandom),
        challenge: None,
    }
}

/// The call alone: one connection a message, as providers make it, with the same body.
#[expect(clippy::disallowed_methods, reason = "the bare client is what the product's is compared with")]
fn bare() -> reqwest::Client {
    // Fails when somebody was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().expect("a client")
}

fn hand_over(bench: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let at = runtime.block_on(async { cloud() });
    let mut group = bench.benchmark_group("hand one message over");
    let (client, url) = (bare(), format!("http://{at}/send"));
    group.bench_function("bare reqwest", |run| {
        run.to_async(&runtime).iter(|| async {
            let body = r#"{"to":"+8613800138000","text":"动态密码002569，5分钟内有效"}"#;
            let answer = client.post(&url).header("content-type", "application/json").body(body).send().await;
            answer.expect("an answer").bytes().await.expect("a body")
        });
    });
    let tables = [
        (
            "http",
            format!(
                "kind = \"http\"\nurl = \"http://{at}/send\"\nbody = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}}'\nsuccess = {{ status = [200], pointer = \"/code\", equals = 0 }}\nmessage_id = \"/id\""
            ),
        ),
        (
            "aliyun",
            format!(
                "kind = \"aliyun\"\nkey_id = \"k\"\nkey_secret = \"s\"\nsign_name = \"市政邮箱\"\nendpoint = \"http://{at}/\"\ntemplate = {{ code = {{ zh-CN = \"SMS_1\" }} }}"
            ),
        ),
        (
            "tencent",
            format!(
                "kind = \"tencent\"\nkey_id = \"k\"\nkey_secret = \"s\"\napp_id = \"1400006666\"\nsign_name = \"市政邮箱\"\nendpoint = \"http://{at}/tencent/\"\ntemplate = {{ code = {{ zh-CN = \"1\" }} }}"
            ),
        ),
    ];
    for (name, table) in tables {
        let (provider, message) = (provider(&table), message());
        group.bench_function(format!("{name}, through router and breaker"), |run| {
            run.to_async(&runtime).iter(|| async { provider.send(&message).await.expect("it is taken") });
        });
    }
    group.finish();
}

criterion_group!(benches, hand_over);
criterion_main!(benches);
