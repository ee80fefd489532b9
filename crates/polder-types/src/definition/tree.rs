//! YAML as a tree whose every node knows where it was written.
//!
//! Built from serde-saphyr's parser events rather than through serde, so that one file can be read to its end whatever is
//! wrong with its shape. Scalars keep their text as written and are given a meaning only where they are read: an
//! environment variable `ZIP: 01234` stays `01234`, and `no` is never a boolean. Anchors, aliases and merge keys (`<<`)
//! are expanded here, within [`WEIGHT_LIMIT`].

use std::collections::HashMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, Tag, options};

use super::ProblemCode;

mod syntax;

/// Deepest nesting of lists and maps.
pub(crate) const DEPTH_LIMIT: usize = 64;
/// Bytes of text, plus [`NODE_WEIGHT`] for each node, that anchors and aliases of a file may copy.
pub(crate) const WEIGHT_LIMIT: usize = 16 << 20;
const NODE_WEIGHT: usize = 64;

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    pub(crate) bytes: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) kind: Kind,
    weight: usize,
}

impl Node {
    /// Something else in the same place.
    pub(crate) fn with(&self, kind: Kind) -> Self {
        Self { mark: self.mark.clone(), kind, weight: self.weight }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A scalar: its text, and whether it is plain (unquoted), so that it may mean something else than text.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something that was reported already, so that nobody complains about it again.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) mark: Mark,
    pub(crate) value: Node,
}

/// Something that is wrong with the text itself.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: ProblemCode,
    pub(crate) mark: Mark,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// The key of merges. One that could not be applied stays in its map: what is missing there may have come from it.
pub(crate) const MERGE: &str = "<<";

/// Reads one document. `None` for an empty one, or if the text cannot be read to its end.
pub(crate) fn read(text: &str) -> (Option<Node>, Vec<Fault>) {
    let settings = options! {
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut builder = Builder { text, ..Builder::default() };
    let mut end = 0;
    for event in Parser::new_from_str_with_options(text, settings) {
        let result = match event {
            Ok((event, span)) => {
                end = span.byte_range().map_or(end, |range| range.end.max(end));
                builder.event(event, &span)
            }
            Err(error) => Err(syntax::fault(text, end, &error)),
        };
        if let Err(fault) = result {
            builder.last_fault(fault);
            return (None, builder.faults);
        }
    }
    (builder.root, builder.faults)
}

#[derive(Default)]
struct Builder<'t> {
    text: &'t str,
    root: Option<Node>,
    documents: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    faults: Vec<Fault>,
    copied: usize,
}

/// A list or map that has not ended.
struct Open {
    mark: Mark,
    anchor: usize,
    content: Content,
    is_broken: bool,
}

enum Content {
    List(Vec<Node>),
    /// The entries so far, and the key that waits for its value.
    Map(Vec<Entry>, Option<Key>),
}

