//! What plain scalars mean.

use crate::definition::tree::{Kind, Node};

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Plain<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(&'a str),
}

/// As JSON: plain scalars by their meaning, the rest as text.
pub(super) fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.kind {
        Kind::List(items) => items.iter().map(json).collect(),
        Kind::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect(),
        Kind::Broken => Value::Null,
        Kind::Scalar { text, plain: false } => text.as_str().into(),
        Kind::Scalar { text, plain: true } => match meaning(text) {
            Plain::Null => Value::Null,
            Plain::Boolean(value) => value.into(),
            Plain::Integer(value) => value.into(),
            Plain::Number(value) => value.into(),
            Plain::Text(value) => value.into(),
        },
    }
}

/// YAML 1.2's core schema: `no`, `on` and `1_000` are texts.
pub(super) fn meaning(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Boolean(true),
        "false" | "False" | "FALSE" => Plain::Boolean(false),
        _ => number(text).unwrap_or(Plain::Text(text)),
    }
}

fn number(text: &str) -> Option<Plain<'_>> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return radix(hexadecimal, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return radix(octal, 8);
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let integer = text.parse().ok().map(Plain::Integer);
        return integer
            .or_else(|| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Plain::Number));
    }
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(Plain::Number(number))
}

fn radix(digits: &str, radix: u32) -> Option<Plain<'static>> {
    let unsigned = digits.starts_with(|c: char| c.is_ascii_hexdigit());
    i64::from_str_radix(digits, radix).ok().filter(|_| unsigned).map(Plain::Integer)
}
