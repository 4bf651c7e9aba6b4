//! `/v1/delivery-reports`: what vendors of messages post. Their formats are theirs, so nothing here is strict JSON.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::flow::{ReceiptDesk, ReceiptRefusal};
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::strict::read_up_to;
use crate::sms::receipts::Posted;

/// `POST /v1/delivery-reports/{provider}` and `…/{provider}/{secret}`
pub(super) async fn take(
    call: Call,
    desk: web::Data<ReceiptDesk>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let part = |name| request.match_info().get(name);
    let from = call.origin.requester.address();
    let stranger = || Problem::new(&call, "not_found");
    let admitted = desk.admit(part("provider").unwrap_or_default(), part("secret"), from);
    let most = ReceiptDesk::most(admitted.as_ref(), part("secret")).ok_or_else(stranger)?;
    let body = read_up_to(&call, &request, payload.into_inner(), most).await?;
    let admitted = admitted.ok_or_else(stranger)?;
    let header = |name: &str| once(request.headers(), name);
    let (url, query) = (desk.address(request.uri().path()), request.uri().query().unwrap_or_default());
    let posted = Posted { url: &url, query, header: &header, body: &body };
    let answer = desk.take(&admitted, &posted).map_err(|refusal| match refusal {
        ReceiptRefusal::Stranger => stranger(),
        ReceiptRefusal::Unreadable => {
            let reason = "it is not in the provider's format";
            Problem::with_values(&call, "bad_request", &[("reason", reason)]).at("", "unreadable", reason)
        }
        ReceiptRefusal::Busy => Problem::new(&call, "service_unavailable").retry_after(1),
    })?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if answer.content_type.is_empty() {
        return Ok(response.finish());
    }
    Ok(response.content_type(answer.content_type).body(answer.body))
}

/// A header that came once and is text.
fn once<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut lines = headers.get_all(name);
    let first = lines.next()?;
    if lines.next().is_some() { None } else { first.to_str().ok() }
}
