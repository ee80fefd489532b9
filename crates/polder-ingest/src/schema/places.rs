//! Which column of a file is which of those that are known.
//!
//! First by the name in files, and by order where several have it. What is left of a file goes by what its name would be in the table, so
//! that a header in capital letters is no new set of columns.

use std::collections::HashMap;

use super::names::Names;
use super::{ColumnRules, Occurrences};

/// What a column is called in files and in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called<'a> {
    pub(crate) original: &'a str,
    pub(crate) name: &'a str,
}

#[derive(Debug, Default)]
pub(crate) struct Places {
    /// For each known column, where it is in the file.
    pub(crate) slots: Vec<Option<usize>>,
    /// What else is in the file.
    pub(crate) others: Vec<usize>,
}

impl Places {
    pub(crate) fn new<'a>(
        known: impl Iterator<Item = Called<'a>> + Clone,
        names: &'a [String],
        rules: &ColumnRules,
    ) -> Self {
        let mut places = Self::by_original(known.clone(), names);
        places.take_by_name(known, names, rules);
        places
    }

    fn by_original<'a>(known: impl Iterator<Item = Called<'a>>, names: &'a [String]) -> Self {
        let mut of_file = Occurrences::default();
        let found = names.iter().enumerate().map(|(slot, name)| (of_file.next(name), slot));
        let mut found: HashMap<(&str, usize), usize> = found.collect();
        let mut of_known = Occurrences::default();
        let slots = known.map(|column| found.remove(&of_known.next(column.original))).collect();
        let mut others: Vec<usize> = found.into_values().collect();
        others.sort_unstable();
        Self { slots, others }
    }

    fn take_by_name<'a>(
        &mut self,
        known: impl Iterator<Item = Called<'a>>,
        names: &[String],
        rules: &ColumnRules,
    ) {
        let missing = known.zip(&self.slots).enumerate().filter(|(_, (_, slot))| slot.is_none());
        let mut missing: HashMap<String, usize> =
            missing.map(|(at, (column, _))| (column.name.to_lowercase(), at)).collect();
        if missing.is_empty() {
            return;
        }
        self.others.retain(|slot| {
            let at = rules.plain_name(&names[*slot]).and_then(|name| missing.remove(&name));
            if let Some(at) = at {
                self.slots[at] = Some(*slot);
            }
            at.is_none()
        });
    }

    /// What each column of the file is called in the table, or would be if it became part of it.
    pub(crate) fn table_names<'a>(
        &self,
        known: impl Iterator<Item = Called<'a>> + Clone,
        names: &[String],
        rules: &ColumnRules,
    ) -> Vec<String> {
        let mut free = Names::new(rules.naming, known.clone().map(|column| column.name));
        let mut called = vec![String::new(); names.len()];
        for (column, slot) in known.zip(&self.slots) {
            slot.iter().for_each(|slot| column.name.clone_into(&mut called[*slot]));
        }
        self.others.iter().for_each(|slot| called[*slot] = free.add(&names[*slot], slot + 1));
        called
    }
}
