//! What is worked on just now.

use std::collections::BTreeMap;
use std::time::Instant;

use polder_lake::Taken;
use polder_types::wire::TableProgress;
use polder_work::in_progress;

use crate::Plan;
use crate::build::Item;

/// Each since when, and with the rows that it has so far.
#[derive(Default)]
pub(crate) struct AtWork(BTreeMap<Item, (Instant, Taken)>);

impl AtWork {
    pub(crate) fn begin(&mut self, item: Item, taken: Taken) {
        self.0.insert(item, (Instant::now(), taken));
    }

    pub(crate) fn end(&mut self, item: Item) {
        self.0.remove(&item);
    }

    /// How far the tables are; tests write none.
    pub(crate) fn tables(&self, plan: &Plan) -> Vec<TableProgress> {
        let tables = self.0.iter().filter_map(|(item, (began, taken))| match item {
            Item::Node(node) => Some(in_progress(&plan.models.nodes[*node].table, taken.rows(), *began)),
            Item::Test(_) => None,
        });
        tables.collect()
    }

    /// For the log, while nothing ends for a while.
    pub(crate) fn in_words(&self, plan: &Plan) -> String {
        let one = |(item, (began, taken)): (&Item, &(Instant, Taken))| {
            let rows = match taken.rows() {
                0 => String::new(),
                rows => format!("{rows} rows so far, "),
            };
            format!("{} ({rows}{} s)", plan.name(*item), began.elapsed().as_secs())
        };
        format!("at work: {}", self.0.iter().map(one).collect::<Vec<_>>().join(", "))
    }
}
