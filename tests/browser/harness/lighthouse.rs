//! Lighthouse: how fast a page is on a phone, and what else a browser can judge by itself.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::Site;
use super::driver::{module, program};
use super::session::Turn;

/// What Lighthouse says of one page.
#[derive(Debug)]
pub struct Verdict {
    pub performance: f64,
    pub accessibility: f64,
    pub best_practices: f64,
    /// In milliseconds, but for the shift.
    pub largest_paint: f64,
    pub layout_shift: f64,
    pub blocking: f64,
    /// What is not perfect.
    pub remarks: Vec<String>,
}

impl Site {
    /// Lighthouse on a page of the site, as on a phone, with no other browser beside it.
    pub async fn lighthouse(&self, path: &str) -> Verdict {
        let _alone = Turn::alone().await;
        let mut flags = "--headless --disable-dev-shm-usage --disable-gpu".to_owned();
        if rustix::process::geteuid().is_root() {
            flags += " --no-sandbox";
        }
        let mut command = Command::new(program("node", "nodejs"));
        command
            .arg(module("lighthouse/cli/index.js"))
            .arg(format!("{}{path}", self.origin()))
            .args(["--quiet", "--output=json", "--only-categories=performance,accessibility,best-practices"])
            .arg(format!("--chrome-flags={flags}"))
            .env("CHROME_PATH", program("chromium", "chromium"))
            .stdin(Stdio::null());
        // The site is served by this thread meanwhile.
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().expect("node starts");
        assert!(output.status.success(), "Lighthouse: {}", String::from_utf8_lossy(&output.stderr));
        Verdict::of(&serde_json::from_slice(&output.stdout).unwrap())
    }
}

impl Verdict {
    fn of(report: &Value) -> Self {
        let category = |name: &str| report["categories"][name]["score"].as_f64().unwrap();
        let figure = |name: &str| report["audits"][name]["numericValue"].as_f64().unwrap();
        let audits = report["audits"].as_object().unwrap().values();
        let short = audits.filter(|audit| audit["score"].as_f64().is_some_and(|score| score < 1.0));
        let remarks = short.map(|audit| format!("{} {}: {}", audit["id"], audit["score"], audit["displayValue"]));
        Self {
            performance: category("performance"),
            accessibility: category("accessibility"),
            best_practices: category("best-practices"),
            largest_paint: figure("largest-contentful-paint"),
            layout_shift: figure("cumulative-layout-shift"),
            blocking: figure("total-blocking-time"),
            remarks: remarks.collect(),
        }
    }
}
