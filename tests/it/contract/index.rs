//! `GET /`: the page for people who come here by hand.

use crate::harness::{Client, Setup, TestApp};

async fn page(client: &Client) -> String {
    let answer = client.get("/").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    String::from_utf8(answer.bytes).unwrap()
}

#[tokio::test]
async fn the_index_says_what_this_is_in_the_language_that_is_asked_for() {
    let app = TestApp::start().await;
    let chinese = page(&app.client()).await;
    assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("<h1>邮箱密码找回</h1>"), "{chinese}");
    let english = page(&app.client().with("accept-language", "en-GB, zh;q=0.5")).await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("<h1>Mail password recovery</h1>"), "{english}");
    for page in [chinese, english] {
        assert!(page.contains("href=\"/openapi.json\"") && page.contains("href=\"/v1/config\""), "{page}");
        assert!(!page.contains("index."), "a text is missing: {page}");
        assert!(!page.contains("<script") && !page.contains("style"), "{page}");
    }
}

#[tokio::test]
async fn the_index_shows_whom_to_turn_to_and_leaves_out_what_is_not_known() {
    let help = "[help]\nname = \"信息中心\"\nphone = \"010-5550 0100\"\nemail = \"help@example.gov.cn\"";
    let app = TestApp::start_with(Setup::with(help)).await;
    let shown = page(&app.client().with("accept-language", "en")).await;
    assert!(shown.contains("<dt>Contact</dt><dd>信息中心</dd>"), "{shown}");
    assert!(shown.contains("<a href=\"tel:01055500100\">010-5550 0100</a>"), "{shown}");
    assert!(shown.contains("<a href=\"mailto:help@example.gov.cn\">help@example.gov.cn</a>"), "{shown}");
    assert!(!shown.contains("Hours") && !shown.contains("Web page"), "{shown}");
}

#[tokio::test]
async fn without_a_contact_the_index_names_the_administrator() {
    let app = TestApp::start().await;
    let shown = page(&app.client().with("accept-language", "en")).await;
    assert!(shown.contains("Ask the mail administrator") && !shown.contains("<dl>"), "{shown}");
}

/// case 77: a text of the configuration is shown literally.
#[tokio::test]
async fn a_contact_cannot_become_part_of_the_page() {
    let app = TestApp::start_with(Setup::with("[help]\nname = '<script>alert(1)</script>\"'")).await;
    let shown = page(&app.client()).await;
    assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"), "{shown}");
    assert!(!shown.contains("<script"), "{shown}");
}
