//! Where relative paths begin.

use std::path::Path;

use secrecy::ExposeSecret;

use super::*;

const PEPPER: &str = "q3v8Zk1mT0yWc5uR7hXs2eBn4dGj6fLp";

/// Runs in `/site`.
#[derive(Default)]
struct Elsewhere(MemorySources);

impl Sources for Elsewhere {
    fn variables(&self) -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
        self.0.variables()
    }

    fn read_up_to(&self, path: &Path, max: u64) -> std::io::Result<Vec<u8>> {
        self.0.read_up_to(&self.absolute(path), max)
    }

    fn list(&self, directory: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
        self.0.list(directory)
    }

    fn is_program(&self, path: &Path) -> std::io::Result<bool> {
        self.0.is_program(path)
    }

    fn absolute(&self, path: &Path) -> std::path::PathBuf {
        Path::new("/site").join(path)
    }
}

fn loaded(memory: MemorySources, files: &[&str], sets: &[&str]) -> Result<Loaded<Settings>, Report> {
    let inputs = memory.inputs(files, sets);
    load(&inputs, &Elsewhere(memory), |_: &Settings, _| Vec::new())
}

#[test]
fn a_relative_path_begins_at_the_file_that_has_it() {
    let text = "[code]\npepper_file = \"secrets/pepper\"\n[audit]\npath = \"trail\"\n[page.brand]\nlogo_file = \"/abs/logo.svg\"\n\
                [account.http]\nca_file = \"ca.pem\"\n[text]\nlocale_dir = \"locales\"\n";
    for file in ["/etc/resetgate/a.toml", "../etc/resetgate/a.toml"] {
        let at = Path::new("/site").join(file);
        let base = at.parent().unwrap().display().to_string();
        let memory = MemorySources::default()
            .file(&at.display().to_string(), text)
            .file(&format!("{base}/secrets/pepper"), PEPPER);
        let settings = loaded(memory, &[file], &[]).unwrap().settings;
        assert_eq!(settings.code.pepper.expose_secret(), PEPPER);
        assert_eq!(settings.audit.path, Path::new(&base).join("trail"));
        assert_eq!(settings.account.http.ca_file, Path::new(&base).join("ca.pem"));
        assert_eq!(settings.text.locale_dir, Path::new(&base).join("locales"));
        assert_eq!(settings.page.brand.logo_file, Path::new("/abs/logo.svg"));
        assert_eq!(settings.page.brand.css_file, Path::new(""));
    }
}

#[test]
fn paths_of_the_environment_the_command_line_and_the_defaults_begin_at_the_working_directory() {
    let memory = MemorySources::default()
        .file("/etc/a.toml", "[audit]\npath = \"trail\"\n")
        .file("/site/secrets/pepper", PEPPER)
        .variable("RESETGATE__CODE__PEPPER_FILE", "secrets/pepper");
    let told = loaded(memory, &["/etc/a.toml"], &["audit.path=mine", "page.brand.css_file=a.css"]).unwrap();
    assert_eq!(told.settings.code.pepper.expose_secret(), PEPPER);
    assert_eq!(told.settings.audit.path, Path::new("/site/mine"));
    assert_eq!(told.settings.page.brand.css_file, Path::new("/site/a.css"));
    assert_eq!(told.settings.account.sqlite.path, Path::new("/site/resetgate.db"));
    // As the reference file has it.
    assert_eq!(told.merged.at("account.sqlite.path").and_then(toml::Value::as_str), Some("resetgate.db"));
}

#[test]
fn files_of_headers_and_the_credentials_directory_are_told_apart() {
    let text = "[sms]\nproviders = [\"a\"]\n[sms.provider.a]\nkind = \"http\"\nurl = \"https://a.example\"\nsuccess = { status = [202] }\n\
                header_files = { a = \"a.key\", b = \"$CREDENTIALS_DIRECTORY/b\" }\n";
    let told = loaded(MemorySources::default().file("/etc/a.toml", text), &["/etc/a.toml"], &[]).unwrap();
    let files = told.merged.at("sms.provider.a.header_files").unwrap();
    assert_eq!(files["a"].as_str(), Some("/etc/a.key"));
    assert_eq!(files["b"].as_str(), Some("$CREDENTIALS_DIRECTORY/b"));
}

/// A new secret in place of the old one would look right, and void what the old one signed.
#[test]
fn a_new_secret_is_not_proposed_where_the_old_one_may_be_meant() {
    let text = "[audit]\nkey_file = \"secrets/audit\"\n";
    let refused = |memory: MemorySources| {
        let memory = memory.file("/etc/resetgate/a.toml", text);
        loaded(memory, &["/etc/resetgate/a.toml"], &[]).unwrap_err().render(false)
    };
    let nowhere = refused(MemorySources::default());
    assert!(nowhere.contains("cannot read /etc/resetgate/secrets/audit"), "{nowhere}");
    assert!(nowhere.contains("help: resetgate secret new --out /etc/resetgate/secrets/audit"), "{nowhere}");
    let in_the_old_place = refused(MemorySources::default().file("/site/secrets/audit", PEPPER));
    assert!(in_the_old_place.contains("help: there is a file /site/secrets/audit"), "{in_the_old_place}");
    assert!(!in_the_old_place.contains("secret new"), "{in_the_old_place}");
    let empty = refused(MemorySources::default().file("/etc/resetgate/secrets/audit", "\n"));
    assert!(empty.contains("help: put the secret back"), "{empty}");
}
