//! The files that pipelines name: each is read once, whoever names it.

use std::collections::BTreeMap;

use super::read_tree;
use crate::definition::Problem;
use crate::definition::reader::Reader;
use crate::definition::tree::Node;

/// Files of one kind at most.
const LIMIT: usize = 1000;

pub(super) struct Others<'f> {
    files: Vec<(&'f str, Reader<'f>, Option<Node>)>,
}

impl<'f> Others<'f> {
    /// Those whose paths have a name.
    pub(super) fn read(files: &'f BTreeMap<String, String>, name_of: fn(&str) -> Option<&str>) -> Self {
        let named = files.iter().filter_map(|(path, text)| Some((name_of(path)?, Reader::new(path, text))));
        let read = named.take(LIMIT).map(|(name, reader)| {
            let node = read_tree(&reader);
            (name, reader, node)
        });
        Self { files: read.collect() }
    }

    /// What each is, by its name; without those of which nothing can be read.
    pub(super) fn all<'a, T>(
        &'a self,
        read: impl Fn(&'a Reader<'f>, &'a Node, &'a str) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let one = |(name, reader, node): &'a (&'f str, Reader<'f>, Option<Node>)| {
            Some(((*name).to_owned(), read(reader, node.as_ref()?, name)?))
        };
        self.files.iter().filter_map(one).collect()
    }

    pub(super) fn failed(&self) -> bool {
        self.files.iter().any(|(_, reader, _)| reader.failed())
    }

    /// What is wrong with each.
    pub(super) fn into_problems(self) -> impl Iterator<Item = Vec<Problem>> {
        self.files.into_iter().map(|(_, reader, _)| reader.into_problems())
    }
}
