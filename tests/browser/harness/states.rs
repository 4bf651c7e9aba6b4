//! Every state that a page can be seen in, and the way to it.

use std::sync::Arc;

use async_trait::async_trait;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};

use super::service::Setup;
use super::{ANNA, Device, Site, UNKNOWN, Visitor};

/// Which site a state is seen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Usual,
    /// Code and password on one page.
    Single,
    /// Whose gates shut after one recovery.
    Tight,
    /// Whose messages cannot be sent.
    Mute,
}

/// A state of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Identify,
    IdentifyWrong,
    IdentifySound,
    IdentifyWork,
    Code,
    CodeWrong,
    CodeLetters,
    CodeExpired,
    ResendEarly,
    ResendCaptcha,
    NoMoreCodes,
    Locked,
    Password,
    PasswordWrong,
    Done,
    Expired,
    Help,
    HelpFound,
    CookiesNeeded,
    ForeignForm,
    NotFound,
    WrongMethod,
    Single,
    SingleWrong,
    SinglePassword,
    Limited,
    Outage,
}

impl State {
    pub const ALL: [Self; 27] = [
        Self::Identify,
        Self::IdentifyWrong,
        Self::IdentifySound,
        Self::IdentifyWork,
        Self::Code,
        Self::CodeWrong,
        Self::CodeLetters,
        Self::CodeExpired,
        Self::ResendEarly,
        Self::ResendCaptcha,
        Self::NoMoreCodes,
        Self::Locked,
        Self::Password,
        Self::PasswordWrong,
        Self::Done,
        Self::Expired,
        Self::Help,
        Self::HelpFound,
        Self::CookiesNeeded,
        Self::ForeignForm,
        Self::NotFound,
        Self::WrongMethod,
        Self::Single,
        Self::SingleWrong,
        Self::SinglePassword,
        Self::Limited,
        Self::Outage,
    ];

    const fn place(self) -> Place {
        match self {
            Self::Single | Self::SingleWrong | Self::SinglePassword => Place::Single,
            Self::Limited => Place::Tight,
            Self::Outage => Place::Mute,
            _ => Place::Usual,
        }
    }

    /// Whether the page tells of something that went wrong.
    pub const fn is_erroneous(self) -> bool {
        matches!(
            self,
            Self::IdentifyWrong
                | Self::CodeWrong
                | Self::CodeLetters
                | Self::PasswordWrong
                | Self::SingleWrong
                | Self::SinglePassword
        ) || (self.is_stop() && !matches!(self, Self::ResendEarly))
    }

    /// Whether it is a page instead of the next step, with an incident number.
    pub const fn is_stop(self) -> bool {
        matches!(
            self,
            Self::ResendEarly
                | Self::Locked
                | Self::Expired
                | Self::CookiesNeeded
                | Self::ForeignForm
                | Self::NotFound
                | Self::WrongMethod
                | Self::Limited
                | Self::Outage
        )
    }

    /// In lower case with hyphens, as files are named.
    pub fn name(self) -> String {
        let mut name = String::new();
        for sign in format!("{self:?}").chars() {
            if sign.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(sign.to_lowercase());
        }
        name
    }

