//! The SQL of a model or a test, judged before it is run: that it is one query which can be read, and names tables with their schemas.

use std::sync::Arc;

use super::jinja::{self, Scope};
use super::trace::{Trace, marked};
use crate::definition::{Place, ProblemCode, Reader};
use crate::script::{Mistake, Script};

/// Reports what is wrong with the query that a file renders to. What a run fills in is left to the run.
pub(super) fn check(reader: &Reader<'_>, scope: &Arc<Scope>) {
    let rendered = jinja::render(reader.text, scope).ok().filter(|rendered| !rendered.is_open);
    let Some(Err(mistakes)) = rendered.map(|rendered| Script::query(&rendered.sql)) else { return };
    let traced = traced(reader.text, scope);
    let mistakes = traced.as_ref().and_then(|trace| Script::query(&trace.sql).err()).unwrap_or(mistakes);
    for mistake in mistakes {
        report(reader, traced.as_ref(), mistake);
    }
}

fn traced(text: &str, scope: &Arc<Scope>) -> Option<Trace> {
    let rendered = jinja::render(&marked(text)?, scope).ok()?;
    Some(Trace::of(&rendered.sql))
}

fn report(reader: &Reader<'_>, trace: Option<&Trace>, mistake: Mistake) {
    let written = |trace: &Trace| trace.written(reader.text, mistake.offset(&trace.sql));
    let place = Place::of(reader.text, trace.map_or(0..0, written));
    reader.error(&place, ProblemCode::InvalidSql, mistake.message, Some(mistake.hint));
}
