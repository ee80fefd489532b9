//! Brings the files of a project together: names to what they mean, tests to what they test, parents before children.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::config::{self, Config};
use super::generic::{Generic, Target};
use super::properties::{self, Described, Found, Properties};
use super::sources::SourceTable;
use super::sql_file::{self, SqlFile, stem};
use super::{FILE_LIMIT, Models, Node, Query, Read, Test, What, find, graph, is_file, is_seed, settings};
use crate::definition::{self, Field, Place, ProblemCode, Reader, Tree, did_you_mean};
use crate::lake::{Descriptions, InvalidName, TableName};
use crate::script::Script;

/// Where models lie that lie in no folder.
const DEFAULT_SCHEMA: &str = "marts";
/// Where seeds lie.
const SEED_SCHEMA: &str = "raw";

pub(super) fn read(
    files: &BTreeMap<String, String>,
    paths: &BTreeSet<String>,
    vars: &Map<String, Value>,
) -> Read {
    let chosen = files.iter().filter(|(path, _)| is_file(path)).take(FILE_LIMIT);
    let readers: Vec<Reader<'_>> = chosen.map(|(path, text)| Reader::new(path, text)).collect();
    // Seeds have no text here; what is wrong with one is told at its path.
    let seeds: Vec<Reader<'_>> = paths
        .iter()
        .filter(|path| is_seed(path))
        .take(FILE_LIMIT)
        .map(|path| Reader::new(path, ""))
        .collect();
    let is_yaml = |reader: &&Reader<'_>| !reader.file.ends_with(".sql");
    let tree = |reader| Some((reader, definition::read_tree(reader)?));
    let trees: Vec<(&Reader<'_>, Tree)> = readers.iter().filter(is_yaml).filter_map(tree).collect();
    let models = Linker::new(&readers, &trees, &seeds, vars).linked();
    drop(trees);
    let mut problems = Vec::new();
    for reader in readers.into_iter().chain(seeds) {
        let mut own = reader.into_problems();
        own.sort_by_key(|problem| (problem.line, problem.column));
        problems.extend(own);
    }
    Read { models, problems }
}

/// A node that is being read.
struct Draft<'a> {
    reader: &'a Reader<'a>,
    name: String,
    is_seed: bool,
    descriptions: Descriptions,
    config: Config,
    refs: BTreeSet<String>,
    sources: BTreeSet<(String, String)>,
}

struct Linker<'a> {
    drafts: Vec<Draft<'a>>,
    singular: Vec<SqlFile<'a>>,
    described: Vec<Described<'a>>,
    source_tables: Vec<(&'a Reader<'a>, SourceTable<'a>)>,
    vars: Map<String, Value>,
    project: Option<String>,
}

