//! A page, and the records in it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::broken;
use super::request::Answer;
use crate::{Error, Result};

/// What APIs call it when they say what went wrong.
const ERRORS: [&str; 2] = ["error", "errors"];

/// Where the records of a page are.
pub(super) struct Place {
    /// The keys that lead to them.
    pub(super) way: Vec<String>,
    /// Whether there are values that nobody may see, so that nothing of a page is told.
    pub(super) hides: bool,
}

impl Place {
    /// The records of a page: those of a list, or one alone.
    ///
    /// # Errors
    /// When it is no JSON, or there is neither a list nor an object where the records should be: an API that says what went wrong in
    /// an answer of its own must not be taken for one that has no records.
    pub(super) fn records<'a>(&self, answer: &'a Answer) -> Result<Vec<&'a RawValue>> {
        let found = self.descend(answer)?;
        match found.get().as_bytes().first() {
            Some(b'[') => serde_json::from_str(found.get()).map_err(|error| self.not_json(answer, &error)),
            Some(b'{') => Ok(vec![found]),
            _ => {
                let reason = format!("{} is {}, no list or object", self.name(), kind(found));
                Err(self.wrong(answer, &reason))
            }
        }
    }

    fn descend<'a>(&self, answer: &'a Answer) -> Result<&'a RawValue> {
        let not_json = |error| self.not_json(answer, &error);
        let mut here: &'a RawValue = serde_json::from_str(&answer.text).map_err(not_json)?;
        for key in &self.way {
            if !here.get().starts_with('{') {
                let reason = format!("the way to {} leads through {}, no object", self.name(), kind(here));
                return Err(self.wrong(answer, &reason));
            }
            let map: HashMap<Cow<'a, str>, &'a RawValue> =
                serde_json::from_str(here.get()).map_err(not_json)?;
            let found = map.get(key.as_str()).copied();
            here = found.ok_or_else(|| self.wrong(answer, &format!("the answer has no {}", self.name())))?;
        }
        Ok(here)
    }

    /// Whether an answer just has no such field, and says nothing of an error: many APIs leave out lists that are empty.
    pub(super) fn is_left_out(&self, answer: &Answer) -> bool {
        let mut here = serde_json::from_str::<&RawValue>(&answer.text).ok();
        for key in &self.way {
            let map = here
                .and_then(|here| serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(here.get()).ok());
            let Some(map) = map else { return false };
            if ERRORS.iter().any(|name| map.contains_key(*name)) {
                return false;
            }
            match map.get(key.as_str()) {
                Some(found) => here = Some(found),
                None => return true,
            }
        }
        false
    }

    fn name(&self) -> String {
        if self.way.is_empty() { "the answer".to_owned() } else { format!("`{}`", self.way.join(".")) }
    }

    fn not_json(&self, answer: &Answer, error: &serde_json::Error) -> Error {
        self.wrong(answer, &format!("the answer is no JSON, or was cut off ({error})"))
    }

    fn wrong(&self, answer: &Answer, reason: &str) -> Error {
        broken(&answer.place, format!("{reason}; {}", self.told(answer)))
    }

    /// What may be shown of an answer.
    fn told(&self, answer: &Answer) -> String {
        if self.hides {
            let media_type = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
            let (size, kind) = (answer.text.len(), media_type.unwrap_or("a type that it does not say"));
            return format!(
                "it has {size} bytes of {kind}, not shown because columns are excluded or hashed"
            );
        }
        let start: String = answer.text.trim_start().chars().take(80).collect();
        format!("it begins with `{}`", start.lines().next().unwrap_or_default())
    }
}

/// What a value of JSON is, for somebody who expected another one.
fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a text",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(page: &str) -> Answer {
        let headers = [(reqwest::header::CONTENT_TYPE, "application/json".parse().unwrap())];
        Answer { place: "x".to_owned(), headers: headers.into_iter().collect(), text: page.to_owned() }
    }

    fn place(way: &[&str], hides: bool) -> Place {
        Place { way: way.iter().map(|&key| key.to_owned()).collect(), hides }
    }

    fn found(page: &str, way: &[&str]) -> Result<Vec<String>> {
        Ok(place(way, false).records(&answer(page))?.iter().map(|raw| raw.get().to_owned()).collect())
    }

    #[test]
    fn records_are_found_as_they_are_written() {
        let page = r#"{"data": {"it\u0065ms": [{"n": 1.10}, {"n":18446744073709551616}]}}"#;
        assert_eq!(
            found(page, &["data", "items"]).unwrap(),
            [r#"{"n": 1.10}"#, r#"{"n":18446744073709551616}"#]
        );
        assert_eq!(found(r#"[{"a":1}]"#, &[]).unwrap(), [r#"{"a":1}"#]);
        assert_eq!(found(r#"{"a":1}"#, &[]).unwrap(), [r#"{"a":1}"#]);
        assert_eq!(found(r#"{"data":[]}"#, &["data"]).unwrap(), Vec::<String>::new());
    }

    const WRONG: [(&str, &[&str]); 8] = [
        ("<html><body>Sign in", &[]),
        (r#"{"data": [{"a":"#, &["data"]),
        (r#"{"data": 3}"#, &["data", "x"]),
        (r#"{"error": "quota exceeded"}"#, &["data"]),
        (r#"{"data": {"next": null}}"#, &["data", "items"]),
        (r#"{"data": null, "error": "db down"}"#, &["data"]),
        (r#"{"data": "nope"}"#, &["data"]),
        ("42", &[]),
    ];

    #[test]
    fn a_list_may_be_left_out_but_not_for_an_error() {
        let is_left_out = |page: &str, way: &[&str]| place(way, false).is_left_out(&answer(page));
        assert!(
            is_left_out(r#"{"kind": "list"}"#, &["items"]) && is_left_out(r#"{"data": {}}"#, &["data", "x"])
        );
        for page in [r#"{"error": "quota"}"#, r#"{"items": null}"#, r#"{"items": []}"#, "[]", "<html>"] {
            assert!(!is_left_out(page, &["items"]), "{page}");
        }
    }

    #[test]
    fn what_is_no_page_is_told() {
        let told = WRONG.map(|(page, way)| found(page, way).unwrap_err().to_string());
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn nothing_of_a_page_is_told_that_has_hidden_columns() {
        for (page, way) in WRONG {
            let error = place(way, true).records(&answer(page)).unwrap_err().to_string();
            let shown = ["Sign", "quota", "nope", "3}", "db", "next"].map(|text| error.contains(text));
            assert!(!shown.contains(&true) && !error.contains('{'), "{error}");
            assert!(error.contains(&format!("it has {} bytes of application/json", page.len())), "{error}");
        }
    }
}
