//! A person at the page.

use serde_json::{Value, json};

use super::{Answer, Client, TestApp};

/// Walks through a recovery, holding what a browser would hold.
pub struct Claimant<'a> {
    pub app: &'a TestApp,
    pub client: Client,
    pub id: String,
    pub credential: String,
}

impl<'a> Claimant<'a> {
    pub fn new(app: &'a TestApp, client: Client) -> Self {
        Self { app, client, id: String::new(), credential: String::new() }
    }

    /// Gets a proof of work and does it; the `captcha` member of a start.
    pub async fn captcha(&self) -> Value {
        solve(&self.client).await
    }

    /// Asks for a code; whatever the answer.
    pub async fn try_start(&mut self, account: &str) -> Answer {
        let captcha = self.captcha().await;
        self.try_start_with(account, captcha).await
    }

    /// Asks for a code with a captcha that was answered before.
    pub async fn try_start_with(&mut self, account: &str, captcha: Value) -> Answer {
        let answer = self.client.post("/v1/password-resets", &json!({ "account": account, "captcha": captcha })).await;
        if answer.status == 202 {
            self.id = answer.text("id");
            self.credential = answer.text("flow_token");
        }
        answer
    }

    /// Asks for a code, which must be accepted.
    pub async fn start(mut self, account: &str) -> Self {
        self.try_start(account).await.expect(202);
        self
    }

    /// The code that was sent; fails when none was.
    pub async fn code(&self) -> String {
        self.app.delivery(&self.id, 1).await.expect("a code left")
    }

    pub fn path(&self, step: &str) -> String {
        format!("/v1/password-resets/{}{step}", self.id)
    }

    pub fn holder(&self) -> Client {
        self.client.holding(&self.credential)
    }

    pub async fn status(&self) -> Answer {
        self.holder().get(&self.path("")).await
    }

    pub async fn resend(&self, body: &Value) -> Answer {
        self.holder().post(&self.path("/resend"), body).await
    }

    /// Presents a code; keeps the rotated credential when it was right.
    pub async fn verify(&mut self, code: &str) -> Answer {
        let answer = self.holder().post(&self.path("/verify"), &json!({ "code": code })).await;
        if answer.status == 200 {
            self.credential = answer.text("flow_token");
        }
        answer
    }

    /// Started, delivered and verified.
    pub async fn verified(self, account: &str) -> Self {
        let mut claimant = self.start(account).await;
        let code = claimant.code().await;
        claimant.verify(&code).await.expect(200);
        claimant
    }

    pub async fn complete(&self, password: &str) -> Answer {
        self.holder().post(&self.path("/complete"), &json!({ "new_password": password })).await
    }

    /// Presents the same wrong code again and again; the answers.
    pub async fn guess(&mut self, wrong: &str, times: usize) -> Vec<Answer> {
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(self.verify(wrong).await);
        }
        answers
    }

    /// A code that is surely wrong.
    pub fn wrong(right: &str) -> String {
        let last = right.chars().last().unwrap();
        format!("{}{}", &right[..5], if last == '9' { '0' } else { '9' })
    }
}

/// Gets a proof of work and does it.
pub async fn solve(client: &Client) -> Value {
    let captcha = client.post("/v1/captchas", &json!({ "kind": "pow" })).await.expect(201);
    let bits = u8::try_from(captcha.body["bits"].as_u64().unwrap()).unwrap();
    let nonce = resetgate::captcha::solve_pow(&captcha.text("salt"), bits);
    json!({ "id": captcha.text("id"), "nonce": nonce })
}
