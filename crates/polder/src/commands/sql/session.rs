//! A session: queries as they are typed, each ended by `;`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum as _;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};

use super::ask::Asking;
use super::completion::Words;
use super::order::{HELP, Order};
use super::{Form, describe};

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
    let mut session = Session::new(asking);
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
    Session::new(asking).obey(line).await
}

struct Session<'a> {
    asking: Asking<'a>,
    has_timing: bool,
    /// Where the next answer goes, and how.
    next: Option<(PathBuf, Form)>,
}

impl<'a> Session<'a> {
    const fn new(asking: Asking<'a>) -> Self {
        Self { asking, has_timing: false, next: None }
    }

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
        match Order::of(line) {
            Order::Nothing => Ok(()),
            Order::Help => self.asking.output.say(HELP),
            Order::Tables => describe::list(&self.asking).await,
            Order::Columns(name) => describe::columns(&self.asking, name).await,
            Order::Timing => {
                self.has_timing = !self.has_timing;
                self.asking.output.say(format!("Timing is {}.", if self.has_timing { "on" } else { "off" }))
            }
            Order::Lines if self.asking.form == Form::Lines => self.show_as(Form::Table),
            Order::Lines => self.show_as(Form::Lines),
            Order::Format(form) => self.show_as(form),
            Order::Into(file, form) => {
                self.asking.output.say(format!("The next answer goes to {}.", file.display()))?;
                self.next = Some((file, form));
                Ok(())
            }
            Order::Wrong(told) => self.asking.output.say(told),
            Order::Query(text) => self.ask(text).await,
        }
    }

    fn show_as(&mut self, form: Form) -> Result<()> {
        self.asking.form = form;
        let name = form.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        self.asking.output.say(format!("Answers are shown as {name}."))
    }

    /// Each query of a text; the first answer goes where the order before it said.
    async fn ask(&mut self, text: &str) -> Result<()> {
        let (queries, rest) = polder_sql::split(text);
        for query in queries.into_iter().chain(rest) {
            let Some((file, form)) = self.next.take() else {
                self.asking.ask(query).await?;
                continue;
            };
            Asking { file: Some(file), form, ..self.asking.clone() }.ask(query).await?;
        }
        Ok(())
    }
}

/// Beside the logins.
fn history_file() -> Option<PathBuf> {
    Some(crate::config::path()?.with_file_name("sql-history"))
}
