//! Which nodes are meant: dbt's selectors, as far as they name, follow and combine.
//!
//! ```text
//! orders            the model or seed of that name; `*` stands for any part of a name, and alone for all
//! +orders  orders+  with all that it is made from; with all that is made from it; `2+orders` two steps far
//! tag:daily         with that tag
//! path:models/marts in that folder, or that file
//! a b               either (as are the items of a list)
//! a,b               both
//! ```

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Models, Node};
use crate::definition::did_you_mean;

/// What to build: any of these, each of which is what all of its parts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(Vec<Vec<Part>>);

/// One name with what is to be followed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    method: Method,
    value: String,
    /// How many steps back; `usize::MAX` for all.
    before: usize,
    after: usize,
    /// Where it stands in the text.
    range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Name,
    Tag,
    Path,
}

/// A selector that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// In bytes of its text.
    pub range: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

const METHODS: [(&str, Method); 2] = [("tag", Method::Tag), ("path", Method::Path)];

impl Selector {
    /// # Errors
    /// What is wrong with the text, whatever models there are.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let words: Vec<Vec<Part>> = split(text, 0..text.len(), char::is_whitespace)
            .map(|word| split(text, word, |c| c == ',').map(|part| Part::parse(text, part)).collect())
            .collect::<Result<_, _>>()?;
        if words.is_empty() {
            let hint = Some("write the name of a model, or `*` for all".to_owned());
            return Err(Wrong { range: 0..text.len(), message: "nothing is selected".to_owned(), hint });
        }
        Ok(Self(words))
    }

    /// The nodes that are meant.
    ///
    /// # Errors
    /// Every part that nothing fits.
    pub fn pick(&self, models: &Models) -> Result<BTreeSet<usize>, Vec<Wrong>> {
        let wrong: Vec<Wrong> = self.0.iter().flatten().filter_map(|part| part.unknown(models)).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let common = |parts: &Vec<Part>| {
            let sets = parts.iter().map(|part| part.pick(models));
            sets.reduce(|all, one| &all & &one).unwrap_or_default()
        };
        Ok(self.0.iter().flat_map(common).collect())
    }
}

/// The pieces between separators, without empty ones.
fn split(
    text: &str,
    within: Range<usize>,
    is_between: impl Fn(char) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let start = within.start;
    let mut pieces = Vec::new();
    let mut begin = start;
    for (at, c) in text[within.clone()].char_indices().filter(|(_, c)| is_between(*c)) {
        pieces.push(begin..start + at);
        begin = start + at + c.len_utf8();
    }
    pieces.push(begin..within.end);
    pieces.into_iter().filter(|piece| !piece.is_empty())
}

impl Part {
    fn parse(text: &str, range: Range<usize>) -> Result<Self, Wrong> {
        let whole = &text[range.clone()];
        let wrong = |message: String, hint: &str| Wrong {
            range: range.clone(),
            message,
            hint: Some(hint.to_owned()),
        };
        if whole.starts_with('@') {
            return Err(wrong(format!("`{whole}`: `@` is not there yet"), "write `+name+`"));
        }
        let (before, rest) = back(whole);
        let (rest, after) = onward(rest);
        let (method, value) = match rest.split_once(':') {
            None => (Method::Name, rest),
            Some((name, value)) => match METHODS.iter().find(|(known, _)| *known == name) {
                Some((_, method)) => (*method, value),
                None => {
                    return Err(wrong(
                        format!("there is no selector `{name}:`"),
                        "there are a name, `tag:` and `path:`",
                    ));
                }
            },
        };
        if value.is_empty() || value.contains('+') {
            return Err(wrong(
                format!("`{whole}` names nothing"),
                "write `name`, `+name`, `name+`, `tag:…` or `path:…`",
            ));
        }
        Ok(Self { method, value: value.to_owned(), before, after, range })
    }

    /// Why nothing fits, if nothing does.
    fn unknown(&self, models: &Models) -> Option<Wrong> {
        if models.nodes.iter().any(|node| self.fits(node)) {
            return None;
        }
        let names: Vec<&str> = match self.method {
            Method::Name => models.nodes.iter().map(|node| node.name.as_str()).collect(),
            Method::Tag => models.nodes.iter().flat_map(|node| &node.tags).map(String::as_str).collect(),
            Method::Path => {
                models.nodes.iter().filter_map(|node| Some(node.file.rsplit_once('/')?.0)).collect()
            }
        };
        let message = match self.method {
            Method::Name => format!("there is no model or seed `{}`", self.value),
            Method::Tag => format!("no model has the tag `{}`", self.value),
            Method::Path => format!("no model lies in `{}`", self.value),
        };
        Some(Wrong { range: self.range.clone(), message, hint: did_you_mean(&self.value, names) })
    }

