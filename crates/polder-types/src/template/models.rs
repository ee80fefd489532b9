//! Templates of models, in the same sandbox: with the functions that they are given, and with `{% set %}` of one value. What could make a
//! text grow without end (`+` and `~` where a value is set, blocks that are set) is refused.

use std::ops::Range;

use minijinja::{ErrorKind, Value};

use super::check::{STATEMENTS, comment, statement_word, too_much};
use super::scan::{Piece, PieceKind, TokenKind, pieces};
use super::{Mistake, Quoting, engine};
use crate::definition::ProblemCode;

/// Why a text cannot be filled in, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    /// In bytes of the text.
    pub(crate) range: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Whether it uses a name that is not there.
    pub(crate) is_unknown: bool,
}

/// The text with its templates filled in; `functions` are what it may call.
pub(crate) fn render_model(text: &str, functions: Value) -> Result<String, Fault> {
    let refused = |piece| {
        statement(text, piece).or_else(|| too_much(piece)).or_else(|| comment(text, piece, Quoting::None))
    };
    if let Some(mistake) = pieces(text).iter().find_map(refused) {
        let Mistake { range, message, hint, .. } = mistake;
        return Err(Fault { range, message, hint, is_unknown: false });
    }
    let explain = |error| explained(&error, text);
    let template = engine::for_quoting(Quoting::None).template_from_str(text).map_err(explain)?;
    let mut output = engine::Limited::default();
    template.render_captured_to(functions, &mut output).map_err(explain)?;
    Ok(String::from_utf8_lossy(&output.bytes).into_owned())
}

/// What is wrong with a `{% … %}`.
fn statement(text: &str, piece: &Piece) -> Option<Mistake> {
    let word = statement_word(piece)?;
    let name = &text[word.range.clone()];
    let has = |sign| piece.tokens.iter().any(|token| token.kind == TokenKind::Sign(sign));
    let (message, hint) = match name {
        "set" if !has(b'=') => ("a block cannot be set here".to_owned(), "write `{% set name = … %}`"),
        "set" if has(b'~') || has(b'+') => (
            "`+` and `~` are not available where a value is set".to_owned(),
            "put them where the value is used",
        ),
        "set" => return None,
        _ if STATEMENTS.contains(&name) => return None,
        _ => (
            format!("`{{% {name} %}}` is not available"),
            "there are `if`, `for`, `set` and `raw`; macros are not there yet",
        ),
    };
    let code = ProblemCode::InvalidTemplate;
    debug_assert_eq!(piece.kind, PieceKind::Statement);
    Some(Mistake { code, range: word.range.clone(), message, hint: Some(hint.to_owned()) })
}

fn explained(error: &minijinja::Error, text: &str) -> Fault {
    let range = error.range().filter(|range| text.get(range.clone()).is_some()).unwrap_or(0..0);
    let marked = &text[range.clone()];
    let detail = || error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let message = match error.kind() {
        ErrorKind::SyntaxError => format!("the template cannot be read: {}", detail()),
        ErrorKind::UndefinedError => format!("`{marked}` is not there"),
        ErrorKind::OutOfFuel => format!("the template takes more than {} steps to render", engine::FUEL),
        ErrorKind::WriteFailure => {
            format!("the template renders to more than {} bytes", engine::OUTPUT_LIMIT)
        }
        _ => detail(),
    };
    let is_unknown = matches!(
        error.kind(),
        ErrorKind::UndefinedError | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod
    );
    Fault { range, message, hint: None, is_unknown }
}
