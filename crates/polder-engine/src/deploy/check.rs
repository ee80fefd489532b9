//! Reading what a deployment brings, before anything else is asked.

use std::collections::{BTreeMap, BTreeSet};

use polder_store::{Tx, blobs};
use polder_types::definition::{self, Parsed, Problem, Project, is_definition, is_name};
use polder_types::wire::{Deploy, Mistake, ProjectFile};

use super::{Checked, files};
use crate::{Error, Result};

/// Texts of files by path.
type Texts = BTreeMap<String, String>;

pub(crate) async fn check(tx: &mut Tx, workspace: &str, deploy: Deploy) -> Result<Checked> {
    check_files(&deploy)?;
    check_presence(tx, &deploy.files).await?;
    let (parsed, unreadable) = read_project(tx, &deploy.files).await?;
    let (project, parsed) = without_mistakes(parsed, unreadable)?;
    check_environment(&project, &deploy.environment)?;
    let mut files = deploy.files;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Checked {
        workspace: workspace.to_owned(),
        environment: deploy.environment,
        project,
        files,
        note: deploy.note,
        source: deploy.source,
        rolled_back_to: None,
        job: false,
        parsed: Some(parsed),
    })
}

/// What the files say, and which of those that matter cannot be read.
async fn read_project(tx: &mut Tx, files: &[ProjectFile]) -> Result<(Parsed, Vec<Mistake>)> {
    let (texts, mut unreadable) = read_texts(tx, files, is_definition).await?;
    let paths = files.iter().map(|file| file.path.clone()).collect();
    let mut parsed = definition::parse(&texts, &paths);
    let named: BTreeSet<String> = parsed.sql_files().into_iter().map(str::to_owned).collect();
    let (of_sql, others) = read_texts(tx, files, |path| named.contains(path)).await?;
    parsed.check_sql(&of_sql);
    unreadable.extend(others);
    Ok((parsed, unreadable))
}

/// The project of these files, and all that was found in them.
///
/// # Errors
/// [`Error::InvalidDefinition`] with every mistake, if one is an error.
pub(crate) fn parse(texts: &Texts, paths: &BTreeSet<String>) -> Result<(Project, Parsed)> {
    without_mistakes(definition::parse(texts, paths), Vec::new())
}

fn without_mistakes(parsed: Parsed, mut mistakes: Vec<Mistake>) -> Result<(Project, Parsed)> {
    mistakes.extend(as_mistakes(&parsed.problems));
    match &parsed.project {
        Some(project) if !mistakes.iter().any(|mistake| mistake.severity.is_error()) => {
            Ok((project.clone(), parsed))
        }
        _ => Err(Error::InvalidDefinition(mistakes)),
    }
}

/// Problems of files as they travel.
pub(crate) fn as_mistakes(problems: &[Problem]) -> Vec<Mistake> {
    problems.iter().cloned().map(Mistake::from).collect()
}

/// A mistake about a file as a whole.
pub(crate) fn about(file: &str, path: Option<&str>, message: String, hint: Option<String>) -> Mistake {
    let (file, path) = (Some(file.to_owned()), path.map(str::to_owned));
    Mistake { file, path, hint, ..Mistake::error(message) }
}

fn check_files(deploy: &Deploy) -> Result<()> {
    if let Some(detail) = files::too_large(&deploy.files) {
        return Err(Error::TooLarge { detail });
    }
    let mistakes = files::mistakes(&deploy.files);
    if mistakes.is_empty() { Ok(()) } else { Err(Error::InvalidDefinition(mistakes)) }
}

/// Contents must be here. What they take is counted here too: the list may say anything.
async fn check_presence(tx: &mut Tx, files: &[ProjectFile]) -> Result<()> {
    let hashes: Vec<String> = files.iter().map(|file| file.sha256.clone()).collect();
    let missing = blobs::missing(tx, &hashes).await?;
    if !missing.is_empty() {
        return Err(Error::MissingFiles(missing));
    }
    files::check_bytes(blobs::bytes_of(tx, &hashes).await?)
        .map_or(Ok(()), |detail| Err(Error::TooLarge { detail }))
}

async fn read_texts(
    tx: &mut Tx,
    files: &[ProjectFile],
    is_wanted: impl Fn(&str) -> bool,
) -> Result<(Texts, Vec<Mistake>)> {
    let mut texts = Texts::new();
    let mut unreadable = Vec::new();
    for file in files.iter().filter(|file| is_wanted(&file.path)) {
        match String::from_utf8(blobs::get(tx, &file.sha256).await?) {
            Ok(text) => _ = texts.insert(file.path.clone(), text),
            Err(error) => {
                unreadable.push(Mistake::from(definition::not_utf8(&file.path, &error.into_bytes())))
            }
        }
    }
    Ok((texts, unreadable))
}

/// A project that lists its environments is deployed to those only.
fn check_environment(project: &Project, environment: &str) -> Result<()> {
    if project.environments.is_empty() || project.environments.contains_key(environment) {
        return check_name(environment);
    }
    let known: Vec<&str> = project.environments.keys().map(String::as_str).collect();
    let message = format!("the project has no environment `{environment}`; it has: {}", known.join(", "));
    let hint = definition::did_you_mean(environment, known.iter().copied())
        .or_else(|| Some(format!("add `{environment}: {{}}` to `environments`")));
    Err(Error::InvalidDefinition(vec![about("polder.yaml", Some("environments"), message, hint)]))
}

fn check_name(environment: &str) -> Result<()> {
    if is_name(environment) {
        return Ok(());
    }
    let hint = Some("use lower-case letters, digits, `-` and `_`, such as `prod`".to_owned());
    Err(Error::BadRequest { detail: format!("`{environment}` cannot be the name of an environment"), hint })
}
