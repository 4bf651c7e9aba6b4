//! axe-core, which knows most machine-checkable rules of WCAG.

use std::sync::LazyLock;

use super::driver::module;
use super::visitor::Visitor;

static AXE: LazyLock<String> = LazyLock::new(|| std::fs::read_to_string(module("axe-core/axe.min.js")).unwrap());

const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  found => done(found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))),
  error => done([`axe failed: ${error}`]));";

impl Visitor<'_> {
    /// What axe-core finds wrong with the page, one line each: every rule but experimental ones, best practices too.
    /// Needs a page whose scripts run and whose time is not held.
    pub async fn axe(&self) -> Vec<String> {
        if self.eval("return !window.axe").await == true {
            // As a script of the test: the page's own policy would let no text become a program.
            self.eval(&AXE).await;
        }
        let found = self.eval_later(RUN, &[]).await;
        found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }
}
