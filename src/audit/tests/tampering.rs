use proptest::prelude::*;

use super::*;

/// Changes the lines of one file.
fn edit(place: &Place, file: &str, change: impl FnOnce(&mut Vec<String>)) {
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    change(&mut lines);
    std::fs::write(place.path(file), lines.concat()).unwrap();
}

#[test]
fn an_edited_line_is_found() {
    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| lines[2] = lines[2].replace("code.verified", "code.rejected"));
    assert_eq!(place.broken(), (FIRST_DAY.into(), 3, Why::Seal));
}

#[test]
fn a_removed_line_is_found_with_its_number() {
    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| drop(lines.drain(1..3)));
    assert_eq!(place.broken(), (FIRST_DAY.into(), 2, Why::Missing { from: 2, to: 3 }));
}

#[test]
fn lines_cut_off_the_end_of_a_day_are_found_in_the_next() {
    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| lines.truncate(2));
    assert_eq!(place.broken(), (SECOND_DAY.into(), 1, Why::Missing { from: 3, to: 4 }));
}

#[test]
fn a_file_cut_in_the_middle_of_a_line_is_found() {
    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| lines[3].truncate(50));
    assert_eq!(place.broken(), (FIRST_DAY.into(), 4, Why::Unfinished));
}

#[test]
fn reordered_and_repeated_lines_are_found() {
    let place = Place::new().filled();
    edit(&place, SECOND_DAY, |lines| lines.swap(1, 2));
    assert_eq!(place.broken(), (SECOND_DAY.into(), 2, Why::Missing { from: 6, to: 6 }));
    edit(&place, SECOND_DAY, |lines| lines.swap(1, 2));
    edit(&place, SECOND_DAY, |lines| lines.insert(1, lines[0].clone()));
    assert_eq!(place.broken(), (SECOND_DAY.into(), 2, Why::Place { expected: 6, found: 5 }));
}

#[test]
fn an_inserted_line_is_found_whether_it_is_invented_or_sealed_by_another_key() {
    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| lines.insert(2, "{\"seq\":3}\n".into()));
    assert_eq!(place.broken(), (FIRST_DAY.into(), 3, Why::Shape));

    let place = Place::new().filled();
    edit(&place, FIRST_DAY, |lines| {
        let head = AuditKey::new(&SecretString::from("x".repeat(32)));
        let mut line = "{\"seq\":3,\"kind\":\"code.verified\"}".to_owned();
        let prev = lines[1][lines[1].len() - 67..lines[1].len() - 3].to_owned();
        seal::close(&mut line, &prev, &head);
        lines.insert(2, line);
    });
    assert_eq!(place.broken(), (FIRST_DAY.into(), 3, Why::Seal));
}

#[test]
fn a_line_of_another_trail_under_the_same_key_does_not_follow() {
    let (place, other) = (Place::new().filled(), Place::new().filled());
    let foreign = std::fs::read_to_string(other.path(FIRST_DAY)).unwrap();
    edit(&place, FIRST_DAY, |lines| lines[2] = foreign.split_inclusive('\n').nth(2).unwrap().into());
    assert_eq!(place.broken(), (FIRST_DAY.into(), 3, Why::Link));
}

#[test]
fn the_wrong_key_fails_at_the_first_line() {
    let mut place = Place::new().filled();
    place.settings.key = "x".repeat(32).into();
    assert_eq!(place.broken(), (FIRST_DAY.into(), 1, Why::Seal));
}

#[test]
fn a_missing_day_is_found_and_missing_oldest_days_are_told() {
    let place = Place::new().filled();
    place.clock.advance(Duration::from_hours(24));
    let place = place.filled();
    std::fs::remove_file(place.path(SECOND_DAY)).unwrap();
    assert_eq!(place.broken(), ("audit-2026-11-25.ndjson".into(), 1, Why::Missing { from: 5, to: 8 }));
    std::fs::remove_file(place.path(FIRST_DAY)).unwrap();
    assert_eq!(place.verify().unwrap().first, 9, "older files may be kept elsewhere; the summary says where it begins");
}

#[test]
fn no_trail_is_not_a_whole_trail() {
    let place = Place::new();
    assert!(matches!(place.verify(), Err(Fault::Unreadable { .. })));
    std::fs::create_dir(&place.settings.path).unwrap();
    assert!(matches!(place.verify(), Err(Fault::Empty(_))));
    std::fs::write(place.path(FIRST_DAY), "").unwrap();
    assert!(matches!(place.verify(), Err(Fault::Empty(_))));
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let place = Place::new().filled();
    edit(&place, SECOND_DAY, |lines| lines.insert(0, "x".repeat(1 << 20)));
    assert_eq!(place.broken(), (SECOND_DAY.into(), 1, Why::Shape));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever byte of whatever line is changed into whatever other, that line is named, or the next.
    #[test]
    fn any_changed_byte_is_found_where_it_is(at in any::<prop::sample::Index>(), mask in 1_u8..) {
        let place = Place::new().filled();
        let (first, second) = (std::fs::read(place.path(FIRST_DAY)).unwrap(), std::fs::read(place.path(SECOND_DAY)).unwrap());
        let at = at.index(first.len() + second.len());
        let (file, mut bytes, at) =
            if at < first.len() { (FIRST_DAY, first, at) } else { (SECOND_DAY, second, at - first.len()) };
        let line = bytes[..at].split(|byte| *byte == b'\n').count() as u64;
        bytes[at] ^= mask;
        std::fs::write(place.path(file), bytes).unwrap();
        let (found, number, _) = place.broken();
        prop_assert_eq!(found, file);
        prop_assert!(number == line || number == line + 1, "changed {}, found {}", line, number);
    }

    /// No file makes the reader panic or pass.
    #[test]
    fn anything_else_than_a_trail_is_refused(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
        let place = Place::new();
        std::fs::create_dir(&place.settings.path).unwrap();
        std::fs::write(place.path(FIRST_DAY), bytes).unwrap();
        prop_assert!(place.verify().is_err());
    }
}
