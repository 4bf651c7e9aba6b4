use std::io::Write as _;

use super::*;

fn record(trail: &Trail, count: usize) {
    (0..count).for_each(|_| trail.record(&AuditEvent::of(EventKind::CodeVerified)));
}

#[test]
fn lines_are_numbered_and_chained_from_the_first() {
    let place = Place::new();
    let trail = place.open();
    record(&trail, 3);
    trail.close().unwrap();
    let lines = place.lines();
    assert_eq!(lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(lines[0]["prev"], "0".repeat(64));
    assert!(lines.windows(2).all(|pair| pair[0]["hash"] == pair[1]["prev"]));
    let summary = place.verify().unwrap();
    assert_eq!((summary.files, summary.lines, summary.first, summary.last), (1, 3, 1, 3));
    assert_eq!(lines[2]["hash"], summary.head);
}

#[test]
fn a_restart_continues_the_chain() {
    let place = Place::new();
    for _ in 0..3 {
        let trail = place.open();
        record(&trail, 2);
        trail.close().unwrap();
    }
    assert_eq!(place.verify().unwrap().last, 6);
    assert_eq!(place.kinds(), ["code.verified"; 6], "a clean restart leaves no line of its own");
}

#[test]
fn each_day_in_utc_has_its_file_and_the_chain_runs_across() {
    let place = Place::new().filled();
    let files: Vec<_> = days::list(&place.settings.path).unwrap().iter().map(|file| name(file)).collect();
    assert_eq!(files, [FIRST_DAY, SECOND_DAY]);
    let summary = place.verify().unwrap();
    assert_eq!((summary.files, summary.lines, summary.last), (2, 8, 8));
    let second = std::fs::read_to_string(place.path(SECOND_DAY)).unwrap();
    assert!(second.starts_with("{\"seq\":5,"), "{second}");
}

#[test]
fn one_batch_that_spans_midnight_goes_into_both_files() {
    let place = Place::new();
    let trail = place.open();
    record(&trail, 1);
    place.clock.advance(Duration::from_secs(4));
    record(&trail, 1);
    drop(trail);
    assert!(place.path(FIRST_DAY).exists() && place.path(SECOND_DAY).exists());
    assert_eq!(place.verify().unwrap().last, 2);
}

#[test]
fn a_start_with_the_clock_behind_writes_on_in_the_newest_file() {
    let mut place = Place::new().filled();
    place.clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    record(&place.open(), 2);
    assert_eq!(place.verify().unwrap().last, 10);
    assert!(!place.path("audit-1970-01-01.ndjson").exists());
}

#[test]
fn what_a_crash_tore_off_is_put_aside_and_named() {
    let place = Place::new().filled();
    let torn = format!("{{\"seq\":9,\"ts\":\"{}", "x".repeat(30_000));
    let mut file = std::fs::OpenOptions::new().append(true).open(place.path(SECOND_DAY)).unwrap();
    file.write_all(torn.as_bytes()).unwrap();
    assert_eq!(place.broken(), (SECOND_DAY.into(), 5, Why::Unfinished));

    let trail = place.open();
    record(&trail, 1);
    trail.close().unwrap();
    assert_eq!(place.verify().unwrap().last, 10);
    let lines = place.lines();
    assert_eq!((&lines[8]["kind"], &lines[8]["bytes"]), (&"chain.resumed".into(), &torn.len().into()));
    let aside = lines[8]["file"].as_str().unwrap();
    assert_eq!(aside, "audit-2026-11-24.torn-1");
    assert_eq!(std::fs::read_to_string(place.path(aside)).unwrap(), torn);
    assert_eq!(lines[9]["kind"], "code.verified");
}

#[test]
fn a_crash_in_the_first_line_of_a_day_continues_from_the_day_before() {
    let place = Place::new().filled();
    let second = std::fs::read(place.path(SECOND_DAY)).unwrap();
    std::fs::write(place.path(SECOND_DAY), &second[..20]).unwrap();
    place.open().close().unwrap();
    assert_eq!(place.verify().unwrap().last, 5, "the lines of the second day were not there");
    assert_eq!(place.kinds()[4], "chain.resumed");
}

#[test]
fn a_second_process_is_refused_and_the_first_goes_on() {
    let place = Place::new();
    let trail = place.open();
    assert!(matches!(place.try_open(), Err(TrailError::Busy(_))));
    record(&trail, 1);
    drop(trail);
    assert_eq!(place.verify().unwrap().last, 1);
    assert!(place.try_open().is_ok());
}

#[test]
fn another_key_and_a_changed_last_line_are_refused_at_the_start() {
    let mut place = Place::new().filled();
    let key = std::mem::replace(&mut place.settings.key, "x".repeat(32).into());
    let refusal = place.try_open().err().unwrap();
    assert!(matches!(refusal, TrailError::Foreign(_)) && refusal.to_string().contains("audit.key"), "{refusal}");
    place.settings.key = key;
    assert!(place.try_open().is_ok());

    let text = std::fs::read_to_string(place.path(SECOND_DAY)).unwrap();
    let at = text.rfind("code.verified").unwrap();
    std::fs::write(place.path(SECOND_DAY), [&text[..at], "code.rejected", &text[at + 13..]].concat()).unwrap();
    assert!(matches!(place.try_open(), Err(TrailError::Foreign(_))));
}

#[test]
fn a_directory_that_cannot_be_made_is_refused_by_name() {
    let mut place = Place::new();
    let file = place.dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    place.settings.path = file.join("audit");
    let refusal = place.try_open().err().unwrap().to_string();
    assert!(refusal.contains("file/audit") && refusal.contains("directory"), "{refusal}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_trail() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new().filled();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path(FIRST_DAY)), 0o600);
    assert_eq!(mode(&place.settings.path), 0o700);
}
