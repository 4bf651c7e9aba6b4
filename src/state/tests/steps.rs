use super::*;

/// case 21: a code for binding a phone is no code for a recovery.
#[test]
fn a_code_serves_one_purpose() {
    let state = store();
    let claim = Claim::open(&state);
    let binding = claim.arming(&anna(), Purpose::Binding);
    assert_eq!(at_once(state.arm(&claim.id, binding, 3, START)), Ok(Armed::Yes));
    assert_eq!(claim.present(&state, RIGHT, START), Ok(Verdict::Wrong { attempts_left: 4 }));
}

/// case 101: under a rotated key alone an old code is a wrong one; with the former key beside it, it works.
#[test]
fn a_code_works_under_the_key_it_was_armed_with_or_a_former_one() {
    let state = store();
    let claim = Claim::armed(&state);
    let wrong = Ok(Verdict::Wrong { attempts_left: 4 });
    assert_eq!(claim.present_under(&state, &keys(8, None), RIGHT, START), wrong);
    assert_eq!(claim.present_under(&state, &keys(8, Some(7)), RIGHT, START), Ok(Verdict::Matched));
}

/// case 25: another store, as after a restart, knows nothing of a challenge.
#[test]
fn a_fresh_store_refuses_every_step_of_an_old_challenge() {
    let (before, after) = (store(), store());
    let claim = Claim::verified(&before);
    let digest = claim.credential.digest();
    assert_eq!(claim.arm(&after, &anna(), 3, START), Armed::Ended);
    assert_eq!(claim.present(&after, RIGHT, START), refused(Refusal::NotFound));
    assert_eq!(at_once(after.spend(&claim.id, &digest, START)).map(|_| ()), refused(Refusal::NotFound));
    assert_eq!(at_once(after.resend(&claim.id, &digest, START)).map(|_| ()), refused(Refusal::NotFound));
    for step in
        [after.reinstate(&claim.id, START), after.complete(&claim.id, None, START), after.cancel(&claim.id, START)]
    {
        at_once(step).unwrap();
    }
    assert_eq!(claim.state(&after, START), refused(Refusal::NotFound));
}

/// case 24: a write ends every other challenge of the account, armed or verified, and nobody else's.
#[test]
fn the_other_challenges_of_an_account_end_and_those_of_others_do_not() {
    let state = store();
    let (writing, armed, verified) = (Claim::verified(&state), Claim::armed(&state), Claim::verified(&state));
    let strange = Claim::open(&state);
    assert_eq!(strange.arm(&state, &SubjectId::new("2"), 3, START), Armed::Yes);
    at_once(state.cancel_others(&anna(), &writing.id, START)).unwrap();
    assert_eq!(writing.state(&state, START), Ok(State::Verified));
    assert_eq!(armed.state(&state, START), Ok(State::CodeSent), "a stranger who holds it sees nothing");
    assert_eq!(verified.state(&state, START), Ok(State::Cancelled));
    assert_eq!(armed.present(&state, RIGHT, START), Ok(Verdict::Wrong { attempts_left: 4 }));
    assert_eq!(strange.present(&state, RIGHT, START), Ok(Verdict::Matched));
}

/// case 24: a place for a live code is free again when its challenge ends, by whatever.
#[test]
fn a_place_for_a_live_code_is_free_again_when_its_challenge_ends() {
    let state = store();
    let claims: Vec<_> = (0..3).map(|_| Claim::armed(&state)).collect();
    let fourth = Claim::open(&state);
    assert_eq!(fourth.arm(&state, &anna(), 3, START), Armed::NoSlot);
    assert_eq!(fourth.present(&state, RIGHT, START), Ok(Verdict::Wrong { attempts_left: 4 }), "it holds no code");
    for _ in 0..5 {
        let _ = claims[0].present(&state, "111111", START);
    }
    assert_eq!(fourth.arm(&state, &anna(), 3, START), Armed::Yes, "one is locked");
    let fifth = Claim::open(&state);
    assert_eq!(fifth.arm(&state, &anna(), 3, START), Armed::NoSlot);
    at_once(state.cancel(&claims[1].id, START)).unwrap();
    assert_eq!(fifth.arm(&state, &anna(), 3, START), Armed::Yes, "one was cancelled");
    let late = Claim::open(&state);
    assert_eq!(late.arm(&state, &anna(), 3, START), Armed::NoSlot);
    assert_eq!(late.arm(&state, &anna(), 3, seconds(899)), Armed::NoSlot);
}

/// A further code of a challenge takes no second place.
#[test]
fn a_challenge_takes_one_place_over_all_its_codes() {
    let state = store();
    let claim = Claim::armed(&state);
    at_once(state.resend(&claim.id, &claim.credential.digest(), seconds(60))).unwrap();
    let further = Arming { send: 2, ..claim.arming(&anna(), Purpose::Recovery) };
    assert_eq!(at_once(state.arm(&claim.id, further, 1, seconds(60))), Ok(Armed::Yes));
}

/// A write that surely did not happen gives the right back; one that did never does.
#[test]
fn the_right_to_write_comes_back_only_from_a_spent_challenge() {
    let state = store();
    let claim = Claim::verified(&state);
    let spend = || at_once(state.spend(&claim.id, &claim.credential.digest(), START)).map(|view| view.state);
    assert_eq!(spend(), Ok(State::Spent));
    at_once(state.cancel(&claim.id, START)).unwrap();
    assert_eq!(spend(), refused(Refusal::State(State::Spent)), "a write under way cannot be cancelled");
    at_once(state.reinstate(&claim.id, START)).unwrap();
    assert_eq!(spend(), Ok(State::Spent));
    at_once(state.complete(&claim.id, None, START)).unwrap();
    at_once(state.reinstate(&claim.id, START)).unwrap();
    assert_eq!(spend(), refused(Refusal::State(State::Completed)));
}

/// case 26: an id is taken once, and not at all after its time.
#[test]
fn an_id_is_taken_once_within_its_time() {
    let state = store();
    let take = |id, now| at_once(state.take(id, seconds(180), now));
    assert_eq!((take(1, START), take(1, START), take(1, seconds(179))), (Ok(true), Ok(false), Ok(false)));
    assert_eq!(take(2, seconds(180)), Ok(false));
}

/// case 9: only proof of possession clears a count, of that account alone.
#[test]
fn a_count_is_cleared_for_its_own_account_alone() {
    let state = store();
    let waiting = Ok(Standing::Waiting { until: seconds(30) });
    assert_eq!((counted(&state, "1", 10), counted(&state, "2", 10)), (waiting.clone(), waiting.clone()));
    at_once(state.clear("1")).unwrap();
    assert_eq!((counted(&state, "1", 9), counted(&state, "2", 0)), (Ok(Standing::Free), waiting));
}