enum Key {
    Text(String, Mark),
    /// A list or map as a key: reported, its value is dropped.
    Unusable,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        let mark = mark_of(span);
        match event {
            Event::DocumentStart(..) => return self.document(mark),
            Event::Scalar(text, style, anchor, tag) => {
                self.check_tag(tag.as_deref(), &mark);
                let plain = style == ScalarStyle::Plain && !tag.is_some_and(|tag| is_text_tag(&tag));
                let weight = NODE_WEIGHT + text.len();
                let kind = Kind::Scalar { text: text.into_owned(), plain };
                return self.complete(Node { mark, kind, weight }, anchor);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &mark);
                self.open.push(Open { mark, anchor, content: Content::List(Vec::new()), is_broken: false });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &mark);
                self.open.push(Open {
                    mark,
                    anchor,
                    content: Content::Map(Vec::new(), None),
                    is_broken: false,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(),
            Event::Alias(anchor) => return self.alias(anchor, mark),
            Event::UnresolvedAlias(name) => {
                let message = format!("no anchor `&{name}` stands before this alias");
                let hint = "put the text in quotes if it is no alias";
                self.fault(ProblemCode::UnknownName, mark.clone(), message, Some(hint));
                return self.complete(broken_at(mark), 0);
            }
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, mark: Mark) -> Result<(), Fault> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let message = "a second document starts here".to_owned();
        Err(Fault {
            code: ProblemCode::Conflict,
            mark,
            message,
            hint: Some("one file holds one document".to_owned()),
        })
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Fault> {
        if let Some(weight) = self.anchors.get(&anchor).map(|node| node.weight) {
            self.weigh(weight, &mark)?;
            let node = self.anchors.get(&anchor).cloned().unwrap_or_else(|| broken_at(mark));
            return self.complete(node, 0);
        }
        self.fault(
            ProblemCode::Cycle,
            mark.clone(),
            "this alias stands inside its own anchor".to_owned(),
            None,
        );
        self.complete(broken_at(mark), 0)
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(Open { mark, anchor, content, is_broken }) = self.open.pop() else { return Ok(()) };
        let kind = match content {
            _ if is_broken => Kind::Broken,
            Content::List(items) => Kind::List(items),
            Content::Map(entries, _) => Kind::Map(self.merge(entries)),
        };
        let weight = NODE_WEIGHT + children_weight(&kind);
        self.complete(Node { mark, kind, weight }, anchor)
    }

    /// Hands a finished node to what it stands in.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor != 0 {
            self.weigh(node.weight, &node.mark)?;
            self.anchors.insert(anchor, node.clone());
        }
        if self.is_template(&node) {
            return Ok(());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map(entries, waiting)) => match waiting.take() {
                None => {
                    let (key, fault) = as_key(node);
                    *waiting = Some(key);
                    self.faults.extend(fault);
                }
                Some(Key::Text(key, mark)) => entries.push(Entry { key, mark, value: node }),
                Some(Key::Unusable) => {}
            },
        }
        Ok(())
    }

    /// A map as the first key of a map, `{{ … }}` without quotes: told once, for the whole of it. YAML has it end with a
    /// value of nothing, which finds the map broken.
    fn is_template(&mut self, node: &Node) -> bool {
        let Some(open) = self.open.last_mut() else { return false };
        let is_first = matches!(&open.content, Content::Map(entries, None) if entries.is_empty());
        let is_inner = matches!(node.kind, Kind::Map(_) | Kind::Broken)
            && node.mark.bytes.start == open.mark.bytes.start + 1;
        if open.is_broken || !(is_first && is_inner) {
            return open.is_broken;
        }
        open.is_broken = true;
        let fault = syntax::unquoted_template(self.text, &open.mark);
        self.faults.push(fault);
        true
    }

    /// What stops the reading: not told if it only follows from a mistake in the same line.
    fn last_fault(&mut self, fault: Fault) {
        if self.faults.last().is_none_or(|last| last.mark.line != fault.mark.line) {
            self.faults.push(fault);
        }
    }

    /// Counts what is copied because of anchors and aliases, which is how a small file becomes a huge one.
    fn weigh(&mut self, copied: usize, mark: &Mark) -> Result<(), Fault> {
        self.copied = self.copied.saturating_add(copied);
        if self.copied <= WEIGHT_LIMIT {
            return Ok(());
        }
        let message = "the file is too large once its aliases are expanded".to_owned();
        Err(Fault { code: ProblemCode::TooLarge, mark: mark.clone(), message, hint: None })
    }

    /// Applies merge keys, and keeps the first of duplicate keys.
    fn merge(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut own = Vec::with_capacity(entries.len());
        let mut merged = Vec::new();
        for entry in entries {
            if entry.key == MERGE {
                merged.push(entry);
            } else if let Some(line) = seen.get(&entry.key) {
                let message = format!("`{}` is already given in line {line}", entry.key);
                self.fault(ProblemCode::DuplicateKey, entry.mark, message, Some("remove one of them"));
            } else {
                seen.insert(entry.key.clone(), entry.mark.line);
                own.push(entry);
            }
        }
        for entry in merged.into_iter().flat_map(|merge| self.merged_entries(merge)) {
            if !seen.contains_key(&entry.key) {
                seen.insert(entry.key.clone(), entry.mark.line);
                own.push(entry);
            }
        }
        own
    }

    fn merged_entries(&mut self, merge: Entry) -> Vec<Entry> {
        match merge.value.kind {
            Kind::Map(entries) => entries,
            Kind::List(items) => {
                let each = |item| Entry { key: MERGE.to_owned(), mark: merge.mark.clone(), value: item };
                items
                    .into_iter()
                    .map(each)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .flat_map(|item| self.merged_entries(item))
                    .collect()
            }
            Kind::Broken => vec![merge],
            Kind::Scalar { .. } => {
                let message = "`<<` takes a map, or a list of maps".to_owned();
                self.fault(ProblemCode::WrongType, merge.value.mark, message, Some("write `<<: *name`"));
                Vec::new()
            }
        }
    }

    fn check_tag(&mut self, tag: Option<&Tag>, mark: &Mark) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            let message = format!("the tag `{}` means nothing here", tag.original());
            self.fault(
                ProblemCode::InvalidValue,
                mark.clone(),
                message,
                Some("quote a text that starts with `!`"),
            );
        }
    }

    fn fault(&mut self, code: ProblemCode, mark: Mark, message: String, hint: Option<&'static str>) {
        self.faults.push(Fault { code, mark, message, hint: hint.map(str::to_owned) });
    }
}

fn children_weight(kind: &Kind) -> usize {
    match kind {
        Kind::Scalar { .. } | Kind::Broken => 0,
        Kind::List(items) => items.iter().map(|item| item.weight).fold(0, usize::saturating_add),
        Kind::Map(entries) => {
            entries.iter().map(|entry| entry.value.weight + entry.key.len()).fold(0, usize::saturating_add)
        }
    }
}

fn as_key(node: Node) -> (Key, Option<Fault>) {
    match node.kind {
        Kind::Scalar { text, .. } => (Key::Text(text, node.mark), None),
        Kind::Broken => (Key::Unusable, None),
        Kind::List(_) | Kind::Map(_) => {
            let message = "a key must be a text".to_owned();
            let hint = Some("put a text that starts with `{` or `[` in quotes".to_owned());
            (Key::Unusable, Some(Fault { code: ProblemCode::WrongType, mark: node.mark, message, hint }))
        }
    }
}

fn is_text_tag(tag: &Tag) -> bool {
    tag.is_yaml_core_schema_tag("str")
}

fn broken_at(mark: Mark) -> Node {
    Node { mark, kind: Kind::Broken, weight: NODE_WEIGHT }
}

fn mark_of(span: &Span) -> Mark {
    let range = span.byte_range().unwrap_or(0..0);
    Mark {
        line: span.start.line().max(1),
        column: span.start.col() + 1,
        bytes: range.start..range.end.max(range.start),
    }
}
