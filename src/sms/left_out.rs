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
}