    fn fits(&self, node: &Node) -> bool {
        match self.method {
            Method::Name => matches(&self.value, &node.name),
            Method::Tag => node.tags.contains(&self.value),
            Method::Path => {
                let rest = node.file.strip_prefix(self.value.trim_end_matches('/'));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }

    fn pick(&self, models: &Models) -> BTreeSet<usize> {
        let own: BTreeSet<usize> =
            (0..models.nodes.len()).filter(|at| self.fits(&models.nodes[*at])).collect();
        let parents = |node: usize| models.nodes[node].parents.clone();
        let children = |node: usize| {
            (0..models.nodes.len()).filter(|other| models.nodes[*other].parents.contains(&node)).collect()
        };
        &follow(&own, self.before, parents) | &follow(&own, self.after, children)
    }
}

/// `+` or `2+` before a name: how many steps, and what is left.
fn back(text: &str) -> (usize, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].strip_prefix('+') {
        Some(rest) => (text[..digits].parse().unwrap_or(usize::MAX), rest),
        None => (0, text),
    }
}

/// `+` or `+2` behind a name.
fn onward(text: &str) -> (&str, usize) {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match name.strip_suffix('+') {
        Some(rest) => (rest, text[name.len()..].parse().unwrap_or(usize::MAX)),
        None => (text, 0),
    }
}

/// The nodes, and those that so many steps lead to.
fn follow(from: &BTreeSet<usize>, steps: usize, next: impl Fn(usize) -> BTreeSet<usize>) -> BTreeSet<usize> {
    let (mut all, mut edge) = (from.clone(), from.clone());
    for _ in 0..steps {
        let reached: BTreeSet<usize> = edge.iter().flat_map(|node| next(*node)).collect();
        edge = &reached - &all;
        if edge.is_empty() {
            break;
        }
        all.extend(&edge);
    }
    all
}

/// Whether a name is one that a pattern means: `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::Map;

    use super::*;

    /// raw_orders → orders → days → report, and days_2 of orders.
    fn models() -> Models {
        let files = [
            (
                "models/staging/orders.sql",
                "{{ config(tags=['daily', 'core']) }} select * from {{ ref('raw_orders') }}",
            ),
            ("models/marts/days.sql", "{{ config(tags='daily') }} select * from {{ ref('orders') }}"),
            ("models/marts/days_2.sql", "select * from {{ ref('orders') }}"),
            ("models/report.sql", "select * from {{ ref('days') }}"),
        ];
        let files: BTreeMap<String, String> =
            files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let paths = files.keys().cloned().chain(["seeds/raw_orders.csv".to_owned()]).collect();
        let read = super::super::read(&files, &paths, &Map::new());
        assert_eq!(read.problems, []);
        read.models
    }

    fn picked(text: &str) -> String {
        let models = models();
        let told = |wrong: &Wrong| {
            format!(
                "[{}] {} ({})",
                &text[wrong.range.clone()],
                wrong.message,
                wrong.hint.clone().unwrap_or_default()
            )
        };
        let picked = match Selector::parse(text) {
            Err(wrong) => return told(&wrong),
            Ok(selector) => selector.pick(&models),
        };
        match picked {
            Ok(nodes) => nodes.iter().map(|at| models.nodes[*at].name.as_str()).collect::<Vec<_>>().join(" "),
            Err(wrong) => wrong.iter().map(told).collect::<Vec<_>>().join("; "),
        }
    }

    #[test]
    fn names_are_picked_and_followed() {
        assert_eq!(picked("*"), "raw_orders orders days days_2 report");
        assert_eq!(picked("days"), "days");
        assert_eq!(picked("+days"), "raw_orders orders days");
        assert_eq!(picked("1+days"), "orders days");
        assert_eq!(picked("orders+"), "orders days days_2 report");
        assert_eq!(picked("orders+1"), "orders days days_2");
        assert_eq!(picked("+days+"), "raw_orders orders days report");
        assert_eq!(picked("days*"), "days days_2");
        assert_eq!(picked("*_2 report"), "days_2 report");
        assert_eq!(picked("tag:daily"), "orders days");
        assert_eq!(picked("tag:daily,path:models/marts"), "days");
        assert_eq!(picked("path:models/marts/"), "days days_2");
        assert_eq!(picked("path:seeds"), "raw_orders");
        assert_eq!(picked("days+,tag:core"), "");
    }

    #[test]
    fn what_means_nothing_is_told() {
        let texts = [
            "",
            "dayz",
            "+",
            "tag:dayly orderz",
            "path:model/marts",
            "source:raw.orders",
            "@days",
            "a++",
            "tag:",
        ];
        insta::assert_snapshot!(texts.map(picked).join("\n"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([a-z*+,:@ 0-9é]|tag:|path:|days|orders)*") {
            if let Ok(selector) = Selector::parse(&text) {
                let nodes = selector.pick(&models()).unwrap_or_default();
                prop_assert!(nodes.iter().all(|node| *node < 5));
            }
        }
    }
}
