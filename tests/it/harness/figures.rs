//! The metrics, read strictly: what this takes, a scraper takes.

use std::collections::{BTreeMap, BTreeSet};

use super::TestApp;

/// One sample.
#[derive(Debug, Clone)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// One reading.
pub struct Figures(pub Vec<Sample>);

impl Figures {
    fn read(text: &str) -> Self {
        assert!(text.ends_with("# EOF\n"), "it ends as OpenMetrics must");
        let lines = text.lines().filter(|line| *line != "# EOF");
        Self(lines.filter_map(|line| line.strip_prefix("# ").map_or_else(|| Some(sample(line)), comment)).collect())
    }

    /// The sum over all series with these labels; zero when there is none.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let wanted = |sample: &&Sample| {
            let has = |(label, value): &(&str, &str)| sample.labels.get(*label).is_some_and(|found| found == value);
            sample.name == name && labels.iter().all(has)
        };
        self.0.iter().filter(wanted).map(|sample| sample.value).sum()
    }

    /// The figure must be this.
    #[track_caller]
    pub fn expect(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let found = self.value(name, labels);
        assert!((found - value).abs() < f64::EPSILON, "{name} {labels:?} is {found}, not {value}");
    }

    pub fn names(&self) -> BTreeSet<&str> {
        self.0.iter().map(|sample| sample.name.as_str()).collect()
    }
}

impl TestApp {
    /// Reads the metrics now.
    pub async fn figures(&self) -> Figures {
        let (status, text) = self.ops("/metrics").await;
        assert_eq!(status, 200);
        Figures::read(&text)
    }
}

fn comment(words: &str) -> Option<Sample> {
    let mut words = words.splitn(3, ' ');
    let (kind, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    assert!(is_name(name), "{name}");
    match kind {
        "HELP" => assert!(!rest.is_empty()),
        "TYPE" => assert!(["counter", "gauge", "histogram"].contains(&rest), "{rest}"),
        "UNIT" => assert!(name.ends_with(rest), "{name} in {rest}"),
        _ => panic!("{kind}"),
    }
    None
}

fn is_name(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn sample(line: &str) -> Sample {
    let (head, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
    let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let (name, labels) = match head.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"))),
        None => (head, ""),
    };
    assert!(is_name(name), "{line}");
    let pairs = labels.split("\",").filter(|pair| !pair.is_empty()).map(|pair| {
        let (label, value) = pair.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        assert!(is_name(label), "{line}");
        (label.to_owned(), value.trim_end_matches('"').to_owned())
    });
    Sample { name: name.to_owned(), labels: pairs.collect(), value }
}
