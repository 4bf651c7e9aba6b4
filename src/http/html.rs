//! Small pages without script and style, so that the strictest content security policy holds for them.

use actix_web::HttpResponse;

use super::locale::Language;

/// A page; `body` is HTML already.
#[must_use]
pub fn page(language: &Language, title: &str, body: &str) -> HttpResponse {
    let (tag, title) = (escape(language.tag()), escape(title));
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    ))
}

/// A text as it may stand between tags and inside a quoted attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 77: a text of the configuration cannot become a tag or leave its attribute.
    #[test]
    fn nothing_that_means_something_in_html_is_left() {
        assert_eq!(escape("<a href=\"x\" b='y'>&"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
    }
}
