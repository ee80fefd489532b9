//! Words of a POSIX shell: quoting values, and finding templates that stand where quoting cannot work.

use std::borrow::Cow;

use super::scan::{Piece, PieceKind, TokenKind, pieces};

/// A value as one word, in single quotes if it needs any.
pub(crate) fn quote(text: &str) -> Cow<'_, str> {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

/// Where a `{{ }}` must not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    SingleQuotes,
    DoubleQuotes,
    HereDocument,
}

/// The expressions of a command that stand within quotes or a here-document, where the quotes that rendering adds would
/// become part of the text (and values could break out of it). Those that end in `| safe` are the author's business.
pub(crate) fn misplaced(text: &str) -> Vec<(Piece, Trouble)> {
    let mut shell = Shell::default();
    let mut found = Vec::new();
    for piece in pieces(text) {
        match piece.kind {
            PieceKind::Text => text[piece.range].chars().for_each(|c| shell.read(c)),
            PieceKind::Expression => {
                let trouble = shell.trouble().filter(|_| !ends_in_safe(text, &piece));
                found.extend(trouble.map(|trouble| (piece, trouble)));
                shell.read_word();
            }
            PieceKind::Statement | PieceKind::Comment => {}
        }
    }
    found
}

pub(super) fn ends_in_safe(text: &str, piece: &Piece) -> bool {
    let [.., pipe, word] = piece.tokens.as_slice() else { return false };
    pipe.kind == TokenKind::Sign(b'|') && &text[word.range.clone()] == "safe"
}

