//! Cycles of "a run of this starts a run of that", by triggers and by steps, as far as the files of one project show them.
//! Pipelines of other projects count: what waits for one and starts it as well goes round whatever is in there.

use std::collections::BTreeMap;

use super::ProblemCode;
use super::cycles::cycles;
use super::pipeline::{Draft, Reference};
use super::reader::Reader;

/// Where it is written that one pipeline starts another.
type Edges<'a> = BTreeMap<(usize, usize), (&'a Reader<'a>, &'a Reference)>;

pub(crate) fn report_cycles(drafts: &[(&Reader<'_>, Draft)], team: Option<&str>) {
    let mut names = Names::default();
    let edges = edges(drafts, team.unwrap_or_default(), &mut names);
    let mut graph = vec![Vec::new(); names.all.len()];
    for (from, to) in edges.keys() {
        graph[*from].push(*to);
    }
    for cycle in cycles(&graph) {
        report(&cycle, &edges, &names);
    }
}

/// Each full name has a number.
#[derive(Default)]
struct Names {
    numbers: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.numbers.insert(name.to_owned(), self.all.len());
        self.all.push(name.to_owned());
        self.all.len() - 1
    }
}

/// The edges between all pipelines that are there or named; a trigger goes before a step that says the same.
fn edges<'a>(drafts: &'a [(&'a Reader<'a>, Draft)], team: &str, names: &mut Names) -> Edges<'a> {
    let own: Vec<usize> =
        drafts.iter().map(|(_, draft)| names.number(&format!("{team}/{}", draft.pipeline.name))).collect();
    let mut edges = Edges::new();
    for ((reader, draft), own) in drafts.iter().zip(own) {
        for reference in &draft.references {
            let other = names.number(&reference.name);
            let edge = if reference.is_call { (own, other) } else { (other, own) };
            let kept = edges.entry(edge).or_insert((reader, reference));
            if kept.1.is_call && !reference.is_call {
                *kept = (reader, reference);
            }
        }
    }
    edges
}

/// At the reference that closes the cycle.
fn report(cycle: &[usize], edges: &Edges<'_>, names: &Names) {
    let [.., last, first] = cycle else { return };
    let Some((reader, reference)) = edges.get(&(*last, *first)) else { return };
    let way: Vec<&str> = cycle.iter().map(|number| names.all[*number].as_str()).collect();
    let message = format!("these pipelines start each other without end: {}", way.join(" -> "));
    let hint = Some("remove one of these triggers or steps".to_owned());
    reader.error(&reference.place, ProblemCode::Cycle, message, hint);
}
