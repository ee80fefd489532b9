//! `polder deploy` and `polder plan`: what a project is becomes what an environment has.

mod secrets;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _};
use polder_client::{Client, Error};
use polder_types::definition::{Environment, Project};
use polder_types::wire::{Change, Deploy, Deployed, Mistake, PipelineChange, Plan};
use polder_types::{Clock as _, Code, SystemClock};
use serde_json::Value;

use super::schedules;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{Progress, Style, Tone, format, mistakes};
use crate::project::{Folder, Source};

/// Files that are uploaded at the same time.
const UPLOADS: usize = 4;

#[derive(clap::Args)]
pub struct PlanArgs {
    /// The project's folder
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// The environment to deploy to
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// What the deployment is about [default: the subject of the commit]
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// What would be deployed.
struct Planned {
    deploy: Deploy,
    plan: Plan,
    project: Project,
}

pub async fn plan(args: PlanArgs, context: &Context<'_>) -> Result<ExitCode> {
    let planned = planned(&args, None, context).await?;
    let mut plan = planned.plan;
    plan.warnings.extend(secrets::missing(&planned.project, &args.environment, &context.client()?).await);
    context.output.show(&plan, |style| shown(&plan, &ticks(&planned.project, &args.environment), style))?;
    Ok(ExitCode::SUCCESS)
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let Planned { deploy, project, .. } = planned(&args.plan, args.note, context).await?;
    let client = context.client()?;
    let mut deployed = {
        let _progress = context.output.progress("deploying");
        client.deploy(&deploy).await?
    };
    // What changes is told once it is allowed and done.
    deployed.plan.warnings.extend(secrets::missing(&project, &deploy.environment, &client).await);
    context.output.show(&deployed, |style| {
        let ticks = ticks(&project, &deploy.environment);
        format!("{}{}", shown(&deployed.plan, &ticks, style), told(&deployed, style))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Checks the project here, uploads what the server lacks, and asks what would change.
async fn planned(args: &PlanArgs, note: Option<String>, context: &Context<'_>) -> Result<Planned> {
    let progress = context.output.progress("reading the project");
    let folder = Folder::open(&args.folder)?;
    let project = check(&folder)?;
    let source = Source::of(&folder.root);
    let deploy = Deploy {
        environment: args.environment.clone(),
        files: folder.list()?,
        note: note.or(source.subject),
        source: source.facts,
    };
    let client = context.client()?;
    let plan = match client.plan(&deploy).await {
        Err(Error::Problem(problem)) if problem.code == Code::MissingFiles => {
            upload(&client, &folder, &deploy, problem.more.get("missing"), &progress).await?;
            client.plan(&deploy).await?
        }
        answer => answer?,
    };
    Ok(Planned { deploy, plan, project })
}

/// What is wrong is told here, with the lines in question, before anything is sent.
fn check(folder: &Folder) -> Result<Project> {
    let (parsed, found) = folder.parse()?;
    let errors: Vec<Mistake> = found.into_iter().filter(|mistake| mistake.severity.is_error()).collect();
    if let (Some(project), true) = (parsed.project, errors.is_empty()) {
        return Ok(project);
    }
    let message = format!("the project has {}; nothing was deployed", format::count(errors.len(), "mistake"));
    Err(Failure::new(message).code(Code::InvalidDefinition).errors(errors).into())
}

async fn upload(
    client: &Client,
    folder: &Folder,
    deploy: &Deploy,
    missing: Option<&Value>,
    progress: &Progress,
) -> Result<()> {
    let by_path: HashMap<&str, &Path> =
        folder.files.iter().map(|file| (file.path.as_str(), file.full.as_path())).collect();
    let by_hash: HashMap<&str, &Path> = deploy
        .files
        .iter()
        .filter_map(|file| Some((file.sha256.as_str(), *by_path.get(file.path.as_str())?)))
        .collect();
    let missing: Vec<&str> =
        missing.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    progress.message("uploading");
    progress.length(missing.len() as u64);
    futures::stream::iter(missing)
        .map(|hash| upload_one(client, hash, by_hash.get(hash).copied(), progress))
        .buffer_unordered(UPLOADS)
        .try_collect()
        .await
}

async fn upload_one(client: &Client, hash: &str, path: Option<&Path>, progress: &Progress) -> Result<()> {
    let path =
        path.with_context(|| format!("the server asks for a file that the project does not have ({hash})"))?;
    let content = tokio::fs::read(path).await.with_context(|| format!("cannot read {}", path.display()))?;
    client.put_blob(hash, content.into()).await?;
    progress.advance();
    Ok(())
}

/// When schedules tick, where they do.
fn ticks(project: &Project, environment: &str) -> String {
    match project.environments.get(environment) {
        Some(Environment { schedules: false }) => format!("  schedules are off in {environment}\n"),
        _ => schedules::next(project, SystemClock.now()),
    }
}

/// The plan as a short difference, with when schedules tick.
pub fn shown(plan: &Plan, ticks: &str, style: &Style) -> String {
    let Plan { project, team, environment, .. } = plan;
    let mut text = format!("Project {} of team {team} to {}\n", style.bold(project), style.bold(environment));
    let changed = plan.pipelines.iter().filter(|pipeline| pipeline.change != Change::Unchanged);
    text.extend(changed.map(|pipeline| change_line(pipeline, style)));
    let unchanged = plan.pipelines.iter().filter(|pipeline| pipeline.change == Change::Unchanged).count();
    if unchanged > 0 {
        text.push_str(&style.dim(&format!("  = {} unchanged", format::count(unchanged, "pipeline"))));
        text.push('\n');
    }
    text.push_str(&format!("  {}\n{ticks}", files_line(plan)));
    text.push_str(&mistakes::render(&plan.warnings, style));
    text
}

fn change_line(pipeline: &PipelineChange, style: &Style) -> String {
    let (sign, tone) = match pipeline.change {
        Change::Added => ("+", Tone::Good),
        Change::Changed => ("~", Tone::Warning),
        Change::Removed => ("-", Tone::Bad),
        Change::Unchanged => ("=", Tone::Dim),
    };
    let what = if pipeline.differences.is_empty() {
        String::new()
    } else {
        format!(": {}", pipeline.differences.join(", "))
    };
    format!("  {} {}{what}\n", style.paint(tone, sign), pipeline.name)
}

fn files_line(plan: &Plan) -> String {
    let files = &plan.files;
    let counts =
        [(files.added.len(), "added"), (files.changed.len(), "changed"), (files.removed.len(), "removed")];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    if files.unchanged > 0 {
        parts.push(format!("{} unchanged", files.unchanged));
    }
    format!("files: {}", if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
}

/// The outcome in one line.
pub fn told(deployed: &Deployed, style: &Style) -> String {
    let revision = &deployed.revision;
    let project = format!("{}/{}", revision.team, revision.project);
    let number = style.bold(&format!("revision {}", revision.number));
    if deployed.new {
        format!("Deployed {project} to {} as {number} ({})\n", revision.environment, revision.id)
    } else {
        format!(
            "Nothing is different: {project} in {} stays {number} ({})\n",
            revision.environment, revision.id
        )
    }
}
