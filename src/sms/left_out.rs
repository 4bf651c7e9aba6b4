//! Kinds of provider that this binary was built without.
//!
//! Each kind beside `http` and `console` is a feature of the package, on by default. The configuration knows them all, so
//! that a kind which was left out is refused with the name of its feature and not as a word that nobody knows.

/// Declares, for each kind whose feature is off, settings that take any table and say what is missing.
macro_rules! left_out {
    ($($settings:ident = $feature:literal),* $(,)?) => {$(
        /// The kind was left out of this binary.
        #[cfg(not(feature = $feature))]
        #[derive(Debug, Clone, serde::Deserialize)]
        pub struct $settings {}

        #[cfg(not(feature = $feature))]
        impl $settings {
            const PROBLEM: &'static str = concat!(
                "`", $feature, "` was left out of this binary; build it with the feature `", $feature, "`, or write another kind"
            );

            pub(super) fn check(&self) -> Vec<super::check::Problem> {
                vec![("kind".to_owned(), Self::PROBLEM.to_owned())]
            }

            pub(super) fn build(
                &self,
                _: &str,
                _: super::vendor::Times,
                _: &super::Surroundings,
            ) -> Result<std::sync::Arc<dyn super::SmsProvider>, super::SmsBuildError> {
                Err(super::SmsBuildError::new("kind", Self::PROBLEM))
            }
        }
    )*};
}

left_out! {
    AliyunSettings = "aliyun",
    TencentSettings = "tencent",
    HuaweiSettings = "huawei",
    TwilioSettings = "twilio",
    VonageSettings = "vonage",
    AwsSnsSettings = "aws_sns",
    SmppSettings = "smpp",
    CmppSettings = "cmpp",
}

#[cfg(test)]
mod tests {
    use crate::sms::samples::settings;

    /// Of a binary with all kinds, this says nothing; `cargo test --no-default-features` does.
    #[test]
    fn a_kind_that_was_left_out_is_refused_with_the_name_of_its_feature() {
        for (kind, is_there) in [
            ("aliyun", cfg!(feature = "aliyun")),
            ("tencent", cfg!(feature = "tencent")),
            ("huawei", cfg!(feature = "huawei")),
            ("twilio", cfg!(feature = "twilio")),
            ("vonage", cfg!(feature = "vonage")),
            ("aws_sns", cfg!(feature = "aws_sns")),
            ("smpp", cfg!(feature = "smpp")),
            ("cmpp", cfg!(feature = "cmpp")),
        ] {
            if is_there {
                continue;
            }
            let table = format!("providers = [\"main\"]\n[provider.main]\nkind = \"{kind}\"\nfrom = \"x\"");
            let problems = settings(&table).check();
            assert_eq!((problems.len(), problems[0].0.as_str()), (1, "provider.main.kind"), "{kind}");
            assert!(problems[0].1.contains(&format!("with the feature `{kind}`")), "{}", problems[0].1);
        }
    }
}
