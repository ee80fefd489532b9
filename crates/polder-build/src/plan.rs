//! All that is going to be run, known and parsed before anything is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use polder_lake::{Mistake, Script, Statement};
use polder_types::definition::{Problem, ProblemCode, Severity, render};
use polder_types::models::{self, Fault, Materialised, Models, Order, Selector, Test, What};
use serde_json::{Map, Value};

use crate::{Error, Log, Result};

/// A project's files, as far as models are made of them.
#[derive(Debug, Clone, Default)]
pub struct Project {
    pub root: PathBuf,
    pub texts: BTreeMap<String, String>,
    pub paths: BTreeSet<String>,
}

impl Project {
    /// The files below a folder.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let mut project = Self { root: root.to_owned(), ..Self::default() };
        for folder in ["models", "tests", "seeds"] {
            collect(root, folder, &mut project.paths)?;
        }
        project.paths.insert("dbt_project.yml".to_owned());
        project.paths.retain(|path| root.join(path).is_file());
        for path in project.paths.iter().filter(|path| models::is_file(path)) {
            let text = fs::read_to_string(root.join(path));
            let text = text.map_err(|source| Error::Project { file: path.clone(), source })?;
            project.texts.insert(path.clone(), text);
        }
        Ok(project)
    }
}

fn collect(root: &Path, folder: &str, paths: &mut BTreeSet<String>) -> Result<()> {
    let failed = |source| Error::Project { file: folder.to_owned(), source };
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{folder}/{name}")) else { continue };
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(root, &name, paths)?;
        } else {
            paths.insert(name);
        }
    }
    Ok(())
}

/// What to build of a project, and how.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Selectors, of which each counts.
    pub select: Vec<String>,
    pub vars: Map<String, Value>,
    pub full_refresh: bool,
}

/// What is built, and in which order.
pub struct Plan {
    pub(crate) root: PathBuf,
    pub(crate) models: Models,
    pub(crate) order: Order,
    pub(crate) wish: Wish,
}

impl Plan {
    /// Reads a project and picks from it. Every mistake is told in the log.
    ///
    /// # Errors
    /// When there are mistakes.
    pub fn new(project: Project, wish: Wish, log: &mut Log<'_>) -> Result<Self> {
        let read = models::read(&project.texts, &project.paths, &wish.vars);
        let is_of_sql = |problem: &Problem| problem.code == ProblemCode::InvalidSql;
        if read.problems.iter().any(|problem| is_error(problem) && !is_of_sql(problem)) {
            refuse(&read.problems, log)?;
        }
        let mut chosen = BTreeSet::new();
        for text in &wish.select {
            chosen.extend(pick(text, &read.models)?);
        }
        let order = read.models.order(&chosen);
        let plan = Self { root: project.root, models: read.models, order, wish };
        // Somebody who works on one model is not kept from it by another one's SQL.
        let files = plan.files();
        let is_built = |problem: &Problem| !is_of_sql(problem) || files.contains(problem.file.as_str());
        refuse(&read.problems.into_iter().filter(is_built).collect::<Vec<_>>(), log)?;
        Ok(plan)
    }

    /// The files of what is built.
    fn files(&self) -> BTreeSet<&str> {
        let models = self.order.nodes.keys().map(|node| self.models.nodes[*node].file.as_str());
        models.chain(self.order.tests.keys().map(|test| self.models.tests[*test].file.as_str())).collect()
    }

    /// Fills in and parses all SQL, without running any: what is wrong with it is told at once.
    ///
    /// # Errors
    /// When there are mistakes.
    pub fn check(&self, log: &mut Log<'_>) -> Result<()> {
        let nodes = self.order.nodes.keys().filter_map(|node| self.check_model(*node).err());
        let tests = self.order.tests.keys().filter_map(|test| self.bad_rows(&self.models.tests[*test]).err());
        let wrong: Vec<String> = nodes.chain(tests).collect();
        for message in &wrong {
            log.say(message)?;
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Mistakes(wrong.len())) }
    }

    fn check_model(&self, node: usize) -> Result<(), String> {
        let of = &self.models.nodes[node];
        let What::Model { materialised, .. } = &of.what else { return Ok(()) };
        self.select(node, false)?;
        if matches!(materialised, Materialised::Incremental { .. }) {
            self.select(node, true)?;
        }
        Ok(())
    }

    /// The SELECT of a model.
    pub(crate) fn select(&self, node: usize, is_incremental: bool) -> Result<String, String> {
        let of = &self.models.nodes[node];
        let What::Model { text, .. } = &of.what else { return Ok(String::new()) };
        let select = self.models.select(node, &self.wish.vars, is_incremental);
        let select = select.map_err(|fault| faulty(&of.file, text, &fault))?.unwrap_or_default();
        statement(&select).map_err(|message| format!("{}: {message}", of.file))?;
        Ok(select)
    }

    /// The query of a test.
    pub(crate) fn bad_rows(&self, test: &Test) -> Result<(String, Statement), String> {
        let sql = self.models.bad_rows(test, &self.wish.vars);
        let sql = sql.map_err(|fault| faulty(&test.file, "", &fault))?;
        let query = statement(&sql).map_err(|message| format!("{}: {}: {message}", test.file, test.name))?;
        Ok((sql, query))
    }
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}

/// Tells the mistakes, if there are any.
fn refuse(problems: &[Problem], log: &mut Log<'_>) -> Result<()> {
    let errors = problems.iter().filter(|problem| is_error(problem)).count();
    if errors == 0 {
        return Ok(());
    }
    log.say(&render(problems))?;
    Err(Error::Mistakes(errors))
}

fn pick(text: &str, models: &Models) -> Result<BTreeSet<usize>> {
    let told = |wrong: &models::Wrong| match &wrong.hint {
        Some(hint) => format!("{}: {hint}", wrong.message),
        None => wrong.message.clone(),
    };
    let selector = Selector::parse(text).map_err(|wrong| Error::Selection(told(&wrong)))?;
    let several = |wrong: Vec<models::Wrong>| wrong.iter().map(told).collect::<Vec<_>>().join("; ");
    selector.pick(models).map_err(|wrong| Error::Selection(several(wrong)))
}

fn faulty(file: &str, text: &str, fault: &Fault) -> String {
    let line = text.get(..fault.range.start).unwrap_or_default().matches('\n').count() + 1;
    format!(
        "{file}:{line}: {}{}",
        fault.message,
        fault.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default()
    )
}

/// The one query that a text is.
pub(crate) fn statement(sql: &str) -> Result<Statement, String> {
    Script::query(sql).map_err(|mistakes| told(&mistakes))
}

pub(crate) fn told(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
