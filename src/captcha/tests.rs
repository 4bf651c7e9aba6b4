//! The desk from outside.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use super::picture::{chunks, read};
use super::settings::tests::defaults;
use super::*;
use crate::domain::{Purpose, Randomness, Requester, SystemRandom, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_795_402_872_000);

static DESK: LazyLock<CaptchaDesk> = LazyLock::new(|| CaptchaDesk::new(&defaults(), [7; 32]).unwrap());

fn from(address: &str) -> Requester {
    Requester::from(address.parse::<IpAddr>().unwrap())
}

fn issue(kind: CaptchaKind) -> (Issued, Sealed) {
    let issued = DESK.issue(&SystemRandom, kind, Voice::English, Purpose::Recovery, &from("192.0.2.7"), NOW);
    let sealed = DESK.open(&issued.id, NOW).unwrap();
    (issued, sealed)
}

fn text(sealed: &Sealed) -> String {
    String::from_utf8(sealed.answer().to_vec()).unwrap()
}

fn judge(sealed: &Sealed, answer: &CaptchaAnswer) -> bool {
    DESK.judge(sealed, answer, Purpose::Recovery, &from("192.0.2.7"))
}

#[test]
fn a_right_answer_passes_and_a_wrong_one_does_not() {
    for kind in [CaptchaKind::Image, CaptchaKind::Audio] {
        let (issued, sealed) = issue(kind);
        let answer = text(&sealed);
        assert_eq!((answer.len(), issued.length, issued.salt.is_none()), (5, 5, true));
        assert!(judge(&sealed, &CaptchaAnswer::Text(answer.to_uppercase())));
        assert!(!judge(&sealed, &CaptchaAnswer::Text(answer.chars().rev().chain("x".chars()).collect())));
        assert!(!judge(&sealed, &CaptchaAnswer::Text(String::new())));
        assert!(!judge(&sealed, &CaptchaAnswer::Nonce(answer)));
    }
}

/// case 28: what one neighbourhood fetched is worthless in another, and for another purpose.
#[test]
fn an_answer_counts_only_for_its_purpose_and_from_its_neighbourhood() {
    let (_, sealed) = issue(CaptchaKind::Image);
    let answer = CaptchaAnswer::Text(text(&sealed));
    assert!(DESK.judge(&sealed, &answer, Purpose::Recovery, &from("192.0.2.250")));
    assert!(!DESK.judge(&sealed, &answer, Purpose::Recovery, &from("192.0.3.7")));
    assert!(!DESK.judge(&sealed, &answer, Purpose::Recovery, &from("2001:db8::7")));
    assert!(!DESK.judge(&sealed, &answer, Purpose::Binding, &from("192.0.2.7")));
}

#[test]
fn an_answer_counts_from_everywhere_when_it_is_not_bound() {
    let settings = CaptchaSettings { bind: Bind::None, ..defaults() };
    let desk = CaptchaDesk::new(&settings, [7; 32]).unwrap();
    let issued =
        desk.issue(&SystemRandom, CaptchaKind::Image, Voice::English, Purpose::Recovery, &from("192.0.2.7"), NOW);
    let sealed = desk.open(&issued.id, NOW).unwrap();
    let answer = CaptchaAnswer::Text(text(&sealed));
    assert!(desk.judge(&sealed, &answer, Purpose::Recovery, &from("2001:db8::7")));
}

/// case 31: a captcha ends with its time, and ten thousand of them leave nothing behind but their ids.
#[test]
fn a_captcha_expires_and_is_never_the_same_twice() {
    let (issued, sealed) = issue(CaptchaKind::Image);
    assert_eq!(issued.expires_at, NOW.plus(Duration::from_mins(3)));
    assert_eq!(DESK.open(&issued.id, NOW.plus(Duration::from_millis(179_999))), Ok(sealed));
    assert_eq!(DESK.open(&issued.id, issued.expires_at), Err(CaptchaError::Expired));
    let ids: HashSet<String> = (0..100).map(|_| issue(CaptchaKind::Image).0.id).collect();
    assert_eq!(ids.len(), 100);
}