impl<'a> Linker<'a> {
    fn new(
        readers: &'a [Reader<'a>],
        trees: &'a [(&'a Reader<'a>, Tree)],
        seeds: &'a [Reader<'a>],
        vars: &Map<String, Value>,
    ) -> Self {
        let (own, others): (Vec<_>, Vec<_>) =
            trees.iter().map(root).partition(|field| field.reader.file == settings::FILE);
        let mut settings = own.first().map(settings::read).unwrap_or_default();
        settings.vars.extend(vars.clone());
        let (project, vars) = (settings.name, settings.vars);
        let sql = |folder: &'static str, keys: &'static [&'static str]| {
            let own = readers
                .iter()
                .filter(move |reader| reader.file.starts_with(folder) && reader.file.ends_with(".sql"));
            own.map(|reader| sql_file::read(reader, project.as_deref(), &vars, keys)).collect::<Vec<_>>()
        };
        let (models, singular) = (sql("models/", config::OF_MODELS), sql("tests/", config::OF_TESTS));
        let seeds = seeds.iter().map(Draft::seed);
        let drafts = models.into_iter().map(Draft::model).chain(seeds).collect();
        let mut linker =
            Self { drafts, singular, described: Vec::new(), source_tables: Vec::new(), vars, project };
        for field in &others {
            let Properties { described, sources } = properties::read(field);
            linker.described.extend(described);
            linker.source_tables.extend(sources.into_iter().map(|table| (field.reader, table)));
        }
        linker
    }

    fn linked(mut self) -> Models {
        self.describe();
        self.drafts.retain(|draft| draft.config.enabled != Some(false));
        self.check_sql();
        self.refuse_same_names();
        let sources = self.sources();
        let names: BTreeMap<String, usize> =
            self.drafts.iter().enumerate().rev().map(|(at, draft)| (draft.name.clone(), at)).collect();
        let nodes: Vec<Option<Node>> =
            self.drafts.iter().map(|draft| self.node(draft, &names, &sources)).collect();
        // What follows would tell the same mistakes again.
        let Some(nodes) = nodes.into_iter().collect::<Option<Vec<Node>>>() else { return Models::default() };
        self.refuse_same_tables(&nodes);
        if self.refuse_cycles(&nodes) {
            return Models::default();
        }
        let (vars, project) = (self.vars.clone(), self.project.clone());
        let mut models = Models { nodes: graph::sorted(nodes), tests: Vec::new(), vars, sources, project };
        models.tests = Tests { linker: &self, models: &models }.all();
        models
    }

    /// What YAML says of models goes to them.
    fn describe(&mut self) {
        for described in &mut self.described {
            let fits = |draft: &&mut Draft<'_>| {
                draft.name == described.name.value && draft.is_seed == described.is_seed
            };
            if let Some(draft) = self.drafts.iter_mut().find(fits) {
                draft.config = std::mem::take(&mut draft.config).or(described.config.clone());
                draft.descriptions = std::mem::take(&mut described.descriptions);
                continue;
            }
            let names = self.drafts.iter().filter(|draft| draft.is_seed == described.is_seed);
            let hint = did_you_mean(&described.name.value, names.map(|draft| draft.name.as_str()));
            let (what, end) = if described.is_seed { ("seed", "csv") } else { ("model", "sql") };
            let name = &described.name.value;
            let message = format!("there is no {what} `{name}`: no file `{name}.{end}`");
            described.reader.error(&described.name.place, ProblemCode::UnknownName, message, hint);
        }
    }

    /// Of what is not switched off.
    fn check_sql(&self) {
        let models = self.drafts.iter().filter(|draft| !draft.is_seed).map(|draft| draft.reader);
        let tests = self.singular.iter().filter(|file| file.config.enabled != Some(false));
        for reader in models.chain(tests.map(|file| file.reader)) {
            sql_file::check_sql(reader, self.project.as_deref(), &self.vars);
        }
    }

    fn refuse_same_names(&self) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for draft in &self.drafts {
            if let Some(file) = seen.insert(&draft.name, draft.reader.file) {
                let message = format!("`{}` is already in {file}", draft.name);
                let hint = Some("models and seeds of one project have names of their own; `alias` names the table otherwise".to_owned());
                draft.reader.error(&start(), ProblemCode::DuplicateName, message, hint);
            }
        }
    }

    fn refuse_same_tables(&self, nodes: &[Node]) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (draft, node) in self.drafts.iter().zip(nodes) {
            let before = seen.insert(node.table.key(), &node.file);
            if let Some(file) = before.filter(|_| !self.has_twin(draft)) {
                let message = format!("the table {} is already made by {file}", node.table);
                draft.reader.error(&start(), ProblemCode::DuplicateName, message, None);
            }
        }
    }

    /// Whether another node has the same name, which was told.
    fn has_twin(&self, draft: &Draft<'_>) -> bool {
        self.drafts.iter().filter(|other| other.name == draft.name).count() > 1
    }

    /// Whether there are any.
    fn refuse_cycles(&self, nodes: &[Node]) -> bool {
        let edges: Vec<Vec<usize>> =
            nodes.iter().map(|node| node.parents.iter().copied().collect()).collect();
        let cycles = definition::cycles(&edges);
        for cycle in &cycles {
            let [first, second, ..] = cycle.as_slice() else { continue };
            let names: Vec<&str> = cycle.iter().map(|at| nodes[*at].name.as_str()).collect();
            let reader = self.drafts[*first].reader;
            let place = Place::of(reader.text, find::call(reader.text, "ref", &[&nodes[*second].name]));
            let message = format!("these models wait for each other: {}", names.join(" → "));
            reader.error(&place, ProblemCode::Cycle, message, None);
        }
        !cycles.is_empty()
    }

    fn sources(&self) -> BTreeMap<(String, String), TableName> {
        let mut sources = BTreeMap::new();
        for (reader, source) in &self.source_tables {
            let name = (source.source.clone(), source.name.value.clone());
            if sources.insert(name, source.table.clone()).is_some() {
                let message = format!("`{}` is in source `{}` already", source.name.value, source.source);
                reader.error(&source.name.place, ProblemCode::DuplicateName, message, None);
            }
        }
        sources
    }

    fn node(
        &self,
        draft: &Draft<'_>,
        names: &BTreeMap<String, usize>,
        sources: &BTreeMap<(String, String), TableName>,
    ) -> Option<Node> {
        let parents = draft.refs.iter().filter_map(|name| self.parent(draft.reader, name, names)).collect();
        let read = draft.sources.iter().filter_map(|name| source(draft.reader, name, sources)).collect();
        let text = || draft.reader.text.to_owned();
        let what = if draft.is_seed {
            What::Seed
        } else {
            What::Model { text: text(), materialised: draft.config.materialised() }
        };
        Some(Node {
            name: draft.name.clone(),
            file: draft.reader.file.to_owned(),
            what,
            table: draft.table()?,
            descriptions: draft.descriptions.clone(),
            tags: draft.config.tags.clone(),
            parents,
            sources: read,
            full_refresh: draft.config.full_refresh,
        })
    }

    fn parent(&self, reader: &Reader<'_>, name: &str, names: &BTreeMap<String, usize>) -> Option<usize> {
        let found = names.get(name).copied();
        if found.is_none() {
            let place = Place::of(reader.text, find::call(reader.text, "ref", &[name]));
            reader.error(&place, ProblemCode::UnknownName, no_model(name), near(name, names));
        }
        found
    }
}

