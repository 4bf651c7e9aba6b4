//! Style, script and logo: built in, named by their content, so that browsers may keep them for ever.

use actix_web::http::header::{self, CacheControl, CacheDirective};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::PageRules;
use super::visit::{packed, unpacks};
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::{BasePath, Colour};

const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");
const LOGO: &str = include_str!("assets/logo.svg");
/// In seconds: a year.
const FOR_EVER: u32 = 31_536_000;

struct Asset {
    path: String,
    kind: &'static str,
    content: web::Bytes,
    /// The same in gzip, where that is shorter; packed once, so that it may be packed well.
    packed: Option<web::Bytes>,
}

/// The files of the pages, and where each is.
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The operator's own style sheet, after ours.
    pub extra_style: Option<String>,
    /// The script.
    pub script: String,
    /// The logo, which is the icon, too.
    pub logo: String,
    files: Vec<Asset>,
}

impl Assets {
    /// The built-in files in the brand's colour, and the operator's.
    #[must_use]
    pub fn new(
        base: &BasePath,
        colour: Colour,
        logo: Option<(Vec<u8>, &'static str)>,
        extra_css: Option<String>,
    ) -> Self {
        let dark = colour.for_dark();
        let brand = format!(
            ":root{{--primary:{colour}}}\n@media(prefers-color-scheme:dark){{:root{{--primary:{dark}}}}}\n{}",
            shortened(STYLE)
        );
        let (logo, kind) =
            logo.unwrap_or_else(|| (LOGO.replace("#0b5cab", &colour.to_string()).into_bytes(), "image/svg+xml"));
        let mut files = Vec::new();
        let mut add = |name: &str, end: &str, kind, content: Vec<u8>| {
            let digest = HEXLOWER.encode(&Sha256::digest(&content)[..8]);
            let path = format!("/assets/{name}-{digest}.{end}");
            let link = base.link(&path);
            let packed = packed(&content).filter(|packed| packed.len() < content.len()).map(Into::into);
            files.push(Asset { path, kind, content: content.into(), packed });
            link
        };
        let style = add("page", "css", "text/css; charset=utf-8", brand.into_bytes());
        let extra_style = extra_css.map(|css| add("extra", "css", "text/css; charset=utf-8", css.into_bytes()));
        let script = add("page", "js", "text/javascript; charset=utf-8", shortened(SCRIPT).into_bytes());
        let logo = add("logo", if kind == "image/png" { "png" } else { "svg" }, kind, logo);
        Self { style, extra_style, script, logo, files }
    }
}

/// Comments of whole lines and indentation are for us, not for the wire.
fn shortened(source: &str) -> String {
    let lines = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let lines = lines.filter(|line| !(line.starts_with("/*") && line.ends_with("*/")));
    lines.collect::<Vec<_>>().join("\n")
}

/// One file. Its policy keeps a logo that is a drawing from being a document that does something.
pub async fn show(
    call: Call,
    rules: web::Data<PageRules>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let path = format!("/assets/{path}");
    let asset = rules.assets.files.iter().find(|asset| asset.path == path);
    let asset = asset.ok_or_else(|| Problem::new(&call, "not_found"))?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, asset.kind))
        .insert_header(CacheControl(vec![
            CacheDirective::Public,
            CacheDirective::MaxAge(FOR_EVER),
            CacheDirective::Extension("immutable".to_owned(), None),
        ]))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .insert_header((header::VARY, "accept-encoding"));
    Ok(match asset.packed.clone().filter(|_| unpacks(&request)) {
        Some(packed) => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(packed),
        None => response.body(asset.content.clone()),
    })
}
