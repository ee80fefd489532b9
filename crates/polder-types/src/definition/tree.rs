//! YAML as a tree whose every node knows where it was written.
//!
//! Built from serde-saphyr's parser events rather than through serde, so that one file can be read to its end whatever is
//! wrong with its shape. Scalars keep their text as written and are given a meaning only where they are read: an
//! environment variable `ZIP: 01234` stays `01234`, and `no` is never a boolean. Anchors, aliases and merge keys (`<<`)
//! are expanded here, within [`WEIGHT_LIMIT`].

use std::collections::HashMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag, options};

use super::ProblemCode;

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

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A scalar: its text, and whether it is plain (unquoted), so that it may mean something else than text.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
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
    pub(crate) hint: Option<&'static str>,
}

/// Reads one document. `None` for an empty one, or if the text cannot be read to its end.
pub(crate) fn read(text: &str) -> (Option<Node>, Vec<Fault>) {
    let settings = options! {
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, settings) {
        let result = match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => Err(syntax_fault(&error.info(), error.marker())),
        };
        if let Err(fault) = result {
            builder.faults.push(fault);
            return (None, builder.faults);
        }
    }
    (builder.root, builder.faults)
}

fn syntax_fault(info: &str, marker: &Marker) -> Fault {
    let hint = match info {
        _ if info.contains("mapping values are not allowed") => {
            Some("quote a text that contains `: `, or write it as a block with `|`")
        }
        _ if info.contains("tab") => Some("YAML is indented with spaces, never with tabs"),
        _ => None,
    };
    let start = marker.byte_offset().unwrap_or(0);
    let mark = Mark { line: marker.line().max(1), column: marker.col() + 1, bytes: start..start };
    Fault { code: ProblemCode::Syntax, mark, message: format!("this is not YAML: {info}"), hint }
}

#[derive(Default)]
struct Builder {
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

impl Builder {
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
                self.open.push(Open { mark, anchor, content: Content::List(Vec::new()) });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &mark);
                self.open.push(Open { mark, anchor, content: Content::Map(Vec::new(), None) });
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(),
            Event::Alias(anchor) => return self.alias(anchor, mark),
            Event::UnresolvedAlias(name) => {
                let message = format!("no anchor `&{name}` stands before this alias");
                self.fault(ProblemCode::UnknownName, mark.clone(), message, None);
                return self.complete(null_at(mark), 0);
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
        Err(Fault { code: ProblemCode::Conflict, mark, message, hint: Some("one file holds one document") })
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Fault> {
        if let Some(weight) = self.anchors.get(&anchor).map(|node| node.weight) {
            self.weigh(weight, &mark)?;
            let node = self.anchors.get(&anchor).cloned().unwrap_or_else(|| null_at(mark));
            return self.complete(node, 0);
        }
        self.fault(
            ProblemCode::Cycle,
            mark.clone(),
            "this alias stands inside its own anchor".to_owned(),
            None,
        );
        self.complete(null_at(mark), 0)
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(Open { mark, anchor, content }) = self.open.pop() else { return Ok(()) };
        let kind = match content {
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
            if entry.key == "<<" {
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
                let each = |item| Entry { key: String::new(), mark: merge.mark.clone(), value: item };
                items
                    .into_iter()
                    .map(each)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .flat_map(|item| self.merged_entries(item))
                    .collect()
            }
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
        self.faults.push(Fault { code, mark, message, hint });
    }
}

fn children_weight(kind: &Kind) -> usize {
    match kind {
        Kind::Scalar { .. } => 0,
        Kind::List(items) => items.iter().map(|item| item.weight).fold(0, usize::saturating_add),
        Kind::Map(entries) => {
            entries.iter().map(|entry| entry.value.weight + entry.key.len()).fold(0, usize::saturating_add)
        }
    }
}

fn as_key(node: Node) -> (Key, Option<Fault>) {
    match node.kind {
        Kind::Scalar { text, .. } => (Key::Text(text, node.mark), None),
        Kind::List(_) | Kind::Map(_) => {
            let message = "a key must be a text".to_owned();
            let hint = Some("quote a text that starts with `{`, such as \"{{ run.date }}\"");
            (Key::Unusable, Some(Fault { code: ProblemCode::WrongType, mark: node.mark, message, hint }))
        }
    }
}

fn is_text_tag(tag: &Tag) -> bool {
    tag.is_yaml_core_schema_tag("str")
}

fn null_at(mark: Mark) -> Node {
    Node { mark, kind: Kind::Scalar { text: String::new(), plain: true }, weight: NODE_WEIGHT }
}

fn mark_of(span: &Span) -> Mark {
    let range = span.byte_range().unwrap_or(0..0);
    Mark {
        line: span.start.line().max(1),
        column: span.start.col() + 1,
        bytes: range.start..range.end.max(range.start),
    }
}
