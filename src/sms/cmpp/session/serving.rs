//! The session while it is connected.

use tokio::time::{Instant, sleep_until};

use super::super::link::{Broken, Link};
use super::super::orders::Unanswered;
use super::super::pdu::{
    self, ACTIVE_TEST, DELIVER, Deliver, Frame, RESPONSE, SUBMIT, StatusReport, SubmitResp, TERMINATE,
};
use super::super::vigil::{Due, Vigil};
use super::super::{auth, results};
use super::{End, LONG, Session, Standing};
use crate::sms::{DeliveryReport, ReportName, SmsError};

/// `Result` of `CMPP_DELIVER_RESP`.
const TAKEN: u8 = 0;
const WRONG_STRUCTURE: u8 = 1;
const WRONG_LENGTH: u8 = 4;

const SUBMIT_RESP: u32 = SUBMIT | RESPONSE;
const ACTIVE_TEST_RESP: u32 = ACTIVE_TEST | RESPONSE;

/// Why a connection is no good any more.
type Loss = String;

impl Session {
    /// Serves one connection to its end. Messages that were written and not answered by then are told that nobody knows.
    pub(super) async fn serve(&mut self, mut link: Link) -> End {
        tracing::info!(provider = &*self.name, "CMPP login accepted");
        self.standing.send_replace(Standing::Open);
        let start = Instant::now();
        let mut unanswered = Unanswered::default();
        let loss = self.served(&mut link, &mut unanswered, start).await;
        self.sequence = link.number();
        if start.elapsed() > LONG {
            self.backoff.served();
        }
        match loss {
            None => {
                unanswered.fail_all("we closed it");
                link.leave().await;
                End::Closed
            }
            Some(reason) => {
                unanswered.fail_all(&reason);
                End::Lost(SmsError::Unreachable { reason: format!("the connection was lost: {reason}") })
            }
        }
    }

    /// Why the connection ended, or nothing when we want to end it.
    async fn served(&mut self, link: &mut Link, unanswered: &mut Unanswered, start: Instant) -> Option<Loss> {
        let mut vigil = Vigil::new(self.idle_test, self.peer.answer_timeout, start);
        loop {
            if let Err(loss) = self.write_waiting(link, unanswered, &vigil).await {
                return Some(loss);
            }
            let due = [unanswered.due(), self.waiting.due(), Some(vigil.due_at())].into_iter().flatten().min();
            let stepped = tokio::select! {
                frame = link.read() => match frame {
                    Ok(frame) => self.hear(frame, link, unanswered, &mut vigil).await,
                    Err(loss) => Err(loss),
                },
                order = self.orders.recv() => {
                    self.waiting.push(order?);
                    Ok(())
                }
                () = sleep_until(due.unwrap_or(start)) => self.look_at_the_time(link, unanswered, &mut vigil).await,
            };
            if let Err(loss) = stepped {
                return Some(loss);
            }
        }
    }

    async fn write_waiting(&mut self, link: &mut Link, unanswered: &mut Unanswered, vigil: &Vigil) -> Result<(), Loss> {
        while let Some(order) = if vigil.is_doubted() { None } else { self.waiting.next() } {
            let sequence = link.number();
            match link.write(SUBMIT, sequence, &order.body).await {
                Ok(()) => unanswered.push(sequence, order, Instant::now()),
                Err(Broken { begun: true, reason }) => {
                    unanswered.push(sequence, order, Instant::now());
                    return Err(reason);
                }
                Err(Broken { begun: false, reason }) => {
                    self.waiting.put_back(order);
                    return Err(reason);
                }
            }
        }
        Ok(())
    }

    async fn look_at_the_time(
        &mut self,
        link: &mut Link,
        unanswered: &mut Unanswered,
        vigil: &mut Vigil,
    ) -> Result<(), Loss> {
        let now = Instant::now();
        self.give_up_late();
        if unanswered.expire(now) {
            vigil.doubt();
        }
        match vigil.due(now) {
            None => Ok(()),
            Some(Due::GiveUp) => Err("it answers no link test".to_owned()),
            Some(Due::Test) => {
                let sequence = link.number();
                written(link.write(ACTIVE_TEST, sequence, &[]).await)
            }
        }
    }

    async fn hear(
        &mut self,
        frame: Frame,
        link: &mut Link,
        unanswered: &mut Unanswered,
        vigil: &mut Vigil,
    ) -> Result<(), Loss> {
        vigil.heard(Instant::now());
        let Frame { command, sequence, body } = frame;
        match command {
            SUBMIT_RESP => {
                self.backoff.served();
                let known = unanswered.answer(sequence, outcome(&body));
                tracing::debug!(provider = &*self.name, known, "CMPP_SUBMIT_RESP received");
                Ok(())
            }
            DELIVER => {
                let result = self.take(&body);
                let body = pdu::deliver_resp(Deliver::id(&body), result, self.peer.version);
                written(link.write(DELIVER | RESPONSE, sequence, &body).await)
            }
            ACTIVE_TEST => written(link.write(ACTIVE_TEST | RESPONSE, sequence, &[0]).await),
            ACTIVE_TEST_RESP => {
                vigil.answered();
                Ok(())
            }
            TERMINATE => {
                link.end(sequence).await;
                Err("the gateway ended the session".to_owned())
            }
            _ => {
                tracing::debug!(provider = &*self.name, command, "unknown CMPP command ignored");
                Ok(())
            }
        }
    }

    /// Takes a delivery. A status report goes on; what a person wrote has nobody who reads it.
    fn take(&self, body: &[u8]) -> u8 {
        let Some(deliver) = Deliver::read(body, self.peer.version) else {
            tracing::warn!(provider = &*self.name, "malformed CMPP_DELIVER ignored");
            return WRONG_LENGTH;
        };
        if !deliver.is_report {
            return TAKEN;
        }
        let Some(report) = StatusReport::read(deliver.content) else {
            tracing::warn!(provider = &*self.name, "truncated CMPP status report ignored");
            return WRONG_STRUCTURE;
        };
        let (state, code) = results::state(report.stat);
        self.reports.take(DeliveryReport {
            provider: self.name.clone(),
            name: ReportName::Message(report.message_id.to_string().into()),
            state,
            code,
            at: auth::done_at(report.done),
        });
        TAKEN
    }
}

fn outcome(body: &[u8]) -> Result<u64, SmsError> {
    match SubmitResp::read(body) {
        Some(SubmitResp { message_id, result: 0 }) => Ok(message_id),
        Some(SubmitResp { result, .. }) => Err(results::refused_message(result)),
        None => Err(SmsError::Unknown { reason: format!("its answer has {} bytes, not 9 or 12", body.len()) }),
    }
}

fn written(written: Result<(), Broken>) -> Result<(), Loss> {
    written.map_err(|broken| broken.reason)
}
