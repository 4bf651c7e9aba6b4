//! The audit trail from outside: whole after a run, and the first broken line is named.

use crate::gateway::{Gateway, Manner};
use crate::process::Running;
use crate::site::{ANNA, Site};
use crate::web::Person;

#[test]
fn the_first_line_of_the_trail_that_was_changed_is_named() {
    let gateway = Gateway::open(Manner::Takes);
    let site = Site::new(&gateway.url, "").with_anna();
    let running = Running::start(&mut site.command(&["serve"]));
    Person::at(running.addresses().0).start(ANNA).expect(202);
    gateway.code();
    running.stopped().expect(0);
    let whole = site.run(&["audit", "verify"]).expect(0);
    assert!(whole.out.starts_with("ok: 4 lines in 1 files, numbers 1 to 4"), "{}", whole.out);

    let text = site.trail();
    let changed = text.replace("code.sent", "code.lost");
    let at = text.lines().position(|line| line.contains("code.sent")).unwrap() + 1;
    let file = std::fs::read_dir(site.path("audit")).unwrap().map(|file| file.unwrap().path());
    let file = file.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "ndjson")).unwrap();
    std::fs::write(&file, changed).unwrap();
    let broken = site.run(&["audit", "verify"]).expect(1);
    let place = format!("{}:{at}:", file.file_name().unwrap().to_str().unwrap());
    assert!(broken.err.contains(&place), "{place} in {}", broken.err);
    std::fs::write(&file, text).unwrap();
    site.run(&["audit", "verify"]).expect(0);
}
