//! From settings to a provider. Opens no connection and needs no runtime.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};

use super::backoff::Backoff;
use super::link::Peer;
use super::orders::Waiting;
use super::outgoing::Outgoing;
use super::session::{Session, Standing};
use super::settings::{CmppSettings, Version};
use super::{Cmpp, Life};
use crate::domain::Period;
use crate::outbound::Times;
use crate::sms::{SmsBuildError, SmsProvider, Surroundings};

/// What the standard has where nothing else was agreed on; C is the idle test and W the window.
const PORT: u16 = 7890;
const WINDOW: usize = 16;
const IDLE_TEST: Duration = Duration::from_mins(3);

impl CmppSettings {
    /// Reads the settings.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(in crate::sms) fn build(
        &self,
        name: &str,
        times: Times,
        around: &Surroundings,
    ) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
        if let Some((key, problem)) = self.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let version = self.version.unwrap_or(Version::V3);
        let window = self.window.unwrap_or(WINDOW);
        let peer = Peer {
            host: self.host.clone(),
            port: self.port.unwrap_or(PORT),
            version,
            sp_id: self.sp_id.clone(),
            secret: self.secret.clone(),
            verify_ismg: self.verify_ismg.unwrap_or(true),
            connect_timeout: times.connect,
            answer_timeout: times.total,
        };
        // Each order holds a place in the window, so there are never more.
        let (sender, orders) = mpsc::channel(window);
        let (shown, standing) = watch::channel(Standing::Connecting);
        let session = Session {
            name: name.into(),
            peer: Arc::new(peer),
            idle_test: self.idle_test.map_or(IDLE_TEST, Period::get),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
            reports: Arc::clone(&around.reports),
            orders,
            waiting: Waiting::default(),
            backoff: Backoff::default(),
            sequence: 0,
            standing: shown,
        };
        Ok(Arc::new(Cmpp {
            name: name.into(),
            outgoing: Outgoing::new(self, version, around),
            times,
            window: Arc::new(Semaphore::new(window)),
            standing,
            life: Mutex::new(Life::Fresh(Box::new(session), sender)),
        }))
    }
}
