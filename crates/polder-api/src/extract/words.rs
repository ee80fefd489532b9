//! What serde and the parsers beneath it say, in the words of somebody who sends a request.

use polder_types::definition::did_you_mean;

/// What is wrong, and what may have been meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub what: String,
    pub hint: Option<String>,
}

/// Parts of messages that tell what was expected.
const EXPECTED: [(&str, &str); 12] = [
    ("invalid digit found in string", "a whole number is expected"),
    ("cannot parse integer from empty string", "a whole number is expected"),
    ("number too large to fit in target type", "a smaller number is expected"),
    ("number would be zero for non-zero type", "a number above 0 is expected"),
    ("UUID parsing failed", "an id is expected: 32 hexadecimal digits, with dashes or without"),
    ("invalid length: expected length", "an id is expected: 32 hexadecimal digits, with dashes or without"),
    ("provided string was not `true` or `false`", "`true` or `false` is expected"),
    ("input contains invalid characters", TIME),
    ("premature end of input", TIME),
    ("input is out of range", TIME),
    ("trailing input", TIME),
    ("input is not enough for unique date and time", TIME),
];
const TIME: &str = "a day such as 2026-11-21, or a time such as 2026-11-21T10:00:00Z, is expected";

/// Serde's names of types, longest first.
const TYPES: [(&str, &str); 9] = [
    ("a map", "an object"),
    ("map", "an object"),
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a string", "a text"),
    ("a boolean", "`true` or `false`"),
    ("unit", "nothing"),
    ("null", "`null`"),
    ("a borrowed string", "a text"),
];

/// A message of serde's.
pub(super) fn said(message: &str) -> Said {
    let (message, place) = message.split_once(" at line ").unwrap_or((message, ""));
    let place = match place.split_once(" column ") {
        Some((line, column)) => format!(" (line {line}, column {column})"),
        None => String::new(),
    };
    let Said { what, hint } = without_place(message);
    Said { what: what + &place, hint }
}

fn without_place(message: &str) -> Said {
    if let Some((name, known)) = unknown(message) {
        let hint = did_you_mean(name, known.iter().copied());
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        return Said { what: format!("`{name}` is not known here; known: {known}"), hint };
    }
    let what = if let Some(field) = message.strip_prefix("missing field ") {
        format!("{field} is missing")
    } else if let Some((_, words)) = EXPECTED.iter().find(|(part, _)| message.contains(part)) {
        (*words).to_owned()
    } else if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        format!("{} is expected, not {}", kind(expected), kind(found))
    } else {
        message.to_owned()
    };
    Said { what, hint: None }
}

fn kind(name: &str) -> String {
    if name.starts_with("struct ") {
        return "an object".to_owned();
    }
    if matches!(name, "u8" | "u16" | "u32" | "u64" | "i32" | "i64" | "usize") {
        return "a whole number".to_owned();
    }
    let known = TYPES.iter().find(|(theirs, _)| *theirs == name);
    known.map_or_else(|| name.to_owned(), |(_, ours)| (*ours).to_owned())
}

/// The name that is not known, and those that are.
pub(super) fn unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest =
        message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))?;
    let (name, expected) = rest.split_once('`')?;
    Some((name, expected.split('`').skip(1).step_by(2).collect()))
}

#[cfg(test)]
mod tests {
    use polder_types::wire::{Claim, CreateToken, RegisterJob, StartRun};

    use super::*;

    fn of<T: serde::de::DeserializeOwned>(body: &str) -> Said {
        said(&serde_json::from_str::<T>(body).err().unwrap().to_string())
    }

    #[test]
    fn messages_are_told_in_plain_words() {
        let misspelt = of::<StartRun>(r#"{"parameter": {}}"#);
        assert!(misspelt.what.starts_with("`parameter` is not known here; known: parameters, labels"));
        assert_eq!(misspelt.hint.as_deref(), Some("did you mean `parameters`?"));
        for (said, what) in [
            (
                of::<StartRun>(r#"{"parameters": []}"#),
                "an object is expected, not a list (line 1, column 15)",
            ),
            (of::<RegisterJob>("{}"), "`team` is missing (line 1, column 2)"),
            (of::<CreateToken>(r#"{"name": "a", "grants": {}}"#), "a list is expected, not an object"),
            (of::<Claim>(r#"{"slots": "x"}"#), "a whole number is expected, not string \"x\""),
        ] {
            assert!(said.what.starts_with(what), "{said:?}");
        }
        assert_eq!(said("invalid digit found in string").what, "a whole number is expected");
    }
}
