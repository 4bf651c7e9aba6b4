//! K: the pages below a proxy's path, and the captcha on a page of somebody else.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::harness::{ANNA, GOOD_PASSWORD, Site};

#[tokio::test]
async fn k1_below_a_path_style_script_and_picture_load_and_forms_lead_on() {
    let site = Site::start_with("[server]\npublic_url = \"http://127.0.0.1:8080/reset\"").await;
    let person = site.visitor().await;
    person.open("/reset/?lang=en").await;
    person.until("the picture", "document.querySelector('#picture').naturalWidth > 0").await;
    let card = "return getComputedStyle(document.querySelector('main')).maxWidth";
    assert_ne!(person.eval_text(card).await, "none", "the style is there");
    person.follow("nav.languages button, nav.languages a").await;
    person.identify(ANNA).await;
    // The script asks for another picture below the path.
    let before = person.value("#captcha input[name=captcha]").await;
    person.click("#change").await;
    person.until("another picture", &format!("document.querySelector('[name=captcha]').value !== '{before}'")).await;
    person.answer_captcha().await.submit().await;
    assert!(person.path().await.starts_with("/reset/code"), "{}", person.words().await);
    let code = site.next_code().await;
    person.enter_code(&code).await;
    assert_eq!(person.path().await, "/reset/password", "{}", person.words().await);
    person.choose(GOOD_PASSWORD).await;
    assert_eq!(person.path().await, "/reset/done", "{}", person.words().await);
    for request in person.requests().await {
        assert!(request.path().starts_with("/reset/") && !request.failed && request.status < 400, "{request:?}");
    }
    assert!(person.complaints().await.is_empty(), "{:?}", person.complaints().await);
}

/// The example page, from an origin of another site.
#[tokio::test]
async fn k2_the_example_page_of_another_site_shows_the_captcha_and_recovers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let site = Site::start_with(&format!("[server]\ncors_origins = [\"{portal}\"]")).await;
    let example = include_str!("../../config/portal.example.html");
    let page = example.replace("https://reset.example.gov.cn", &site.origin());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4_096]).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
        }
    });
    let person = site.visitor().await;
    person.open_url(&portal).await;
    person.until("the picture", "document.querySelector('#picture').naturalWidth > 0").await;
    let id = person.eval_text("return captcha").await;
    person.fill("[name=account]", ANNA).await.fill("[name=answer]", &site.read_captcha(&id)).await;
    person.click("#start button:not([type])").await;
    person.until("the field for the code", "!document.querySelector('#verify').hidden").await;
    let code = site.next_code().await;
    person.fill("[name=code]", &code).await.click("#verify button").await;
    person.until("the field for the password", "!document.querySelector('#complete').hidden").await;
    person.fill("[name=password]", GOOD_PASSWORD).await.click("#complete button").await;
    person.until("the end", "document.querySelector('#status').textContent === 'Your password was changed.'").await;
}
