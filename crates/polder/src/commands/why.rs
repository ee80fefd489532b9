//! `polder why`: what a pipeline's triggers wait for, and why it ran last.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use polder_types::wire::{
    ExpressionView, FiredDay, RunSummary, SkippedMatch, TickOutcome, TriggerView, Waiting, Why,
};

use super::names::FullName;
use crate::config::Context;
use crate::output::{Style, Tone, format};

#[derive(clap::Args)]
pub struct Args {
    /// TEAM/NAME
    pipeline: FullName,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let (client, pipeline) = (context.client()?, args.pipeline);
    let why = client.why(&pipeline.team, &pipeline.name, Some(&args.environment)).await;
    let why = pipeline.or_nearest(why, &client, &args.environment).await?;
    context.output.show(&why, |style| told(&why, style))?;
    Ok(ExitCode::SUCCESS)
}

fn told(why: &Why, style: &Style) -> String {
    let mut text =
        format!("{} in {}\n", style.bold(&format!("{}/{}", why.team, why.pipeline)), why.environment);
    if why.paused {
        let _ = writeln!(text, "  {}: no trigger starts it", style.paint(Tone::Warning, "paused"));
    }
    for trigger in &why.triggers {
        trigger_text(&mut text, trigger, style);
    }
    for (what, runs) in [("runs now", &why.active), ("waits for a free place", &why.queued)] {
        for run in runs {
            let _ = writeln!(text, "  {what}: {}", run_line(run, style));
        }
    }
    match &why.last_run {
        Some(run) => {
            let _ =
                writeln!(text, "  last run: {}\n    {}", run_line(run, style), format::reason(&run.reason));
            if let Some(error) = &run.error {
                let _ = writeln!(text, "    {} ({})", error.message, error.code.as_str());
            }
        }
        None => text.push_str("  it has not run yet\n"),
    }
    text
}

fn run_line(run: &RunSummary, style: &Style) -> String {
    format!("{} {} for {}", run.id, style.run_status(run.status), format::logical_date(run))
}

fn trigger_text(text: &mut String, trigger: &TriggerView, style: &Style) {
    match trigger {
        TriggerView::Schedule { id, expression, meaning, next, last_ticks, .. } => {
            let _ = writeln!(text, "  schedule `{expression}`: {meaning}");
            let _ = match next.first() {
                Some(next) => writeln!(text, "    next {}", format::instant(*next)),
                None if id.is_none() => writeln!(text, "    schedules are off in this environment"),
                None => writeln!(text, "    no next tick while the pipeline is paused"),
            };
            for tick in last_ticks.iter().take(3) {
                let _ = writeln!(text, "    {} {}", format::instant(tick.planned_at), outcome(tick.outcome));
            }
        }
        TriggerView::Executions { within, timezone, waiting, fired, skipped, .. } => {
            let within =
                within.as_ref().map_or_else(String::new, |within| format!(" (within {within}, {timezone})"));
            let _ = writeln!(text, "  runs of other pipelines{within}");
            waiting.iter().for_each(|waiting| waiting_text(text, waiting, style));
            fired.iter().for_each(|fired| fired_text(text, fired));
            skipped.iter().for_each(|skipped| skipped_text(text, skipped));
        }
        TriggerView::Webhook { url } => _ = writeln!(text, "  webhook: POST {url}"),
        TriggerView::Manual => text.push_str("  by hand\n"),
    }
}

fn fired_text(text: &mut String, fired: &FiredDay) {
    let _ = match fired.run {
        Some(run) => writeln!(text, "    {}: has fired, run {run}; once a day", fired.day),
        None => writeln!(text, "    {}: has fired, and was skipped; once a day", fired.day),
    };
}

fn skipped_text(text: &mut String, skipped: &SkippedMatch) {
    let date = skipped.logical_day.map_or_else(|| format::instant(skipped.logical_at), |day| day.to_string());
    let _ = writeln!(
        text,
        "    skipped for {date} at {}: run {} was active",
        format::instant(skipped.at),
        skipped.busy
    );
}

fn waiting_text(text: &mut String, waiting: &Waiting, style: &Style) {
    let mut depth = 2;
    if let Some(day) = waiting.day {
        let _ = writeln!(text, "    {day}");
        depth += 1;
    }
    expression_text(text, &waiting.expression, depth, style);
}

fn expression_text(text: &mut String, expression: &ExpressionView, depth: usize, style: &Style) {
    let indent = "  ".repeat(depth);
    let mark = |met: bool| if met { style.paint(Tone::Good, "[x]") } else { "[ ]".to_owned() };
    match expression {
        ExpressionView::All { met, parts } | ExpressionView::Any { met, parts } => {
            let which = if matches!(expression, ExpressionView::All { .. }) { "all of" } else { "any of" };
            let _ = writeln!(text, "{indent}{} {which}", mark(*met));
            parts.iter().for_each(|part| expression_text(text, part, depth + 1, style));
        }
        ExpressionView::Is { met, team, pipeline, statuses, exists, event } => {
            let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
            let event = match event {
                Some(event) => format!(": run {} at {}", event.run, format::instant(event.at)),
                None if *exists => String::new(),
                None => format!(": {}", style.paint(Tone::Warning, "no such pipeline is deployed")),
            };
            let _ =
                writeln!(text, "{indent}{} {team}/{pipeline} {}{event}", mark(*met), statuses.join(" or "));
        }
    }
}

fn outcome(outcome: TickOutcome) -> &'static str {
    match outcome {
        TickOutcome::Fired => "started a run",
        TickOutcome::CaughtUp => "passed while the server was down; started a run afterwards",
        TickOutcome::MissedDown => "passed while the server was down",
        TickOutcome::SkippedPaused => "passed while paused",
        TickOutcome::SkippedOverlap => "skipped: the one before was still running",
        TickOutcome::Rejected => "refused: the one before was still running",
    }
}
