use std::io::Write;

use super::*;

/// A table with nothing but headers.
#[derive(serde::Deserialize)]
struct Table {
    headers: Option<BTreeMap<String, SecretString>>,
    header_files: Option<BTreeMap<String, PathBuf>>,
}

impl Table {
    fn of(text: &str) -> Self {
        toml::from_str(text).unwrap()
    }

    fn given(&self) -> Headers<'_> {
        Headers { inline: self.headers.as_ref(), files: self.header_files.as_ref() }
    }
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn keys(more: &str) -> Vec<String> {
    header_problems(Table::of(more).given()).into_iter().map(|(key, _)| key).collect()
}

#[test]
fn headers_are_sent_as_written_and_shown_to_nobody() {
    let headers = read_headers(Table::of("headers = { \"X-Api-Key\" = \"s3cr3t\" }").given(), None).unwrap();
    assert_eq!(headers["x-api-key"], "s3cr3t");
    assert!(!format!("{headers:?}").contains("s3cr3t"));
}

#[test]
fn names_and_values_that_no_header_can_have_are_named_without_the_value() {
    assert_eq!(keys("headers = { \"x y\" = \"1\" }"), ["headers.x y"]);
    assert_eq!(keys("headers = { Host = \"other.example\" }"), ["headers.Host"]);
    assert_eq!(keys("headers = { a = \"\" }"), ["headers.a"]);
    assert_eq!(keys("headers = { a = \"1\" }\nheader_files = { A = \"/x\" }"), ["header_files.A"]);
    let told = header_problems(Table::of("headers = { a = \"s3cr3t\\r\\nb: c\" }").given());
    assert_eq!(told.len(), 1);
    assert!(!told[0].1.contains("s3cr3t"));
}

#[test]
fn a_value_from_a_file_loses_a_byte_order_mark_and_its_line_ends() {
    for (text, value) in [
        ("key", "key"),
        ("key\n", "key"),
        ("key\r\n", "key"),
        ("key\n\n", "key"),
        ("\u{feff}key\r\n", "key"),
        ("key \n", "key "),
    ] {
        assert_eq!(*file(written(text).path(), None).unwrap(), value);
    }
    let (two, empty) = (written("a\nb\n"), written("\n"));
    for path in [two.path(), empty.path(), Path::new("/nowhere/key")] {
        let table = Table::of(&format!("header_files = {{ x-key = \"{}\" }}", path.display()));
        assert_eq!(read_headers(table.given(), None).unwrap_err().0, "header_files.x-key");
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
