//! A page, and the records in it.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::broken;
use crate::{Error, Result};

/// Where a text of JSON leads by some keys; none if there is nothing, or null.
fn descend<'a>(text: &'a str, path: &[String]) -> serde_json::Result<Option<&'a RawValue>> {
    let mut here: &'a RawValue = serde_json::from_str(text)?;
    for key in path {
        let map: HashMap<std::borrow::Cow<'a, str>, &'a RawValue> = serde_json::from_str(here.get())?;
        match map.get(key.as_str()) {
            Some(found) if found.get() != "null" => here = found,
            _ => return Ok(None),
        }
    }
    Ok(Some(here))
}

/// The records of a page: those of a list, or one alone.
///
/// # Errors
/// When it is no JSON, or the way to the records leads through something else than objects.
pub(super) fn records<'a>(place: &str, page: &'a str, path: &[String]) -> Result<Vec<&'a RawValue>> {
    let found = descend(page, path).map_err(|error| not_json(place, page, &error))?;
    let Some(found) = found else { return Ok(Vec::new()) };
    if found.get().starts_with('[') {
        return serde_json::from_str(found.get()).map_err(|error| not_json(place, page, &error));
    }
    Ok(vec![found])
}

fn not_json(place: &str, page: &str, error: &serde_json::Error) -> Error {
    let start: String = page.trim_start().chars().take(80).collect();
    let shown = start.lines().next().unwrap_or_default();
    if error.is_data() {
        return broken(
            place,
            format!("the way to the records leads through something that is no object: {error}"),
        );
    }
    broken(place, format!("the answer is no JSON, or was cut off ({error}); it begins with `{shown}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, path: &[&str]) -> Result<Vec<String>> {
        let path: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
        Ok(records("x", page, &path)?.iter().map(|raw| raw.get().to_owned()).collect())
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
        for none in [r#"{"data":null}"#, "{}", r#"{"data":[]}"#] {
            assert_eq!(found(none, &["data"]).unwrap(), Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_no_page_is_told() {
        let wrong: [(&str, &[&str]); 3] = [
            ("<html><body>Sign in", &[]),
            (r#"{"data": [{"a":"#, &["data"]),
            (r#"{"data": 3}"#, &["data", "x"]),
        ];
        let told = wrong.map(|(page, path)| found(page, path).unwrap_err().to_string());
        insta::assert_snapshot!(told.join("\n"));
    }
}
