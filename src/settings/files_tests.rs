//! Files that keys name: what is wrong with them is told with the key, the file and the line.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";

fn sources() -> MemorySources {
    MemorySources::default()
        .file("logo.svg", "\u{feff}<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='http://www.w3.org/2000/svg'/>")
        .file("logo.png", PNG)
        .file("more.css", "h1 { color: red }")
        .file("contacts.csv", "domain,name,phone\nexample.gov.cn,王,1\n")
        .file("languages/fr.toml", "[language]\nname = 'français'\n[field]\nkind = 'x'\n")
        .file("languages/README", "no language")
}

fn files(sources: &MemorySources, sets: &[&str]) -> (Option<Files>, Vec<Finding>) {
    let loaded = load(&sources.inputs(&[], sets), sources, |_: &Settings, _| Vec::new()).unwrap();
    loaded.settings.read_files(sources)
}

/// The problems that `serve` would refuse with.
fn refused(sources: &MemorySources, set: &str) -> String {
    Settings::load(&sources.inputs(&[], &[set]), sources, Mode::Serve).unwrap_err().render(false)
}

#[test]
fn without_any_file_there_are_the_built_in_languages_and_nothing_else() {
    let (files, findings) = files(&MemorySources::default(), &[]);
    let files = files.unwrap();
    assert_eq!(findings, []);
    assert!(files.logo.is_none() && files.extra_css.is_none() && files.contacts.all().is_empty());
    assert_eq!(files.catalog.languages().next(), Some(("zh-CN", "中文")));
}

#[test]
fn every_file_that_a_key_names_is_read() {
    let (files, _) = files(
        &sources(),
        &[
            "page.brand.logo_file=logo.svg",
            "page.brand.css_file=more.css",
            "help.contacts_file=contacts.csv",
            "text.locale_dir=languages",
            "text.default_locale=fr",
            "text.time_zone=Asia/Shanghai",
        ],
    );
    let files = files.unwrap();
    assert_eq!(files.logo.unwrap().content_type, "image/svg+xml");
    assert_eq!(files.extra_css.as_deref(), Some("h1 { color: red }"));
    assert_eq!(files.contacts.of_domain("a.example.gov.cn", "zh-CN").len(), 1);
    assert_eq!(files.catalog.languages().next(), Some(("fr", "français")));
    assert_eq!(files.zone.time_zone().iana_name(), Some("Asia/Shanghai"));
}

