//! Keys of a keyboard.

use serde_json::{Value, json};

/// A key, or one with Shift held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Tab,
    ShiftTab,
    Enter,
    Space,
    Escape,
}

impl Key {
    /// Down and up, as actions of a driver.
    pub fn strokes(self) -> Value {
        json!([{ "type": "key", "id": "keyboard", "actions": self.sequence() }])
    }

    /// The same key twice without a pause.
    pub fn twice(self) -> Value {
        let both = [self.sequence(), self.sequence()].concat();
        json!([{ "type": "key", "id": "keyboard", "actions": both }])
    }

    fn sequence(self) -> Vec<Value> {
        let sign = match self {
            Self::Tab | Self::ShiftTab => "\u{e004}",
            Self::Enter => "\u{e007}",
            Self::Space => " ",
            Self::Escape => "\u{e00c}",
        };
        let stroke = |kind: &str, sign: &str| json!({ "type": kind, "value": sign });
        let mut strokes = vec![stroke("keyDown", sign), stroke("keyUp", sign)];
        if self == Self::ShiftTab {
            strokes.insert(0, stroke("keyDown", "\u{e008}"));
            strokes.push(stroke("keyUp", "\u{e008}"));
        }
        strokes
    }
}
