//! Watching a run to its end: its log live, and how it ended.

use std::process::ExitCode;

use anyhow::Result;
use futures::StreamExt as _;
use polder_client::{Client, Connection, LogQuery};
use polder_types::id::RunId;
use polder_types::wire::{Run, RunStarted};

use crate::config::Context;
use crate::failure::Failure;
use crate::output::{LinePrinter, Output, format};

/// The longest that the server holds a request.
const WAIT: u32 = 45;
/// What a shell expects of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// After a start: says what was started, and watches it if that is wanted.
pub async fn started(
    started: &RunStarted,
    name: &str,
    follow: bool,
    context: &Context<'_>,
) -> Result<ExitCode> {
    tell_start(started, "Started", name, follow, context).await
}

/// The same for a start that the server knew already by its idempotency key.
pub async fn started_before(
    started: &RunStarted,
    name: &str,
    follow: bool,
    context: &Context<'_>,
) -> Result<ExitCode> {
    tell_start(started, "This key was used before: there is", name, follow, context).await
}

async fn tell_start(
    started: &RunStarted,
    what: &str,
    name: &str,
    follow: bool,
    context: &Context<'_>,
) -> Result<ExitCode> {
    let output = context.output;
    if !follow {
        output.show(started, |style| {
            let hint = style.dim(&format!("polder logs {} -f", started.id));
            format!(
                "{what} {} of {name}: {}\n{hint}\n",
                style.bold(&started.id.to_string()),
                style.run_status(started.status)
            )
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    output.note(format!("{what} {} of {name}; Ctrl-C stops watching, not the run.", started.id));
    to_the_end(&context.client()?, started.id, &LogQuery::default(), output).await
}

/// Follows the run; the exit status is 0 only if it succeeds.
pub async fn to_the_end(client: &Client, run: RunId, query: &LogQuery, output: &Output) -> Result<ExitCode> {
    tokio::select! {
        code = Box::pin(watch(client, run, query, output)) => code,
        _ = tokio::signal::ctrl_c() => {
            output.note(format!("\nThe run goes on. `polder show {run}` shows it, `polder abort {run}` ends it."));
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

async fn watch(client: &Client, run: RunId, query: &LogQuery, output: &Output) -> Result<ExitCode> {
    let mut printer = LinePrinter::new(output, query.step.is_none());
    let mut lines = client.follow_logs_watched(run, query, watcher(client.url(), output));
    while let Some(line) = lines.next().await {
        printer.print(&line?)?;
    }
    printer.finish()?;
    let run = ended(client, run).await?;
    summarize(&run, output)?;
    Ok(if run.summary.succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says when the server is away, and when it is back.
fn watcher(url: &str, output: &Output) -> impl Fn(Connection) + Send + Sync + 'static {
    let (url, remarks) = (url.to_owned(), output.remarks());
    move |connection| match connection {
        Connection::Lost => remarks.say(format!("The connection to {url} is lost: trying again.")),
        Connection::Back => remarks.say(format!("The connection to {url} is back.")),
    }
}

/// Waits for the end of the run.
async fn ended(client: &Client, id: RunId) -> Result<Run> {
    let mut run = client.run(id, None).await?;
    while !run.summary.terminal {
        run = client.run(id, Some(WAIT)).await?;
    }
    Ok(run)
}

fn summarize(run: &Run, output: &Output) -> Result<()> {
    if output.json {
        return output.value_line(run);
    }
    let (summary, style) = (&run.summary, output.error_style());
    let took = format::took(summary.started_at, summary.ended_at);
    let name = format!("{}/{}", summary.team, summary.pipeline);
    let date = format::logical_date(summary);
    output.note(format!("{} {name} for {date} in {took} ({})", style.run_status(summary.status), summary.id));
    // What a step says of itself is told with all of them.
    if let (Some(error), true) = (&summary.error, run.steps.iter().all(|step| step.error.is_none())) {
        output.note(format!("  {} ({})", error.message, error.code));
    }
    if !summary.succeeded {
        failed_steps(run, output);
    }
    Ok(())
}

/// Every step that failed, and where to read more.
fn failed_steps(run: &Run, output: &Output) {
    let style = output.error_style();
    for step in &run.steps {
        if let Some(error) = &step.error {
            let status = style.step_status(step.status);
            output.note(format!("  {status} {}: {} ({})", step.name, error.message, error.code));
        }
    }
    output.note(style.dim(&format!("  polder show {}", run.summary.id)));
}

/// For commands that need a run to have ended well.
pub fn bad_date(text: &str) -> Failure {
    Failure::usage(format!("`{text}` is no date"))
        .hint("Give a day such as 2026-11-21, or an instant such as 2026-11-21T03:00:00Z.")
}
