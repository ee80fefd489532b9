//! The steps of a pipeline together: their names, what they need, and what their texts may use.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::definition::cycles::cycles;
use crate::definition::nearest::nearest;
use crate::definition::pipeline::Reference;
use crate::definition::reader::{Located, Reader};
use crate::definition::statements::{self, Statements};
use crate::definition::{ProblemCode, SqlScript, SqlSource, Step, StepKind, texts};
use crate::template::scan::has_templates;
use crate::template::{Names, Quoting};

/// The steps, with the needs of each as indices.
pub(crate) struct Plan<'a> {
    reader: &'a Reader<'a>,
    drafts: Vec<Draft<'a>>,
    needs: Vec<Vec<usize>>,
}

impl<'a> Plan<'a> {
    /// Resolves `needs`; reports names that are given twice, names that nothing has, and cycles.
    pub(crate) fn new(reader: &'a Reader<'a>, drafts: Vec<Draft<'a>>) -> Self {
        let mut plan = Self { reader, drafts, needs: Vec::new() };
        let indices = plan.indices();
        plan.needs = (0..plan.drafts.len()).map(|index| plan.needs_of(index, &indices)).collect();
        for cycle in cycles(&plan.needs) {
            plan.report_cycle(&cycle);
        }
        plan
    }

    fn indices(&self) -> BTreeMap<String, usize> {
        let mut indices: BTreeMap<String, usize> = BTreeMap::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            let Located { value: name, place } = &draft.name;
            if let Some(first) = indices.get(name) {
                let line = self.drafts[*first].name.place.mark.line;
                let message = format!("a step `{name}` is already in line {line}");
                self.reader.error(
                    place,
                    ProblemCode::DuplicateName,
                    message,
                    Some("give each step its own name".to_owned()),
                );
            } else {
                indices.insert(name.clone(), index);
            }
        }
        indices
    }

    /// Without `needs:`, a step needs the one written before it.
    fn needs_of(&self, index: usize, indices: &BTreeMap<String, usize>) -> Vec<usize> {
        let Some(written) = &self.drafts[index].needs else {
            return index.checked_sub(1).into_iter().collect();
        };
        let mut needs = Vec::new();
        for need in written {
            match indices.get(&need.value) {
                Some(found) if !needs.contains(found) => needs.push(*found),
                Some(_) => {}
                None => self.report_unknown(index, need, indices),
            }
        }
        needs
    }

    fn report_unknown(&self, index: usize, need: &Located<String>, indices: &BTreeMap<String, usize>) {
        if self.reader.is_full() {
            return;
        }
        let own = &self.drafts[index].name.value;
        let others = indices.keys().map(String::as_str).filter(|name| name != own);
        let hint = match nearest(&need.value, others.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if others.clone().next().is_none() => "the pipeline has no other step".to_owned(),
            None => format!("the other steps are {}", others.take(20).collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no step `{}`", need.value);
        self.reader.error(&need.place, ProblemCode::UnknownName, message, Some(hint));
    }

    fn report_cycle(&self, cycle: &[usize]) {
        let name = |index: &usize| self.drafts[*index].name.value.as_str();
        let way = cycle.iter().map(name).collect::<Vec<_>>().join(" -> ");
        let [first, next, ..] = cycle else { return };
        let written = self.drafts[*first].needs.iter().flatten().find(|need| need.value == name(next));
        let place = written.map_or(&self.drafts[*first].name.place, |need| &need.place);
        let message = format!("these steps wait for each other: {way}");
        let hint = "remove one of these `needs`; `a -> b` means that a needs b".to_owned();
        self.reader.error(place, ProblemCode::Cycle, message, Some(hint));
    }

    /// Checks the templates: a step may use the outputs of the steps that have ended before it starts.
    pub(crate) fn check_texts(&self, parameters: &BTreeSet<String>) {
        let all: BTreeSet<String> = self.drafts.iter().map(|draft| draft.name.value.clone()).collect();
        for (index, draft) in self.drafts.iter().enumerate() {
            let mut names = Names { params: Some(parameters.clone()), ..Names::default() };
            if draft.texts.iter().any(|text| text.value.contains("steps")) {
                names.steps = self.before(index);
                names.other_steps = all.difference(&names.steps).cloned().collect();
            }
            for text in draft.texts.iter().filter(|text| has_templates(text.value)) {
                names.secrets = text.has_secrets.then(|| draft.step.secrets.keys().cloned().collect());
                texts::check(&text.field, text.value, &names, text.quoting);
            }
            for text in draft.texts.iter().filter(|text| text.quoting == Quoting::Sql) {
                statements::check(&text.field, text.value);
            }
        }
    }

    /// The files of statements that steps name, each with the names that it may use.
    pub(crate) fn statements(&self, parameters: &BTreeSet<String>) -> Vec<Statements> {
        let all: BTreeSet<String> = self.drafts.iter().map(|draft| draft.name.value.clone()).collect();
        let named = self.drafts.iter().enumerate().filter_map(|(index, draft)| {
            let StepKind::Sql(SqlScript { source: SqlSource::File(file), .. }) = &draft.step.kind else {
                return None;
            };
            let steps = self.before(index);
            let other_steps = all.difference(&steps).cloned().collect();
            let names = Names { params: Some(parameters.clone()), steps, other_steps, secrets: None };
            Some(Statements { file: file.clone(), names })
        });
        named.collect()
    }

    /// The names of all steps that a step needs, directly or not.
    fn before(&self, index: usize) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open = self.needs[index].clone();
        while let Some(need) = open.pop() {
            if seen.insert(need) {
                open.extend(&self.needs[need]);
            }
        }
        seen.into_iter().map(|need| self.drafts[need].name.value.clone()).collect()
    }

    /// The steps as the engine wants them; the pipelines that they call go to `references`.
    pub(crate) fn finish(self, references: &mut Vec<Reference>) -> Vec<Step> {
        let names: Vec<String> = self.drafts.iter().map(|draft| draft.name.value.clone()).collect();
        let resolve = |(draft, needs): (Draft<'_>, Vec<usize>)| {
            references.extend(draft.reference);
            Step { needs: needs.into_iter().map(|need| names[need].clone()).collect(), ..draft.step }
        };
        self.drafts.into_iter().zip(self.needs).map(resolve).collect()
    }
}
