//! As much of Rust as the layer rule needs: text without comments and strings, and the paths in it.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a directory, with its text.
pub fn files(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// `sms/http/client.rs` is `sms::http::client`.
pub fn module_of(file: &Path) -> Vec<String> {
    let parts = file.with_extension("");
    let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| !["mod", "lib", "main"].contains(&part.as_str())).collect()
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// The code without comments, and with nothing in its strings.
pub fn bare(source: &str) -> String {
    let (mut code, mut rest) = (String::new(), source);
    while let Some(sign) = rest.chars().next() {
        let inside = code.chars().next_back().is_some_and(is_word);
        let skip = match sign {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' | 'b' if !inside => raw_string(rest),
            '"' => string(rest),
            '\'' => letter(rest),
            _ => 0,
        };
        if skip == 0 {
            code.push(sign);
        } else {
            code.push(' ');
        }
        rest = &rest[skip.max(sign.len_utf8())..];
    }
    code
}

/// Length of `r#"…"#`, or nothing.
fn raw_string(rest: &str) -> usize {
    let body = rest.trim_start_matches('b');
    let Some(body) = body.strip_prefix('r') else { return 0 };
    let quoted = body.trim_start_matches('#');
    let Some(text) = quoted.strip_prefix('"') else { return 0 };
    let close = format!("\"{}", "#".repeat(body.len() - quoted.len()));
    let end = text.find(&close).map_or(text.len(), |end| end + close.len());
    rest.len() - text.len() + end
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, sign)| {
        let closes = *sign == '"' && !escaped;
        escaped = *sign == '\\' && !escaped;
        closes
    });
    end.map_or(rest.len(), |(end, _)| end + 1)
}

/// Length of `'x'`, or nothing for a lifetime.
fn letter(rest: &str) -> usize {
    let mut signs = rest.char_indices().skip(1);
    match (signs.next(), signs.next()) {
        (Some((_, '\\')), Some((at, sign))) => {
            let after = at + sign.len_utf8();
            rest[after..].find('\'').map_or(0, |end| after + end + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 0,
    }
}

/// Words, `::`, and single signs.
fn tokens(code: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), code.trim_start());
    while let Some(sign) = rest.chars().next() {
        let word = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else if rest.starts_with("::") {
            2
        } else {
            sign.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Every path that begins at the crate or at a parent, from the crate's root, braces multiplied out.
pub fn paths(code: &str, own: &[&str]) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let (mut found, mut inner, mut depth) = (Vec::new(), Vec::<(&str, usize)>::new(), 0_usize);
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at] {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inner.retain(|(_, outside)| *outside < depth);
            }
            "mod" if tokens.get(at + 2) == Some(&"{") => inner.push((tokens[at + 1], depth)),
            start @ ("crate" | "super") if tokens.get(at + 1) == Some(&"::") => {
                let mut base: Vec<_> = own.iter().copied().chain(inner.iter().map(|(name, _)| *name)).collect();
                if start == "crate" {
                    base.clear();
                }
                while tokens[at] == "super" && tokens.get(at + 1) == Some(&"::") {
                    base.pop();
                    at += 2;
                }
                at += if start == "crate" { 2 } else { 0 };
                leaves(&tokens, &mut at, &base, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn leaves(tokens: &[&str], at: &mut usize, base: &[&str], found: &mut Vec<Vec<String>>) {
    let mut path = base.to_vec();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        if *token == "{" {
            while tokens.get(*at).is_some_and(|token| *token != "}") {
                leaves(tokens, at, &path, found);
            }
            *at += 1;
            return;
        }
        if *token == "," {
            return;
        }
        path.push(token);
        if tokens.get(*at) != Some(&"::") {
            break;
        }
        *at += 1;
    }
    if tokens.get(*at) == Some(&"as") {
        *at += 2;
    }
    found.push(path.into_iter().map(str::to_owned).collect());
}

/// Whether code names an outside crate. `captcha` is also one of our modules, so there only `::captcha`, `use captcha`
/// and `extern crate captcha` count.
pub fn names_crate(code: &str, name: &str) -> bool {
    let local = code.contains(&format!("mod {name};")) || code.contains(&format!("mod {name} "));
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        if after.starts_with(is_word) || before.ends_with(|sign| is_word(sign) || sign == '.') {
            return false;
        }
        if let Some(before) = before.strip_suffix("::") {
            return !before.ends_with(|sign| is_word(sign) || sign == '>');
        }
        let imported = ["use", "extern crate"].iter().any(|word| before.trim_end().ends_with(word));
        (imported && !local) || (name != "captcha" && after.starts_with("::"))
    })
}
