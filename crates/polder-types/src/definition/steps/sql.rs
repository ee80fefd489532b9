//! Reads `sql` steps: statements, or the file that holds them.

use super::super::pipeline::Surroundings;
use super::super::reader::{Field, Object, shorten};
use super::super::shapes::{ComputeMap, SqlStep};
use super::super::texts::Text;
use super::super::{Compute, ProblemCode, SqlScript, SqlSource, StepKind, scripts, size};
use super::{Draft, common};
use crate::template::Quoting;

/// The least memory that a step can work with, in bytes.
const LEAST_MEMORY: u64 = 64 << 20;

pub(super) fn read<'a>(field: &Field<'a>, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    let object: Object<'a> = field.object::<SqlStep>()?;
    let mut texts = Vec::new();
    let source = object.require("sql").and_then(|field| source(&field, around, &mut texts));
    let compute = object.get("compute").map(|field| compute(&field)).unwrap_or_default();
    let source = source.unwrap_or(SqlSource::Text(String::new()));
    let mut draft = common(&object, StepKind::Sql(SqlScript { source, compute }), around)?;
    draft.texts = texts;
    Some(draft)
}

/// One word that ends in `.sql` is a file, anything else is SQL.
fn source<'a>(field: &Field<'a>, around: &Surroundings<'_>, texts: &mut Vec<Text<'a>>) -> Option<SqlSource> {
    let value = field.text()?;
    let word = value.trim();
    if word.is_empty() {
        field.error(ProblemCode::InvalidValue, "there is no SQL", None);
    }
    if word.ends_with(".sql") && !word.contains(char::is_whitespace) {
        return Some(SqlSource::File(file(field, word, around)));
    }
    texts.push(Text { field: field.clone(), value, quoting: Quoting::Sql, has_secrets: false });
    Some(SqlSource::Text(value.to_owned()))
}

/// The file's path in the project; a wrong one is reported and still returned.
fn file(field: &Field<'_>, word: &str, around: &Surroundings<'_>) -> String {
    if let Some(missing) = scripts::missing_file(word, around.paths) {
        field.error(missing.code, missing.message, missing.hint);
    } else if word.starts_with('/') {
        let hint = "paths are relative to the folder of polder.yaml".to_owned();
        field.error(
            ProblemCode::OutsideProject,
            format!("`{word}` is a path of one machine only"),
            Some(hint),
        );
    }
    scripts::normalised(word).unwrap_or_else(|| word.to_owned())
}

pub(crate) fn compute(field: &Field<'_>) -> Compute {
    let Some(object) = field.object::<ComputeMap>() else { return Compute::default() };
    let memory_bytes = object.get("memory").and_then(|field| memory(&field));
    let cpus = object.get("cpus").and_then(|field| field.integer(1..=1024));
    Compute { memory_bytes, cpus: cpus.and_then(|cpus| u32::try_from(cpus).ok()) }
}

fn memory(field: &Field<'_>) -> Option<u64> {
    let text = field.scalar_text()?;
    match size::parse(text) {
        Some(bytes) if bytes >= LEAST_MEMORY => Some(bytes),
        Some(_) => {
            let hint = format!("the least is {}", size::format(LEAST_MEMORY));
            field.error(
                ProblemCode::InvalidValue,
                format!("`{}` is too little memory", shorten(text)),
                Some(hint),
            );
            None
        }
        None => {
            let hint = size::guess(text).filter(|guess| size::parse(guess).is_some()).map_or_else(
                || "sizes are written 512MiB or 2GiB".to_owned(),
                |guess| format!("write `{guess}`; the units are KiB, MiB, GiB and TiB"),
            );
            field.error(ProblemCode::InvalidValue, format!("`{}` is not a size", shorten(text)), Some(hint));
            None
        }
    }
}
