use std::os::unix::fs::symlink;

use super::*;

fn verified() -> AuditEvent {
    AuditEvent::of(EventKind::CodeVerified)
}

#[test]
fn a_full_disk_makes_the_service_not_ready_until_writing_works_again() {
    let place = Place::new();
    let trail = place.open();
    symlink("/dev/full", place.path(FIRST_DAY)).unwrap();
    trail.record(&verified());
    trail.flush();
    let reason = trail.check().unwrap_err();
    assert!(reason.contains("cannot be written") && reason.contains("space"), "{reason}");

    std::fs::remove_file(place.path(FIRST_DAY)).unwrap();
    trail.flush();
    assert_eq!(trail.check(), Ok(()));
    trail.record(&verified());
    trail.close().unwrap();
    assert_eq!(place.kinds(), ["code.verified", "code.verified"], "a short outage loses nothing");
    assert_eq!(place.verify().unwrap().last, 2);
}

#[test]
fn a_directory_that_goes_away_makes_the_service_not_ready_and_the_chain_goes_on_afterwards() {
    let place = Place::new();
    let trail = place.open();
    trail.record(&verified());
    trail.flush();
    let away = place.dir.path().join("away");
    std::fs::rename(&place.settings.path, &away).unwrap();
    std::fs::write(&place.settings.path, "a file where the directory was").unwrap();
    trail.record(&verified());
    trail.flush();
    assert!(trail.check().unwrap_err().contains("cannot be written"));

    std::fs::remove_file(&place.settings.path).unwrap();
    std::fs::rename(&away, &place.settings.path).unwrap();
    trail.flush();
    assert_eq!(trail.check(), Ok(()));
    drop(trail);
    assert_eq!(place.verify().unwrap().last, 2);
}

#[test]
fn what_there_was_no_room_for_is_counted_and_the_trail_says_how_many() {
    let place = Place::new();
    let trail = Trail::with_room(&place.settings, place.clock.clone(), Arc::new(SystemRandom), 4).unwrap();
    symlink("/dev/full", place.path(FIRST_DAY)).unwrap();
    for _ in 0..50 {
        trail.record(&verified());
    }
    trail.flush();
    assert!(trail.check().is_err());
    std::fs::remove_file(place.path(FIRST_DAY)).unwrap();
    trail.flush();
    assert_eq!(trail.check(), Ok(()));
    trail.record(&verified());
    trail.close().unwrap();

    let lines = place.lines();
    let lost: Vec<_> = lines.iter().filter(|line| line["kind"] == "events.lost").collect();
    assert_eq!(lost.len(), 1);
    let count = usize::try_from(lost[0]["count"].as_u64().unwrap()).unwrap();
    assert!(count >= 42, "{count}");
    assert_eq!(lines.len() - 1 + count, 51, "every event is a line or is counted");
    assert_eq!(lines.last().unwrap()["kind"], "code.verified", "the gap stands where it was");
    place.verify().unwrap();
}

#[test]
fn a_failed_end_is_told_when_the_trail_is_closed() {
    let place = Place::new();
    let trail = place.open();
    symlink("/dev/full", place.path(FIRST_DAY)).unwrap();
    trail.record(&verified());
    assert!(trail.close().unwrap_err().contains("cannot be written"));
    assert_eq!(trail.close(), Ok(()), "there is nothing more to end");
}

#[test]
fn a_closed_trail_is_not_ready_and_takes_nothing() {
    let place = Place::new();
    let trail = place.open();
    trail.record(&verified());
    trail.close().unwrap();
    trail.record(&verified());
    trail.flush();
    assert!(trail.check().is_err());
    assert_eq!(place.lines().len(), 1);
}

#[test]
fn a_file_removed_under_the_trail_is_begun_anew_and_the_gap_is_found() {
    let place = Place::new();
    let trail = place.open();
    trail.record(&verified());
    trail.flush();
    place.clock.advance(Duration::from_secs(4));
    trail.record(&verified());
    trail.flush();
    std::fs::remove_file(place.path(SECOND_DAY)).unwrap();
    trail.record(&verified());
    trail.close().unwrap();
    assert_eq!(place.broken(), (SECOND_DAY.into(), 1, Why::Missing { from: 2, to: 2 }));
}

#[test]
fn what_another_program_writes_into_the_file_is_put_aside() {
    use std::io::Write as _;
    let place = Place::new();
    let trail = place.open();
    trail.record(&verified());
    trail.flush();
    let mut file = std::fs::OpenOptions::new().append(true).open(place.path(FIRST_DAY)).unwrap();
    file.write_all(b"{\"seq\":2}\nhello\n").unwrap();
    trail.record(&verified());
    trail.close().unwrap();
    assert_eq!(place.kinds(), ["code.verified", "chain.resumed", "code.verified"]);
    assert_eq!(place.verify().unwrap().last, 3);
}

#[test]
fn events_of_many_threads_are_all_written_and_chained() {
    let place = Place::new();
    let trail = place.open();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..200).for_each(|_| trail.record(&verified())));
        }
    });
    trail.close().unwrap();
    assert_eq!(place.verify().unwrap().last, 1_600);
}
