//! Reads `sync` steps: the sync of a file, as the step runs it.

use super::super::pipeline::Surroundings;
use super::super::reader::{Field, shorten};
use super::super::shapes::sync::SyncStep;
use super::super::values::{self, names_hint};
use super::super::{Command, ProblemCode, StepKind};
use super::{Draft, common, sql};

pub(super) fn read<'a>(field: &Field<'a>, around: &Surroundings<'a>) -> Option<Draft<'a>> {
    let object = field.object::<SyncStep>()?;
    let compute = object.get("compute").map(|field| sql::compute(&field)).unwrap_or_default();
    let named = object.require("sync").and_then(|field| Some((values::name(&field)?.value, field)));
    let nothing = StepKind::Run(Command::Arguments(Vec::new()));
    let mut draft = common(&object, nothing, around)?;
    let (name, field) = named?;
    let Some(sync) = around.syncs.get(&name) else {
        if !around.paths.contains(&format!("syncs/{name}.yaml")) {
            report(&field, &name, around);
        }
        return Some(draft);
    };
    let mut own = sync.sync.clone();
    own.compute = compute.or(own.compute);
    draft.step.kind = StepKind::Sync(Box::new(own));
    draft.step.secrets = around.secrets.clone();
    draft.step.secrets.extend(sync.secrets.clone());
    draft.texts = sync.texts.clone();
    Some(draft)
}

fn report(field: &Field<'_>, name: &str, around: &Surroundings<'_>) {
    let message = format!("there is no sync `{}`", shorten(name));
    let hint = names_hint(name, around.syncs.keys().map(String::as_str))
        .unwrap_or_else(|| format!("write one to `syncs/{name}.yaml`"));
    field.error(ProblemCode::UnknownName, message, Some(hint));
}