/// case 26: one number per captcha, so that a store of used ids can refuse it the second time.
#[test]
fn a_captcha_has_one_number_for_single_use() {
    let (issued, sealed) = issue(CaptchaKind::Pow);
    assert_eq!(DESK.open(&issued.id, NOW).unwrap().id(), sealed.id());
    let numbers: HashSet<u128> = (0..100).map(|_| issue(CaptchaKind::Pow).1.id()).collect();
    assert_eq!(numbers.len(), 100);
}

/// case 34: the salt and the cost are the server's; another captcha's nonce, a text or another purpose do not pass.
#[test]
fn proof_of_work_is_judged_by_the_sealed_salt_and_cost() {
    let (issued, sealed) = issue(CaptchaKind::Pow);
    assert_eq!((issued.bits, issued.length), (17, 0));
    let salt = issued.salt.unwrap();
    let nonce = solve_pow(&salt, 17);
    assert!(judge(&sealed, &CaptchaAnswer::Nonce(nonce.clone())));
    assert!(!judge(&sealed, &CaptchaAnswer::Text(nonce.clone())));
    assert!(!judge(&sealed, &CaptchaAnswer::Text(salt)));
    assert!(!DESK.judge(&sealed, &CaptchaAnswer::Nonce(nonce.clone()), Purpose::Binding, &from("192.0.2.7")));
    assert!(!judge(&issue(CaptchaKind::Pow).1, &CaptchaAnswer::Nonce(nonce)));
}

/// case 29: the form that is asked for must be the form that was issued.
#[test]
fn a_form_of_another_kind_is_refused() {
    use CaptchaKind::{Audio, Image, Pow};
    for kind in [Audio, Pow] {
        assert_eq!(DESK.picture(&issue(kind).1), Err(CaptchaError::WrongKind(kind)));
    }
    for kind in [Image, Pow] {
        assert_eq!(DESK.audio(&issue(kind).1), Err(CaptchaError::WrongKind(kind)));
    }
}

#[test]
fn a_recording_is_small_and_the_same_bytes_each_time() {
    let (_, sealed) = issue(CaptchaKind::Audio);
    assert!(text(&sealed).bytes().all(|sign| sign.is_ascii_digit()));
    let recording = DESK.audio(&sealed).unwrap();
    assert!(recording.len() < 200_000, "{} bytes", recording.len());
    assert_eq!(DESK.audio(&sealed), Ok(recording));
}

/// The language of the page is sealed with the digits, so that a recording is the same each time it is fetched.
#[test]
fn a_recording_speaks_the_language_that_it_was_issued_for() {
    let recording = |voice| {
        let issued = DESK.issue(&Constant, CaptchaKind::Audio, voice, Purpose::Recovery, &from("192.0.2.7"), NOW);
        assert_eq!((issued.voice, DESK.shown(&issued.id, NOW).unwrap().voice), (voice, voice));
        DESK.audio(&DESK.open(&issued.id, NOW).unwrap()).unwrap()
    };
    assert_eq!(recording(Voice::Mandarin), recording(Voice::Mandarin));
    assert_ne!(recording(Voice::Mandarin), recording(Voice::English));
    for (tag, voice) in [("zh-CN", Voice::Mandarin), ("zh_Hant_TW", Voice::Mandarin), ("EN-gb", Voice::English)] {
        assert_eq!(Voice::of(tag), Some(voice), "{tag}");
    }
    assert_eq!(Voice::of("fr"), None);
}

