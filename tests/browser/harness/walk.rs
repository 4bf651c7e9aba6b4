//! The steps of a recovery as a visitor takes them.

use super::visitor::Visitor;

/// Follows every rule.
pub const GOOD_PASSWORD: &str = "Tiantian-2026x";

impl Visitor<'_> {
    /// The characters of the captcha on the page, as a person reads or hears them.
    pub async fn read_captcha(&self) -> String {
        let id = self.value("#captcha input[name=captcha]").await;
        self.site.read_captcha(&id)
    }

    /// Types a mailbox and the characters of the picture, as on the first page; does not submit.
    pub async fn identify(&self, account: &str) -> &Self {
        self.fill("#account", account).await;
        self.answer_captcha().await
    }

    /// Types the characters of the captcha; does not submit.
    pub async fn answer_captcha(&self) -> &Self {
        let answer = self.read_captcha().await;
        self.fill("#answer", &answer).await
    }

    /// From nothing to the page that asks for the code.
    pub async fn to_code(&self, account: &str) -> &Self {
        self.open("/").await.identify(account).await.submit().await;
        assert!(self.path().await.starts_with("/code"), "{}", self.words().await);
        self
    }

    /// Types a code and submits it.
    pub async fn enter_code(&self, code: &str) -> &Self {
        self.fill("#code", code).await.submit().await
    }

    /// From nothing to the page that asks for the new password.
    pub async fn to_password(&self, account: &str) -> &Self {
        self.to_code(account).await;
        let code = self.site.next_code().await;
        self.enter_code(&code).await;
        assert_eq!(self.path().await, "/password", "{}", self.words().await);
        self
    }

    /// Types a new password twice and submits it.
    pub async fn choose(&self, password: &str) -> &Self {
        self.fill("#new-password", password).await.fill("#again", password).await.submit().await
    }

    /// From nothing to the end.
    pub async fn to_done(&self, account: &str) -> &Self {
        self.to_password(account).await.choose(GOOD_PASSWORD).await;
        assert_eq!(self.path().await, "/done", "{}", self.words().await);
        self
    }

    /// Presses for another code, whatever the script says to that.
    pub async fn resend(&self) -> &Self {
        let page = self.page().await;
        self.on("#resend", "element.submit()").await;
        self.gone_from(page).await
    }

    /// Two codes were sent, and a captcha stands before the third.
    pub async fn to_third_code(&self, account: &str) -> &Self {
        self.to_code(account).await;
        self.site.pass(61);
        self.reload().await.follow("#resend-button").await;
        self.site.pass(61);
        self.reload().await.follow("#resend-button").await;
        assert!(self.count("#captcha").await == 1, "{}", self.words().await);
        self
    }

    /// The errors beside the fields, each with the field's id.
    pub async fn errors(&self) -> Vec<(String, String)> {
        let script = "return [...document.querySelectorAll('main .error')].map(one =>
            [one.id.replace(/-error$/, ''), [...one.childNodes].filter(part => part.nodeType === 3).map(part => part.data.trim()).join('')])";
        serde_json::from_value(self.eval(script).await).unwrap()
    }
}
