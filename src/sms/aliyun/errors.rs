//! What the error codes mean, after the vendor's list of API errors of domestic messages (document 101346) and the
//! common errors of its gateway.

use std::time::Duration;

use crate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};
use crate::sms::vendor::Meaning;

/// The meaning of `code`; `message` tells which limit was hit.
///
/// A code that is not listed says that it was not taken, and names neither number nor text, so another provider may be
/// asked: except `isp.` codes and what came with a 5xx, which are failures inside, after which nobody knows.
pub(super) fn meaning(code: &str, message: &str, status: u16) -> Meaning {
    match code {
        "isv.BUSINESS_LIMIT_CONTROL" => Meaning::NumberLimited(wait(message)),
        // Not a limit of the number: the amount that the operator set for the whole account in the console.
        "isv.DAY_LIMIT_CONTROL" | "isv.MONTH_LIMIT_CONTROL" => Meaning::Throttled,
        "isv.MOBILE_NUMBER_ILLEGAL" | "isv.MOBILE_COUNT_OVER_LIMIT" => Meaning::Refused,
        "isv.SMS_SIGNATURE_ILLEGAL"
        | "isv.SMS_SIGN_ILLEGAL"
        | "isv.SMS_SIGNATURE_SCENE_ILLEGAL"
        | "isv.SIGN_STATE_ILLEGAL"
        | "isv.EXTEND_CODE_ERROR" => Meaning::Faulty(Signature),
        // A template for numbers abroad does not go to the mainland.
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"
        | "isv.SMS_TEMPLATE_ILLEGAL"
        | "isv.TEMPLATE_MISSING_PARAMETERS"
        | "isv.TEMPLATE_PARAMS_ILLEGAL"
        | "isv.INVALID_JSON_PARAM"
        | "isv.PARAM_LENGTH_LIMIT"
        | "isv.PARAM_NOT_SUPPORT_URL"
        | "isv.SMS_CONTENT_ILLEGAL"
        | "isv.BLACK_KEY_CONTROL_LIMIT" => Meaning::Faulty(Template),
        "isv.AMOUNT_NOT_ENOUGH" | "isv.OUT_OF_SERVICE" => Meaning::Faulty(Balance),
        "isp.RAM_PERMISSION_DENY"
        | "isv.ACCOUNT_NOT_EXISTS"
        | "isv.ACCOUNT_ABNORMAL"
        | "isv.PRODUCT_UN_SUBSCRIPT"
        | "isv.PRODUCT_UNSUBSCRIBE"
        | "isv.DENY_IP_RANGE"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature" => Meaning::Faulty(Credentials),
        // This very request was seen before, so somebody on the way sent it twice.
        "SignatureNonceUsed" => Meaning::Unknown,
        _ => family(code, status),
    }
}

fn family(code: &str, status: u16) -> Meaning {
    let is_of = |family: &str| code == family || code.strip_prefix(family).is_some_and(|rest| rest.starts_with('.'));
    if is_of("Throttling") {
        Meaning::Throttled
    } else if is_of("InvalidTimeStamp") || is_of("IllegalTimestamp") {
        Meaning::Faulty(Clock)
    } else if is_of("InvalidAccessKeyId")
        || is_of("InvalidSecurityToken")
        || is_of("Forbidden")
        || is_of("NoPermission")
    {
        Meaning::Faulty(Credentials)
    } else if status >= 500 || is_of("isp") {
        Meaning::Unknown
    } else {
        Meaning::NotTaken
    }
}

/// `触发小时级流控Permits:5` tells how long the limit is. Where it does not, the shortest one: asking again is refused
/// without a message.
fn wait(message: &str) -> Duration {
    if message.contains("天级") {
        Duration::from_hours(24)
    } else if message.contains("小时级") {
        Duration::from_hours(1)
    } else {
        Duration::from_mins(1)
    }
}
