//! `public_url = "https://host/reset"`: everything works below the path, whether or not the proxy takes it away.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{ANNA, Client, Setup, TestApp, WIDE_GATES, Walker};

const BELOW: &str = "[server]\npublic_url = \"https://mail.example.gov.cn/reset\"";
const GOOD: &str = "Tiantian-2026x";

/// A reverse proxy that has `/reset` for the service and `404` for everything else; it leaves the path as it is or takes it
/// away, as `proxy_pass` does without and with a path.
async fn proxy(to: SocketAddr, takes_away: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pass_on(stream, to, takes_away));
        }
    });
    address
}

async fn pass_on(mut stream: TcpStream, to: SocketAddr, takes_away: bool) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    let head = loop {
        let count = stream.read(&mut piece).await.unwrap_or(0);
        bytes.extend_from_slice(&piece[..count]);
        match bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            Some(end) => break end + 4,
            None if count == 0 => return,
            None => {}
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let length = text.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    while bytes.len() < head + length.unwrap_or(0) {
        let count = stream.read(&mut piece).await.unwrap();
        bytes.extend_from_slice(&piece[..count]);
    }
    let path = text.split(' ').nth(1).unwrap();
    let inside = path.strip_prefix("/reset").filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let Some(inside) = inside else {
        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return stream.write_all(answer).await.unwrap();
    };
    let inside = if inside.starts_with('/') { inside.to_owned() } else { format!("/{inside}") };
    let asked = if takes_away { text.replacen(path, &inside, 1) } else { text };
    let asked = asked.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    let mut upstream = TcpStream::connect(to).await.unwrap();
    upstream.write_all(asked.as_bytes()).await.unwrap();
    upstream.write_all(&bytes[head..]).await.unwrap();
    tokio::io::copy(&mut upstream, &mut stream).await.unwrap();
}

