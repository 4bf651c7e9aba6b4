//! The layer rule, checked by reading the source: who may import whom, who may name which crate, how long a file may be.
//!
//! `layering/` holds the reading; here are the rules, and a proof for each that it can be broken.

#![expect(clippy::unwrap_used, reason = "source that cannot be read cannot be checked")]

#[path = "layering/reading.rs"]
mod reading;

use std::path::Path;

use reading::{bare, files, module_of, names_crate, paths, root};

/// Tens are the ranks: a module imports only lower numbers, so modules of one rank do not know each other. The last
/// rank has an order of its own: `app` assembles with `settings` and `telemetry`, and `cli` starts all three. So has the
/// first: `outbound` stands on `domain`, and below `sms` and `account`, which both ask over HTTP and do not know each other.
const RANKS: [(&str, u8); 15] = [
    ("domain", 0),
    ("outbound", 1),
    ("policy", 10),
    ("captcha", 10),
    ("limits", 10),
    ("state", 10),
    ("sms", 10),
    ("account", 10),
    ("audit", 10),
    ("flow", 20),
    ("http", 30),
    ("settings", 40),
    ("telemetry", 40),
    ("app", 41),
    ("cli", 42),
];

/// What stands behind a port: only `app` and `cli` may name it, and its own module.
const ADAPTERS: [(&str, &[&str]); 5] = [
    ("account", &["sqlite", "sql", "ldap", "http", "hooks", "demo", "roster", "build", "open", "Surroundings"]),
    (
        "sms",
        &[
            "cmpp",
            "http",
            "aliyun",
            "huawei",
            "tencent",
            "smpp",
            "twilio",
            "vonage",
            "aws_sns",
            "console",
            "vendor",
            "Console",
            "ConsoleWriter",
            "Surroundings",
            "build",
            "build_observed",
            "build_one",
        ],
    ),
    ("limits", &["memory", "MemoryLimits"]),
    ("state", &["memory", "MemoryOrders", "MemoryState"]),
    ("audit", &["Trail", "Fanout"]),
];

/// Crates that belong to one place, so that they can be replaced there.
const CRATES: [(&str, &[&str]); 14] = [
    ("actix_web", &["http", "app"]),
    ("actix_cors", &["app"]),
    ("moka", &["state"]),
    ("governor", &["limits"]),
    ("captcha", &["captcha"]),
    ("md5", &["sms"]),
    ("reqwest", &["outbound", "sms", "account", "app"]),
    ("tokio_rustls", &["sms"]),
    ("sqlx", &["account"]),
    ("rusqlite", &[]),
    ("ldap3", &["account"]),
    ("prometheus_client", &["telemetry", "http"]),
    ("clap", &["cli"]),
    ("csv", &["domain"]),
];

/// Lines of the longest file, tests included.
const LONGEST: usize = 400;

/// Words that promise work instead of doing it, and exceptions that nobody has to give a reason for.
const UNFINISHED: [&str; 4] = ["todo!", "unimplemented!", "#[allow(", "#![allow("];

fn rank(module: &str) -> Option<u8> {
    RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank)
}

/// Everything in one file of `src` that the rule forbids. `own` is the path of the module, from the crate's root.
fn faults(own: &[&str], source: &str) -> Vec<String> {
    let code = bare(source);
    let Some((&here, own_rank)) = own.first().and_then(|here| Some((here, rank(here)?))) else { return Vec::new() };
    let mut faults = Vec::new();
    for path in paths(&code, own) {
        let Some(there) = rank(&path[0]).filter(|_| path[0] != here) else { continue };
        if there >= own_rank {
            faults.push(format!("{here} may not import {}", path.join("::")));
        }
        let adapter = |(port, names): &(&str, &[&str])| {
            path[0] == *port && path[1..].iter().any(|name| names.contains(&name.as_str()))
        };
        if own_rank < 41 && ADAPTERS.iter().any(adapter) {
            faults.push(format!("{here} may not name the adapter {}", path.join("::")));
        }
    }
    let strangers = CRATES.iter().filter(|(name, places)| !places.contains(&here) && names_crate(&code, name));
    faults.extend(strangers.map(|(name, _)| format!("{here} may not use the crate {name}")));
    faults
}

/// What is wrong with any file, wherever it is.
fn flaws(source: &str) -> Vec<String> {
    let code = bare(source);
    let mut flaws: Vec<_> = UNFINISHED.iter().filter(|word| code.contains(*word)).map(ToString::to_string).collect();
    let lines = source.lines().count();
    if lines > LONGEST {
        flaws.push(format!("{lines} lines, more than {LONGEST}"));
    }
    flaws
}

/// Rank and name of every row of the map in the crate's documentation.
fn mapped(library: &str) -> Vec<(u8, String)> {
    let rows = library.lines().filter_map(|line| line.strip_prefix("//! | "));
    let row = |row: &str| {
        let (rank, rest) = row.split_once(" | [`")?;
        Some((rank.parse().ok()?, rest.split_once("`]")?.0.to_owned()))
    };
    rows.filter_map(row).collect()
}

