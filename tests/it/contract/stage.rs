//! Where the examples of the description are played against a real application.

use std::collections::BTreeSet;

use serde_json::Value;

use super::description::Description;
use super::refusals::formed;
use crate::harness::{Answer, Claimant, Client, Setup, TestApp};

/// The person of the examples.
pub const ZHANGSAN: &str = "zhangsan@example.gov.cn";

/// What the examples take for granted.
const SETTINGS: &str = r#"
[server]
return_to_allow = ["https://mail.example.gov.cn/"]
[mail]
imap = "imap.example.gov.cn:993"
pop = "pop.example.gov.cn:995"
smtp = "smtp.example.gov.cn:465"
"#;

/// An application in which the person of the examples has an account.
pub async fn example_app(setup: Setup) -> TestApp {
    let settings = format!("{SETTINGS}{}", setup.settings);
    let app = TestApp::start_with(Setup { settings, ..setup }).await;
    app.add(ZHANGSAN, "13800001234").await;
    app
}

/// The description, and what of it has been played.
pub struct Stage {
    pub description: Description,
    pub played: BTreeSet<String>,
}

impl Stage {
    pub fn new() -> Self {
        Self { description: Description::built_in(), played: BTreeSet::new() }
    }

    /// Begins one request.
    pub fn act<'s>(&'s mut self, operation: &'s str) -> Act<'s> {
        Act { stage: self, operation, id: String::new(), request: None, body: None, headers: Vec::new() }
    }

    /// Begins one request about a claimant's attempt.
    pub fn act_for<'s>(&'s mut self, operation: &'s str, claimant: &Claimant<'_>) -> Act<'s> {
        self.act(operation).of(&claimant.id)
    }
}

/// One request of the description, on its way.
pub struct Act<'s> {
    stage: &'s mut Stage,
    operation: &'s str,
    id: String,
    request: Option<&'s str>,
    body: Option<Vec<u8>>,
    headers: Vec<(&'s str, &'s str)>,
}

impl<'s> Act<'s> {
    /// Fills in the path's parameter.
    pub fn of(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// Sends a request example as it is.
    pub fn with(self, example: &'s str) -> Self {
        self.with_changes(example, &[])
    }

    /// Sends a request example with what only the moment knows: ids, codes, answers.
    pub fn with_changes(self, example: &'s str, changes: &[(&str, Value)]) -> Self {
        let operation = self.stage.description.operation(self.operation);
        let requests = operation.requests();
        let (_, value) = requests.iter().find(|(name, _)| *name == example).unwrap();
        let mut body = (*value).clone();
        for (pointer, change) in changes {
            *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{example} has no {pointer}")) = change.clone();
        }
        let body = Some(body.to_string().into_bytes());
        Self { request: Some(example), body, ..self }
    }

    /// Sends a body that is no example.
    pub fn text(self, body: &str) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    /// Sends a body that the operation takes as far as its form goes, where it takes one.
    pub fn formed(self) -> Self {
        match formed(self.operation) {
            Some(body) => self.text(body),
            None => self,
        }
    }

    pub fn header(mut self, name: &'s str, value: &'s str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sends it; the answer must be the described one of this status and example, or problem code.
    pub async fn expect(self, client: &Client, status: u16, example: &str) -> Answer {
        let Self { stage, operation: id, request, body, mut headers, .. } = self;
        let operation = stage.description.operation(id);
        let path = operation.path_with(&self.id);
        let named = headers.iter().any(|(name, _)| *name == "content-type");
        if body.is_some() && !named {
            headers.push(("content-type", "application/json"));
        }
        let answer = client.send(&operation.method.to_ascii_uppercase(), &path, &headers, body).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
        if status >= 400 {
            assert_eq!(answer.code(), example, "{id}: {}", answer.body);
        }
        let scene = operation.assert_described(&answer, example);
        stage.played.insert(scene);
        stage.played.extend(request.map(|name| format!("{id} < {name}")));
        answer
    }
}
