//! `$ref` in a manifest: what it leads to stands in its place, and keys beside it are put over that.

use super::super::ProblemCode;
use super::super::nearest::did_you_mean;
use super::super::reader::{Place, Reader, shorten};
use super::super::tree::{Entry, Kind, Node};

const REFERENCE: &str = "$ref";
/// Values within values.
const DEPTH: usize = 128;
/// Values of a manifest with all its references followed.
const MOST: usize = 100_000;

struct Resolver<'a> {
    reader: &'a Reader<'a>,
    root: &'a Node,
    left: usize,
}

/// The tree with all references followed. Wrong ones are reported.
pub(super) fn resolve(reader: &Reader<'_>, root: &Node) -> Node {
    let mut resolver = Resolver { reader, root, left: MOST };
    let Kind::Map(entries) = &root.kind else { return root.clone() };
    // What is only there to be referred to is read where it is.
    let entries = entries.iter().filter(|entry| entry.key != "definitions");
    let entries = entries.map(|entry| resolver.entry(entry, 0)).collect();
    root.with(Kind::Map(entries))
}

impl<'a> Resolver<'a> {
    fn entry(&mut self, entry: &Entry, depth: usize) -> Entry {
        Entry { value: self.node(&entry.value, depth), ..entry.clone() }
    }

    fn node(&mut self, node: &Node, depth: usize) -> Node {
        if self.left == 0 || depth > DEPTH {
            return self.too_large(node);
        }
        self.left -= 1;
        let kind = match &node.kind {
            Kind::Map(entries) => match reference(entries) {
                Some(to) => return self.follow(node, entries, to, depth),
                None => Kind::Map(entries.iter().map(|entry| self.entry(entry, depth + 1)).collect()),
            },
            Kind::List(items) => Kind::List(items.iter().map(|item| self.node(item, depth + 1)).collect()),
            other => other.clone(),
        };
        node.with(kind)
    }

    fn follow(&mut self, node: &Node, entries: &[Entry], to: &Node, depth: usize) -> Node {
        let Some(target) = self.target(to) else {
            return node.with(Kind::Broken);
        };
        let found = self.node(target, depth + 1);
        let own = entries.iter().filter(|entry| entry.key != REFERENCE);
        let own: Vec<Entry> = own.map(|entry| self.entry(entry, depth + 1)).collect();
        let Kind::Map(inherited) = found.kind else { return found };
        let is_own = |entry: &Entry| own.iter().any(|mine| mine.key == entry.key);
        let inherited: Vec<Entry> = inherited.into_iter().filter(|entry| !is_own(entry)).collect();
        node.with(Kind::Map(inherited.into_iter().chain(own).collect()))
    }

    fn target(&self, to: &Node) -> Option<&'a Node> {
        let Kind::Scalar { text, .. } = &to.kind else { return self.unknown(to, "", None) };
        let Some(way) = text.strip_prefix("#/") else { return self.unknown(to, text, None) };
        let mut node = self.root;
        for part in way.split('/') {
            let Kind::Map(entries) = &node.kind else { return self.unknown(to, text, None) };
            let names = entries.iter().map(|entry| entry.key.as_str());
            match entries.iter().find(|entry| entry.key == part) {
                Some(entry) => node = &entry.value,
                None => return self.unknown(to, text, did_you_mean(part, names)),
            }
        }
        Some(node)
    }

    fn unknown<T>(&self, to: &Node, text: &str, hint: Option<String>) -> Option<T> {
        let place = Place { mark: to.mark.clone(), path: REFERENCE.to_owned() };
        let hint = hint.unwrap_or_else(|| "write it like `#/definitions/requester`".to_owned());
        let message = format!("`{}` leads to nothing in this file", shorten(text));
        self.reader.error(&place, ProblemCode::UnknownName, message, Some(hint));
        None
    }

    fn too_large(&mut self, node: &Node) -> Node {
        let place = Place { mark: node.mark.clone(), path: REFERENCE.to_owned() };
        let message = "references lead too far: in a circle, or to too much";
        // Once is enough.
        if self.left > 0 {
            self.left = 0;
            self.reader.error(&place, ProblemCode::TooLarge, message, None);
        }
        node.with(Kind::Broken)
    }
}

fn reference(entries: &[Entry]) -> Option<&Node> {
    entries.iter().find(|entry| entry.key == REFERENCE).map(|entry| &entry.value)
}
