//! Checks the templates in texts, and tells their mistakes by the place in the file.

use super::reader::Field;
use super::tree::{Kind, Node};
use super::{ProblemCode, reader::Reader};
use crate::template::{self, Names, Quoting};

/// Longest text with templates, in bytes.
const LIMIT: usize = 64 << 10;

/// A text of a step that is checked once it is known which names it may use.
#[derive(Clone)]
pub(crate) struct Text<'a> {
    pub(crate) field: Field<'a>,
    pub(crate) value: &'a str,
    pub(crate) quoting: Quoting,
    /// Whether it may use `secrets.*`.
    pub(crate) has_secrets: bool,
}

/// Reports what is wrong with the templates of a text.
pub(crate) fn check(field: &Field<'_>, value: &str, names: &Names, quoting: Quoting) {
    if value.len() > LIMIT {
        let hint = Some("keep long scripts in files of the project".to_owned());
        field.error(ProblemCode::TooLarge, format!("the text is longer than {LIMIT} bytes"), hint);
        return;
    }
    if field.reader.is_full() {
        return;
    }
    for mistake in template::check(value, names, quoting) {
        let place = field.place_within(value, mistake.range);
        field.reader.error(&place, mistake.code, mistake.message, mistake.hint);
    }
}

/// Every text within a value.
pub(crate) fn within<'a>(field: &Field<'a>) -> Vec<(Field<'a>, &'a str)> {
    let mut found = Vec::new();
    collect(field.reader, field.node, &field.path, &mut found);
    found
}

fn collect<'a>(reader: &'a Reader<'a>, node: &'a Node, path: &str, found: &mut Vec<(Field<'a>, &'a str)>) {
    match &node.kind {
        Kind::Scalar { text, .. } => found.push((Field { reader, node, path: path.to_owned() }, text)),
        Kind::Broken => {}
        Kind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(reader, item, &format!("{path}[{index}]"), found);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                collect(reader, &entry.value, &format!("{path}.{}", entry.key), found);
            }
        }
    }
}
