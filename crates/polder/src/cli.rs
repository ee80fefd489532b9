//! The command line: all commands on one page.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::commands as c;
use crate::config::Context;
use crate::output::Output;

/// Runs scripts and pipelines: scheduled, triggered, logged, kept secret.
#[derive(Parser)]
#[command(name = "polder", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// The server's address [default: what `login` stored, else http://127.0.0.1:7070]
    #[arg(long, global = true, env = "POLDER_URL", value_name = "URL")]
    url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a server, with an agent that runs steps as processes
    Server(c::server::Args),
    /// Log in to a server, for all later commands
    Login(c::login::Args),
    /// Forget the stored token of a server
    Logout(c::login::LogoutArgs),
    /// Begin a project: a folder with a pipeline that works
    Init(c::init::Args),
    /// Add to the project of this folder
    New(c::new::Args),
    /// Find all mistakes in a project, without a server
    Check(c::check::Args),
    /// Build and test models, without a server
    Build(c::build::Args),
    /// Show what `deploy` would change
    Plan(c::deploy::PlanArgs),
    /// Deploy a project to an environment
    Deploy(c::deploy::Args),
    /// Run a pipeline, on the server or here with --local
    Run(c::run::Args),
    /// Register a script or command as a pipeline of one step, and run it
    Job(c::job::Args),
    /// List pipelines
    Pipelines(c::pipelines::Args),
    /// List runs
    Runs(c::runs::Args),
    /// Show a run, or a pipeline
    Show(c::show::Args),
    /// Show the log of a run
    Logs(c::logs::Args),
    /// End a run
    Abort(c::abort::Args),
    /// Show what became of the models and tests of a run, and the rows that tests found
    Checks(c::checks::Args),
    /// Repeat a run that has ended
    Rerun(c::rerun::Args),
    /// Keep a pipeline from being started
    Pause(c::pause::Args),
    /// Let a pipeline be started again
    Resume(c::pause::Args),
    /// Tell what a pipeline waits for, and why it ran last
    Why(c::why::Args),
    /// Ask the lake: one query, a file of them, or a session
    Sql(c::sql::Args),
    /// List the tables of the lake
    Tables(c::tables::Args),
    /// List what was published to the lake
    Publishes(c::publishes::Args),
    /// Begin an environment anew as what prod is
    Env(c::env::Args),
    /// Delete what of the lake nobody needs any more, as the server does once a day
    Vacuum(c::vacuum::Args),
    /// Store secrets for steps; values are never shown again
    Secret(c::secret::Args),
    /// Create, list and revoke API tokens
    Token(c::token::Args),
    /// Show who did what
    Audit(c::audit::Args),
    /// List what was deployed
    Revisions(c::revisions::Args),
    /// Bring back an earlier revision of a project, or the tables as they were before a publish
    Rollback(c::revisions::RollbackArgs),
    /// List agents
    Agents(c::agents::Args),
    /// Save the server's database to a file, while it runs
    Backup(c::backup::Args),
    /// Bring back a backup, while the server is stopped
    Restore(c::backup::RestoreArgs),
    /// Print the JSON Schema of a file, for editors
    Schema(c::schema::Args),
    /// Explain an error code
    Explain(c::explain::Args),
    /// Print the completions for a shell
    Completions(c::completions::Args),
    /// What agents execute for steps that are no command of the user's
    #[command(hide = true)]
    Task(c::task::Args),
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self, output: &Output) -> Result<ExitCode> {
        match self.command {
            Command::Server(args) => c::server::run(args, output),
            other => other.waited_for(Context::new(output, self.url)),
        }
    }
}

/// As much as a program's first thread has: what is nested is worked on as deep as it is nested, on whichever thread.
const STACK: usize = 8 << 20;

