use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use futures_util::FutureExt;

use super::*;
use crate::account::AccountSettings;
use crate::domain::SystemRandom;

const SCHEMES: [Scheme; 5] = [Scheme::Argon2id, Scheme::BlfCrypt, Scheme::Sha512Crypt, Scheme::Ssha512, Scheme::Pbkdf2];

fn pool(workers: usize, queue: usize) -> HashPool {
    of(Scheme::Argon2id, |settings| (settings.workers, settings.queue) = (workers, queue))
}

fn of(scheme: Scheme, change: impl FnOnce(&mut HashSettings)) -> HashPool {
    let mut settings = HashSettings { scheme, ..AccountSettings::cheap().hash };
    change(&mut settings);
    HashPool::new(&settings, Arc::new(SystemRandom)).unwrap()
}

fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

#[tokio::test]
async fn a_hash_verifies_its_own_password_and_no_other() {
    let pool = pool(1, 4);
    let stored = pool.hash(&password("Correct-Horse-1")).await.unwrap();
    assert!(stored.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert!(pool.verify(&password("Correct-Horse-1"), &stored).await.unwrap());
    assert!(!pool.verify(&password("correct-horse-1"), &stored).await.unwrap());
    assert!(!pool.verify(&password("Correct-Horse-1 "), &stored).await.unwrap());
    assert!(!pool.verify_nothing(&password("Correct-Horse-1")).await.unwrap());
    assert_ne!(stored, pool.hash(&password("Correct-Horse-1")).await.unwrap(), "salts differ");
}

/// Whatever the present scheme, the former ones are recognised, so that the next write replaces them.
#[tokio::test]
async fn every_scheme_verifies_what_every_other_has_written() {
    let (right, wrong) = (password("Pä ss-Wörd 密码🔑"), password("Pä ss-Wörd 密码"));
    for prefix in [Mark::None, Mark::Scheme] {
        for scheme in SCHEMES {
            let stored = of(scheme, |settings| settings.prefix = prefix).hash(&right).await.unwrap();
            let marked = stored.expose().starts_with(&format!("{{{scheme}}}"));
            assert_eq!(marked, prefix == Mark::Scheme, "{scheme}");
            for reader in SCHEMES {
                let reader = of(reader, |_| ());
                let bare_digest = scheme == Scheme::Ssha512 && prefix == Mark::None;
                if bare_digest && reader.recipe.scheme() != scheme {
                    assert_eq!(reader.read(stored.expose()), Err(StoredHashError::NotAHash));
                    continue;
                }
                let read = reader.read(stored.expose()).unwrap();
                assert!(reader.verify(&right, &read).await.unwrap(), "{scheme}");
                assert!(!reader.verify(&wrong, &read).await.unwrap(), "{scheme}");
            }
        }
    }
}

/// case 72: what the scheme would not look at is refused with the reason, and 72 bytes are still kept whole.
#[tokio::test]
async fn a_password_that_blf_crypt_would_cut_is_refused() {
    let pool = of(Scheme::BlfCrypt, |_| ());
    let longest = format!("{}ab", "密".repeat(23)) + "c";
    let stored = pool.hash(&password(&longest)).await.unwrap();
    assert!(pool.verify(&password(&longest), &stored).await.unwrap());
    assert!(!pool.verify(&password(&format!("{}abd", "密".repeat(23))), &stored).await.unwrap());
    let refused = pool.hash(&password(&format!("{longest}d"))).await.unwrap_err();
    let AccountError::PasswordRefused { reason } = refused else { panic!("{refused}") };
    assert!(reason.contains("73 bytes") && reason.contains("BLF-CRYPT"), "{reason}");
    assert_eq!(pool.verify_nothing(&password(&format!("{longest}d"))).await, Ok(false), "as an account that is there");
}

/// case 71: a password is cut nowhere; the 1 024th byte counts.
#[tokio::test]
async fn the_last_character_of_the_longest_password_counts() {
    let pool = pool(1, 4);
    let stem = "𠮷".repeat(127);
    let stored = pool.hash(&password(&format!("{stem}a"))).await.unwrap();
    assert!(pool.verify(&password(&format!("{stem}a")), &stored).await.unwrap());
    assert!(!pool.verify(&password(&format!("{stem}b")), &stored).await.unwrap());
}

#[tokio::test]
async fn a_hash_made_under_other_parameters_still_verifies() {
    let former = of(Scheme::Argon2id, |settings| {
        (settings.memory, settings.passes, settings.lanes) = ("64KiB".parse().unwrap(), 3, 2);
    });
    let stored = former.hash(&password("Correct-Horse-1")).await.unwrap();
    assert!(pool(1, 1).verify(&password("Correct-Horse-1"), &stored).await.unwrap());
}

/// case 80: of 500 passwords at once, so many are worked on, so many wait, and the surplus is told at once.
#[tokio::test]
async fn what_the_queue_cannot_hold_is_refused_at_once_and_the_rest_is_done() {
    let (workers, queue) = (2, 8);
    let pool = pool(workers, queue);
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut waiting = Vec::new();
    let mut busy = 0;
    for _ in 0..500 {
        let (gate, running, most) = (Arc::clone(&gate), Arc::clone(&running), Arc::clone(&most));
        let mut job = Box::pin(pool.run(move || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Closed for as long as `open` lives: nothing finishes before all 500 have asked.
            let _ = gate.lock().unwrap().recv();
            running.fetch_sub(1, Ordering::SeqCst);
        }));
        match (&mut job).now_or_never() {
            Some(refused) => {
                assert_eq!(refused, Err(AccountError::Busy));
                busy += 1;
            }
            None => waiting.push(job),
        }
    }
    assert_eq!((waiting.len(), busy), (workers + queue, 500 - workers - queue));
    drop(open);
    assert!(futures_util::future::join_all(waiting).await.iter().all(Result::is_ok));
    assert!(most.load(Ordering::SeqCst) <= workers);
    assert_eq!(pool.run(|| 1).await, Ok(1), "room again");
}

#[tokio::test]
async fn who_stops_waiting_leaves_the_queue_but_work_under_way_keeps_its_place() {
    let pool = pool(1, 1);
    let (open, gate) = mpsc::channel::<()>();
    let mut working = Box::pin(pool.run(move || gate.recv().ok()));
    assert!((&mut working).now_or_never().is_none());
    let mut queued = Box::pin(pool.run(|| ()));
    assert!((&mut queued).now_or_never().is_none());
    assert_eq!(pool.run(|| ()).now_or_never(), Some(Err(AccountError::Busy)));
    drop(queued);
    drop(working);
    let mut next = Box::pin(pool.run(|| 7));
    assert!((&mut next).now_or_never().is_none(), "the place in the queue is free, the worker is not");
    assert_eq!(pool.run(|| ()).now_or_never(), Some(Err(AccountError::Busy)));
    drop(open);
    assert_eq!(next.await, Ok(7));
}

#[tokio::test]
async fn work_that_panics_gives_its_place_back() {
    let pool = pool(1, 0);
    let outcome = pool.run(|| panic!("on purpose")).await;
    assert!(matches!(outcome, Err(AccountError::Unavailable { .. })));
    assert_eq!(pool.run(|| 1).await, Ok(1));
}