fn no_model(name: &str) -> String {
    format!("there is no model or seed `{name}`")
}

fn near(name: &str, names: &BTreeMap<String, usize>) -> Option<String> {
    did_you_mean(name, names.keys().map(String::as_str))
}

/// The table that a source is; one that is not there is reported.
fn source(
    reader: &Reader<'_>,
    name: &(String, String),
    sources: &BTreeMap<(String, String), TableName>,
) -> Option<TableName> {
    let found = sources.get(name).cloned();
    if found.is_none() {
        let place = Place::of(reader.text, find::call(reader.text, "source", &[&name.0, &name.1]));
        reader.error(&place, ProblemCode::UnknownName, no_source(name), near_source(name, sources));
    }
    found
}

fn no_source((source, table): &(String, String)) -> String {
    format!("there is no source `{source}`.`{table}` in any YAML file of `models/`")
}

fn near_source(name: &(String, String), sources: &BTreeMap<(String, String), TableName>) -> Option<String> {
    let names: Vec<String> = sources.keys().map(|(source, table)| format!("{source}.{table}")).collect();
    did_you_mean(&format!("{}.{}", name.0, name.1), names.iter().map(String::as_str))
}

fn root<'a>((reader, tree): &'a (&'a Reader<'a>, Tree)) -> Field<'a> {
    definition::root(reader, tree)
}

fn start() -> Place {
    Place::of("", 0..0)
}

impl<'a> Draft<'a> {
    fn model(file: SqlFile<'a>) -> Self {
        let SqlFile { reader, name, refs, sources, config } = file;
        Self { reader, name, is_seed: false, descriptions: Descriptions::default(), config, refs, sources }
    }

    fn seed(reader: &'a Reader<'a>) -> Self {
        let (refs, sources) = (BTreeSet::new(), BTreeSet::new());
        let name = stem(reader.file).to_owned();
        Self {
            reader,
            name,
            is_seed: true,
            descriptions: Descriptions::default(),
            config: Config::default(),
            refs,
            sources,
        }
    }

    /// In the schema that it says, or that its folder is; a name that cannot be one is reported.
    fn table(&self) -> Option<TableName> {
        let within = self.reader.file.strip_prefix("models/").and_then(|path| path.split_once('/'));
        let folder = match within {
            _ if self.is_seed => SEED_SCHEMA,
            Some((folder, _)) => folder,
            None => DEFAULT_SCHEMA,
        };
        let schema = self.config.schema.as_deref().unwrap_or(folder);
        let table = self.config.alias.as_deref().unwrap_or(&self.name);
        let report = |error: &InvalidName| {
            let hint = Some("rename it, or say otherwise with `config(schema=…, alias=…)`".to_owned());
            self.reader.error(&start(), ProblemCode::InvalidName, error.to_string(), hint);
        };
        TableName::new(schema, table).inspect_err(report).ok()
    }
}

/// Makes the tests, when all nodes have their places.
struct Tests<'l, 'a> {
    linker: &'l Linker<'a>,
    models: &'l Models,
}