#[test]
fn modules_import_only_lower_ranks_and_crates_stay_in_their_places() {
    let source = root().join("src");
    let mut wrong = Vec::new();
    for (path, text) in files(&source) {
        let module = module_of(path.strip_prefix(&source).unwrap());
        let module: Vec<_> = module.iter().map(String::as_str).collect();
        wrong.extend(faults(&module, &text).into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
fn no_file_is_too_long_or_unfinished() {
    let (mut lengths, mut wrong) = (Vec::new(), Vec::new());
    for (path, text) in ["src", "tests", "benches"].iter().flat_map(|part| files(&root().join(part))) {
        lengths.push(text.lines().count());
        wrong.extend(flaws(&text).into_iter().map(|flaw| format!("{}: {flaw}", path.display())));
    }
    lengths.sort_unstable();
    let part = |tenths: usize| lengths[(lengths.len() - 1) * tenths / 10];
    println!("{} files: median {}, p90 {}, longest {} lines", lengths.len(), part(5), part(9), part(10));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_names_every_module_with_its_rank_and_no_other() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut told = mapped(&library);
    let mut ruled: Vec<_> = RANKS.iter().map(|(name, rank)| (rank / 10, (*name).to_owned())).collect();
    let mut there: Vec<_> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    told.sort_unstable();
    ruled.sort_unstable();
    there.sort_unstable();
    assert_eq!(told, ruled, "the map in src/lib.rs and RANKS differ");
    let mut names: Vec<_> = told.into_iter().map(|(_, name)| name).collect();
    names.sort_unstable();
    assert_eq!(names, there, "the map and the modules in src/lib.rs differ");
}

#[test]
fn the_rule_catches_imports_upwards_and_sideways_however_they_are_written() {
    let fault = |own: &[&str], source: &str| faults(own, source).join("; ");
    assert_eq!(fault(&["sms"], "use crate::domain::Clock;"), "");
    assert_eq!(fault(&["sms"], "use crate::account::MaxAge;"), "sms may not import account::MaxAge");
    assert_eq!(fault(&["flow", "a"], "fn f() { crate::http::g(); }"), "flow may not import http::g");
    assert_eq!(fault(&["flow"], "use crate::{domain::Id, http::{self, Call as C}};").matches("http").count(), 2);
    assert_eq!(fault(&["settings"], "use crate::app::Application;"), "settings may not import app::Application");
    assert_eq!(fault(&["app"], "use crate::cli;"), "app may not import cli");
    assert_eq!(fault(&["cli"], "use crate::app::Application;"), "");
    // By way of the parent, counted from where it stands.
    assert_eq!(fault(&["sms", "http"], "use super::super::state::StateError;"), "sms may not import state::StateError");
    assert_eq!(fault(&["sms", "http"], "mod tests { use super::super::state::X; }"), "");
    assert_eq!(fault(&["sms"], "// crate::http::x\nconst A: &str = \"crate::http::x\"; /* crate::cli::x */"), "");
}

#[test]
fn the_rule_catches_adapters_and_crates_out_of_place() {
    let fault = |own: &str, source: &str| faults(&[own], source).join("; ");
    let adapter = "use crate::{state::{StateError, MemoryState}};";
    assert_eq!(fault("flow", adapter), "flow may not name the adapter state::MemoryState");
    assert_eq!(fault("app", adapter), "");
    assert!(fault("flow", "fn f(a: &crate::account::sqlite::SqliteAccounts) {}").contains("adapter"));
    assert_eq!(fault("flow", "use actix_web::web;"), "flow may not use the crate actix_web");
    assert_eq!(fault("http", "use actix_web::web;"), "");
    for crate_named in ["use ::captcha::Captcha;", "use captcha::Captcha;", "let a = ::captcha::gen();"] {
        assert_eq!(fault("flow", crate_named), "flow may not use the crate captcha", "{crate_named}");
    }
    for module_named in ["use crate::captcha::Issued;", "mod captcha; pub use captcha::CaptchaFlow;", "captcha::f()"] {
        assert_eq!(fault("http", module_named), "", "{module_named}");
    }
}

#[test]
fn long_and_unfinished_files_and_a_wrong_map_are_caught() {
    assert!(flaws(&"\n".repeat(LONGEST)).is_empty());
    assert_eq!(flaws(&"\n".repeat(LONGEST + 1)), ["401 lines, more than 400"]);
    assert_eq!(flaws("fn f() { todo!() }"), ["todo!"]);
    assert_eq!(flaws("#[allow(dead_code)] // unimplemented!"), ["#[allow("]);
    assert!(flaws("let a = (r#\"todo!\"#, '\"', \"\\\"todo!\", b\"todo!\");").is_empty());
    assert_eq!(mapped("//! | 1 | [`sms`] | messages |\n//! | rank | module |\npub mod x;"), [(1, "sms".to_owned())]);
    assert_eq!(module_of(Path::new("sms/http/mod.rs")), ["sms", "http"]);
}
