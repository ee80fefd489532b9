//! What a statement asks for. What is not named here is refused: that is what lets queries through and nothing else.

use deltalake::datafusion::sql::sqlparser::ast::{
    self, CloseCursor, Declare, DeclareType, DiscardObject, Expr, FetchDirection, ObjectName, Set, Statement,
    Value, ValueWithSpan,
};

use crate::error::{Error, NOT_SUPPORTED, Result};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    Query(Box<Statement>),
    Show(String),
    /// A setting and its value; none for what it was in the beginning.
    Set(String, Option<String>),
    /// Modes of transactions: all of them only read, and see one version.
    SetModes,
    ResetAll,
    Begin,
    Commit,
    Rollback,
    Savepoint,
    Release,
    RollbackTo,
    Declare {
        name: String,
        query: Box<Statement>,
    },
    /// So many rows, or all.
    Fetch {
        name: String,
        rows: Option<u64>,
    },
    /// One cursor, or all.
    Close(Option<String>),
    /// One prepared statement, or all.
    Deallocate(Option<String>),
    Discard,
}

impl Command {
    pub(crate) fn of(statement: Statement) -> Result<Self> {
        use Statement as S;
        Ok(match statement {
            S::Query(_) | S::Explain { .. } | S::ExplainTable { .. } => Self::Query(Box::new(statement)),
            S::ShowTables { .. } | S::ShowColumns { .. } | S::ShowFunctions { .. } => {
                Self::Query(Box::new(statement))
            }
            S::ShowVariable { variable } => Self::Show(name_of_variable(&variable)),
            S::Set(set) => of_set(set)?,
            S::Reset(reset) => of_reset(reset),
            S::StartTransaction { .. } => Self::Begin,
            S::Commit { .. } => Self::Commit,
            S::Rollback { savepoint: None, .. } => Self::Rollback,
            S::Rollback { .. } => Self::RollbackTo,
            S::Savepoint { .. } => Self::Savepoint,
            S::ReleaseSavepoint { .. } => Self::Release,
            S::Declare { stmts } => of_declare(stmts)?,
            S::Fetch { name, direction, into: None, .. } => {
                Self::Fetch { name: name.value, rows: rows_of(&direction)? }
            }
            S::Close { cursor: CloseCursor::All } => Self::Close(None),
            S::Close { cursor: CloseCursor::Specific { name } } => Self::Close(Some(name.value)),
            S::Deallocate { name, .. } => {
                let all = name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all");
                Self::Deallocate((!all).then_some(name.value))
            }
            S::Discard { object_type: DiscardObject::ALL } => Self::Discard,
            statement => return Err(refused(&statement)),
        })
    }

    /// The query whose columns and parameters it has.
    pub(crate) fn query(&self) -> Option<&Statement> {
        match self {
            Self::Query(query) | Self::Declare { query, .. } => Some(query),
            _ => None,
        }
    }

    /// What a client is told when it is done.
    pub(crate) fn tag(&self) -> &'static str {
        match self {
            Self::Query(statement) if matches!(**statement, Statement::Query(_)) => "SELECT",
            Self::Query(_) => "EXPLAIN",
            Self::Show(_) => "SHOW",
            Self::Set(..) | Self::SetModes => "SET",
            Self::ResetAll => "RESET",
            Self::Begin => "BEGIN",
            Self::Commit => "COMMIT",
            Self::Rollback | Self::RollbackTo => "ROLLBACK",
            Self::Savepoint => "SAVEPOINT",
            Self::Release => "RELEASE",
            Self::Declare { .. } => "DECLARE CURSOR",
            Self::Fetch { .. } => "FETCH",
            Self::Close(_) => "CLOSE CURSOR",
            Self::Deallocate(_) => "DEALLOCATE",
            Self::Discard => "DISCARD ALL",
        }
    }

    /// Whether it is understood in a transaction that has failed.
    pub(crate) fn mends(&self) -> bool {
        matches!(self, Self::Commit | Self::Rollback | Self::RollbackTo)
    }
}

