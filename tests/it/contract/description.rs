//! The served description, read with its references followed.

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::operation::Operation;

/// Methods that a path can have.
pub const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// The document.
pub struct Description {
    pub root: Value,
}

impl Description {
    /// As it is built in; that this is what is served is a test of its own.
    pub fn built_in() -> Self {
        Self { root: serde_json::from_str(resetgate::http::api::OPENAPI).unwrap() }
    }

    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.root["paths"].as_object().unwrap();
        let of_path = |(path, item): (&'_ String, &'_ Value)| {
            let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
            methods.map(|method| (path.clone(), *method)).collect::<Vec<_>>()
        };
        let named: Vec<_> = paths.iter().flat_map(of_path).collect();
        named.into_iter().map(|(path, method)| Operation { description: self, path, method }).collect()
    }

    pub fn operation(&self, id: &str) -> Operation<'_> {
        self.operations().into_iter().find(|operation| operation.id() == id).unwrap_or_else(|| panic!("no {id}"))
    }

    /// What a node means: itself, or what its reference names.
    pub fn resolve<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node.get("$ref").and_then(Value::as_str) {
            Some(target) => self.target(target).unwrap_or_else(|| panic!("{target} names nothing")),
            None => node,
        }
    }

    pub fn target(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// A judge of one schema, which may name others of the document.
    pub fn validator(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        schema["components"] = json!({ "schemas": self.root["components"]["schemas"] });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"))
    }

    /// Fails with every place where `value` is not what `schema` says.
    pub fn assert_valid(&self, what: &str, schema: &Value, value: &Value) {
        let validator = self.validator(schema);
        let errors: Vec<_> =
            validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
    }
}
