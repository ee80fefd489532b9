//! What a step wrote to the file that `$POLDER_OUTPUT` names.
//!
//! Either lines `key=value` (values are texts) or JSON objects; both may be appended to, and the last value of a key
//! counts. Keys are made of letters, digits and `_`. The keys `rows` and `bytes` are numbers: they are shown with the
//! step. Secrets in values are masked, since outputs are stored and shown.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};

use crate::mask::Masker;

/// The most that a step may write.
pub const LARGEST: u64 = 1024 * 1024;

/// How deep an output may be nested. Whoever reads it later, in whatever language, has a limit too, and outputs travel
/// within other JSON.
pub const DEEPEST: usize = 32;

/// What came out of a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs {
    pub values: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
}

/// Why it cannot be read. `what` says where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the output file is larger than 1 MiB: write large results to the lake, and only what later steps need here"
    )]
    TooLarge,
    #[error("the output file is not a plain file any more")]
    NotAFile,
    #[error("the output file is not UTF-8 text (byte {at})")]
    NotText { at: usize },
    #[error("line {line} of the output file is no `key=value`: `{text}`")]
    NoAssignment { line: usize, text: String },
    #[error(
        "line {line} of the output file: the key `{key}` must be made of letters, digits and `_`, and not begin with a digit"
    )]
    Key { line: usize, key: String },
    #[error("line {line}, column {column} of the output file: {problem}")]
    Json { line: usize, column: usize, problem: String },
    #[error("the output `{key}` is nested deeper than {DEEPEST} levels: write it flatter, or as a text")]
    TooDeep { key: String },
    #[error("the output `{key}` must be a whole number of 0 or more, not `{found}`")]
    NotANumber { key: &'static str, found: String },
    #[error("the output file could not be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads the file; one that is not there is an empty one.
///
/// # Errors
///
/// Every variant of [`Error`]; none has a secret in it.
pub fn read(path: &Path, masker: &Masker) -> Result<Outputs, Error> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Outputs::default()),
        Err(error) => return Err(error.into()),
        // A named pipe would be waited for, a link could lead out of the attempt's folder.
        Ok(metadata) if !metadata.is_file() => return Err(Error::NotAFile),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::TooLarge);
    }
    let text = std::str::from_utf8(&bytes).map_err(|error| Error::NotText { at: error.valid_up_to() })?;
    parse(text, masker)
}

/// Reads the text of such a file.
///
/// # Errors
///
/// As [`read`].
pub fn parse(text: &str, masker: &Masker) -> Result<Outputs, Error> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut values =
        if text.trim_start().starts_with('{') { objects(text, masker)? } else { assignments(text, masker)? };
    let (rows, bytes) = (number(&values, "rows")?, number(&values, "bytes")?);
    for (key, value) in [("rows", rows), ("bytes", bytes)] {
        if let Some(value) = value {
            values.insert(key.to_owned(), value.into());
        }
    }
    Ok(Outputs { values, rows, bytes })
}

fn assignments(text: &str, masker: &Masker) -> Result<Map<String, Value>, Error> {
    let mut values = Map::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line_number = index + 1;
        let Some((key, value)) = line.split_once('=') else {
            return Err(Error::NoAssignment { line: line_number, text: shown(line, masker) });
        };
        if !is_key(key) {
            return Err(Error::Key { line: line_number, key: shown(key, masker) });
        }
        values.insert(key.to_owned(), masker.mask(value).into());
    }
    Ok(values)
}

fn objects(text: &str, masker: &Masker) -> Result<Map<String, Value>, Error> {
    let mut values = Map::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    loop {
        let line = text[..stream.byte_offset()].lines().count().max(1);
        let Some(object) = stream.next() else { return Ok(values) };
        for (key, value) in object.map_err(|error| not_json(&error, masker))? {
            if !is_key(&key) {
                return Err(Error::Key { line, key: shown(&key, masker) });
            }
            if is_too_deep(&value) {
                return Err(Error::TooDeep { key });
            }
            values.insert(key, masked(value, masker));
        }
    }
}

/// Whether a value is nested deeper than [`DEEPEST`]; a text is no level, `[]` is one.
#[must_use]
pub fn is_too_deep(value: &Value) -> bool {
    levels(value) > DEEPEST
}