/// The first words say what it would have done.
fn refused(statement: &Statement) -> Error {
    let text = statement.to_string();
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    let first = words.first().copied().unwrap_or_default().to_uppercase();
    match first.as_str() {
        "PREPARE" | "EXECUTE" => Error::not_supported(format!("{first} as a statement"))
            .hint("drivers prepare statements by messages of the protocol, which works"),
        "CREATE" | "DROP" | "ALTER" => Error::read_only(&words.join(" ").to_uppercase()),
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" | "COPY" => Error::read_only(&first),
        _ => Error::not_supported(first)
            .hint("queries are, and what changes tables belongs into a step of a pipeline"),
    }
}

fn name_of_variable(words: &[ast::Ident]) -> String {
    let words: Vec<String> = words.iter().map(|word| word.value.to_lowercase()).collect();
    match words.join(" ").as_str() {
        "time zone" => "timezone".to_owned(),
        "transaction isolation level" => "transaction_isolation".to_owned(),
        name => name.replace(' ', "."),
    }
}

fn of_set(set: Set) -> Result<Command> {
    match set {
        Set::SingleAssignment { variable, values, .. } => {
            Ok(Command::Set(name_of(&variable), value_of(&values)))
        }
        Set::SetTimeZone { value, .. } => Ok(Command::Set("timezone".to_owned(), value_of(&[value]))),
        Set::SetNames { charset_name, .. } => {
            Ok(Command::Set("client_encoding".to_owned(), Some(charset_name.value)))
        }
        Set::SetTransaction { .. } => Ok(Command::SetModes),
        set => Err(Error::not_supported(set)),
    }
}

fn of_reset(reset: ast::ResetStatement) -> Command {
    match reset.reset {
        ast::Reset::ALL => Command::ResetAll,
        ast::Reset::ConfigurationParameter(name) => Command::Set(name_of(&name), None),
    }
}

fn name_of(name: &ObjectName) -> String {
    name.to_string().to_lowercase()
}

/// Several are a list, such as that of schemas to look in.
fn value_of(values: &[Expr]) -> Option<String> {
    let text = |value: &Expr| match value {
        Expr::Value(value) => value.value.clone().into_string().unwrap_or_else(|| value.to_string()),
        Expr::Identifier(name) => name.value.clone(),
        other => other.to_string(),
    };
    let text = values.iter().map(text).collect::<Vec<_>>().join(", ");
    (!text.eq_ignore_ascii_case("default")).then_some(text)
}

fn of_declare(mut declared: Vec<Declare>) -> Result<Command> {
    let wrong = || Error::not_supported("this DECLARE").hint("DECLARE name CURSOR FOR SELECT … is");
    let (Some(declare), true) = (declared.pop(), declared.is_empty()) else { return Err(wrong()) };
    let name = declare.names.first().ok_or_else(wrong)?.value.clone();
    if declare.declare_type != Some(DeclareType::Cursor) || declare.scroll == Some(true) {
        return Err(Error::new(NOT_SUPPORTED, "cursors go forward only here").hint("leave out SCROLL"));
    }
    let query = declare.for_query.ok_or_else(wrong)?;
    Ok(Command::Declare { name, query: Box::new(Statement::Query(query)) })
}

fn rows_of(direction: &FetchDirection) -> Result<Option<u64>> {
    let number = |value: &ValueWithSpan| match &value.value {
        Value::Number(digits, _) => digits.to_string().parse().ok(),
        _ => None,
    };
    let backward = || Error::new("55000", "cursors go forward only here");
    match direction {
        FetchDirection::Next | FetchDirection::Forward { limit: None } => Ok(Some(1)),
        FetchDirection::Count { limit } | FetchDirection::Forward { limit: Some(limit) } => {
            number(limit).map(Some).ok_or_else(backward)
        }
        FetchDirection::All | FetchDirection::ForwardAll => Ok(None),
        _ => Err(backward()),
    }
}