impl Tests<'_, '_> {
    fn all(&self) -> Vec<Test> {
        let linker = self.linker;
        let nodes = linker.described.iter().flat_map(|described| {
            let node = self.models.find(&described.name.value);
            described.tests.iter().filter_map(move |found| self.of_node(node?, found))
        });
        let sources = linker.source_tables.iter().flat_map(|(_, source)| {
            source.tests.iter().filter_map(move |found| self.of_source(source, found))
        });
        let singular = linker.singular.iter().filter(|file| file.config.enabled != Some(false));
        let tests: Vec<Test> = nodes.chain(sources).chain(singular.map(|file| self.singular(file))).collect();
        distinct(tests)
    }

    fn of_node(&self, node: usize, found: &Found<'_>) -> Option<Test> {
        let Node { name, table, .. } = &self.models.nodes[node];
        let mut test = self.generic(name, table, found)?;
        test.parents.insert(node);
        Some(test)
    }

    fn of_source(&self, source: &SourceTable<'_>, found: &Found<'_>) -> Option<Test> {
        let name = format!("{}_{}", source.source, source.name.value);
        let mut test = self.generic(&name, &source.table, found)?;
        test.sources.insert(source.table.clone());
        Some(test)
    }

    /// A test of a column; it names no node of its own yet.
    fn generic(&self, of: &str, table: &TableName, found: &Found<'_>) -> Option<Test> {
        if found.config.enabled == Some(false) {
            return None;
        }
        let (mut parents, mut sources, mut to) = (BTreeSet::new(), BTreeSet::new(), String::new());
        if let Generic::Relationships { to: target, .. } = &found.generic {
            let table = self.target(target, found, &mut parents)?;
            to = relation(&table);
            if parents.is_empty() {
                sources.insert(table);
            }
        }
        let column: String =
            found.column.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let name = found.name.clone().unwrap_or_else(|| format!("{}_{of}_{column}", found.generic.name()));
        let sql = found.generic.sql(&relation(table), &found.column, &to, found.config.filter.as_deref());
        for mistake in Script::query(&sql).err().unwrap_or_default() {
            let message = format!("the test's query cannot be read: {}", mistake.message);
            let hint = Some("look at its `where`, and at the name of its column".to_owned());
            found.reader.error(&found.place, ProblemCode::InvalidSql, message, hint);
        }
        let severity = found.config.severity.unwrap_or_default();
        Some(Test {
            name,
            file: found.reader.file.to_owned(),
            query: Query::Sql(sql),
            severity,
            parents,
            sources,
        })
    }

    fn target(&self, target: &Target, found: &Found<'_>, parents: &mut BTreeSet<usize>) -> Option<TableName> {
        match target {
            Target::Ref(name) => {
                let Some(node) = self.models.find(name) else {
                    let hint = did_you_mean(name, self.models.nodes.iter().map(|node| node.name.as_str()));
                    found.reader.error(&found.place, ProblemCode::UnknownName, no_model(name), hint);
                    return None;
                };
                parents.insert(node);
                Some(self.models.nodes[node].table.clone())
            }
            Target::Source(source, table) => {
                let name = (source.clone(), table.clone());
                let known = self.models.sources.get(&name).cloned();
                if known.is_none() {
                    let hint = near_source(&name, &self.models.sources);
                    found.reader.error(&found.place, ProblemCode::UnknownName, no_source(&name), hint);
                }
                known
            }
        }
    }

    fn singular(&self, file: &SqlFile<'_>) -> Test {
        let names: BTreeMap<String, usize> =
            self.models.nodes.iter().enumerate().map(|(at, node)| (node.name.clone(), at)).collect();
        let parents =
            file.refs.iter().filter_map(|name| self.linker.parent(file.reader, name, &names)).collect();
        let sources =
            file.sources.iter().filter_map(|name| source(file.reader, name, &self.models.sources)).collect();
        Test {
            name: file.name.clone(),
            file: file.reader.file.to_owned(),
            query: Query::Template(file.reader.text.to_owned()),
            severity: file.config.severity.unwrap_or_default(),
            parents,
            sources,
        }
    }
}

/// How SQL names a table: without quotes where they change nothing.
pub(super) fn relation(table: &TableName) -> String {
    let plain = |name: &str| !name.chars().any(|c| c.is_ascii_uppercase());
    let part = |name: &str| if plain(name) { name.to_owned() } else { format!("\"{name}\"") };
    format!("{}.{}", part(table.schema()), part(table.table()))
}

/// With a number where several have one name.
fn distinct(mut tests: Vec<Test>) -> Vec<Test> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for test in &mut tests {
        let count = seen.entry(test.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            test.name = format!("{}_{count}", test.name);
        }
    }
    tests
}
