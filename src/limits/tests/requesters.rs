use super::*;

/// The table of defaults: so many at once, and when the next one passes.
#[test]
fn every_requester_gate_lets_its_default_through_and_says_when_the_next_may_come() {
    let table = [
        (RequesterGate::Captcha, 30, 2),
        (RequesterGate::Media, 120, 1),
        (RequesterGate::Start, 5, 120),
        (RequesterGate::Verify, 20, 30),
        (RequesterGate::Read, 300, 1),
    ];
    for (gate, count, wait) in table {
        let gates = Gates::by_default();
        assert_eq!(gates.passed(gate, "203.0.113.7", count + 3), count, "{gate:?}");
        let limited = gates.pass(gate, "203.0.113.7").unwrap_err();
        assert_eq!(limited.retry_after, Duration::from_secs(wait), "{gate:?}");
        assert_eq!(limited.limit as usize, count, "{gate:?}");
        assert_eq!(gates.passed(gate, "203.0.113.8", 1), 1, "another requester has a bucket of its own");
        gates.clock.advance(limited.retry_after);
        assert!(gates.pass(gate, "203.0.113.7").is_ok(), "{gate:?}: the wait that was told was enough");
    }
}

/// case 98: what one gate has used up shuts no other gate.
#[test]
fn each_gate_counts_apart() {
    for full in RequesterGate::ALL {
        let gates = Gates::by_default();
        gates.passed(full, "203.0.113.7", 400);
        for gate in RequesterGate::ALL {
            assert_eq!(gates.pass(gate, "203.0.113.7").is_err(), gate == full, "{full:?} {gate:?}");
        }
    }
}

#[test]
fn a_refusal_costs_nothing_and_tells_the_wait_of_the_slowest_bucket() {
    let gates = Gates::by_default();
    for _ in 0..4 {
        assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 50), 5);
        gates.wait(600);
    }
    // 45 refusals each time have not been charged to the day: 20 passed, and 2400 s gave none back.
    let limited = gates.pass(RequesterGate::Start, "203.0.113.7").unwrap_err();
    assert_eq!((limited.limit, limited.window_secs), (20, 86_400));
    assert_eq!(limited.retry_after, Duration::from_mins(72 - 40));
    for _ in 0..9 {
        assert_eq!(
            gates.pass(RequesterGate::Start, "203.0.113.7"),
            Err(limited),
            "nor are refusals of the day to the ten minutes"
        );
    }
    gates.clock.advance(limited.retry_after);
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 3), 1);
}

#[test]
fn the_allowance_is_that_of_the_policy_closest_to_its_limit() {
    let gates = Gates::by_default();
    let told = |gates: &Gates| {
        let allowance = gates.pass(RequesterGate::Start, "203.0.113.7").unwrap();
        (allowance.limit, allowance.window_secs, allowance.remaining)
    };
    assert_eq!(told(&gates), (5, 600, 4));
    assert_eq!(told(&gates), (5, 600, 3));
    for _ in 0..4 {
        gates.passed(RequesterGate::Start, "203.0.113.7", 4);
        gates.wait(600);
    }
    assert_eq!(told(&gates), (20, 86_400, 2), "of 20 a day this was the eighteenth");
}

#[test]
fn a_wait_is_never_told_as_less_than_a_second() {
    let gates = Gates::by_default();
    gates.passed(RequesterGate::Read, "203.0.113.7", 300);
    assert_eq!(gates.pass(RequesterGate::Read, "203.0.113.7").unwrap_err().retry_after, Duration::from_secs(1));
}