/// Every address in a page that a browser would ask for by itself or be led to.
fn links(page: &str) -> Vec<&str> {
    let after = |name: &str| {
        page.split(&format!("{name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect::<Vec<_>>()
    };
    let all = ["href", "src", "action", "data-script"].into_iter().flat_map(after);
    all.filter(|link| !link.starts_with(['#', '?']) && !link.contains(':')).collect()
}

#[tokio::test]
async fn the_pages_work_below_a_path_that_the_proxy_takes_away_or_leaves() {
    for takes_away in [true, false] {
        let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{BELOW}"))).await;
        let front = proxy(app.api, takes_away).await;
        let mut walker = Walker::below(&app, Client::new(front, "198.51.100.1"), "/reset");
        for path in ["/", "", "/?lang=en", "/help", "/nothing", "/done"] {
            let answer = walker.open(&format!("/reset{path}")).await;
            assert!(
                !links(&walker.page).is_empty() && links(&walker.page).iter().all(|link| link.starts_with("/reset/")),
                "{path}: {:?}",
                links(&walker.page)
            );
            if let Some(cookie) = answer.header("set-cookie") {
                assert!(
                    cookie.starts_with("__Secure-resetgate-page=")
                        && cookie.contains("; Path=/reset")
                        && cookie.contains("Secure"),
                    "{cookie}"
                );
            }
        }
        walker.open("/reset/").await.expect(200);
        let page = walker.page.clone();
        for link in links(&page).into_iter().filter(|link| link.contains("/assets/") || link.contains("/captchas/")) {
            walker.client.get(link).await.expect(200);
        }
        walker.ask(ANNA).await.expect(200);
        assert!(links(&walker.page).contains(&"/reset/resend"));
        let code = walker.code().await;
        let proven = walker.submit("/reset/code", &[("code", &code)]).await;
        assert_eq!(proven.header("location"), Some("/reset/password"));
        walker.follow(proven).await.expect(200);
        let done = walker.submit("/reset/password", &[("new_password", GOOD), ("again", GOOD)]).await;
        assert_eq!(done.header("location"), Some("/reset/done"), "{}", walker.page);
        walker.follow(done).await.expect(200);
        assert!(app.signs_in(ANNA, GOOD).await);
    }
}

#[tokio::test]
async fn the_api_works_below_a_path_that_the_proxy_takes_away_or_leaves() {
    for takes_away in [true, false] {
        let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{BELOW}"))).await;
        let client = Client::new(proxy(app.api, takes_away).await, "198.51.100.1");
        client.get("/reset/v1/config").await.expect(200);
        let description = client.get("/reset/openapi.json").await.expect(200);
        assert_eq!(description.body["servers"][0]["url"], "/reset");
        for (kind, member) in [("image", "image"), ("audio", "audio")] {
            let captcha = client.post("/reset/v1/captchas", &json!({ "kind": kind })).await.expect(201);
            let place = captcha.text(member);
            assert!(place.starts_with("/reset/v1/captchas/"), "{place}");
            client.get(&place).await.expect(200);
        }
        let refused = client.post("/reset/v1/password-resets", &json!({ "account": ANNA })).await;
        let refused = refused.problem(422, "captcha_required");
        assert!(refused.body["captcha"]["image"].as_str().unwrap().starts_with("/reset/"), "{}", refused.body);
        client.get(&refused.text("type")).await.expect(200);
        let captcha = client.post("/reset/v1/captchas", &json!({ "kind": "pow" })).await.expect(201);
        let nonce = resetgate::captcha::solve_pow(&captcha.text("salt"), 8);
        let body = json!({ "account": ANNA, "captcha": { "id": captcha.text("id"), "nonce": nonce } });
        let started = client.post("/reset/v1/password-resets", &body).await.expect(202);
        let cookie = started.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Secure-resetgate=") && cookie.contains("; Path=/reset"), "{cookie}");
        let (id, cookie) = (started.text("id"), cookie.split(';').next().unwrap().to_owned());
        let browser = client.clone().with("cookie", &cookie);
        browser.get(&format!("/reset/v1/password-resets/{id}")).await.expect(200);
        // Another host of the domain set one, too: nobody knows which is ours, so neither is.
        let planted = format!("__Secure-resetgate={}; {cookie}", app.claimant().start(ANNA).await.credential);
        let torn = client.with("cookie", &planted);
        torn.get(&format!("/reset/v1/password-resets/{id}")).await.problem(401, "unauthorized");
    }
}

/// The service itself answers both, so that probes beside the proxy need not know the path.
#[tokio::test]
async fn requests_below_the_path_and_without_it_are_the_same() {
    let app = TestApp::start_with(Setup::with(BELOW)).await;
    for path in ["/reset", "/reset/", "/", "/reset/help", "/help", "/reset/v1/config", "/v1/config"] {
        app.client().get(path).await.expect(200);
    }
    for path in ["/resets", "/reset/reset/help", "/Reset/help", "/other/help"] {
        app.client().get(path).await.problem(404, "not_found");
    }
}

/// A stranger's recovery that another host of the domain put into this browser gets no password of the person here.
#[tokio::test]
async fn a_planted_cookie_is_not_believed() {
    let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{BELOW}"))).await;
    let mut stranger = Walker::below(&app, app.client(), "/reset");
    stranger.ask(crate::harness::UNKNOWN).await.expect(200);
    let mut anna = Walker::below(&app, app.client(), "/reset");
    anna.ask(ANNA).await.expect(200);
    let name = "__Secure-resetgate-page";
    let both = format!("{name}={}; {name}={}", stranger.cookie.unwrap(), anna.cookie.clone().unwrap());
    let torn = app.client().with("cookie", &both).with("accept", "text/html");
    let page = torn.get("/reset/code").await;
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(page.status >= 400 && !text.contains(crate::harness::UNKNOWN), "{}: {text}", page.status);
    anna.open("/reset/code").await.expect(200);
}