#[test]
fn a_png_is_a_logo_too() {
    let (files, findings) = files(&sources(), &["page.brand.logo_file=logo.png"]);
    assert_eq!(findings, []);
    assert_eq!(files.unwrap().logo, Some(Logo { bytes: PNG.to_vec(), content_type: "image/png" }));
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_key_name_and_line() {
    let sources = sources()
        .file("logo.gif", "GIF89a")
        .file("page.html", "<svgx/>")
        .file("script.svg", "<svg><SCRIPT/></svg>")
        .file("large.svg", &format!("<svg>{}</svg>", "x".repeat(16 << 10)))
        .file("large.css", &"x".repeat((32 << 10) + 1))
        .file("bad.csv", "domain,name,email\n\nexample.gov.cn,王,it\n")
        .file("gbk.csv", b"name,phone\n\xcd\xff,1\n")
        .file("broken/fr.toml", "[field]\nkind = x\n")
        .file("number/fr.toml", "[field]\nkind = 1\n")
        .file("named/french language.toml", "");
    for (set, part) in [
        ("page.brand.logo_file=none.svg", "error[C022]: page.brand.logo_file: cannot read none.svg: No such file"),
        ("page.brand.logo_file=logo.gif", "page.brand.logo_file: logo.gif is neither SVG nor PNG"),
        ("page.brand.logo_file=page.html", "page.brand.logo_file: page.html is neither SVG nor PNG"),
        ("page.brand.logo_file=script.svg", "page.brand.logo_file: script.svg holds a script"),
        ("page.brand.logo_file=large.svg", "page.brand.logo_file: cannot read large.svg: longer than 16 KiB"),
        ("page.brand.css_file=large.css", "page.brand.css_file: cannot read large.css: longer than 32 KiB"),
        ("page.brand.css_file=logo.png", "page.brand.css_file: logo.png:1: not UTF-8 text"),
        ("help.contacts_file=bad.csv", "help.contacts_file: bad.csv:3: column 3 (email): a mail address has one @"),
        ("help.contacts_file=gbk.csv", "help.contacts_file: gbk.csv:2: is neither UTF-8 nor GB18030"),
        ("text.locale_dir=nowhere", "text.locale_dir: cannot read nowhere: No such file"),
        ("text.locale_dir=broken", "text.locale_dir: broken/fr.toml:2:8: "),
        ("text.locale_dir=number", "text.locale_dir: number/fr.toml:2:8: `field.kind` must be a text in quotes"),
        ("text.locale_dir=named", "named/french language.toml: `french language` is no language tag"),
        ("text.time_zone=Asia/Bejing", "text.time_zone: `Asia/Bejing` is no time zone; write a name like \"Asia/"),
        ("text.default_locale=fr", "text.default_locale: `fr` is not spoken here; write \"zh-CN\" or \"en\""),
    ] {
        let text = refused(&sources, set);
        assert!(text.contains(part), "{set}\n{text}");
    }
    // A language whose file is wrong is not told to be missing as well.
    let sets = ["text.locale_dir=broken", "text.default_locale=fr"];
    assert_eq!(files(&sources, &sets).1.len(), 1);
}

/// I6: what an added language lacks, misspells or fills in otherwise is told and refuses nothing.
#[test]
fn i6_what_is_doubtful_about_a_language_is_a_note() {
    let file = "[field]\nkid = 'x'\naccount_format = 'sans'\n";
    let sources = MemorySources::default().file("own/fr.toml", file).file("own/en.toml", "[field]\nkind = 'x'\n");
    let (files, findings) = files(&sources, &["text.locale_dir=own"]);
    assert!(files.is_some() && findings.iter().all(|found| found.level == Level::Note), "{findings:?}");
    let told: Vec<_> = findings.iter().map(|found| found.problem.as_str()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("own/fr.toml lacks ") && told[0].contains("shown in the default language"), "{told:?}");
    assert!(findings[0].detail.iter().any(|line| line.contains("problem.captcha_gone.title")), "{findings:?}");
    assert!(findings[0].detail.iter().all(|line| line.len() <= 120));
    assert_eq!(told[1], "own/fr.toml:2: no page shows `field.kid`");
    assert_eq!(findings[1].help, "did you mean `field.kind`?");
    assert_eq!(
        told[2],
        "own/fr.toml:3: `field.account_format` does not fill in what the built-in text does: {example}"
    );
}

#[test]
fn a_page_setting_that_cannot_be_meant_is_refused() {
    let sources = MemorySources::default();
    for (set, part) in [
        ("page.flow=pages", "page.flow: unknown variant `pages`"),
        ("page.login_url=javascript:alert(1)", "page.login_url: is no web address"),
        ("page.mail_domain=a b", "page.mail_domain: `a b` is no domain; write it like \"example.gov.cn\""),
        ("page.mail_domain=@example.gov.cn", "page.mail_domain: `@example.gov.cn` is no domain"),
        ("page.embed_origins=*", "page.embed_origins: `*` stands for every page there is"),
        ("page.embed_origins=https://a.example/", "is not how browsers send it; write \"https://a.example\""),
        ("page.brand.colour=blue", "page.brand.colour: `blue` is no colour; write # and six hexadecimal digits"),
        // I7: the ratio is named.
        (
            "page.brand.colour=#ff8800",
            "page.brand.colour: #ff8800: contrast with white is 2.39:1, at least 4.5:1 is needed; choose a darker colour",
        ),
        ("page.name.fr=a\nb", "page.name.fr: longer than 60 characters, or more than one line"),
    ] {
        let text = refused(&sources, set);
        assert!(text.contains(part), "{set}\n{text}");
    }
}

#[test]
fn names_and_footers_are_given_by_language_even_from_the_environment() {
    let sources = MemorySources::default().variable("RESETGATE__PAGE__NAME__ZH_TW", "市政郵箱");
    let inputs = sources.inputs(&[], &["page.footer.en=City of Example"]);
    let page = load(&inputs, &sources, |_: &Settings, _| Vec::new()).unwrap().settings.page;
    assert_eq!((page.name.get("zh-TW", "zh-CN"), page.name.get("fr", "zh-CN")), ("市政郵箱", "市政邮箱"));
    assert_eq!((page.footer.get("en", "zh-CN"), page.footer.get("zh-CN", "en")), ("City of Example", ""));
    assert_eq!((page.flow, page.brand.colour.to_string().as_str()), (PageFlow::Steps, "#0b5cab"));
}
