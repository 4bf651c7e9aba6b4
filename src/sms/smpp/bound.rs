//! A bound session over one connection: the window, the answers, the receipts, and whether anybody is still there.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::frame::{Frame, command};
use super::incoming::{Deliver, message_id};
use super::link::{Link, Lost};
use super::order::{Order, Outcome};
use super::receipt::Receipt;
use super::session::Session;
use super::status;
use crate::sms::{DeliveryReport, ReportName, SmsError};

/// What taking leave may take.
const LEAVE: Duration = Duration::from_secs(2);

const SUBMIT_SM_RESP: u32 = command::SUBMIT_SM | command::RESPONSE;
/// `alert_notification`, a request without an answer (SMPP 3.4, 4.12.1).
const ALERT_NOTIFICATION: u32 = 0x0102;

/// Why it is over.
pub(super) enum Ended {
    /// We took leave.
    Left,
    /// The connection is of no more use.
    Lost(Lost),
}

/// A message that was written and not answered.
struct Pending {
    reply: oneshot::Sender<Outcome>,
    until: Instant,
}

/// One connection, after the bind.
pub(super) struct Bound<'a> {
    link: Link,
    session: &'a mut Session,
    pending: HashMap<u32, Pending>,
    heard: Instant,
    /// When an `enquire_link` without an answer means that nobody is there.
    probe: Option<Instant>,
}

enum Event {
    Stop,
    Frame(Result<Frame, Lost>),
    Order(Option<Order>),
    Time,
}

impl<'a> Bound<'a> {
    pub(super) fn over(link: Link, session: &'a mut Session) -> Self {
        Self { link, session, pending: HashMap::new(), heard: Instant::now(), probe: None }
    }

    /// Serves until the connection is lost or the session is told to stop. What was written and not answered is unknown.
    pub(super) async fn serve(mut self) -> Ended {
        let lost = loop {
            let event = self.event().await;
            let done = match event {
                Event::Stop | Event::Order(None) => {
                    self.leave().await;
                    return Ended::Left;
                }
                Event::Frame(frame) => self.take(frame).await,
                Event::Order(Some(order)) => self.submit(order).await,
                Event::Time => self.tick().await,
            };
            if let Err(lost) = done {
                break lost;
            }
        };
        for (_, pending) in self.pending.drain() {
            let reason = format!("the session ended before an answer: {lost}");
            // Whoever waited may have given up before.
            let _ = pending.reply.send(Err(SmsError::Unknown { reason }));
        }
        self.link.shut().await;
        Ended::Lost(lost)
    }

    async fn event(&mut self) -> Event {
        let has_room = self.pending.len() < self.session.plan.window;
        let wake = self.wake();
        let Session { orders, held, stop, .. } = &mut *self.session;
        tokio::select! {
            () = stop.cancelled() => Event::Stop,
            frame = self.link.next() => Event::Frame(frame),
            order = next_order(held, orders), if has_room => Event::Order(order),
            () = tokio::time::sleep_until(wake) => Event::Time,
        }
    }

    /// Writes one message, once. Should the connection turn out to be gone before, the order is kept for the next one.
    async fn submit(&mut self, order: Order) -> Result<(), Lost> {
        self.session.held = Some(order);
        // A gateway that has already said that it leaves would never answer.
        while let Some(frame) = self.link.next().now_or_never() {
            self.take(frame).await?;
        }
        let claimed = self.session.held.take().and_then(Order::claim);
        let Some((body, reply)) = claimed else { return Ok(()) };
        let sequence = self.link.take_number();
        let until = Instant::now() + self.session.plan.times.total;
        self.pending.insert(sequence, Pending { reply, until });
        self.link.write(command::SUBMIT_SM, 0, sequence, &body).await
    }

    async fn take(&mut self, frame: Result<Frame, Lost>) -> Result<(), Lost> {
        let frame = frame?;
        (self.heard, self.probe) = (Instant::now(), None);
        match frame.command {
            SUBMIT_SM_RESP | command::GENERIC_NACK => self.answered(&frame),
            command::DELIVER_SM => {
                let status = if self.delivered(&frame.body) { 0 } else { status::NEVER };
                // The body is an empty message id (SMPP 3.4, 4.6.2).
                self.link.respond(&frame, status, &[0]).await
            }
            command::ENQUIRE_LINK => self.link.respond(&frame, 0, &[]).await,
            command::UNBIND => {
                self.link.respond(&frame, 0, &[]).await?;
                Err(Lost("it unbound".to_owned()))
            }
            // Answers that nobody waits for.
            other if other & command::RESPONSE != 0 || other == ALERT_NOTIFICATION => Ok(()),
            _ => self.link.write(command::GENERIC_NACK, status::UNKNOWN_COMMAND, frame.sequence, &[]).await,
        }
    }

