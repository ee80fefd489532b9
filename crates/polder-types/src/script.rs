//! A text of SQL as statements: what each does, to which table, and where it stands in the text.
//!
//! The text is cut at `;` first and each piece is parsed on its own, so all mistakes are found at once. What a script may not do is
//! refused here, before anything is opened, with what to write instead. Deeply nested text is refused before it is parsed: parsers,
//! and whatever walks over what they make, use the stack.

mod change;
mod clauses;
mod create;
mod depth;
mod insert;
mod mistake;
mod names;
mod pieces;
mod refusal;
mod words;

use std::fmt;

use sqlparser::ast;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan};

pub use self::change::{Delete, Target, Update, template};
use self::clauses::Clauses;
pub use self::create::{Create, columns_alone};
pub use self::insert::{Insert, Manner};
pub use self::mistake::Mistake;
pub use self::names::plain;
use self::pieces::{Piece, pieces};
pub(crate) use self::words::word_at;
use crate::lake::TableName;

/// The dialect of queries too, so that a query in a script says what it says elsewhere.
const DIALECT: GenericDialect = GenericDialect {};

/// Statements, in the order in which they are to be run.
#[derive(Debug, Clone, Default)]
pub struct Script {
    statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    text: String,
    line: u64,
    column: u64,
    pub command: Command,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Select,
    Create,
    Insert,
    /// `INSERT … ON CONFLICT`.
    Upsert,
    Overwrite,
    Update,
    Delete,
}

/// What a statement does, with all that it says.
#[derive(Debug, Clone)]
pub enum Command {
    Select(Box<ast::Query>),
    Create(Box<Create>),
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
}

impl Script {
    /// # Errors
    /// Every mistake that was found, in the order of the text.
    pub fn parse(sql: &str) -> Result<Self, Vec<Mistake>> {
        let (pieces, broken) = pieces(sql);
        let (mut statements, mut mistakes) = (Vec::new(), Vec::new());
        for piece in &pieces {
            match piece.command() {
                Ok(command) => statements.push(Statement::new(piece, command)),
                Err(found) => mistakes.extend(found),
            }
        }
        mistakes.extend(broken);
        if mistakes.is_empty() { Ok(Self { statements }) } else { Err(mistakes) }
    }

    /// The one query that a text is, as a model or a test must be.
    ///
    /// # Errors
    /// Every mistake that was found, in the order of the text; where there is none, what it is beside a query.
    pub fn query(sql: &str) -> Result<Statement, Vec<Mistake>> {
        let mut statements = Self::parse(sql)?.statements.into_iter();
        let first = statements.next().ok_or_else(|| vec![Mistake::nothing()])?;
        let mut wrong: Vec<Mistake> = first.not_a_query().into_iter().collect();
        wrong.extend(statements.next().map(|second| second.one_too_many()));
        if wrong.is_empty() { Ok(first) } else { Err(wrong) }
    }

    /// The mistakes of the statements that are to be judged, by their text; and that a text ends within quotes or a comment.
    pub(crate) fn mistakes(sql: &str, is_judged: impl Fn(&str) -> bool) -> Vec<Mistake> {
        let (pieces, broken) = pieces(sql);
        let judged = pieces.iter().filter(|piece| is_judged(piece.text));
        judged.filter_map(|piece| piece.command().err()).flatten().chain(broken).collect()
    }

    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl Statement {
    fn new(piece: &Piece<'_>, command: Command) -> Self {
        Self { text: piece.text.to_owned(), line: piece.start.line, column: piece.start.column, command }
    }

    /// As it was written, without the `;` and what stands around it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line that it begins on, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The character of that line that it begins with, from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.column
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.command {
            Command::Select(_) => Kind::Select,
            Command::Create(_) => Kind::Create,
            Command::Insert(insert) => insert.kind(),
            Command::Update(_) => Kind::Update,
            Command::Delete(_) => Kind::Delete,
        }
    }

    /// The table that it writes; none for a query.
    #[must_use]
    pub fn table(&self) -> Option<&TableName> {
        match &self.command {
            Command::Select(_) => None,
            Command::Create(create) => Some(&create.table),
            Command::Insert(insert) => Some(&insert.table),
            Command::Update(update) => Some(&update.target.table),
            Command::Delete(delete) => Some(&delete.target.table),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Select => "select",
            Self::Create => "create",
            Self::Insert => "insert",
            Self::Upsert => "upsert",
            Self::Overwrite => "overwrite",
            Self::Update => "update",
            Self::Delete => "delete",
        })
    }
}

impl Piece<'_> {
    fn command(&self) -> Result<Command, Vec<Mistake>> {
        let one = |mistake| vec![mistake];
        self.refuse_depth().map_err(one)?;
        self.refuse_others().map_err(one)?;
        let (tokens, clauses) = clauses::take_clauses(self).map_err(one)?;
        let statement = self.parsed(tokens).map_err(one)?;
        let command = self.understood(statement, clauses).map_err(one)?;
        let mistakes = self.unknown_names(&command);
        if mistakes.is_empty() { Ok(command) } else { Err(mistakes) }
    }

    fn parsed(&self, tokens: Vec<TokenWithSpan>) -> Result<ast::Statement, Mistake> {
        let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
        let statement = parser.parse_statement().map_err(|error| self.mistaken(&error))?;
        let next = parser.peek_token();
        if next.token == Token::EOF { Ok(statement) } else { Err(self.unexpected(&next)) }
    }

    fn understood(&self, statement: ast::Statement, clauses: Clauses) -> Result<Command, Mistake> {
        match statement {
            ast::Statement::Query(query) => Ok(Command::Select(query)),
            ast::Statement::CreateTable(create) => {
                self.create(create, clauses).map(|create| Command::Create(Box::new(create)))
            }
            ast::Statement::Insert(insert) => {
                self.insert(insert, &clauses.conflict).map(|insert| Command::Insert(Box::new(insert)))
            }
            ast::Statement::Update(update) => {
                self.update(update).map(|update| Command::Update(Box::new(update)))
            }
            ast::Statement::Delete(delete) => {
                self.delete(delete).map(|delete| Command::Delete(Box::new(delete)))
            }
            _ => Err(self.refused("this statement does more than a script may", refusal::MAY)),
        }
    }
}