#[test]
fn a_picture_is_the_same_bytes_on_every_desk_and_differs_between_captchas() {
    let (issued, sealed) = issue(CaptchaKind::Image);
    let picture = DESK.picture(&sealed).unwrap();
    let other = CaptchaDesk::new(&defaults(), [7; 32]).unwrap();
    assert_eq!(other.picture(&other.open(&issued.id, NOW).unwrap()), Ok(picture.clone()));
    let again = Sealed { seed: sealed.seed ^ 1, ..sealed };
    assert_ne!(DESK.picture(&again), Ok(picture));
}

/// case 30: a picture holds its pixels and nothing else, and neither id nor picture contains the answer.
#[test]
fn five_hundred_pictures_are_small_and_hold_nothing_but_pixels() {
    for _ in 0..500 {
        let (issued, sealed) = issue(CaptchaKind::Image);
        let (answer, picture) = (text(&sealed), DESK.picture(&sealed).unwrap());
        assert!(picture.len() <= 8 << 10, "{} bytes", picture.len());
        assert_eq!(chunks(&picture), ["IHDR", "PLTE", "IDAT", "IEND"]);
        assert!(!picture.windows(answer.len()).any(|bytes| bytes.eq_ignore_ascii_case(answer.as_bytes())));
        assert_eq!(issued.id.len(), 4 + 134);
        let (width, pixels) = read(&picture);
        assert_eq!((width, pixels.len()), (320, 320 * 120));
    }
}

#[test]
fn the_largest_pictures_stay_within_eight_kibibytes() {
    let settings = CaptchaSettings { size: (480, 200), length: 8, ..defaults() };
    let desk = CaptchaDesk::new(&settings, [7; 32]).unwrap();
    for (answer, picture) in sample(&desk, &SystemRandom, 40) {
        assert_eq!(answer.len(), 8);
        assert!(picture.len() <= 8 << 10, "{} bytes", picture.len());
    }
}

/// Chance that always falls alike.
struct Constant;

impl Randomness for Constant {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x11);
    }
}

/// case 4: nothing that a client sends goes into the drawing or the answer; both come from the given chance alone.
#[test]
fn a_captcha_depends_on_chance_alone() {
    let issue = |random: &dyn Randomness, address: &str, purpose| {
        let issued = DESK.issue(random, CaptchaKind::Image, Voice::English, purpose, &from(address), NOW);
        let sealed = DESK.open(&issued.id, NOW).unwrap();
        (text(&sealed), DESK.picture(&sealed).unwrap())
    };
    let first = issue(&Constant, "192.0.2.7", Purpose::Recovery);
    assert_eq!(first, issue(&Constant, "2001:db8::1", Purpose::Binding));
    let answers: HashSet<String> = (0..50).map(|_| issue(&SystemRandom, "192.0.2.7", Purpose::Recovery).0).collect();
    assert!(answers.len() > 45);
}

#[test]
fn answers_use_every_sign_and_only_those() {
    let mut seen: HashSet<char> = HashSet::new();
    for _ in 0..300 {
        seen.extend(text(&issue(CaptchaKind::Image).1).chars());
    }
    assert_eq!(seen, defaults().alphabet.chars().collect());
}

#[test]
fn a_contact_sheet_shows_its_pictures_in_rows() {
    let (answers, sheet) = contact_sheet(&DESK, &SystemRandom, 5, 2);
    let (width, pixels) = read(&sheet);
    assert_eq!((answers.len(), width, pixels.len()), (5, 640, 640 * 360));
    // The sixth place stays empty.
    let ground = pixels[640 * 359 + 639];
    assert!((240..360).all(|row| pixels[row * 640 + 320..(row + 1) * 640].iter().all(|pixel| *pixel == ground)));
}

#[test]
fn settings_out_of_range_make_no_desk() {
    let settings = CaptchaSettings { length: 3, ..defaults() };
    let error = CaptchaDesk::new(&settings, [7; 32]).err().unwrap();
    assert!(error.to_string().starts_with("captcha.length: 3 is out of range"), "{error}");
}

#[test]
fn a_desk_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&*DESK);
}
