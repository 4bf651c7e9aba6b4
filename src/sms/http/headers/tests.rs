use std::io::Write;

use super::*;
use crate::sms::samples::gateway;

fn written(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn keys(more: &str) -> Vec<String> {
    problems(&gateway(more)).into_iter().map(|(key, _)| key).collect()
}

#[test]
fn headers_are_sent_as_written_and_shown_to_nobody() {
    let settings = gateway("headers = { \"X-Api-Key\" = \"s3cr3t\" }");
    let headers = read(&settings, Some(Format::Form), None).unwrap();
    assert_eq!(headers["x-api-key"], "s3cr3t");
    assert_eq!(headers[CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert!(!format!("{headers:?}{settings:?}").contains("s3cr3t"));
}

#[test]
fn a_content_type_of_the_operator_takes_the_place_of_ours() {
    let settings = gateway("headers = { content-type = \"application/vnd.sms+json\" }");
    let headers = read(&settings, Some(Format::Json), None).unwrap();
    assert_eq!(headers.get_all(CONTENT_TYPE).iter().collect::<Vec<_>>(), ["application/vnd.sms+json"]);
}

#[test]
fn names_and_values_that_no_header_can_have_are_named_without_the_value() {
    assert_eq!(keys("headers = { \"x y\" = \"1\" }"), ["headers.x y"]);
    assert_eq!(keys("headers = { Host = \"other.example\" }"), ["headers.Host"]);
    assert_eq!(keys("headers = { a = \"\" }"), ["headers.a"]);
    assert_eq!(keys("headers = { a = \"1\" }\nheader_files = { A = \"/x\" }"), ["header_files.A"]);
    let told = problems(&gateway("headers = { a = \"s3cr3t\\r\\nb: c\" }"));
    assert_eq!(told.len(), 1);
    assert!(!told[0].1.contains("s3cr3t"));
}

#[test]
fn a_value_from_a_file_loses_one_line_end_and_no_more() {
    for (text, value) in [("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("key \n", "key ")] {
        assert_eq!(*file(written(text).path(), None).unwrap(), value);
    }
    assert_eq!(*file(written("a\n\n").path(), None).unwrap(), "a\n");
    let (two, empty) = (written("a\nb\n"), written("\n"));
    for path in [two.path(), empty.path(), Path::new("/nowhere/key")] {
        let settings = gateway(&format!("header_files = {{ x-key = \"{}\" }}", path.display()));
        assert_eq!(read(&settings, None, None).unwrap_err().0, "header_files.x-key");
    }
}

#[test]
fn the_credentials_directory_is_filled_in_at_the_start_alone() {
    let filled = |path: &str, directory: Option<&str>| filled_in(Path::new(path), directory.map(OsStr::new));
    let expected = Path::new("/run/credentials/resetgate/sms");
    assert_eq!(filled("$CREDENTIALS_DIRECTORY/sms", Some("/run/credentials/resetgate")).unwrap(), expected);
    assert_eq!(filled("/a/$CREDENTIALS_DIRECTORY", Some("/run")).unwrap(), Path::new("/a/$CREDENTIALS_DIRECTORY"));
    assert!(filled("$CREDENTIALS_DIRECTORY/sms", None).unwrap_err().contains("LoadCredential"));
}
