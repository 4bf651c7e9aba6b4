//! A router that takes the place of one that runs.

use super::*;
use crate::sms::samples::settings;
use crate::sms::{ConsoleWriter, Surroundings, build_observed};

const TWO: &str = "providers = [\"a\", \"b\"]\n[provider.a]\nkind = \"console\"\n[provider.b]\nkind = \"console\"\n[breaker]\nfailures = 1\n";

/// What goes on keeps its connection; what is known of a provider is known of the one in its place.
#[test]
fn breakers_stay_as_they_are_and_unchanged_providers_are_the_same() {
    let around = Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()));
    let before = build_observed(&settings(TWO), &around, Vec::new(), None).unwrap();
    let now = around.clock.now();
    for name in ["a", "b"] {
        assert!(before.station(name).unwrap().breaker.failed(now), "{name} opens");
    }
    let more = TWO.replace("\"b\"]", "\"b\", \"c\"]") + "[provider.c]\nkind = \"console\"\n";
    let goes_on = |name: &str| name == "a";
    let after = build_observed(&settings(&more), &around, Vec::new(), Some((&before, &goes_on))).unwrap();
    let same = |name: &str| {
        let (old, new) = (before.station(name).unwrap(), after.station(name).unwrap());
        Arc::ptr_eq(&old.provider, &new.provider)
    };
    assert!(same("a") && !same("b"));
    let open: Vec<bool> = after.health().iter().map(|health| health.passed_by).collect();
    assert_eq!(open, [true, true, false]);
    after.station("b").unwrap().breaker.answered();
    assert!(!before.health()[1].passed_by, "a message under way counts for both");
}
