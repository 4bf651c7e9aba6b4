use std::sync::Mutex;

use super::*;

/// Remembers the names of what it was given, and fails when told to.
#[derive(Default)]
struct Capture {
    names: Mutex<Vec<&'static str>>,
    failure: Option<&'static str>,
}

impl AuditSink for Capture {
    fn record(&self, event: &AuditEvent) {
        self.names.lock().unwrap().push(event.kind.name());
    }

    fn check(&self) -> Result<(), String> {
        self.failure.map_or(Ok(()), |reason| Err(reason.to_owned()))
    }
}

#[test]
fn a_fanout_gives_every_event_to_every_sink_and_tells_every_failure() {
    let good = Arc::new(Capture::default());
    let bad = Arc::new(Capture { failure: Some("full"), ..Capture::default() });
    let both = Fanout(vec![good.clone(), bad.clone(), bad.clone()]);
    both.record(&AuditEvent::of(EventKind::FlowLocked));
    both.record(&AuditEvent::of(EventKind::CaptchaIssued { kind: "image" }));
    assert_eq!(*good.names.lock().unwrap(), ["flow.locked", "captcha.issued"], "routine ones too: metrics count them");
    assert_eq!(bad.names.lock().unwrap().len(), 4);
    assert_eq!(both.check(), Err("full; full".into()));
    assert_eq!(Fanout(vec![good]).check(), Ok(()));
}

#[test]
fn routine_events_are_not_written() {
    let place = Place::new();
    let trail = place.open();
    for kind in [
        EventKind::CaptchaIssued { kind: "pow" },
        EventKind::CaptchaAnswered { kind: "pow", result: "ok" },
        EventKind::RateLimited { gate: "start" },
        EventKind::FlowsExpired { count: 2 },
        EventKind::FlowLocked,
    ] {
        trail.record(&AuditEvent::of(kind));
    }
    trail.close().unwrap();
    assert_eq!(place.kinds(), ["flow.locked"]);
}

/// case 97: a missing key and an empty path are named with what to write.
#[test]
fn a_short_key_and_an_empty_path_are_refused() {
    let settings: AuditSettings = toml::from_str("path = \"\"\nkey = \"short\"").unwrap();
    let keys: Vec<_> = settings.check().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["path", "key"]);
    assert!(!format!("{settings:?}").contains("short"));
    assert_eq!(Place::new().settings.check(), []);
    assert!(toml::from_str::<AuditSettings>("path = \"a\"\nkey = \"b\"\nfile = 1").is_err());
}