    /// An answer to a message; one that came too late is nobody's any more.
    fn answered(&mut self, frame: &Frame) -> Result<(), Lost> {
        let Some(pending) = self.pending.remove(&frame.sequence) else { return Ok(()) };
        let outcome = match (frame.command, frame.status) {
            (command::GENERIC_NACK, 0) => Err(SmsError::Unknown { reason: "generic_nack without a status".to_owned() }),
            (_, 0) => Ok(message_id(&frame.body).map(|id| self.session.plan.receipt_id.of_answer(id))),
            (_, status) => Err(status::of_submit(status)),
        };
        // Whoever waited may have given up.
        let _ = pending.reply.send(outcome);
        if frame.status == status::NOT_BOUND { Err(Lost("it says that we are not bound".to_owned())) } else { Ok(()) }
    }

    /// Reads a receipt and passes it on; what people write to us is taken and dropped. `false` when it cannot be read.
    fn delivered(&self, body: &[u8]) -> bool {
        let plan = &self.session.plan;
        let Some(deliver) = Deliver::read(body) else {
            tracing::warn!(provider = &*plan.name, "unreadable deliver_sm dropped");
            return false;
        };
        if !deliver.is_receipt() {
            return true;
        }
        if let Some(Receipt { id, state, code }) = Receipt::read(&deliver, plan.receipt_id) {
            // Times in receipts have no zone, so none is passed on.
            let (provider, name) = (plan.name.clone(), ReportName::Message(id.into()));
            plan.reports.take(DeliveryReport { provider, name, state, code, at: None });
        } else {
            tracing::warn!(provider = &*plan.name, "delivery receipt without a message id dropped");
        }
        true
    }

    fn wake(&self) -> Instant {
        let link = self.probe.unwrap_or(self.heard + self.session.plan.enquire_every);
        self.pending.values().map(|pending| pending.until).fold(link, Instant::min)
    }

    async fn tick(&mut self) -> Result<(), Lost> {
        let now = Instant::now();
        // They are given up by whoever waits, too; here they only make room.
        self.pending.retain(|_, pending| pending.until > now);
        match self.probe {
            Some(until) if until <= now => return Err(Lost("it did not answer enquire_link".to_owned())),
            None if self.heard + self.session.plan.enquire_every <= now => {
                self.link.request(command::ENQUIRE_LINK, &[]).await?;
                self.probe = Some(now + self.session.plan.times.total);
            }
            _ => {}
        }
        Ok(())
    }

    /// Waits for what is not answered yet, unbinds and closes. It may be gone already, or in no hurry.
    async fn leave(mut self) {
        let late = Instant::now() + LEAVE;
        let last = self.pending.values().map(|pending| pending.until).max();
        let answers = async {
            while !self.pending.is_empty() {
                let frame = self.link.next().await;
                self.take(frame).await?;
            }
            Ok::<(), Lost>(())
        };
        let is_there = timeout_at(last.map_or(late, |last| last.min(late)), answers).await;
        if !matches!(is_there, Ok(Err(_))) {
            let _ = tokio::time::timeout(LEAVE, self.unbind()).await;
        }
        self.link.shut().await;
    }

    async fn unbind(&mut self) -> Result<(), Lost> {
        let sequence = self.link.request(command::UNBIND, &[]).await?;
        loop {
            let frame = self.link.next().await?;
            if frame.command == command::UNBIND | command::RESPONSE && frame.sequence == sequence {
                return Ok(());
            }
            self.take(Ok(frame)).await?;
        }
    }
}

/// The order that was kept, or the next one. `None` when nobody can send any more.
async fn next_order(held: &mut Option<Order>, orders: &mut mpsc::Receiver<Order>) -> Option<Order> {
    match held.take() {
        Some(order) => Some(order),
        None => orders.recv().await,
    }
}
