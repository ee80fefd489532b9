//! Lists of texts as clients write them out: `{a,"b c",NULL}`. The library would keep the quotes.

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::scalar::ScalarValue;

use crate::error::{Error, Result};

pub(super) fn texts(written: Option<&[u8]>) -> Result<ScalarValue> {
    let wrong = || Error::new("22P02", "a list of texts is written as {a,\"b c\",NULL}");
    let Some(written) = written else { return Ok(ScalarValue::new_null_list(DataType::Utf8, true, 1)) };
    let values = elements(std::str::from_utf8(written).map_err(|_| wrong())?).ok_or_else(wrong)?;
    let values: Vec<ScalarValue> = values.into_iter().map(ScalarValue::Utf8).collect();
    Ok(ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Utf8)))
}

/// The elements of a list with one dimension; none if it is not one.
fn elements(written: &str) -> Option<Vec<Option<String>>> {
    let inner = written.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let (mut found, mut letters) = (Vec::new(), inner.chars());
    while let Some((element, goes_on)) = element(&mut letters) {
        found.push(element);
        if !goes_on {
            return Some(found);
        }
    }
    None
}

/// The next element, and whether another follows.
fn element(letters: &mut std::str::Chars<'_>) -> Option<(Option<String>, bool)> {
    let (mut word, mut was_quoted, mut is_within) = (String::new(), false, false);
    let mut goes_on = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.push(letters.next()?),
            '"' => (was_quoted, is_within) = (true, !is_within),
            ',' if !is_within => {
                goes_on = true;
                break;
            }
            '{' | '}' if !is_within => return None,
            letter => word.push(letter),
        }
    }
    let is_null = !was_quoted && word.eq_ignore_ascii_case("null");
    (!is_within).then(|| ((!is_null).then_some(word), goes_on))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(values: &[Option<String>]) -> String {
        let one = |value: &Option<String>| match value {
            Some(text) => format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"")),
            None => "NULL".to_owned(),
        };
        format!("{{{}}}", values.iter().map(one).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn lists_are_as_they_are_written() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(elements("{}"), Some(vec![]));
        assert_eq!(
            elements(r#"{Ann,"b, c",NULL,"NULL",""}"#),
            Some(vec![some("Ann"), some("b, c"), None, some("NULL"), some("")])
        );
        for wrong in ["", "{", "a,b", "{a", "{{a}}", r#"{"a}"#, "{a\\}"] {
            assert_eq!(elements(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec(proptest::option::of(".{0,6}"), 0..5)) {
            prop_assert_eq!(elements(&written(&values)), Some(values));
        }

        #[test]
        fn nothing_that_is_written_does_harm(text in ".{0,20}") {
            let _ = elements(&text);
        }
    }
}