impl Command {
    fn waited_for(self, context: Context<'_>) -> Result<ExitCode> {
        let runtime = self.runtime()?;
        let is_of_step = matches!(&self, Self::Task(task) if task.is_of_step());
        let done = runtime.block_on(self.run(context));
        if is_of_step {
            // The process ends. Where something failed, parts of the engine may still be at work: dropped now they would say so in a panic,
            // which stood at the end of the log in place of the reason. Others have temporary files that nobody else removes.
            std::mem::forget(runtime);
        }
        done
    }

    /// One thread is enough to wait for answers, and quick to start. What is computed is computed on all processors, or on as many of
    /// them as its limits let it have parts.
    fn runtime(&self) -> std::io::Result<Runtime> {
        let mut builder = if matches!(self, Self::Build(_) | Self::Task(_)) {
            Builder::new_multi_thread()
        } else {
            Builder::new_current_thread()
        };
        builder.enable_all().thread_stack_size(STACK).build()
    }

    async fn run(self, context: Context<'_>) -> Result<ExitCode> {
        let context = &context;
        match self {
            Self::Server(args) => c::server::run(args, context.output),
            Self::Login(args) => c::login::run(args, context).await,
            Self::Logout(args) => c::login::logout(args, context),
            Self::Init(args) => c::init::run(&args, context),
            Self::New(args) => c::new::run(args, context),
            Self::Check(args) => c::check::run(&args, context),
            Self::Build(args) => c::build::run(args, context).await,
            Self::Plan(args) => c::deploy::plan(args, context).await,
            Self::Deploy(args) => c::deploy::run(args, context).await,
            Self::Run(args) => Box::pin(c::run::run(args, context)).await,
            Self::Job(args) => c::job::run(args, context).await,
            Self::Pipelines(args) => c::pipelines::run(args, context).await,
            Self::Runs(args) => c::runs::run(args, context).await,
            Self::Show(args) => c::show::run(args, context).await,
            Self::Logs(args) => c::logs::run(args, context).await,
            Self::Abort(args) => c::abort::run(args, context).await,
            Self::Checks(args) => c::checks::run(args, context).await,
            Self::Rerun(args) => c::rerun::run(args, context).await,
            Self::Pause(args) => c::pause::run(args, true, context).await,
            Self::Resume(args) => c::pause::run(args, false, context).await,
            Self::Why(args) => c::why::run(args, context).await,
            Self::Secret(args) => c::secret::run(args, context).await,
            Self::Token(args) => c::token::run(args, context).await,
            Self::Sql(args) => c::sql::run(args, context).await,
            Self::Tables(args) => c::tables::run(args, context).await,
            Self::Publishes(args) => c::publishes::run(args, context).await,
            Self::Env(args) => c::env::run(args, context).await,
            Self::Vacuum(args) => c::vacuum::run(args, context).await,
            Self::Audit(args) => c::audit::run(args, context).await,
            Self::Revisions(args) => c::revisions::run(args, context).await,
            Self::Rollback(args) => c::revisions::roll_back(args, context).await,
            Self::Agents(args) => c::agents::run(args, context).await,
            Self::Backup(args) => c::backup::run(args, context).await,
            Self::Restore(args) => c::backup::restore(args, context).await,
            Self::Schema(args) => c::schema::run(&args, context),
            Self::Explain(args) => c::explain::run(&args, context),
            Self::Completions(args) => c::completions::run(&args, context),
            Self::Task(args) => c::task::run(args).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};
    use tokio::runtime::RuntimeFlavor;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_computes_has_more_than_one_thread_to_do_it_on() {
        let flavor_of = |words: &[&str]| {
            let cli = Cli::try_parse_from(words).unwrap();
            cli.command.runtime().unwrap().handle().runtime_flavor()
        };
        assert_eq!(flavor_of(&["polder", "task", "query"]), RuntimeFlavor::MultiThread);
        assert_eq!(flavor_of(&["polder", "task", "models"]), RuntimeFlavor::MultiThread);
        assert_eq!(flavor_of(&["polder", "build"]), RuntimeFlavor::MultiThread);
        assert_eq!(flavor_of(&["polder", "tables"]), RuntimeFlavor::CurrentThread);
    }
}
