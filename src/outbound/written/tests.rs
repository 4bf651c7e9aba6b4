use proptest::prelude::*;
use serde_json::json;

use super::*;

const BOM: &[u8] = b"\xef\xbb\xbf";
/// 成功
const GBK: &[u8] = b"\xb3\xc9\xb9\xa6";
/// The same; the last byte is a backslash in ASCII.
const BIG5: &[u8] = b"\xa6\xa8\xa5\x5c";

fn said(message: &[u8]) -> Vec<u8> {
    [b"{\"code\":0,\"msg\":\"", message, b"\"}"].concat()
}

fn json_of(bytes: &[u8], content_type: Option<&str>) -> Result<Value, String> {
    Written::new(bytes, content_type).json()
}

/// RFC 8259, 8.1: a parser may ignore the mark.
#[test]
fn a_byte_order_mark_is_skipped() {
    let marked = [BOM, b"{\"code\":0}"].concat();
    for kind in [None, Some("application/json"), Some("text/plain; charset=GBK")] {
        assert_eq!(json_of(&marked, kind), Ok(json!({"code": 0})));
    }
    assert_eq!(Written::new(&marked[..], None).shown(), "{\"code\":0}");
    let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        [&mark[..], &"{\"msg\":\"成功\"}".encode_utf16().flat_map(bytes).collect::<Vec<_>>()].concat()
    };
    for bytes in [wide(u16::to_le_bytes, [0xff, 0xfe]), wide(u16::to_be_bytes, [0xfe, 0xff])] {
        assert_eq!(json_of(&bytes, None), Ok(json!({"msg": "成功"})));
    }
}

#[test]
fn a_charset_that_is_named_is_read_and_one_that_is_not_is_guessed() {
    let read = |bytes: &[u8], kind| json_of(&said(bytes), kind).map(|value| value["msg"].clone());
    for kind in ["text/html;charset=gb2312", "application/json; Charset=\"GBK\"", "a/b; x=y; charset = gb18030"] {
        assert_eq!(read(GBK, Some(kind)), Ok(json!("成功")), "{kind}");
    }
    assert_eq!(read(BIG5, Some("text/html; charset=big5")), Ok(json!("成功")));
    for kind in [
        None,
        Some("application/json"),
        Some("a/b; charset=utf-8"),
        Some("a/b; charset=ISO-8859-1"),
        Some("a/b; charset=x"),
    ] {
        assert_eq!(json_of(&said(GBK), kind).map(|value| value["code"].clone()), Ok(json!(0)), "{kind:?}");
    }
    assert_eq!(read("成功".as_bytes(), Some("text/html; charset=GBK")), Ok(json!("成功")));
    assert_eq!(Written::new(GBK, None).shown(), "成功");
}

/// Only one of the readings is JSON where a sign ends with the byte of a backslash.
#[test]
fn a_text_that_is_json_in_one_charset_alone_is_read_in_it() {
    assert_eq!(json_of(&said(BIG5), None).map(|value| value["code"].clone()), Ok(json!(0)));
}

/// `E3 5C` is one sign in GBK, and in others a sign and a backslash, which takes the quote behind it into the text.
#[test]
fn a_text_that_says_two_things_says_nothing() {
    let bytes = b"{\"a\":\"\xe3\x5c\",\"code\":0,\"b\":\",\\\"code\\\":1,\\\"c\\\":\\\"\"}";
    let other = b"{\"a\":\"\xe3\x5c\",\"code\":0,\"x\":\"y\xe3\x5c\",\"code\":1,\"z\":\"\"}";
    for bytes in [&bytes[..], other] {
        let readings: Vec<_> =
            Written::new(bytes, None).readings().iter().map(|text| serde_json::from_str::<Value>(text).ok()).collect();
        let told = json_of(bytes, None);
        if let [Some(one), Some(two)] = readings.as_slice() {
            assert_ne!(one["code"], two["code"]);
            assert_eq!(told, Err(TWO_MEANINGS.to_owned()));
        }
    }
    let swallowed = b"{\"a\":\"\x81\x5c\",\"code\":0,\"b\":\" ,\"}";
    assert!(json_of(swallowed, None).is_ok());
}

#[test]
fn what_no_charset_makes_json_of_is_none() {
    for bytes in [&b""[..], b"\xff", b"\xef\xbb\xbf", b"OK", &GBK[..3], b"{\"code\":\xb3}"] {
        assert_eq!(json_of(bytes, None), Err(NO_JSON.to_owned()));
    }
    assert_eq!(Written::new(&b"OK\xb3\x40"[..], None).agreed(|text| Some(text.len())), Err(TWO_MEANINGS.to_owned()));
}

proptest! {
    #[test]
    fn parsing_any_bytes_of_any_charset_never_panics(
        bytes: Vec<u8>, kind in "(text/x; ?charset=\"?(gbk|utf-16|utf8|latin1|big5|iso-2022-jp|hz|x)\"?)?|\\PC{0,20}",
    ) {
        let written = Written::new(bytes, Some(&kind));
        let _ = written.json::<Value>();
        prop_assert!(!written.readings().is_empty());
    }

    /// What decides is ASCII: whatever stands in the text beside it.
    #[test]
    fn parsing_finds_the_code_beside_a_text_of_any_charset(text in "[\u{4e00}-\u{9fa5}é\u{30a0}-\u{30ff}]{0,12}", code in 0_u32..9) {
        for charset in [GB18030, encoding_rs::BIG5, WINDOWS_1252, encoding_rs::SHIFT_JIS, UTF_8] {
            let (bytes, _, is_lossy) = charset.encode(&text);
            if is_lossy {
                continue;
            }
            let body = [b"{\"msg\":\"", &bytes[..], format!("\",\"code\":{code}}}").as_bytes()].concat();
            match json_of(&body, None) {
                Ok(read) => prop_assert_eq!(&read["code"], &json!(code)),
                Err(_) => prop_assert!(charset != GB18030 && charset != UTF_8),
            }
            let named = json_of(&body, Some(&format!("a/b; charset={}", charset.name())));
            prop_assert!(named.is_ok() || charset == WINDOWS_1252);
        }
    }
}