/// case 48: one /64 is one bucket; the /64s of a /56 share a /48 with four times the count; mapped IPv4 is IPv4.
#[test]
fn ipv6_is_counted_by_64_and_by_48() {
    let gates = Gates::by_default();
    let of_site = |site: u32, host: u32| format!("2001:db8:1:{site:x}::{host:x}");
    assert_eq!((0..1_000).filter(|host| gates.pass(RequesterGate::Start, &of_site(0, *host)).is_ok()).count(), 5);
    assert_eq!((1..16).map(|site| gates.passed(RequesterGate::Start, &of_site(site, 1), 9)).sum::<usize>(), 15);
    let limited = gates.pass(RequesterGate::Start, &of_site(99, 1)).unwrap_err();
    assert_eq!((limited.limit, limited.window_secs), (20, 600));
    assert_eq!(gates.passed(RequesterGate::Start, "2001:db8:2::1", 9), 5, "another /48 is not concerned");

    assert_eq!(gates.passed(RequesterGate::Start, "1.2.3.4", 9), 5);
    assert_eq!(gates.passed(RequesterGate::Start, "::ffff:1.2.3.4", 9), 0);
}

/// case 54: no address is exempt, not loopback, not a private one, not this network's own.
#[test]
fn loopback_and_private_addresses_are_limited_like_all() {
    for from in
        ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.0.1", "fe80::1", "fd00::1", "0.0.0.0"]
    {
        assert_eq!(Gates::by_default().passed(RequesterGate::Start, from, 9), 5, "{from}");
    }
}

#[test]
fn switched_off_limits_let_everything_through() {
    let gates = Gates::of(&LimitsSettings { enabled: false, ..defaults() });
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 1_000), 1_000);
    assert!((0..1_000).all(|_| gates.send("anna", "+447400123456").is_ok()));
    assert!((gates.left() - 1.0).abs() < f64::EPSILON);
}

/// case 57: a clock that jumps a day ahead, to the end of time or back gives at most one more burst and never panics.
#[test]
fn a_jump_of_the_clock_frees_at_most_one_window() {
    let gates = Gates::by_default();
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5);
    gates.wait(86_400);
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5);
    gates.wait(9_000_000_000_000_000);
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5);
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.8", 9), 5);
    gates.sweep();
}

/// case 57: before the moment of its start the limiter stands still instead of wrapping round.
#[test]
fn a_clock_that_goes_back_frees_nothing() {
    struct Swinging(std::sync::atomic::AtomicI64);
    impl Clock for Swinging {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(std::sync::atomic::Ordering::SeqCst))
        }
    }
    let clock = Arc::new(Swinging(START.as_millis().into()));
    let limits = MemoryLimits::new(&defaults(), Arc::clone(&clock) as Arc<dyn Clock>);
    let from = Requester::from("203.0.113.7".parse::<std::net::IpAddr>().unwrap());
    let pass = || limits.pass(RequesterGate::Start, &from).now_or_never().unwrap().unwrap().is_ok();
    assert_eq!((0..9).filter(|_| pass()).count(), 5);
    for millis in [START.as_millis() - 86_400_000, 0, i64::MIN, START.as_millis()] {
        clock.0.store(millis, std::sync::atomic::Ordering::SeqCst);
        assert!(!pass(), "{millis}");
    }
}

/// What is given back is one for one, in every bucket, and a full bucket stays full.
#[test]
fn a_start_that_is_given_back_can_be_taken_once_more() {
    let gates = Gates::by_default();
    let forgive = |from: &str| {
        let from = Requester::from(from.parse::<std::net::IpAddr>().unwrap());
        gates.limits.forgive(&from).now_or_never().unwrap().unwrap();
    };
    forgive("203.0.113.7");
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5, "nothing was taken, so nothing came back");
    forgive("203.0.113.7");
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 1);
    forgive("203.0.113.8");
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 0, "another requester's is another's");
    assert_eq!(gates.passed(RequesterGate::Verify, "203.0.113.7", 30), 20, "and no other gate is concerned");
    for _ in 0..15 {
        gates.wait(120);
        assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 1), 1);
        forgive("203.0.113.7");
    }
    gates.wait(600);
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5, "nor has the day lost any");
    let site = "2001:db8:1:2::1";
    assert_eq!(gates.passed(RequesterGate::Start, site, 9), 5);
    forgive(site);
    assert_eq!(gates.passed(RequesterGate::Start, site, 9), 1);
}
