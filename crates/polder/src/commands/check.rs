//! `polder check`: every mistake of a project at once, without a server.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use polder_types::definition::Project;
use polder_types::wire::Mistake;
use polder_types::{Clock as _, SystemClock};
use serde_json::json;

use super::schedules;
use crate::config::Context;
use crate::output::{Output, format, mistakes};
use crate::project::Folder;

#[derive(clap::Args)]
pub struct Args {
    /// The project's folder
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(args: &Args, context: &Context<'_>) -> Result<ExitCode> {
    let folder = Folder::open(&args.folder)?;
    let (parsed, found) = folder.parse()?;
    let ok = parsed.project.is_some() && !found.iter().any(|mistake| mistake.severity.is_error());
    if context.output.json {
        context
            .output
            .value(&json!({ "ok": ok, "errors": found, "pipelines": names(parsed.project.as_ref()) }))?;
    } else {
        context.output.text(mistakes::render(&found, context.output.style()))?;
        tell(context.output, parsed.project.as_ref(), &found)?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(output: &Output, project: Option<&Project>, found: &[Mistake]) -> Result<()> {
    let summary = mistakes::summary(found);
    match project {
        Some(project) => {
            let pipelines = format::count(project.pipelines.len(), "pipeline");
            let rest = if summary.is_empty() { String::new() } else { format!(" ({summary})") };
            output.say(format!("{} of team {} is fine: {pipelines}{rest}.", project.name, project.team))?;
            output.text(schedules::next(project, SystemClock.now()))
        }
        None => output.say(format!("\n{summary}.")),
    }
}

fn names(project: Option<&Project>) -> Vec<&str> {
    project.iter().flat_map(|project| &project.pipelines).map(|pipeline| pipeline.name.as_str()).collect()
}