/// How far a shell has read.
#[derive(Default)]
struct Shell {
    /// The innermost construct is the last one; none means plain.
    inside: Vec<Inside>,
    escaped: bool,
    /// The `<` in a row before this character.
    arrows: usize,
    /// The here-document whose delimiter is being read.
    declaring: Option<Declaring>,
    /// Delimiters of here-documents that start at the next line.
    waiting: Vec<HereDocument>,
    line: String,
    previous: char,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Inside {
    Single,
    Double,
    /// `$( … )`, or any other parentheses.
    Parentheses,
    Backticks,
    Comment,
    Document(HereDocument),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct HereDocument {
    delimiter: String,
    strips_tabs: bool,
}

#[derive(Default)]
struct Declaring {
    document: HereDocument,
    started: bool,
    quote: Option<char>,
}

impl Shell {
    fn trouble(&self) -> Option<Trouble> {
        match self.inside.last() {
            Some(Inside::Single) => Some(Trouble::SingleQuotes),
            Some(Inside::Double) => Some(Trouble::DoubleQuotes),
            Some(Inside::Document(_)) => Some(Trouble::HereDocument),
            _ => None,
        }
    }

    /// An expression: some word.
    fn read_word(&mut self) {
        self.escaped = false;
        self.arrows = 0;
        self.line.push('x');
        self.previous = 'x';
    }

    fn read(&mut self, c: char) {
        match self.inside.last() {
            Some(Inside::Document(document)) => {
                let document = document.clone();
                self.read_document(c, &document);
            }
            _ if std::mem::take(&mut self.escaped) => {}
            Some(Inside::Single) => self.close_at(c, '\''),
            Some(Inside::Comment) if c != '\n' => {}
            Some(Inside::Double) => self.read_double(c),
            _ => self.read_plain(c),
        }
        self.previous = c;
    }

    fn close_at(&mut self, c: char, end: char) {
        if c == end {
            self.inside.pop();
        }
    }

    fn read_double(&mut self, c: char) {
        match c {
            '\\' => self.escaped = true,
            '"' => self.close_at(c, '"'),
            '(' if self.previous == '$' => self.inside.push(Inside::Parentheses),
            '`' => self.toggle_backticks(),
            _ => {}
        }
    }

    fn read_plain(&mut self, c: char) {
        if self.read_declaration(c) {
            return;
        }
        match c {
            '\n' => self.end_line(),
            '\\' => self.escaped = true,
            '\'' => self.inside.push(Inside::Single),
            '"' => self.inside.push(Inside::Double),
            '(' => self.inside.push(Inside::Parentheses),
            ')' if self.inside.last() == Some(&Inside::Parentheses) => drop(self.inside.pop()),
            '`' => self.toggle_backticks(),
            '#' if self.previous.is_whitespace() || matches!(self.previous, '\0' | ';' | '&' | '|' | '(') => {
                self.inside.push(Inside::Comment);
            }
            _ => {}
        }
        self.arrows = if c == '<' { self.arrows + 1 } else { 0 };
    }

    fn toggle_backticks(&mut self) {
        if self.inside.last() == Some(&Inside::Backticks) {
            self.inside.pop();
        } else {
            self.inside.push(Inside::Backticks);
        }
    }

    /// `<<` and the delimiter after it; whether `c` belonged to it.
    fn read_declaration(&mut self, c: char) -> bool {
        let is_arithmetic = self.inside.ends_with(&[Inside::Parentheses, Inside::Parentheses]);
        if self.declaring.is_none() && self.arrows == 2 && c != '<' && !is_arithmetic {
            self.declaring = Some(Declaring::default());
            self.arrows = 0;
        }
        let Some(declaring) = &mut self.declaring else { return false };
        if declaring.read(c) {
            return true;
        }
        let document = self.declaring.take().map(|declaring| declaring.document).unwrap_or_default();
        self.waiting.extend(Some(document).filter(|document| !document.delimiter.is_empty()));
        false
    }

    fn end_line(&mut self) {
        if self.inside.last() == Some(&Inside::Comment) {
            self.inside.pop();
        }
        self.line.clear();
        let waiting = std::mem::take(&mut self.waiting);
        self.inside.extend(waiting.into_iter().rev().map(Inside::Document));
    }

    fn read_document(&mut self, c: char, document: &HereDocument) {
        if c != '\n' {
            self.line.push(c);
            return;
        }
        let line = if document.strips_tabs { self.line.trim_start_matches('\t') } else { &self.line };
        if line == document.delimiter {
            self.inside.pop();
        }
        self.line.clear();
    }
}

impl Declaring {
    /// Whether `c` belongs to the declaration.
    fn read(&mut self, c: char) -> bool {
        match (self.quote, c) {
            (Some(quote), _) if c == quote => self.quote = None,
            (Some(_), _) => self.document.delimiter.push(c),
            (None, '-') if !self.started => self.document.strips_tabs = true,
            (None, ' ' | '\t') if !self.started => return true,
            (None, '\'' | '"') => self.quote = Some(c),
            (None, '\\') => {}
            (None, _) if c.is_whitespace() || ";|&()<>".contains(c) => return false,
            (None, _) => self.document.delimiter.push(c),
        }
        self.started = self.started || c != '-';
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn troubles(text: &str) -> Vec<Trouble> {
        misplaced(text).into_iter().map(|(_, trouble)| trouble).collect()
    }

    #[test]
    fn quotes_only_what_needs_it() {
        assert_eq!(quote("2026-11-21"), "2026-11-21");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("$(rm -rf /)"), "'$(rm -rf /)'");
        assert_eq!(quote("~root"), "'~root'");
    }

    #[test]
    fn finds_templates_in_quotes() {
        assert_eq!(
            troubles("echo '{{ x }}' \"{{ x }}\" {{ x }}"),
            [Trouble::SingleQuotes, Trouble::DoubleQuotes]
        );
        assert_eq!(troubles(r#"echo "\"{{ x }}" a\"{{ x }}"#), [Trouble::DoubleQuotes]);
        assert_eq!(troubles(r#"echo "$(date -d {{ x }})" {{ x }}"#), []);
        assert_eq!(troubles(r#"echo "$(echo "{{ x }}")" "#), [Trouble::DoubleQuotes]);
        assert_eq!(troubles("# don't {{ x }}\necho {{ x }}"), []);
        assert_eq!(troubles("echo '{{ x | safe }}' {{ x }}"), []);
        assert_eq!(troubles("echo a#'b {{ x }}'"), [Trouble::SingleQuotes]);
    }

    #[test]
    fn finds_templates_in_here_documents() {
        assert_eq!(troubles("cat <<EOF\n{{ x }}\nEOF\necho {{ x }}"), [Trouble::HereDocument]);
        assert_eq!(
            troubles("cat <<-'E O' > f; echo {{ x }}\n\t{{ x }}\n\tE O\necho {{ x }}"),
            [Trouble::HereDocument]
        );
        assert_eq!(troubles("cat <<A <<B\n{{ x }}\nA\n{{ x }}\nB\n{{ x }}"), [Trouble::HereDocument; 2]);
        assert_eq!(troubles("cat <<<{{ x }}\n{{ x }}"), []);
        assert_eq!(troubles("echo $((1<<2))\n{{ x }}"), []);
    }
}