/// No deeper than the parser goes, which is not much.
fn levels(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether JSON could not be read because it is nested deeper than the parser goes, let alone [`DEEPEST`].
#[must_use]
pub fn exceeds_the_parser(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

fn not_json(error: &serde_json::Error, masker: &Masker) -> Error {
    let text = error.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    let nested = format!("nested deeper than {DEEPEST} levels");
    let problem = if exceeds_the_parser(error) { &nested } else { problem };
    Error::Json { line: error.line(), column: error.column(), problem: masker.mask(problem).into_owned() }
}

fn masked(value: Value, masker: &Masker) -> Value {
    match value {
        Value::String(text) => masker.mask(&text).into(),
        Value::Array(items) => items.into_iter().map(|item| masked(item, masker)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (masker.mask(&key).into_owned(), masked(value, masker)))
            .collect(),
        // A number may be a secret too: a PIN is one.
        Value::Number(number) if masker.mask(&number.to_string()) != number.to_string() => {
            crate::mask::REPLACEMENT.into()
        }
        other => other,
    }
}

fn is_key(key: &str) -> bool {
    !key.starts_with(|c: char| c.is_ascii_digit())
        && !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn number(values: &Map<String, Value>, key: &'static str) -> Result<Option<i64>, Error> {
    let Some(value) = values.get(key) else { return Ok(None) };
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    match number.filter(|number| *number >= 0) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::NotANumber { key, found: shortened(&value.to_string()) }),
    }
}

fn shown(text: &str, masker: &Masker) -> String {
    shortened(&masker.mask(text))
}

/// At most 80 characters, without line breaks or control characters.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    crate::lines::text(short.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> Result<Outputs, String> {
        parse(text, &Masker::new([("TOKEN", "hunter22"), ("PIN", "123456")]))
            .map_err(|error| error.to_string())
    }

    fn values(text: &str) -> Value {
        Value::Object(of(text).unwrap().values)
    }

    #[test]
    fn assignments_are_texts_and_the_last_counts() {
        assert_eq!(values("day=2026-11-20\n\r\npath=a=b\r\nday= x \n"), json!({"day": " x ", "path": "a=b"}));
        assert_eq!(of(""), Ok(Outputs::default()));
    }

    #[test]
    fn objects_keep_their_types_and_may_be_appended_to() {
        assert_eq!(
            values("{\"a\": [1, null]}\n{\"a\": true, \"b\": {\"c\": \"d\"}}\n"),
            json!({"a": true, "b": {"c": "d"}})
        );
    }

    #[test]
    fn rows_and_bytes_are_numbers() {
        let outputs = of("rows=336776\nbytes= 12\n").unwrap();
        assert_eq!((outputs.rows, outputs.bytes), (Some(336_776), Some(12)));
        assert_eq!(Value::Object(outputs.values), json!({"rows": 336_776, "bytes": 12}));
        assert_eq!(of("{\"rows\": 3}").unwrap().rows, Some(3));
        for wrong in ["rows=many", "rows=-1", "{\"rows\": 1.5}", "{\"rows\": null}"] {
            assert!(of(wrong).unwrap_err().contains("whole number of 0 or more"), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_masked() {
        assert_eq!(values("a=x hunter22"), json!({"a": "x ***"}));
        assert_eq!(
            values("{\"a\": [\"hunter22\", {\"hunter22\": 123456}]}"),
            json!({"a": ["***", {"***": "***"}]})
        );
        assert!(!of("hunter22").unwrap_err().contains("hunter"));
    }

    #[test]
    fn mistakes_are_located() {
        assert_eq!(
            of("a=1\nnonsense").unwrap_err(),
            "line 2 of the output file is no `key=value`: `nonsense`"
        );
        assert!(of("a=1\n\n2b=3").unwrap_err().starts_with("line 3 of the output file: the key `2b`"));
        assert!(of("{\"a\": 1}\n{\"b c\": 1}").unwrap_err().contains("the key `b c`"));
        assert_eq!(
            of("{\"a\": 1,\n \"b\" 2}").unwrap_err(),
            "line 2, column 6 of the output file: expected `:`"
        );
        assert!(of("{\"a\": 1} x").unwrap_err().starts_with("line 1, column 10"));
    }

    #[test]
    fn deep_nesting_is_refused_at_once() {
        let nested = |levels: usize| format!("{{\"a\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(of(&nested(DEEPEST)).is_ok());
        assert_eq!(
            of(&nested(DEEPEST + 1)).unwrap_err(),
            "the output `a` is nested deeper than 32 levels: write it flatter, or as a text"
        );
        for levels in [124, 126, 127, 128, 500_000] {
            assert!(of(&nested(levels)).unwrap_err().contains("nested deeper than 32 levels"), "{levels}");
        }
    }

    #[test]
    fn only_a_plain_file_of_bounded_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        assert_eq!(read(&path, &Masker::default()).unwrap(), Outputs::default());
        fs::write(&path, vec![b'a'; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
        assert!(matches!(read(&path, &Masker::default()), Err(Error::TooLarge)));
        fs::write(&path, b"a=\xff").unwrap();
        assert!(matches!(read(&path, &Masker::default()), Err(Error::NotText { at: 2 })));
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
        assert!(matches!(read(&path, &Masker::default()), Err(Error::NotAFile)));
    }
}
