//! The end: the password was changed.

use std::sync::Arc;

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, Expiring, PasswordWrite, PasswordWritten};
use resetgate::domain::{MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Setup, Site};

/// An account system whose passwords run out, and that signs other devices out.
struct Strict(Arc<dyn AccountStore>);

#[async_trait]
impl AccountStore for Strict {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        self.0.find(address).await
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        self.0.verify_password(address, password).await
    }

    async fn set_password(&self, id: &SubjectId, write: PasswordWrite<'_>) -> Result<PasswordWritten, AccountError> {
        let written = self.0.set_password(id, write).await?;
        // 2027-02-22T20:00:00Z, which is the next day in Shanghai.
        let runs_out = Timestamp::from_millis(1_803_326_400_000);
        Ok(PasswordWritten { expires_at: Some(runs_out), sessions_revoked: true, ..written })
    }

    async fn bind_phone(
        &self,
        id: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        self.0.bind_phone(id, phone, now).await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        self.0.expiring(now, until, limit).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.0.check().await
    }
}

#[tokio::test]
async fn e1_the_end_says_that_the_password_was_changed() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    assert_eq!(anna.text("h1").await, "密码已修改");
    assert_eq!(anna.focused().await, "h1");
    assert_eq!(anna.title().await, "密码已修改 – 市政邮箱");
    assert!(site.app.signs_in(ANNA, GOOD_PASSWORD).await);
}

#[tokio::test]
async fn e2_every_place_of_the_old_password_is_listed_and_servers_can_be_copied() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    let words = anna.words().await;
    for part in
        ["网页邮箱", "IMAP/POP", "SMTP", "密码管理器", "共享邮箱", "imap.example.gov.cn:993", "pop.example.gov.cn:995"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    let origin = serde_json::json!({ "origin": site.origin(), "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    anna.command("Browser.grantPermissions", origin).await;
    assert_eq!(anna.spoken("[data-copy='smtp.example.gov.cn:465']").await.0, "复制 smtp.example.gov.cn:465");
    anna.click("[data-copy='smtp.example.gov.cn:465']").await;
    anna.until("it says so", "document.getElementById('copy-status').textContent === '已复制'").await;
    let copied = anna.eval_later("navigator.clipboard.readText().then(arguments[arguments.length - 1])", &[]).await;
    assert_eq!(copied, "smtp.example.gov.cn:465");
}

#[tokio::test]
async fn e3_the_end_says_what_happened_elsewhere_and_when_the_password_runs_out() {
    let setup = Setup { accounts: Some(Box::new(|store| Arc::new(Strict(store)))), ..Setup::default() };
    let site = Site::start_over(setup).await;
    for (language, day, sessions) in
        [("zh-CN", "2027年2月23日", "其他设备已退出登录"), ("en", "23 February 2027", "signed out")]
    {
        let anna = site.visitor_with(Device::desktop().speaking(language)).await;
        anna.to_done(ANNA).await;
        assert!(anna.text("#expires").await.contains(day), "{}", anna.text("#expires").await);
        assert!(anna.words().await.contains(sessions));
        site.pass(16 * 60);
    }
    // Where the account system says nothing of the kind, neither does the page.
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    assert_eq!(anna.text("#expires").await, "密码有效期：永久。");
    assert!(!anna.words().await.contains("已退出登录"));
}

#[tokio::test]
async fn e4_the_way_on_is_an_allowed_one() {
    for (asked, led) in [
        ("https://portal.example.gov.cn/inbox?a=1", "https://portal.example.gov.cn/inbox?a=1"),
        ("https://evil.example/", "https://mail.example.gov.cn/login"),
        ("//evil.example/", "https://mail.example.gov.cn/login"),
    ] {
        let site = Site::start().await;
        let anna = site.visitor().await;
        anna.open(&format!("/?return_to={}", asked.replace('?', "%3F"))).await.identify(ANNA).await.submit().await;
        let code = site.next_code().await;
        anna.enter_code(&code).await.choose(GOOD_PASSWORD).await;
        assert_eq!(anna.attribute("#login", "href").await.as_deref(), Some(led), "{asked}");
        assert_eq!(anna.text("#login").await, "去登录");
    }
}

#[tokio::test]
async fn e5_nobody_is_signed_in_and_nothing_secret_stays() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let code = site.app.outbound.codes()[0].code.clone().unwrap();
    anna.choose(GOOD_PASSWORD).await;
    let cookies = anna.cookies().await;
    let names: Vec<_> = cookies.iter().map(|cookie| cookie["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["__Host-resetgate-page"]);
    let stored = anna.eval("return [localStorage.length, sessionStorage.length, document.cookie]").await;
    assert_eq!(stored, serde_json::json!([0, 0, ""]));
    let source = anna.source().await;
    assert!(!source.contains(GOOD_PASSWORD) && !source.contains(&code), "{source}");
    assert!(!anna.path().await.contains(&code));
    for request in anna.requests().await {
        assert!(!request.url.contains(&code) && !request.url.contains(GOOD_PASSWORD), "{}", request.url);
    }
}

#[tokio::test]
async fn e6_loading_the_end_again_does_nothing_twice() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    for _ in 0..3 {
        anna.reload().await;
        assert_eq!((anna.text("h1").await.as_str(), anna.path().await.as_str()), ("密码已修改", "/done"));
    }
    // The pages before lead here, too, and none of them does anything.
    anna.back().await;
    anna.open("/password").await;
    assert_eq!(anna.path().await, "/done");
    assert_eq!((site.codes_sent(), site.app.outbound.notices().len()), (1, 1));
    assert!(site.app.signs_in(ANNA, GOOD_PASSWORD).await);
}

#[tokio::test]
async fn e7_a_notice_leaves_that_holds_no_password_and_says_whom_to_turn_to() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    let sent = |event: &resetgate::audit::AuditEvent| {
        matches!(event.kind, resetgate::audit::EventKind::NoticeSent { delivered: true, .. })
    };
    site.app.events.nth(1, sent).await;
    let notices = site.app.outbound.notices();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].text.contains("若非本人操作") && notices[0].text.contains("联系组织管理员"),
        "{}",
        notices[0].text
    );
    assert!(!notices[0].text.contains(GOOD_PASSWORD));
    let words = anna.words().await;
    assert!(words.contains("不是您本人操作？") && words.contains("010-5550-0134"), "{words}");
}
