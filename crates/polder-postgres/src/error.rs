//! What goes wrong, as a client is told it: a SQLSTATE, a sentence, and what to do.

use deltalake::datafusion::arrow::error::ArrowError;
use deltalake::datafusion::error::DataFusionError;
use pgwire::error::{ErrorInfo, PgWireError};
use pgwire::messages::response::ErrorResponse;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What a client is told. States are those of PostgreSQL's appendix A.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) state: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// The character of the text that was sent, counted from one.
    pub(crate) position: Option<usize>,
    /// The connection is over.
    pub(crate) fatal: bool,
}

pub(crate) const READ_ONLY: &str = "25006";
pub(crate) const NOT_SUPPORTED: &str = "0A000";
const STEPS: &str = "what changes tables belongs into a step of a pipeline";

impl Error {
    pub(crate) fn new(state: &'static str, message: impl Into<String>) -> Self {
        Self { state, message: message.into(), hint: None, position: None, fatal: false }
    }

    pub(crate) fn fatal(state: &'static str, message: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(state, message) }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A statement that would change something.
    pub(crate) fn read_only(what: &str) -> Self {
        Self::new(READ_ONLY, format!("this connection only reads: {what} is not done here")).hint(STEPS)
    }

    pub(crate) fn not_supported(what: impl std::fmt::Display) -> Self {
        Self::new(NOT_SUPPORTED, format!("{what} is not understood here"))
    }

    pub(crate) fn cancelled(why: &str) -> Self {
        Self::new("57014", format!("the statement was ended {why}"))
    }

    pub(crate) fn response(self) -> ErrorResponse {
        let severity = if self.fatal { "FATAL" } else { "ERROR" };
        let mut info = ErrorInfo::new(severity.to_owned(), self.state.to_owned(), self.message);
        info.severity_nonlocalized = Some(severity.to_owned());
        info.hint = self.hint;
        info.position = self.position.map(|position| position.to_string());
        info.into()
    }
}

impl From<polder_lake::Error> for Error {
    fn from(error: polder_lake::Error) -> Self {
        match &error {
            polder_lake::Error::Sql(message) => planned(message),
            polder_lake::Error::Query(source) => Self::new(state_of(source), error.to_string()),
            _ => Self::new("58000", error.to_string()),
        }
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        polder_lake::Error::query(error).into()
    }
}

/// What comes from reading parameters and writing rows.
impl From<PgWireError> for Error {
    fn from(error: PgWireError) -> Self {
        match error {
            PgWireError::UserError(info) => Self::new("22023", info.message),
            PgWireError::FailedToParseParameter(error) => {
                Self::new("22P02", format!("the value of a parameter cannot be read: {error}"))
            }
            error => Self::new("22000", error.to_string()),
        }
    }
}

/// What is wrong with a query, by the words that the lake has for it.
fn planned(message: &str) -> Error {
    const STATES: [(&str, &str); 6] = [
        ("this is no query", READ_ONLY),
        ("there is no table", "42P01"),
        ("No field named", "42703"),
        ("Invalid function", "42883"),
        ("sql parser error", "42601"),
        ("This feature is not implemented", NOT_SUPPORTED),
    ];
    let state = STATES.iter().find(|(words, _)| message.contains(words));
    Error::new(state.map_or("42000", |(_, state)| *state), message)
}

fn state_of(error: &DataFusionError) -> &'static str {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => "53200",
        DataFusionError::NotImplemented(_) => NOT_SUPPORTED,
        DataFusionError::Plan(_) | DataFusionError::SchemaError(..) | DataFusionError::SQL(..) => "42000",
        DataFusionError::ArrowError(error, _) => match &**error {
            ArrowError::DivideByZero => "22012",
            ArrowError::ArithmeticOverflow(_) => "22003",
            _ => "22000",
        },
        DataFusionError::Execution(_) => "22000",
        _ => "XX000",
    }
}
