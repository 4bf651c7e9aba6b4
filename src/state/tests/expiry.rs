use super::*;

/// Long after every end in these tests.
const LATE: u64 = 3_600;

fn expired(state: &MemoryState, at: u64) -> u64 {
    at_once(state.take_expired(seconds(at))).unwrap()
}

#[test]
fn a_challenge_that_ended_by_time_is_counted_once() {
    let state = store();
    let (open, _armed) = (Claim::open(&state), Claim::armed(&state));
    assert_eq!(expired(&state, 900), 0, "steps of the last moment may be under way");
    assert_eq!((expired(&state, 905), expired(&state, 905), expired(&state, LATE)), (2, 0, 0));
    Claim::verified(&state);
    at_once(state.cancel(&open.id, seconds(LATE))).unwrap();
    assert_eq!(open.state(&state, seconds(LATE)), Ok(State::Expired), "it is still told, and stays counted");
    assert_eq!((expired(&state, LATE), expired(&state, LATE)), (1, 0), "the next one counts");
}

/// The time to choose a password may end after the challenge's own.
#[test]
fn a_verified_challenge_is_counted_when_its_own_time_is_over() {
    let state = store();
    let late = Claim::armed(&state);
    at_once(state.resend(&late.id, &late.credential.digest(), seconds(600))).unwrap();
    let further = Arming { send: 2, ..late.arming(&anna(), Purpose::Recovery) };
    assert_eq!(at_once(state.arm(&late.id, further, 3, seconds(600))), Ok(Armed::Yes));
    assert_eq!(late.present(&state, RIGHT, seconds(890)), Ok(Verdict::Matched));
    assert_eq!((expired(&state, 1_490), expired(&state, 1_495)), (0, 1));
}

#[test]
fn what_was_completed_cancelled_or_locked_never_counts_as_expired() {
    let state = store();
    let (locked, cancelled, writing) = (Claim::armed(&state), Claim::verified(&state), Claim::verified(&state));
    for _ in 0..5 {
        let _ = locked.present(&state, "111111", START);
    }
    at_once(state.cancel(&cancelled.id, START)).unwrap();
    at_once(state.spend(&writing.id, &writing.credential.digest(), START)).unwrap();
    assert_eq!(expired(&state, LATE), 0, "nor what is being written");
    at_once(state.complete(&writing.id, None, seconds(LATE))).unwrap();
    assert_eq!(expired(&state, LATE), 0);
}

/// A right to write that comes back too late is no use any more.
#[test]
fn a_write_that_failed_after_the_end_counts_as_expired() {
    let state = store();
    let writing = Claim::verified(&state);
    at_once(state.spend(&writing.id, &writing.credential.digest(), START)).unwrap();
    at_once(state.reinstate(&writing.id, seconds(LATE))).unwrap();
    assert_eq!((expired(&state, LATE), expired(&state, LATE)), (1, 0));
}

#[test]
fn many_who_count_at_once_count_each_challenge_once() {
    let state = store();
    for _ in 0..500 {
        Claim::open(&state);
    }
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let each: Vec<_> = (0..8).map(|_| scope.spawn(|| expired(&state, LATE))).collect();
        each.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(counts.iter().sum::<u64>(), 500, "{counts:?}");
}
