//! Where a vendor is to post receipts, for vendors that are told with each message.

use secrecy::{ExposeSecret, SecretString};

/// An address of ours. Its path may be all that proves a receipt, so it is a secret.
#[derive(Debug, Clone)]
pub(in crate::sms) struct Callback {
    url: SecretString,
    /// As it stands in a form.
    escaped: SecretString,
}

impl Callback {
    pub(in crate::sms) fn new(url: &SecretString) -> Self {
        let escaped: String = url::form_urlencoded::byte_serialize(url.expose_secret().as_bytes()).collect();
        Self { url: url.clone(), escaped: escaped.into() }
    }

    /// For the wire and for nothing else.
    pub(in crate::sms) fn url(&self) -> &str {
        self.url.expose_secret()
    }

    /// Both spellings, for masking.
    pub(in crate::sms) fn secrets(&self) -> [&str; 2] {
        [self.url.expose_secret(), self.escaped.expose_secret()]
    }
}
