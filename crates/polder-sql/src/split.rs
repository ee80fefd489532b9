//! Cuts a text into its statements, at each `;` that is not within quotes or a comment.

use deltalake::datafusion::sql::sqlparser::dialect::GenericDialect;
use deltalake::datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

/// The statements of a text, and what follows the last `;`: none if nothing does but space and comments. A text that cannot be cut, such as
/// one that ends within quotes, is all rest.
#[must_use]
pub fn split(text: &str) -> (Vec<&str>, Option<&str>) {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location() else {
        return (Vec::new(), Some(text));
    };
    let (mut statements, mut begin) = (Vec::new(), 0);
    let mut has_words = false;
    for TokenWithSpan { token, span } in &tokens {
        match token {
            Token::SemiColon => {
                let end = offset(text, span.start);
                if std::mem::take(&mut has_words) {
                    statements.push(text[begin..end].trim());
                }
                begin = end + 1;
            }
            Token::Whitespace(_) | Token::EOF => {}
            _ => has_words = true,
        }
    }
    (statements, has_words.then(|| text[begin..].trim()))
}

/// Where in the text a place is; lines and columns count from 1, columns in characters.
fn offset(text: &str, place: Location) -> usize {
    let line = usize::try_from(place.line).unwrap_or(1).max(1);
    let column = usize::try_from(place.column).unwrap_or(1).max(1);
    let begin = text.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
    let rest = &text[begin..];
    begin + rest.char_indices().nth(column - 1).map_or(rest.len(), |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_outside_of_quotes_and_comments() {
        let text = "select ';é' ; -- a;b\nselect 1 /* ; */;\n\n select \"x;\" from y";
        assert_eq!(
            split(text),
            (vec!["select ';é'", "-- a;b\nselect 1 /* ; */"], Some("select \"x;\" from y"))
        );
        assert_eq!(split("select 1;; -- done\n"), (vec!["select 1"], None));
        assert_eq!(split("select 'open"), (vec![], Some("select 'open")));
        assert_eq!(split(""), (vec![], None));
    }
}
