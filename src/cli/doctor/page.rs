//! The page as people reach it: through whatever stands in front of this service.

use std::time::Duration;

use crate::domain::{Clock, Condition, Finding};
use crate::outbound::{self, Times, Trust};
use crate::settings::Settings;

/// Somebody is waiting for the result.
const TIMES: Times = Times { connect: Duration::from_secs(3), total: Duration::from_secs(5) };

pub(super) async fn examine(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let url = settings.server.public_url.as_str();
    let what = "server.public_url";
    let trust = if url.starts_with("https://") { Trust::System } else { Trust::Plain };
    match outbound::visit(url, trust, TIMES, clock).await {
        Ok(answer) => {
            let found = Finding::of(what, Condition::Good, format!("{url} answers {}", answer.status.as_u16()));
            std::iter::once(found).chain(outbound::impressions(&answer, clock.now())).collect()
        }
        // From inside, people's way in may not exist at all.
        Err(reason) => {
            vec![Finding::of(what, Condition::Doubtful, format!("{url} cannot be reached from here: {reason}"))]
        }
    }
}
