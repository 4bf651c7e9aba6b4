//! What the error codes mean, after the vendor's lists for sending (documents 382/59177 and 382/55981).

use std::time::Duration;

use crate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};
use crate::sms::vendor::Meaning;

/// The meaning of `code`, wherever in the answer it stood.
///
/// A code that is not listed says that it was not taken, and names neither number nor text, so another provider may be
/// asked: except `InternalError`, time-outs inside among it, after which nobody knows.
pub(super) fn meaning(code: &str) -> Meaning {
    match code {
        "LimitExceeded.PhoneNumberThirtySecondLimit" => Meaning::NumberLimited(Duration::from_secs(30)),
        "LimitExceeded.PhoneNumberOneHourLimit" => Meaning::NumberLimited(Duration::from_hours(1)),
        "LimitExceeded.PhoneNumberDailyLimit" | "LimitExceeded.PhoneNumberSameContentDailyLimit" => {
            Meaning::NumberLimited(Duration::from_hours(24))
        }
        "InvalidParameterValue.IncorrectPhoneNumber"
        | "FailedOperation.PhoneNumberInBlacklist"
        | "FailedOperation.PhoneNumberParseFail"
        | "LimitExceeded.PhoneNumberCountLimit"
        | "MissingParameter.EmptyPhoneNumberSet" => Meaning::Refused,
        "FailedOperation.SignatureIncorrectOrUnapproved" | "FailedOperation.MissingSignature" => {
            Meaning::Faulty(Signature)
        }
        "FailedOperation.TemplateIncorrectOrUnapproved"
        | "FailedOperation.TemplateUnapprovedOrNotExist"
        | "FailedOperation.TemplateIdNotExist"
        | "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        | "FailedOperation.ContainSensitiveWord"
        | "InvalidParameter.DirtyWordFound"
        | "InvalidParameterValue.TemplateParameterFormatError"
        | "InvalidParameterValue.TemplateParameterLengthLimit"
        | "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        | "InvalidParameterValue.ContentLengthLimit"
        | "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone" => Meaning::Faulty(Template),
        // `Seriv` is how the vendor spelt it at first.
        "FailedOperation.InsufficientBalanceInSmsPackage"
        | "UnauthorizedOperation.ServiceSuspendDueToArrears"
        | "UnauthorizedOperation.SerivceSuspendDueToArrears" => Meaning::Faulty(Balance),
        "AuthFailure.SignatureExpire" | "InternalError.RequestTimeException" => Meaning::Faulty(Clock),
        "InvalidParameterValue.SdkAppIdNotExist"
        | "InvalidParameter.AppidAndBizId"
        | "InternalError.SigVerificationFail"
        | "InternalError.SigFieldMissing"
        | "IpInBlacklist"
        | "IpNotInWhitelist" => Meaning::Faulty(Credentials),
        _ => family(code),
    }
}

fn family(code: &str) -> Meaning {
    match code.split('.').next().unwrap_or_default() {
        "AuthFailure" | "UnauthorizedOperation" => Meaning::Faulty(Credentials),
        // Of the application or the account; those of a number stand above.
        "LimitExceeded" | "RequestLimitExceeded" => Meaning::Throttled,
        "InternalError" => Meaning::Unknown,
        _ => Meaning::NotTaken,
    }
}
