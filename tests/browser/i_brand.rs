//! The operator's name, colours and style, where the pages may be framed, and how large things are.

use crate::harness::{ANNA, Device, Site, State, see};

#[tokio::test]
async fn i7_name_logo_colour_and_footer_are_the_operators() {
    let directory = tempfile::tempdir().unwrap();
    let logo = directory.path().join("logo.svg");
    std::fs::write(
        &logo,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 28\"><path d=\"M0 0h40v28H0z\"/></svg>",
    )
    .unwrap();
    let site = Site::start_with(&format!(
        "page.name.zh-CN = '海淀邮箱'\npage.footer.zh-CN = '京ICP备00000000号'\npage.brand.colour = '#7a0019'\npage.brand.logo_file = '{}'",
        logo.display()
    ))
    .await;
    let anna = site.visitor().await;
    anna.open("/").await;
    assert_eq!(
        (anna.text(".brand").await, anna.title().await),
        ("海淀邮箱".to_owned(), "忘记密码 – 海淀邮箱".to_owned())
    );
    assert!(anna.text("footer").await.contains("京ICP备00000000号"));
    assert_eq!(anna.style("#submit", "background-color").await, "rgb(122, 0, 25)");
    anna.until("the logo is there", "document.querySelector('.brand img').naturalWidth > 0").await;
    let shape = anna.on(".brand img", "element.naturalWidth / element.naturalHeight").await.as_f64().unwrap();
    assert!((shape - 40.0 / 28.0).abs() < 0.1, "{shape}");
    let findings = anna.axe().await;
    assert!(findings.is_empty(), "{findings:?}");
    anna.media(&[("prefers-color-scheme", "dark")]).await;
    assert_ne!(anna.style("#submit", "background-color").await, "rgb(122, 0, 25)", "lighter in the dark");
    let findings = anna.axe().await;
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn i8_extra_style_is_a_file_and_the_policy_stays_strict() {
    let directory = tempfile::tempdir().unwrap();
    let css = directory.path().join("extra.css");
    std::fs::write(&css, "h1{letter-spacing:3px}").unwrap();
    let site = Site::start_with(&format!("page.brand.css_file = '{}'", css.display())).await;
    let anna = site.visitor().await;
    anna.open("/").await;
    assert_eq!(anna.style("h1", "letter-spacing").await, "3px");
    let answers = anna.requests().await;
    let page = answers.iter().find(|one| one.path() == "/").unwrap();
    let policy = page.header("content-security-policy");
    assert!(policy.contains("style-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(anna.count("style, [style]").await, 0);
}

#[tokio::test]
async fn i9_only_named_pages_may_frame_ours() {
    for (settings, ancestors, older) in [
        ("", "frame-ancestors 'none'", "DENY"),
        (
            "page.embed_origins = ['https://portal.example.gov.cn']",
            "frame-ancestors https://portal.example.gov.cn;",
            "",
        ),
    ] {
        let site = Site::start_with(settings).await;
        let anna = site.visitor().await;
        anna.open("/").await;
        let answers = anna.requests().await;
        let page = answers.iter().find(|one| one.path() == "/").unwrap();
        let policy = page.header("content-security-policy");
        assert!(policy.contains(ancestors), "{policy}");
        assert_eq!(page.header("x-frame-options"), older);
    }
}

#[tokio::test]
async fn i12_everything_that_can_be_pressed_is_large_enough() {
    for language in ["zh-CN", "en"] {
        see(&State::ALL, &Device::phone().speaking(language), async |person, state| {
            for (name, width, height) in person.targets().await {
                assert!(width >= 24.0 && height >= 24.0, "{state:?}: {name} is {width}×{height}");
                let button = (name.starts_with("button") && !name.contains(".link")) || name.starts_with("input");
                assert!(!button || height >= 44.0, "{state:?}: {name} is {height} high");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn i13_nothing_moves() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.media(&[("prefers-reduced-motion", "reduce")]).await.to_password(ANNA).await;
    let moving = "return document.getAnimations().length + [...document.querySelectorAll('*')].filter(one =>
        parseFloat(getComputedStyle(one).transitionDuration) > 0 || getComputedStyle(one).animationName !== 'none').length";
    assert_eq!(anna.eval(moving).await, 0);
    assert_eq!(anna.style("html", "scroll-behavior").await, "auto");
}