    /// From whatever is on the screen to this state.
    async fn reach(self, person: &Visitor<'_>) {
        // Nothing of the last state is left: no cookie, and no recovery that still holds a code.
        person.forget().await;
        person.site.pass(3_600);
        match self {
            Self::Identify => person.open("/").await,
            Self::IdentifyWrong => person.open("/").await.submit().await,
            Self::IdentifySound => person.open("/").await.follow("#use-audio").await,
            Self::IdentifyWork => person.open("/").await.follow("#use-pow").await,
            Self::Code | Self::Single => person.to_code(UNKNOWN).await,
            Self::CodeWrong => person.to_code(UNKNOWN).await.enter_code("000000").await,
            Self::CodeLetters => person.to_code(UNKNOWN).await.enter_code("abc").await,
            Self::CodeExpired => {
                person.to_code(UNKNOWN).await;
                person.site.pass(301);
                person.reload().await
            }
            Self::ResendEarly => person.to_code(UNKNOWN).await.resend().await,
            Self::ResendCaptcha => person.to_third_code(UNKNOWN).await,
            Self::NoMoreCodes => person.to_third_code(UNKNOWN).await.answer_captcha().await.submit().await,
            Self::Locked => {
                person.to_code(UNKNOWN).await;
                for _ in 0..5 {
                    person.enter_code("000000").await;
                }
                person
            }
            Self::Password => person.to_password(ANNA).await,
            Self::PasswordWrong => {
                person.to_password(ANNA).await.fill("#new-password", "13800138000").await;
                person.fill("#again", "13800138000").await.submit().await
            }
            Self::Done => person.to_done(ANNA).await,
            Self::Expired => {
                person.to_code(UNKNOWN).await;
                person.site.pass(901);
                person.reload().await
            }
            Self::Help => person.open("/help").await,
            Self::HelpFound => person.open("/help").await.fill("#q", "example.gov.cn").await.submit().await,
            Self::CookiesNeeded => {
                person.open("/").await.identify(UNKNOWN).await.forget().await;
                person.submit().await
            }
            Self::ForeignForm => {
                person.to_code(UNKNOWN).await.on("input[name=csrf]", "element.form.csrf.value = 'x'").await;
                person.enter_code("000000").await
            }
            Self::NotFound => person.open("/nowhere").await,
            Self::WrongMethod => person.open("/resend").await,
            Self::SingleWrong => person.to_code(UNKNOWN).await.submit().await,
            Self::SinglePassword => {
                person.to_code(ANNA).await;
                let code = person.site.next_code().await;
                // Wrong only by a rule that is looked at when the code was right.
                person.fill("#code", &code).await.choose("Xy-13800138000").await
            }
            Self::Limited => {
                person.to_code(UNKNOWN).await.forget().await;
                person.open("/").await.identify(UNKNOWN).await.submit().await
            }
            Self::Outage => person.open("/").await.identify(UNKNOWN).await.submit().await,
        };
    }
}

impl Place {
    const ALL: [Self; 4] = [Self::Usual, Self::Single, Self::Tight, Self::Mute];

    async fn site(self) -> Site {
        match self {
            Self::Usual => Site::start().await,
            Self::Single => Site::start_with("page.flow = 'single'").await,
            Self::Tight => Site::start_with("limits.start = ['1/10m']").await,
            Self::Mute => Site::mute().await,
        }
    }
}

/// Brings a visitor of one site into each of these states, and looks. The states must be such as it has.
pub async fn see_on(site: &Site, states: &[State], device: &Device, mut look: impl AsyncFnMut(&Visitor<'_>, State)) {
    let person = site.visitor_with(device.clone()).await;
    for state in states {
        state.reach(&person).await;
        look(&person, *state).await;
    }
}

/// Brings a visitor with this device into each of these states, and looks.
pub async fn see(states: &[State], device: &Device, mut look: impl AsyncFnMut(&Visitor<'_>, State)) {
    for place in Place::ALL {
        let here: Vec<_> = states.iter().filter(|state| state.place() == place).collect();
        if here.is_empty() {
            continue;
        }
        let here: Vec<State> = here.into_iter().copied().collect();
        see_on(&place.site().await, &here, device, &mut look).await;
    }
}

/// Passed by after repeated failures, as a chain of dead providers is.
struct Down;

#[async_trait]
impl SmsProvider for Down {
    fn name(&self) -> &'static str {
        "down"
    }

    fn is_available(&self) -> bool {
        false
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        unreachable!("nothing is handed to a provider that is passed by")
    }
}

impl Site {
    /// A site whose providers are all passed by.
    pub async fn mute() -> Self {
        Self::start_over(Setup { provider: Some(Arc::new(Down)), ..Setup::default() }).await
    }
}
