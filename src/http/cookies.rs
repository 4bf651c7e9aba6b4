//! The cookies of a request that have one name.

use actix_web::HttpRequest;
use actix_web::http::header;

/// The one cookie of a name that `read` can read; none when there are two that differ.
///
/// Below a path another host of the domain, or another path of this one, may have set a second cookie of our name, and
/// nothing tells which is ours. Believing either could have somebody choose a password in a stranger's recovery.
pub fn sole<T>(request: &HttpRequest, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut readable = named(request, name).filter_map(|text| read(text).map(|value| (text, value)));
    let (text, value) = readable.next()?;
    readable.all(|(other, _)| other == text).then_some(value)
}

/// Every value of `name`, as it was sent: ours are never written in another way.
///
/// Each cookie is read by itself. A neighbour's site may set one for the whole domain that is no UTF-8, and
/// actix-web's own reader then gives none at all.
fn named<'a>(request: &'a HttpRequest, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = request.headers().get_all(header::COOKIE);
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let value = std::str::from_utf8(pair).ok()?.trim().strip_prefix(name)?.strip_prefix('=')?;
        Some(value.trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_is_found_whatever_the_others_are() {
        let line = HeaderValue::from_bytes(b"city=\xb1\xb1; bare; =x; ours2=no; ours=1;ours=\"2\";a=%C4").unwrap();
        let request = TestRequest::default().append_header((header::COOKIE, line)).to_http_request();
        assert_eq!(named(&request, "ours").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(named(&request, "none").count(), 0);
    }

    #[test]
    fn two_cookies_of_a_name_that_differ_are_none_and_what_cannot_be_read_does_not_count() {
        let read = |line: &str| {
            let request = TestRequest::default().append_header((header::COOKIE, line)).to_http_request();
            sole(&request, "ours", |text| text.parse::<u8>().ok())
        };
        assert_eq!(read("ours=1; ours=x; ours=1"), Some(1));
        assert_eq!(read("ours=1; ours=2"), None);
        assert_eq!(read("ours=x"), None);
    }
}
