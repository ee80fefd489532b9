//! Reads `models` steps: which models, and what they are told. Whether there are such models shows when those are read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::pipeline::Surroundings;
use super::super::reader::{Field, Located, Object};
use super::super::shapes::ModelsStep;
use super::super::texts::{self, Text};
use super::super::{ModelsBuild, ProblemCode, StepKind};
use super::{Draft, common, sql, sync};
use crate::models::Selector;
use crate::template::Quoting;

pub(super) fn read<'a>(field: &Field<'a>, around: &Surroundings<'a>) -> Option<Draft<'a>> {
    let object: Object<'a> = field.object::<ModelsStep>()?;
    let selections = object.require("models").map(|field| selections(&field)).unwrap_or_default();
    let vars = object.get("vars");
    let texts = vars.iter().flat_map(texts::within);
    let texts: Vec<Text<'a>> = texts
        .map(|(field, value)| Text { field, value, quoting: Quoting::None, has_secrets: false })
        .collect();
    let compute = object.get("compute").map(|field| sql::compute(&field)).unwrap_or_default();
    let before = object.get("sync").and_then(|field| sync::named(&field, around));
    let own = before.map(|before| Box::new(sync::with_means(before, compute)));
    let build = ModelsBuild {
        select: selections.iter().map(|selection| selection.value.clone()).collect(),
        full_refresh: object.get("full_refresh").and_then(|field| boolean(&field)).unwrap_or_default(),
        vars: vars.map(|field| values(&field)).unwrap_or_default(),
        compute: own.as_ref().map_or(compute, |own| own.compute),
        sync: own,
    };
    let mut draft = common(&object, StepKind::Models(build), around)?;
    (draft.texts, draft.selections) = (texts, selections);
    if let Some(before) = before {
        sync::belong(&mut draft, before, around);
    }
    Some(draft)
}

/// A selector, or several of which each counts.
fn selections(field: &Field<'_>) -> Vec<Located<String>> {
    let items = field.one_or_many().unwrap_or_default();
    if items.is_empty() {
        field.error(
            ProblemCode::InvalidValue,
            "nothing is selected",
            Some("`\"*\"` means all models".to_owned()),
        );
    }
    items.iter().filter_map(selection).collect()
}

fn selection(field: &Field<'_>) -> Option<Located<String>> {
    let text = field.text()?;
    if let Err(wrong) = Selector::parse(text) {
        let place = field.place_within(text, wrong.range);
        field.reader.error(&place, ProblemCode::InvalidValue, wrong.message, wrong.hint);
        return None;
    }
    Some(field.located(text.to_owned()))
}

fn boolean(field: &Field<'_>) -> Option<bool> {
    let value = field.json().as_bool();
    if value.is_none() {
        field.error(
            ProblemCode::WrongType,
            format!("expected true or false, found {}", field.describe()),
            None,
        );
    }
    value
}

fn values(field: &Field<'_>) -> BTreeMap<String, Value> {
    let entries = field.entries().unwrap_or_default();
    entries.into_iter().map(|(key, value)| (key.value.to_owned(), value.json())).collect()
}
