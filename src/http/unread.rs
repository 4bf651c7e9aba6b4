//! Request bodies that nobody reads to their end.
//!
//! Once the reader of a body in chunks is dropped, actix-http reads on and throws away what comes, for as long as it comes:
//! a body without end, or one that trickles, would hold its connection for ever. While the reader lives until the answer
//! is sent, the connection is closed after it instead.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

/// A hold on the body of one request.
pub struct Unread(Option<Rc<RefCell<Payload>>>);

impl Unread {
    /// Takes hold; the request reads its body as before.
    pub fn keep(request: &mut ServiceRequest) -> Self {
        match request.take_payload() {
            Payload::None => Self(None),
            payload => {
                let shared = Rc::new(RefCell::new(payload));
                request.set_payload(Payload::Stream { payload: Box::pin(Shared(Rc::clone(&shared))) });
                Self(Some(shared))
            }
        }
    }

    /// Lets go when the answer is sent.
    pub fn until_sent(self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        match self.0 {
            Some(request_body) => {
                response.map_body(|_, body| BoxBody::new(Holding { body, _request_body: request_body }))
            }
            None => response,
        }
    }
}

/// What the request reads.
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that holds on to the body of its request.
struct Holding {
    body: BoxBody,
    _request_body: Rc<RefCell<Payload>>,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}
