//! Reads `sync` steps: the sync of a file, as the step runs it.

use super::super::pipeline::Surroundings;
use super::super::reader::{Field, shorten};
use super::super::shapes::sync::SyncStep;
use super::super::values::{self, names_hint};
use super::super::{Command, Compute, ProblemCode, StepKind};
use super::{Draft, common, sql};
use crate::definition::sync::{Draft as SyncDraft, Sync};

pub(super) fn read<'a>(field: &Field<'a>, around: &Surroundings<'a>) -> Option<Draft<'a>> {
    let object = field.object::<SyncStep>()?;
    let compute = object.get("compute").map(|field| sql::compute(&field)).unwrap_or_default();
    let named = object.require("sync").and_then(|field| named(&field, around));
    let nothing = StepKind::Run(Command::Arguments(Vec::new()));
    let mut draft = common(&object, nothing, around)?;
    if let Some(sync) = named {
        draft.step.kind = StepKind::Sync(Box::new(with_means(sync, compute)));
        belong(&mut draft, sync, around);
    }
    Some(draft)
}

/// The sync that a step names. One whose file has mistakes is none, and is told of there.
pub(super) fn named<'a>(field: &Field<'a>, around: &Surroundings<'a>) -> Option<&'a SyncDraft<'a>> {
    let name = values::name(field)?.value;
    let found = around.syncs.get(&name);
    if found.is_none() && !around.paths.contains(&format!("syncs/{name}.yaml")) {
        report(field, &name, around);
    }
    found
}

/// The sync, with what the step may use, or else what its own file says.
pub(super) fn with_means(sync: &SyncDraft<'_>, compute: Compute) -> Sync {
    let mut own = sync.sync.clone();
    own.compute = compute.or(own.compute);
    own
}

/// Its secrets and texts are the step's.
pub(super) fn belong<'a>(draft: &mut Draft<'a>, sync: &SyncDraft<'a>, around: &Surroundings<'_>) {
    draft.step.secrets = around.secrets.clone();
    draft.step.secrets.extend(sync.secrets.clone());
    draft.texts.extend(sync.texts.clone());
}

fn report(field: &Field<'_>, name: &str, around: &Surroundings<'_>) {
    let message = format!("there is no sync `{}`", shorten(name));
    let hint = names_hint(name, around.syncs.keys().map(String::as_str))
        .unwrap_or_else(|| format!("write one to `syncs/{name}.yaml`"));
    field.error(ProblemCode::UnknownName, message, Some(hint));
}
