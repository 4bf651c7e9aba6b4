//! Where vendors are told to post receipts, when they are told with each message.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::settings::Settings;

/// The address for each provider whose receipts are taken, below `public_url` and as the API's routes have it.
pub(super) fn build(settings: &Settings) -> BTreeMap<String, SecretString> {
    let tables = settings.sms.receipts.iter();
    let addresses = tables.map(|(name, table)| {
        let secret = table.secret().map(ExposeSecret::expose_secret);
        Some((name.clone(), address(settings.server.public_url.as_str(), name, secret)?))
    });
    addresses.flatten().collect()
}

fn address(public_url: &str, provider: &str, secret: Option<&str>) -> Option<SecretString> {
    let mut url = Url::parse(public_url).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["v1", "delivery-reports", provider]).extend(secret);
    Some(String::from(url).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_provider_and_the_secret_in_its_path() {
        let address = |public_url, provider, secret| address(public_url, provider, secret).unwrap();
        let written = |address: SecretString| address.expose_secret().to_owned();
        let base = "https://reset.example.gov.cn";
        assert_eq!(written(address(base, "main", None)), "https://reset.example.gov.cn/v1/delivery-reports/main");
        let secret = Some("0123456789abcdefABCDEF-_");
        let expected = "https://reset.example.gov.cn/v1/delivery-reports/ma%20in/0123456789abcdefABCDEF-_";
        assert_eq!(written(address("https://reset.example.gov.cn/", "ma in", secret)), expected);
    }
}
