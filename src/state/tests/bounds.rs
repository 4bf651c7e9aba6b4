use super::*;

/// case 104: a full store forgets the oldest challenge; its code is dead then, and no step revives it.
#[test]
fn a_forgotten_challenge_stays_dead() {
    let state = bounded(1_000);
    let (armed, verified, locked) = (Claim::armed(&state), Claim::verified(&state), Claim::armed(&state));
    for _ in 0..5 {
        let _ = locked.present(&state, "111111", START);
    }
    for _ in 0..20_000 {
        Claim::open(&state);
    }
    state.settle();
    assert!(state.challenges_remembered() <= 1_000);
    let digest = verified.credential.digest();
    assert_eq!(armed.present(&state, RIGHT, START), refused(Refusal::NotFound));
    assert_eq!(locked.present(&state, RIGHT, START), refused(Refusal::NotFound));
    assert_eq!(at_once(state.spend(&verified.id, &digest, START)).map(|_| ()), refused(Refusal::NotFound));
    at_once(state.reinstate(&verified.id, START)).unwrap();
    assert_eq!(at_once(state.resend(&armed.id, &armed.credential.digest(), seconds(60))).map(|_| ()), {
        refused(Refusal::NotFound)
    });
    assert_eq!(armed.arm(&state, &SubjectId::new("late"), 3, START), Armed::Ended);
    assert_eq!(armed.present(&state, RIGHT, START), refused(Refusal::NotFound));
}

/// case 104: tries are inside the challenge, so a flood gives none of them back.
#[test]
fn a_flood_gives_no_try_back() {
    let state = bounded(1_000);
    let claim = Claim::armed(&state);
    for left in (1..=4).rev() {
        assert_eq!(claim.present(&state, "111111", START), Ok(Verdict::Wrong { attempts_left: left }));
        for _ in 0..900 {
            Claim::open(&state);
        }
        state.settle();
    }
    assert_eq!(claim.present(&state, "111111", START), Ok(Verdict::LockedNow));
}

/// case 104: wrong codes for addresses that hold no code come as anybody likes. They cannot displace an account's count.
#[test]
fn a_flood_of_addresses_frees_no_count_of_an_account() {
    let state = bounded(1_000);
    assert_eq!(counted(&state, "1", 100), Ok(Standing::Paused { since: START }));
    for number in 0..20_000 {
        counted(&state, &format!("@person{number}@example.org"), 1).unwrap();
    }
    state.settle();
    assert_eq!(counted(&state, "1", 0), Ok(Standing::Paused { since: START }));
}

/// case 31, case 104: ids that were used are remembered up to the bound, the latest ones last.
#[test]
fn the_latest_used_ids_are_remembered() {
    let state = bounded(1_000);
    let take = |id| at_once(state.take(id, seconds(180), START));
    for id in 0..20_000 {
        assert_eq!(take(id), Ok(true));
    }
    state.settle();
    assert!((19_500..20_000).all(|id| take(id) == Ok(false)));
}
