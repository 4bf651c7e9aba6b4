use std::sync::Barrier;
use std::thread;

use super::*;

/// Lets so many threads call at the same moment.
fn together<T: Send>(callers: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let ready = Barrier::new(callers);
    let (ready, call) = (&ready, &call);
    thread::scope(|scope| {
        let start = |number| {
            scope.spawn(move || {
                ready.wait();
                call(number)
            })
        };
        let running: Vec<_> = (0..callers).map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn times<T: PartialEq>(outcomes: &[T], wanted: &T) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

/// case 12: of 200 wrong codes at once exactly five are compared, and no two share a try.
#[test]
fn of_two_hundred_guesses_five_are_compared() {
    let state = store();
    let claim = Claim::armed(&state);
    let outcomes = together(200, |guess| claim.present(&state, &format!("{:06}", 500_000 + guess), START));
    for attempts_left in 1..=4 {
        assert_eq!(times(&outcomes, &Ok(Verdict::Wrong { attempts_left })), 1);
    }
    assert_eq!(times(&outcomes, &Ok(Verdict::LockedNow)), 1);
    assert_eq!(times(&outcomes, &refused(Refusal::State(State::Locked))), 195);
}

/// case 12: with the right one anywhere among them at most five are compared.
#[test]
fn a_right_code_among_two_hundred_guesses_buys_no_further_try() {
    for place in [0, 1, 50, 100, 199] {
        let state = store();
        let claim = Claim::armed(&state);
        let code = |guess| if guess == place { RIGHT.to_owned() } else { format!("{:06}", 500_000 + guess) };
        let outcomes = together(200, |guess| claim.present(&state, &code(guess), START));
        let compared = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let (matched, locked) = (times(&outcomes, &Ok(Verdict::Matched)), times(&outcomes, &Ok(Verdict::LockedNow)));
        assert!(compared <= 5, "{compared}");
        assert_eq!(matched + locked, 1);
        assert!(locked == 0 || compared == 5);
        assert_eq!(outcomes[place].is_ok(), matched == 1 || outcomes[place] == Ok(Verdict::Matched));
    }
}

/// case 13: of 50 right codes one matches; the others hold a credential that was rotated away.
#[test]
fn of_fifty_right_codes_one_matches() {
    let state = store();
    let claim = Claim::armed(&state);
    let outcomes = together(50, |_| claim.present(&state, RIGHT, START));
    assert_eq!(times(&outcomes, &Ok(Verdict::Matched)), 1);
    assert_eq!(times(&outcomes, &refused(Refusal::Credential)), 49);
}

/// case 14: of 50 callers one gets the right to write.
#[test]
fn of_fifty_callers_one_may_write() {
    let state = store();
    let claim = Claim::verified(&state);
    let digest = claim.credential.digest();
    let outcomes = together(50, |_| at_once(state.spend(&claim.id, &digest, START)).map(|view| view.state));
    assert_eq!(times(&outcomes, &Ok(State::Spent)), 1);
    assert_eq!(times(&outcomes, &refused(Refusal::State(State::Spent))), 49);
}

/// case 24: of 50 challenges of one account armed at once three get the places.
#[test]
fn of_fifty_codes_armed_at_once_three_get_a_place() {
    let state = store();
    let claims: Vec<_> = (0..50).map(|_| Claim::open(&state)).collect();
    let outcomes = together(50, |number| claims[number].arm(&state, &anna(), 3, START));
    assert_eq!((times(&outcomes, &Armed::Yes), times(&outcomes, &Armed::NoSlot)), (3, 47));
    let works = |claim: &&Claim| claim.present(&state, RIGHT, START) == Ok(Verdict::Matched);
    assert_eq!(claims.iter().filter(works).count(), 3);
}

/// case 26: of 50 uses of one id one is the first.
#[test]
fn of_fifty_uses_of_an_id_one_is_the_first() {
    let state = store();
    for id in 0..100 {
        let outcomes = together(50, |_| at_once(state.take(id, seconds(180), START)));
        assert_eq!((times(&outcomes, &Ok(true)), times(&outcomes, &Ok(false))), (1, 49));
    }
}

/// Of 50 requests for a further code one is granted.
#[test]
fn of_fifty_requests_for_a_further_code_one_is_granted() {
    let state = store();
    let claim = Claim::armed(&state);
    let digest = claim.credential.digest();
    let outcomes = together(50, |_| at_once(state.resend(&claim.id, &digest, seconds(60))).map(|view| view.send));
    assert_eq!(times(&outcomes, &Ok(2)), 1);
    assert_eq!(times(&outcomes, &refused(Refusal::TooSoon { wait: Duration::from_mins(1), until: seconds(120) })), 49);
}

/// Ninety-nine wrong codes at once are ninety-nine: one more is the hundredth.
#[test]
fn no_wrong_code_is_lost_among_many() {
    let state = store();
    together(99, |_| counted(&state, "1", 1).map(|_| ()));
    assert_eq!(counted(&state, "1", 0), Ok(Standing::Waiting { until: seconds(3_600) }));
    assert_eq!(counted(&state, "1", 1), Ok(Standing::Paused { since: START }));
}

/// A cancelled challenge and a right code race; whichever is first, a cancelled one never writes.
#[test]
fn a_challenge_that_was_cancelled_meanwhile_is_never_spent() {
    for _ in 0..50 {
        let state = store();
        let claim = Claim::verified(&state);
        let digest = claim.credential.digest();
        let outcomes = together(2, |number| match number {
            0 => at_once(state.cancel(&claim.id, START)).is_ok(),
            _ => at_once(state.spend(&claim.id, &digest, START)).is_ok(),
        });
        let end = if outcomes[1] { State::Spent } else { State::Cancelled };
        assert_eq!(claim.state(&state, START), Ok(end));
    }
}

/// Of many starts again at once one sends a further code, and all go on with the same challenge.
#[test]
fn of_fifty_starts_again_one_sends() {
    let state = store();
    let claim = Claim::armed(&state);
    let resume = |_| {
        let asked = Resumption {
            credential: claim.credential.digest(),
            purpose: Purpose::Recovery,
            account: claim.account.clone(),
            locale: "en".into(),
            return_to: None,
        };
        at_once(state.resume(&claim.id, asked, seconds(60))).map(|(view, sends)| (view.id, view.send, sends))
    };
    let outcomes = together(50, resume);
    assert_eq!(times(&outcomes, &Ok((claim.id, 2, true))), 1);
    assert_eq!(times(&outcomes, &Ok((claim.id, 2, false))), 49);
}
