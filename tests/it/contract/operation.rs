//! One operation of the description: its requests, its answers, and whether a real answer is one of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::description::Description;
use crate::harness::Answer;

/// Headers that mean something to a client; an answer that has one must say so in the description.
const TELLING: [&str; 6] = ["retry-after", "ratelimit", "ratelimit-policy", "set-cookie", "www-authenticate", "etag"];

pub struct Operation<'a> {
    pub description: &'a Description,
    pub path: String,
    pub method: &'static str,
}

impl<'a> Operation<'a> {
    pub fn node(&self) -> &'a Value {
        &self.description.root["paths"][&self.path][self.method]
    }

    pub fn id(&self) -> &'a str {
        self.node()["operationId"].as_str().unwrap_or_default()
    }

    /// The path with its parameters filled in: the first with `value`, where there is one, else the examples of the
    /// description.
    pub fn path_with(&self, value: &str) -> String {
        let (mut path, mut value) = (self.path.clone(), value);
        while let Some((before, rest)) = path.split_once('{') {
            let (name, after) = rest.split_once('}').unwrap();
            let example = self.parameters().find(|parameter| parameter["name"] == name).map(|found| &found["example"]);
            let filled = if value.is_empty() { example.and_then(Value::as_str).unwrap() } else { value };
            path = format!("{before}{filled}{after}");
            value = "";
        }
        path
    }

    pub fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        let description = self.description;
        self.node()["parameters"].as_array().unwrap().iter().map(|parameter| description.resolve(parameter))
    }

    /// Name and value of every request example.
    pub fn requests(&self) -> Vec<(&'a str, &'a Value)> {
        let examples = self.node().pointer("/requestBody/content/application~1json/examples");
        let examples = examples.and_then(Value::as_object).into_iter().flatten();
        examples.map(|(name, example)| (name.as_str(), &example["value"])).collect()
    }

    pub fn request_schema(&self) -> Option<&'a Value> {
        self.node().pointer("/requestBody/content/application~1json/schema")
    }

    /// Status and meaning of every answer.
    pub fn responses(&self) -> Vec<(&'a str, &'a Value)> {
        let description = self.description;
        let all = self.node()["responses"].as_object().unwrap().iter();
        all.map(|(status, response)| (status.as_str(), description.resolve(response))).collect()
    }

    /// Media type, and what is said of it, of every body that an answer can have.
    pub fn contents(response: &Value) -> Vec<(&str, &Value)> {
        let contents = response.get("content").and_then(Value::as_object).into_iter().flatten();
        contents.map(|(kind, content)| (kind.as_str(), content)).collect()
    }

    /// Name and value of the examples of one body.
    pub fn examples(&self, content: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let examples = content.get("examples").and_then(Value::as_object).into_iter().flatten();
        examples.map(|(name, example)| (name.as_str(), &self.description.resolve(example)["value"])).collect()
    }

    /// Everything that can be replayed: `verifyCode < typed` for a request, `verifyCode > 200 verified` for an answer.
    pub fn scenes(&self) -> BTreeSet<String> {
        let id = self.id();
        let mut scenes: BTreeSet<_> = self.requests().iter().map(|(name, _)| format!("{id} < {name}")).collect();
        for (status, response) in self.responses() {
            let contents = Self::contents(response);
            let names: Vec<_> = contents.iter().flat_map(|(_, content)| self.examples(content)).collect();
            scenes.extend(names.iter().map(|(name, _)| format!("{id} > {status} {name}")));
            if names.is_empty() {
                scenes.insert(format!("{id} > {status}"));
            }
        }
        scenes
    }

    /// The answer must be one that the description has: status, type, schema, headers, and the members of `example`.
    pub fn assert_described(&self, answer: &Answer, example: &str) -> String {
        let (id, status) = (self.id(), answer.status.to_string());
        let responses = self.responses();
        let found = responses.iter().find(|(known, _)| *known == status);
        let (_, response) = found.unwrap_or_else(|| panic!("{id} does not describe {status}: {}", answer.body));
        Self::assert_headers(id, response, answer, self.description);
        let kind = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
        let contents = Self::contents(response);
        let Some((_, content)) = contents.iter().find(|(known, _)| *known == kind) else {
            assert!(contents.is_empty() && answer.bytes.is_empty(), "{id} does not describe {kind} for {status}");
            return format!("{id} > {status}");
        };
        let examples = self.examples(content);
        let named = examples.iter().find(|(name, _)| *name == example);
        if kind.ends_with("json") {
            self.description.assert_valid(&format!("{id} {status}"), &content["schema"], &answer.body);
            if let Some((_, value)) = named {
                assert_eq!(members(&answer.body), members(value), "{id} {status} {example}: {}", answer.body);
            }
        }
        match (named, examples.is_empty()) {
            (Some(_), _) => format!("{id} > {status} {example}"),
            (None, true) => format!("{id} > {status}"),
            (None, false) => panic!("{id} {status} has no example {example}: {}", answer.body),
        }
    }

    fn assert_headers(id: &str, response: &Value, answer: &Answer, description: &Description) {
        let described = response["headers"].as_object().unwrap();
        for (name, header) in described {
            let required = description.resolve(header)["required"] == true;
            let there = answer.header(&name.to_ascii_lowercase()).is_some();
            assert!(there || !required, "{id} {} lacks the header {name}", answer.status);
        }
        for name in TELLING.iter().filter(|name| answer.header(name).is_some()) {
            let known = described.keys().any(|known| known.eq_ignore_ascii_case(name));
            assert!(known, "{id} {} does not describe the header {name}", answer.status);
        }
    }
}

/// The pointers of all members, so that two values can be compared by form.
pub fn members(value: &Value) -> BTreeSet<String> {
    fn walk(place: &str, value: &Value, all: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (name, inner) in object {
                    let place = format!("{place}/{name}");
                    walk(&place, inner, all);
                    all.insert(place);
                }
            }
            Value::Array(list) => {
                for (place_in_list, inner) in list.iter().enumerate().filter(|(_, inner)| inner.is_object()) {
                    walk(&format!("{place}/{place_in_list}"), inner, all);
                }
            }
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    walk("", value, &mut all);
    all
}
