mod resuming;

use super::*;
use crate::domain::{CodeKeys, FlowCredential, OneTimeCode, SystemRandom};

const START: Timestamp = Timestamp::from_millis(1_795_402_872_000);

struct Claim {
    challenge: Challenge,
    credential: FlowCredential,
    next: FlowCredential,
    keys: CodeKeys,
}

fn rules() -> ChallengeRules {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    ChallengeRules {
        code_ttl: minutes(5),
        resend_after: minutes(1),
        max_sends: 3,
        max_attempts: 5,
        ttl: minutes(15),
        verified_ttl: minutes(10),
        max_refusals: 5,
    }
}

fn seconds(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

fn code(digits: &str) -> OneTimeCode {
    OneTimeCode::parse(digits, 6).unwrap()
}

impl Claim {
    fn open() -> Self {
        let id = ChallengeId::draw(&SystemRandom);
        let credential = FlowCredential::draw(id, &SystemRandom);
        let account = MailboxAddress::parse("anna@example.org").unwrap();
        Self {
            challenge: Challenge::open(id, Purpose::Recovery, account, "en", credential.digest(), rules(), START),
            next: FlowCredential::draw(id, &SystemRandom),
            keys: CodeKeys::new(vec![7; 32].into(), None),
            credential,
        }
    }

    fn armed(digits: &str) -> Self {
        let mut claim = Self::open();
        claim.arm(digits, 1, START).unwrap();
        claim
    }

    fn arm(&mut self, digits: &str, send: u8, now: Timestamp) -> Result<(), Refusal> {
        let digest = self.keys.seal(&self.challenge.id, Purpose::Recovery, &self.challenge.account, &code(digits));
        let arming = Arming { subject: SubjectId::new("1"), stamp: stamp(), digest, send };
        self.challenge = self.challenge.clone().arm(arming, now)?;
        Ok(())
    }

    fn present(&mut self, digits: &str, now: Timestamp) -> Result<Verdict, Refusal> {
        let digests = self.keys.present(&self.challenge.id, Purpose::Recovery, &self.challenge.account, &code(digits));
        let presented = Presented { credential: self.credential.digest(), digests, next: self.next.digest() };
        let (challenge, verdict) = self.challenge.clone().present(&presented, now)?;
        self.challenge = challenge;
        Ok(verdict)
    }

    fn verified() -> Self {
        let mut claim = Self::armed("123456");
        claim.present("123456", seconds(1)).unwrap();
        claim
    }
}

fn stamp() -> SubjectStamp {
    let address = MailboxAddress::parse("anna@example.org").unwrap();
    let id = SubjectId::new("1");
    crate::domain::Subject {
        id,
        address,
        unit: None,
        phone: crate::domain::Stored::Nothing,
        enabled: true,
        ended: false,
        password_changed_at: None,
        aliases: Vec::new(),
        phone_bound_at: None,
        facts: crate::domain::PersonalFacts::default(),
    }
    .stamp()
}

/// case 8: five wrong codes lock, and then the right one is refused too.
#[test]
fn five_wrong_codes_lock_and_the_right_one_comes_too_late() {
    let mut claim = Claim::armed("123456");
    for left in (1..=4).rev() {
        assert_eq!(claim.present("000000", START), Ok(Verdict::Wrong { attempts_left: left }));
    }
    assert_eq!(claim.present("000000", START), Ok(Verdict::LockedNow));
    assert_eq!(claim.present("123456", START), Err(Refusal::State(State::Locked)));
}

/// case 5: the right code twice.
#[test]
fn a_code_is_accepted_once() {
    let mut claim = Claim::armed("123456");
    assert_eq!(claim.present("123456", START), Ok(Verdict::Matched));
    assert_eq!(claim.present("123456", START), Err(Refusal::Credential), "the credential was rotated");
    claim.credential = claim.next.clone();
    assert_eq!(claim.present("123456", START), Err(Refusal::State(State::Verified)));
}

/// case 6: the right code a second before and a second after its end.
#[test]
fn a_code_works_until_its_last_second_and_not_after() {
    assert_eq!(Claim::armed("123456").present("123456", seconds(299)), Ok(Verdict::Matched));
    let mut late = Claim::armed("123456");
    assert_eq!(late.present("123456", seconds(301)), Ok(Verdict::CodeExpired));
    assert_eq!(late.challenge.view(seconds(301)).attempts_left, 5, "a late code costs no try");
    assert_eq!(late.present("123456", seconds(901)), Err(Refusal::State(State::Expired)));
}

/// case 38: a decoy counts, words, expires and locks like an armed challenge.
#[test]
fn a_decoy_walks_like_an_armed_challenge_and_no_code_works() {
    let (mut decoy, mut real) = (Claim::open(), Claim::armed("123456"));
    for _ in 0..6 {
        assert_eq!(decoy.present("000000", START), real.present("000000", START));
    }
    assert_eq!(Claim::open().present("123456", seconds(301)), Ok(Verdict::CodeExpired));
    // case 22, case 64: an absent stored code never matches, whatever is presented.
    let mut decoy = Claim::open();
    let nothing = Presented { credential: decoy.credential.digest(), digests: vec![], next: decoy.next.digest() };
    assert_eq!(decoy.challenge.clone().present(&nothing, START).unwrap().1, Verdict::Wrong { attempts_left: 4 });
    assert_eq!(decoy.present("000000", START), Ok(Verdict::Wrong { attempts_left: 4 }));
}

#[test]
fn an_earlier_code_keeps_working_within_its_own_time() {
    let mut claim = Claim::armed("111111");
    claim.challenge = claim.challenge.clone().resend(&claim.credential.digest(), seconds(60)).unwrap();
    claim.arm("222222", 2, seconds(60)).unwrap();
    assert_eq!(claim.present("333333", seconds(61)), Ok(Verdict::Wrong { attempts_left: 4 }));
    let mut first = Claim {
        challenge: claim.challenge.clone(),
        credential: claim.credential.clone(),
        next: claim.next.clone(),
        keys: CodeKeys::new(vec![7; 32].into(), None),
    };
    assert_eq!(first.present("111111", seconds(299)), Ok(Verdict::Matched));
    assert_eq!(claim.present("111111", seconds(301)), Ok(Verdict::Wrong { attempts_left: 3 }));
    assert_eq!(claim.present("222222", seconds(359)), Ok(Verdict::Matched));
}

#[test]
fn a_further_code_waits_a_minute_and_there_are_three_in_all() {
    let claim = Claim::armed("111111");
    let credential = claim.credential.digest();
    let wait = Duration::from_secs(1);
    assert_eq!(
        claim.challenge.clone().resend(&credential, seconds(59)).unwrap_err(),
        Refusal::TooSoon { wait, until: seconds(60) }
    );
    let second = claim.challenge.resend(&credential, seconds(60)).unwrap();
    let third = second.resend(&credential, seconds(120)).unwrap();
    assert_eq!(third.resend(&credential, seconds(180)).unwrap_err(), Refusal::SendsExhausted);
}

#[test]
fn a_late_worker_cannot_arm_an_overtaken_send_or_an_ended_challenge() {
    let mut claim = Claim::open();
    claim.challenge = claim.challenge.clone().resend(&claim.credential.digest(), seconds(60)).unwrap();
    assert_eq!(claim.arm("111111", 1, seconds(61)), Err(Refusal::SendsExhausted));
    claim.challenge = claim.challenge.clone().cancel(seconds(62));
    assert_eq!(claim.arm("111111", 2, seconds(63)), Err(Refusal::State(State::Cancelled)));
}

/// case 17: a guessed credential moves nothing and costs the owner nothing.
#[test]
fn another_credential_moves_nothing() {
    let mut claim = Claim::armed("123456");
    let owner = std::mem::replace(&mut claim.credential, FlowCredential::draw(claim.challenge.id, &SystemRandom));
    assert_eq!(claim.present("000000", START), Err(Refusal::Credential));
    let stranger = claim.credential.digest();
    assert_eq!(claim.challenge.clone().spend(&stranger, START).unwrap_err(), Refusal::Credential);
    assert_eq!(claim.challenge.clone().resend(&stranger, seconds(60)).unwrap_err(), Refusal::Credential);
    claim.credential = owner;
    assert_eq!(claim.challenge.view(START).attempts_left, 5);
}

#[test]
fn only_a_verified_challenge_can_be_spent_and_only_once() {
    let early = Claim::armed("123456");
    assert_eq!(
        early.challenge.clone().spend(&early.credential.digest(), START).unwrap_err(),
        Refusal::State(State::CodeSent)
    );
    let claim = Claim::verified();
    let credential = claim.next.digest();
    assert_eq!(claim.challenge.clone().spend(&credential, seconds(602)).unwrap_err(), Refusal::State(State::Expired));
    let spent = claim.challenge.spend(&credential, seconds(2)).unwrap();
    assert_eq!(spent.clone().spend(&credential, seconds(2)).unwrap_err(), Refusal::State(State::Spent));
    assert_eq!(
        spent.clone().reinstate().spend(&credential, seconds(3)).unwrap().complete(None).state(seconds(3)),
        State::Completed
    );
    assert_eq!(
        spent.complete(None).reinstate().state(seconds(3)),
        State::Completed,
        "a finished write is never given back"
    );
}

/// case 76: five refusals are forgiven, the sixth ends the challenge.
#[test]
fn the_sixth_refused_password_ends_the_challenge() {
    let claim = Claim::verified();
    let credential = claim.next.digest();
    let fifth = (0..5).fold(claim.challenge, |challenge, _| challenge.refuse(&credential, seconds(2)).unwrap());
    assert_eq!(fifth.state(seconds(2)), State::Verified);
    assert_eq!(fifth.refuse(&credential, seconds(2)).unwrap().state(seconds(2)), State::Locked);
}

proptest::proptest! {
    /// Whatever is presented in whatever order, no more than five codes are ever compared and only the armed one matches.
    #[test]
    fn no_order_of_guesses_beats_the_count(guesses in proptest::collection::vec((0_u32..8, 0_u64..400), 1..30)) {
        let mut claim = Claim::armed("000003");
        let mut compared = 0;
        for (guess, second) in guesses {
            match claim.present(&format!("{guess:06}"), seconds(second)) {
                Ok(Verdict::Matched) => { proptest::prop_assert_eq!(guess, 3); proptest::prop_assert!(second < 300); compared += 1; }
                Ok(Verdict::Wrong { .. } | Verdict::LockedNow) => compared += 1,
                Ok(Verdict::CodeExpired) | Err(_) => {}
            }
        }
        proptest::prop_assert!(compared <= 5);
    }
}
