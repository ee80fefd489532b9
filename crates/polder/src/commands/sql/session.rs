//! A session: queries as they are typed, each ended by `;`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};

use super::ask::Asking;
use super::completion::Words;
use super::describe;

const HELP: &str = r"\d, \dt       the tables
\d TABLE      the columns of a table
\timing       tell how long queries take, or not any more
\q            end, as Ctrl-D does

Anything else is a query, and ends with `;`. Tab completes, Ctrl-R searches what was asked before, Ctrl-C ends a query.";

/// How many queries are remembered.
const REMEMBERED: usize = 1_000;

pub async fn run(asking: Asking<'_>) -> Result<ExitCode> {
    let config = Config::builder().max_history_size(REMEMBERED)?.auto_add_history(true).build();
    let mut editor: Editor<Words, FileHistory> = Editor::with_config(config)?;
    let history = history_file();
    if let Some(path) = &history {
        // There is none the first time.
        let _ = editor.load_history(path);
    }
    let tables = describe::tables(&asking).await?;
    asking.output.note(format!("{} in {}; \\? for help.", tables.len(), asking.environment));
    editor.set_helper(Some(Words::of(&tables)));
    let mut session = Session { asking, has_timing: false };
    let prompt = format!("{}> ", session.asking.environment);
    loop {
        match editor.readline(&prompt) {
            Ok(line) if matches!(line.trim(), r"\q" | "quit" | "exit") => break,
            Ok(line) => session.one(&line).await,
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(path) = &history {
        // What cannot be remembered is asked again.
        let _ = path.parent().map(std::fs::create_dir_all);
        let _ = editor.save_history(path);
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what one order of a session says: `\d raw.orders`.
pub async fn order(asking: Asking<'_>, line: &str) -> Result<()> {
    Session { asking, has_timing: false }.obey(line).await
}

struct Session<'a> {
    asking: Asking<'a>,
    has_timing: bool,
}

impl Session<'_> {
    /// What goes wrong is told, and the session goes on.
    async fn one(&mut self, line: &str) {
        let begin = Instant::now();
        let done = tokio::select! {
            done = self.obey(line.trim()) => done,
            _ = tokio::signal::ctrl_c() => {
                self.asking.output.note("The query was ended.");
                Ok(())
            }
        };
        if let Err(error) = done {
            crate::failure::report(&error, self.asking.output);
        }
        if self.has_timing {
            self.asking.output.note(format!("{:.3} s", begin.elapsed().as_secs_f64()));
        }
    }

    async fn obey(&mut self, line: &str) -> Result<()> {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => Ok(()),
            [r"\?" | r"\h" | "help"] => self.asking.output.say(HELP),
            [r"\d" | r"\dt"] => describe::list(&self.asking).await,
            [r"\d", name] => describe::columns(&self.asking, name.trim_end_matches(';')).await,
            [r"\timing"] => {
                self.has_timing = !self.has_timing;
                let state = if self.has_timing { "on" } else { "off" };
                self.asking.output.say(format!("Timing is {state}."))
            }
            [order, ..] if order.starts_with('\\') => {
                self.asking.output.say(format!("There is no {order}. These there are:\n{HELP}"))
            }
            _ => self.ask(line).await,
        }
    }

    async fn ask(&self, text: &str) -> Result<()> {
        let (queries, rest) = polder_sql::split(text);
        for query in queries.into_iter().chain(rest) {
            self.asking.ask(query).await?;
        }
        Ok(())
    }
}

/// Beside the logins.
fn history_file() -> Option<PathBuf> {
    Some(crate::config::path()?.with_file_name("sql-history"))
}
