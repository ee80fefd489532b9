//! `polder init`: a project that works, to begin with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use polder_types::definition::is_name;
use serde_json::json;

use crate::config::Context;
use crate::failure::Failure;
use crate::output::Style;

/// Path and text of each file; `PROJECT` and `TEAM` are filled in.
const FILES: [(&str, &str); 5] = [
    ("polder.yaml", include_str!("../template/polder.yaml")),
    ("pipelines/hello.yaml", include_str!("../template/pipelines/hello.yaml")),
    ("hello.py", include_str!("../template/hello.py")),
    (".polderignore", include_str!("../template/polderignore")),
    ("README.md", include_str!("../template/README.md")),
];

#[derive(clap::Args)]
pub struct Args {
    /// The project's folder; made if it is not there
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// The project's name [default: the folder's]
    #[arg(long)]
    name: Option<String>,
    /// The team that owns it
    #[arg(long, default_value = "my-team")]
    team: String,
}

pub fn run(args: &Args, context: &Context<'_>) -> Result<ExitCode> {
    let name = name(args)?;
    if let Some((path, _)) =
        FILES.iter().find(|(path, _)| *path != "README.md" && args.folder.join(path).exists())
    {
        return Err(Failure::new(format!("{} is there already", args.folder.join(path).display()))
            .hint("Choose another folder, or add a pipeline to this project with `polder new pipeline NAME`.")
            .into());
    }
    let mut written = Vec::new();
    for (path, text) in FILES {
        if write(&args.folder.join(path), &text.replace("PROJECT", &name).replace("TEAM", &args.team))? {
            written.push(path);
        }
    }
    let result = json!({ "project": name, "team": args.team, "files": written });
    context.output.show(&result, |style| told(args, &name, &written, style))?;
    Ok(ExitCode::SUCCESS)
}

fn told(args: &Args, name: &str, written: &[&str], style: &Style) -> String {
    let here = args.folder == Path::new(".");
    let folder =
        if here { String::new() } else { format!(" {}", quoted(&args.folder.display().to_string())) };
    let team = &args.team;
    let next = [
        (format!("polder run --local hello{folder}"), "run it here, without a server"),
        (format!("polder deploy{folder}"), "bring it to a server"),
        (format!("polder run {team}/hello --follow"), "run it there"),
    ];
    let width = next.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    let next: String = next
        .iter()
        .map(|(command, what)| {
            format!("  {}  {}\n", style.bold(&format!("{command:width$}")), style.dim(what))
        })
        .collect();
    format!("Project {} of team {team}: {}.\n\nNext:\n{next}", style.bold(name), written.join(", "))
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,@%".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Writes the file unless it is there.
pub(super) fn write(path: &Path, text: &str) -> Result<bool> {
    let context = || format!("cannot write {}", path.display());
    if path.exists() {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(context)?;
    }
    fs::write(path, text).with_context(context)?;
    Ok(true)
}

fn name(args: &Args) -> Result<String> {
    for (name, option) in [(args.name.as_deref(), "--name"), (Some(args.team.as_str()), "--team")] {
        if let Some(name) = name.filter(|name| !is_name(name)) {
            return Err(Failure::usage(format!("`{name}` cannot be used with {option}"))
                .hint("Names are made of lower-case letters, digits, `-` and `_`, and begin with a letter or digit.")
                .into());
        }
    }
    if let Some(name) = &args.name {
        return Ok(name.clone());
    }
    let folder = std::path::absolute(&args.folder)?;
    Ok(folder
        .file_name()
        .and_then(|name| name.to_str())
        .map(name_from)
        .unwrap_or_else(|| "my-project".to_owned()))
}

/// The nearest valid name to a folder's.
fn name_from(folder: &str) -> String {
    let letters = folder
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect::<String>();
    let name = letters.trim_matches('-').to_owned();
    if is_name(&name) { name } else { "my-project".to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_template_has_no_mistake() {
        let filled = |text: &str| text.replace("PROJECT", "flights").replace("TEAM", "ops");
        let files: BTreeMap<String, String> =
            FILES.iter().map(|(path, text)| ((*path).to_owned(), filled(text))).collect();
        let paths: BTreeSet<String> = files.keys().cloned().collect();
        let parsed = polder_types::definition::parse(&files, &paths);
        assert_eq!(parsed.problems, []);
        assert_eq!(parsed.project.unwrap().pipelines[0].name, "hello");
    }

    #[test]
    fn a_folder_gives_a_valid_name() {
        assert_eq!(
            ["My Flights", "flights", "2026", "..."].map(name_from),
            ["my-flights", "flights", "2026", "my-project"]
        );
    }
}
