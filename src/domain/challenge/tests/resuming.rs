//! Starting again with a challenge in hand.

use super::*;

impl Claim {
    fn asked(&self) -> Resumption {
        Resumption {
            credential: self.credential.digest(),
            purpose: Purpose::Recovery,
            account: MailboxAddress::parse("anna@example.org").unwrap(),
            locale: "zh-CN".into(),
            return_to: None,
        }
    }

    /// Starts again; whether that sends a further code.
    fn resume(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        let (challenge, sends) = self.challenge.clone().resume(self.asked(), now)?;
        self.challenge = challenge;
        Ok(sends)
    }
}

#[test]
fn whoever_starts_again_within_the_minute_keeps_the_code_and_gets_no_other() {
    let mut claim = Claim::armed("123456");
    assert_eq!(claim.resume(seconds(59)), Ok(false));
    let view = claim.challenge.view(seconds(59));
    assert_eq!((view.attempts_left, view.sends_left, &*view.locale), (5, 2, "zh-CN"));
    assert_eq!((view.next_send_at(), view.code_expires_at), (seconds(60), seconds(300)));
    assert_eq!(claim.present("123456", seconds(61)), Ok(Verdict::Matched));
}

#[test]
fn whoever_starts_again_after_the_minute_gets_a_further_code_and_keeps_the_earlier() {
    let mut claim = Claim::armed("111111");
    claim.present("000000", seconds(30)).unwrap();
    assert_eq!(claim.resume(seconds(60)), Ok(true));
    let view = claim.challenge.view(seconds(60));
    assert_eq!((view.attempts_left, view.sends_left, view.send), (4, 1, 2), "no try comes back");
    assert_eq!((view.next_send_at(), view.code_expires_at), (seconds(120), seconds(360)));
    claim.arm("222222", 2, seconds(61)).unwrap();
    assert_eq!(claim.present("111111", seconds(62)), Ok(Verdict::Matched));
}

/// With all sends used the codes on their way still count; once none works any more it is over, as the view says.
#[test]
fn a_challenge_without_sends_goes_on_until_its_last_code_ends() {
    let mut claim = Claim::armed("111111");
    assert_eq!((claim.resume(seconds(60)), claim.resume(seconds(120))), (Ok(true), Ok(true)));
    assert_eq!((claim.resume(seconds(200)), claim.resume(seconds(419))), (Ok(false), Ok(false)));
    assert_eq!(claim.challenge.view(seconds(200)).next_send_at(), seconds(420));
    assert_eq!(claim.resume(seconds(420)), Err(Refusal::SendsExhausted));
}

/// Near its end no code is sent that would work for less than its time; the one on its way goes on.
#[test]
fn a_challenge_near_its_end_sends_no_code_that_is_cut_short() {
    let mut claim = Claim::armed("111111");
    assert_eq!(claim.resume(seconds(600)), Ok(true));
    assert_eq!(claim.resume(seconds(601 + 60)), Ok(false));
    assert_eq!(claim.resume(seconds(899)), Ok(false));
    assert_eq!(claim.resume(seconds(900)), Err(Refusal::State(State::Expired)));
    let mut idle = Claim::armed("111111");
    assert_eq!(idle.resume(seconds(601)), Err(Refusal::SendsExhausted), "no code works, and none could in full");
}

/// A code ends with its challenge, and the view says no other time.
#[test]
fn a_further_code_is_not_said_to_outlive_its_challenge() {
    let claim = Claim::armed("111111");
    let late = claim.challenge.resend(&claim.credential.digest(), seconds(840)).unwrap();
    assert_eq!(late.view(seconds(840)).code_expires_at, seconds(900));
}

/// Nobody goes on with what is another's, another mailbox's, another purpose's, or over.
#[test]
fn only_the_same_start_goes_on_with_a_challenge_that_waits_for_its_code() {
    let claim = Claim::armed("123456");
    let resume = |asked| claim.challenge.clone().resume(asked, seconds(90)).map(|(_, sends)| sends);
    let stranger = FlowCredential::draw(claim.challenge.id, &SystemRandom).digest();
    let bert = MailboxAddress::parse("bert@example.org").unwrap();
    for asked in [
        Resumption { credential: stranger, ..claim.asked() },
        Resumption { account: bert, ..claim.asked() },
        Resumption { purpose: Purpose::Binding, ..claim.asked() },
    ] {
        assert_eq!(resume(asked), Err(Refusal::Credential));
    }
    assert_eq!(resume(claim.asked()), Ok(true));

    let mut verified = Claim::verified();
    verified.credential = verified.next.clone();
    assert_eq!(verified.resume(seconds(2)), Err(Refusal::State(State::Verified)));
    let mut locked = Claim::armed("123456");
    (0..5).for_each(|_| drop(locked.present("000000", START)));
    assert_eq!(locked.resume(seconds(90)), Err(Refusal::State(State::Locked)));
    let mut cancelled = Claim::armed("123456");
    cancelled.challenge = cancelled.challenge.cancel(START);
    assert_eq!(cancelled.resume(seconds(90)), Err(Refusal::State(State::Cancelled)));
}

/// A code that nobody got opens nothing; with a guess against it, it was not free.
#[test]
fn a_code_that_did_not_leave_is_taken_back() {
    let mut claim = Claim::armed("111111");
    let (challenge, untouched) = claim.challenge.clone().disarm(1);
    assert!(untouched && !challenge.clone().disarm(1).1, "once");
    claim.challenge = challenge;
    assert_eq!(claim.present("111111", START), Ok(Verdict::Wrong { attempts_left: 4 }));
    assert_eq!(claim.resume(seconds(60)), Ok(true));
    claim.arm("222222", 2, seconds(60)).unwrap();
    assert!(!claim.challenge.clone().disarm(1).1, "of another send nothing is taken");
    claim.present("000000", seconds(61)).unwrap();
    assert!(!claim.challenge.clone().disarm(2).1, "it was guessed at");
    assert_eq!(claim.present("222222", seconds(62)), Ok(Verdict::Matched));
    assert!(!claim.challenge.disarm(2).1);
}

/// A place to go back to is that of the latest start that had one.
#[test]
fn a_start_without_a_place_to_go_back_to_keeps_the_former() {
    let mut claim = Claim::armed("123456");
    let place = |text: &str| Some(Box::from(text));
    for (asked, kept) in [(None, None), (place("a"), place("a")), (None, place("a")), (place("b"), place("b"))] {
        let asked = Resumption { return_to: asked, ..claim.asked() };
        claim.challenge = claim.challenge.clone().resume(asked, START).unwrap().0;
        assert_eq!(claim.challenge.view(START).return_to, kept);
    }
}

proptest::proptest! {
    /// Whatever is asked for in whatever order, one challenge allows five tries and three codes.
    #[test]
    fn no_order_of_starts_and_guesses_beats_the_counts(steps in proptest::collection::vec((0_u8..3, 0_u64..120), 1..60)) {
        let mut claim = Claim::open();
        let (mut second, mut compared, mut sent) = (0, 0, 1);
        for (step, pause) in steps {
            second += pause;
            match step {
                0 => compared += u32::from(matches!(claim.present("000000", seconds(second)), Ok(Verdict::Wrong { .. } | Verdict::LockedNow))),
                1 => sent += u32::from(claim.resume(seconds(second)) == Ok(true)),
                _ => if let Ok(next) = claim.challenge.clone().resend(&claim.credential.digest(), seconds(second)) {
                    claim.challenge = next;
                    sent += 1;
                },
            }
        }
        proptest::prop_assert!(compared <= 5 && sent <= 3, "{compared} tries, {sent} codes");
    }
}
