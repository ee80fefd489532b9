//! Looking at a template before it is ever rendered: its syntax, and every name in it.
//!
//! minijinja tells whether it can be read and which names are free; the words with their positions come from
//! [`super::scan`]. What only shows when it runs (`steps[params.x]`) is left to the strict rendering.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::Quoting;
use super::context::{PROJECT_NAMES, RUN_NAMES};
use super::engine::{FILTERS, TESTS, for_quoting};
use super::scan::{Piece, PieceKind, Token, TokenKind, has_templates, pieces, step_of_slice};
use super::shell::{self, Trouble};
use super::sql;
use crate::definition::ProblemCode;
use crate::definition::nearest::{did_you_mean, nearest};

/// The names that a text may use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// `params.*`; `None` where there are none to use.
    pub params: Option<BTreeSet<String>>,
    /// `steps.*`: the steps whose outputs are there in time.
    pub steps: BTreeSet<String>,
    /// The other steps of the pipeline, to tell what is missing.
    pub other_steps: BTreeSet<String>,
    /// `secrets.*`; `None` where secrets may not be used at all.
    pub secrets: Option<BTreeSet<String>>,
}

/// What is wrong with a template, and where in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub code: ProblemCode,
    /// In bytes of the text.
    pub range: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// Everything that is wrong with the templates in a text.
#[must_use]
pub fn check(text: &str, names: &Names, quoting: Quoting) -> Vec<Mistake> {
    if !has_templates(text) {
        return Vec::new();
    }
    let pieces = pieces(text);
    let refused = |piece| {
        unknown_statement(text, piece).or_else(|| too_much(piece)).or_else(|| comment(text, piece, quoting))
    };
    let mut mistakes: Vec<Mistake> = pieces.iter().filter_map(refused).collect();
    if mistakes.is_empty() {
        match free_names(text) {
            Err(mistake) => mistakes.push(mistake),
            Ok(free) => {
                let checker = Checker { text, names, free };
                pieces.iter().for_each(|piece| checker.piece(piece, &mut mistakes));
            }
        }
    }
    match quoting {
        Quoting::None => {}
        Quoting::Shell => mistakes.extend(
            shell::misplaced(text).into_iter().map(|(piece, trouble)| misplaced(text, &piece, trouble)),
        ),
        Quoting::Sql => mistakes.extend(sql::misplaced(text).iter().map(|piece| in_quotes(text, piece))),
    }
    mistakes
}

pub(super) const STATEMENTS: &[&str] = &["if", "elif", "else", "endif", "for", "endfor", "raw", "endraw"];

fn unknown_statement(text: &str, piece: &Piece) -> Option<Mistake> {
    let word = statement_word(piece)?;
    let name = &text[word.range.clone()];
    (!STATEMENTS.contains(&name)).then(|| Mistake {
        code: ProblemCode::InvalidTemplate,
        range: word.range.clone(),
        message: format!("`{{% {name} %}}` is not available"),
        hint: Some("there are `{% if … %}`, `{% for … %}` and `{% raw %}`".to_owned()),
    })
}

/// The word that says which statement it is.
pub(super) fn statement_word(piece: &Piece) -> Option<&Token> {
    let word = piece.tokens.first().filter(|_| piece.kind == PieceKind::Statement)?;
    if matches!(word.kind, TokenKind::Sign(b'-' | b'+')) { piece.tokens.get(1) } else { Some(word) }
}

/// What could make a short text render to gigabytes in memory: `'x' * 100000000`, and endless sums of long values.
pub(super) fn too_much(piece: &Piece) -> Option<Mistake> {
    let refuse = |token: &Token, message: String| Mistake {
        code: ProblemCode::InvalidTemplate,
        range: token.range.clone(),
        message,
        hint: Some("compute it in the step".to_owned()),
    };
    let times = piece.tokens.iter().find(|token| token.kind == TokenKind::Sign(b'*'));
    let long =
        || piece.tokens.get(TOKEN_LIMIT).map(|token| refuse(token, "the expression is too long".to_owned()));
    let step = step_of_slice(&piece.tokens).map(|token| Mistake {
        hint: Some("write `| reverse` to turn something round".to_owned()),
        ..refuse(token, "slices have no step here".to_owned())
    });
    step.or_else(|| times.map(|token| refuse(token, "`*` is not available in templates".to_owned())))
        .or_else(long)
}

/// A comment that was hardly meant: one that nobody closes, or `${#VARIABLE}` of a shell.
pub(super) fn comment(text: &str, piece: &Piece, quoting: Quoting) -> Option<Mistake> {
    let content = text.get(piece.range.clone()).filter(|_| piece.kind == PieceKind::Comment)?;
    let is_closed = content.len() >= 4 && content.ends_with("#}");
    let is_length = quoting == Quoting::Shell && text[..piece.range.start].ends_with('$');
    let hint = match quoting {
        Quoting::Shell => {
            "put it between `{% raw %}` and `{% endraw %}`: `{% raw %}${#VARIABLE}{% endraw %}`"
        }
        Quoting::None | Quoting::Sql => "write `{{ '{#' }}` for the characters themselves",
    };
    (!is_closed || is_length).then(|| Mistake {
        code: ProblemCode::InvalidTemplate,
        range: piece.range.start..piece.range.start + 2,
        message: "`{#` begins a comment of the template".to_owned(),
        hint: Some(hint.to_owned()),
    })
}

/// Words and signs of one expression at most.
const TOKEN_LIMIT: usize = 300;

/// The names that are not made by the template itself.
fn free_names(text: &str) -> Result<HashSet<String>, Mistake> {
    let template = for_quoting(Quoting::None).template_from_str(text).map_err(|error| {
        let range = error.range().filter(|range| text.get(range.clone()).is_some()).unwrap_or(0..text.len());
        let message = format!("the template cannot be read: {}", error.detail().unwrap_or("syntax error"));
        Mistake { code: ProblemCode::InvalidTemplate, range, message, hint: None }
    })?;
    Ok(template.undeclared_variables(false))
}

fn misplaced(text: &str, piece: &Piece, trouble: Trouble) -> Mistake {
    let inner = inner(text, piece);
    let (place, hint) = match trouble {
        Trouble::SingleQuotes | Trouble::DoubleQuotes => (
            "quotes",
            format!("leave the quotes out around it: the value is quoted for the shell by itself; or write `{inner} | safe` if you are sure"),
        ),
        Trouble::HereDocument => (
            "a here-document",
            "hand the value over as an environment variable (`env: {DAY: \"{{ run.date }}\"}`) and write `$DAY` there".to_owned(),
        ),
    };
    let message = format!("`{}` stands inside {place} of the shell", &text[piece.range.clone()]);
    Mistake { code: ProblemCode::InvalidTemplate, range: piece.range.clone(), message, hint: Some(hint) }
}

fn in_quotes(text: &str, piece: &Piece) -> Mistake {
    let hint = format!(
        "leave the quotes out around it: the value becomes a literal by itself; for a name, or if you are sure, write `{} | safe`",
        inner(text, piece)
    );
    let message = format!("`{}` stands inside quotes of SQL", &text[piece.range.clone()]);
    Mistake { code: ProblemCode::InvalidTemplate, range: piece.range.clone(), message, hint: Some(hint) }
}

fn inner<'a>(text: &'a str, piece: &Piece) -> &'a str {
    text[piece.range.clone()].trim_start_matches(['{', '-']).trim_end_matches(['}', '-']).trim()
}

struct Checker<'a> {
    text: &'a str,
    names: &'a Names,
    free: HashSet<String>,
}

/// A name with what follows it: `steps.extract.rows`, `steps['my-step'].rows`.
struct Chain<'a> {
    /// The words, each with its range.
    words: Vec<(&'a str, Range<usize>)>,
    /// Whether a subscript follows whose value only shows when it runs.
    is_dynamic: bool,
}

impl Chain<'_> {
    fn range(&self) -> Range<usize> {
        let start = self.words.first().map_or(0, |(_, range)| range.start);
        start..self.words.last().map_or(start, |(_, range)| range.end)
    }
}

impl<'a> Checker<'a> {
    fn piece(&self, piece: &Piece, mistakes: &mut Vec<Mistake>) {
        let tokens = &piece.tokens;
        let mut judged = 0;
        for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word) {
            if token.range.start < judged {
                continue;
            }
            let before = index.checked_sub(1).map(|before| &tokens[before]);
            let mistake = match before.map(|before| (before.kind, self.word(before))) {
                Some((TokenKind::Sign(b'.'), _)) => None,
                Some((TokenKind::Sign(b'|'), _)) => self.known(token, "filter", FILTERS),
                Some((TokenKind::Word, "is")) if self.word(token) != "not" => {
                    self.known(token, "test", TESTS)
                }
                Some((TokenKind::Word, "not")) if self.is_negated_test(tokens, index) => {
                    self.known(token, "test", TESTS)
                }
                _ if is_argument_name(tokens, index) => None,
                _ => self.variable(tokens, index),
            };
            judged = mistake.as_ref().map_or(judged, |mistake| mistake.range.end);
            mistakes.extend(mistake);
        }
    }

    fn word(&self, token: &Token) -> &'a str {
        &self.text[token.range.clone()]
    }

    fn is_negated_test(&self, tokens: &[Token], index: usize) -> bool {
        index.checked_sub(2).is_some_and(|before| self.word(&tokens[before]) == "is")
    }

    fn known(&self, token: &Token, what: &str, names: &[&'static str]) -> Option<Mistake> {
        let name = self.word(token);
        if names.contains(&name) {
            return None;
        }
        let hint = did_you_mean(name, names.iter().copied())
            .or_else(|| Some(format!("there is {}", names.join(", "))));
        let code = ProblemCode::UnknownName;
        Some(Mistake {
            code,
            range: token.range.clone(),
            message: format!("there is no {what} `{name}`"),
            hint,
        })
    }

    fn variable(&self, tokens: &[Token], index: usize) -> Option<Mistake> {
        let name = self.word(&tokens[index]);
        if !self.free.contains(name) {
            return None;
        }
        let chain = self.chain(tokens, index);
        match name {
            "range" => None,
            "run" => self.member(&chain, RUN_NAMES.iter().copied()),
            "project" => self.member(&chain, PROJECT_NAMES.iter().copied()),
            "params" if self.names.params.is_some() => {
                self.member(&chain, self.names.params.iter().flatten().map(String::as_str))
            }
            "steps" => self.step(&chain),
            "secrets" => self.secret(&chain),
            _ => Some(self.unknown_root(name, &chain)),
        }
    }

    fn chain(&self, tokens: &[Token], index: usize) -> Chain<'a> {
        let mut words = vec![(self.word(&tokens[index]), tokens[index].range.clone())];
        let mut rest = &tokens[index + 1..];
        loop {
            match rest {
                [dot, word, tail @ ..]
                    if dot.kind == TokenKind::Sign(b'.') && word.kind == TokenKind::Word =>
                {
                    words.push((self.word(word), word.range.clone()));
                    rest = tail;
                }
                [open, word, close, tail @ ..]
                    if open.kind == TokenKind::Sign(b'[')
                        && word.kind == TokenKind::Quoted
                        && close.kind == TokenKind::Sign(b']') =>
                {
                    words.push((self.word(word).trim_matches(['"', '\'']), word.range.clone()));
                    rest = tail;
                }
                _ => {
                    let is_dynamic = rest.first().is_some_and(|token| token.kind == TokenKind::Sign(b'['));
                    return Chain { words, is_dynamic };
                }
            }
        }
    }

    /// That the second word of a chain is one of `names`.
    fn member<'n>(&self, chain: &Chain<'_>, names: impl Iterator<Item = &'n str>) -> Option<Mistake> {
        let names: Vec<&str> = names.collect();
        let [(root, _), rest @ ..] = chain.words.as_slice() else { return None };
        let Some((name, _)) = rest.first() else {
            let hint = names.first().map(|name| format!("write one of its values, such as `{root}.{name}`"));
            let message = format!("`{root}` is a group of values");
            return (!chain.is_dynamic).then(|| mistake(chain, message, hint));
        };
        if names.contains(name) {
            return None;
        }
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{root}.{near}`?"),
            None if names.is_empty() => format!("there are no {root} here"),
            None => format!("there is {}", names.join(", ")),
        };
        Some(mistake(chain, format!("there is no `{root}.{name}`"), Some(hint)))
    }

    fn step(&self, chain: &Chain<'_>) -> Option<Mistake> {
        let Names { steps, other_steps, .. } = self.names;
        let Some((name, range)) = chain.words.get(1) else {
            return self.member(chain, steps.iter().map(String::as_str));
        };
        if steps.contains(*name) {
            let missing = chain.words.len() == 2 && !chain.is_dynamic;
            let hint = Some(format!("write one of the outputs of the step, such as `steps.{name}.rows`"));
            return missing.then(|| mistake(chain, format!("`steps.{name}` is a group of values"), hint));
        }
        if other_steps.contains(*name) {
            let message = format!("the outputs of step `{name}` may not be there yet");
            return Some(mistake(chain, message, Some(format!("add `{name}` to the `needs` of this step"))));
        }
        let dashed =
            steps.iter().chain(other_steps).find(|step| self.text[range.start..].starts_with(step.as_str()));
        if let Some(step) = dashed {
            let message = format!("`{step}` has a dash, which is a minus here");
            let range = chain.range().start..range.start + step.len();
            return Some(Mistake {
                range,
                ..mistake(chain, message, Some(format!("write `steps['{step}']`")))
            });
        }
        self.member(chain, steps.iter().chain(other_steps).map(String::as_str))
    }

    fn secret(&self, chain: &Chain<'_>) -> Option<Mistake> {
        let Some(secrets) = &self.names.secrets else {
            let name = chain.words.get(1).map_or("NAME", |(name, _)| *name);
            let hint = format!(
                "a `run` step has them as environment variables: add `secrets: {{{name}: …}}` to it and write `${name}`"
            );
            return Some(mistake(
                chain,
                "secrets can only be interpolated in `http` steps".to_owned(),
                Some(hint),
            ));
        };
        let mistake = self.member(chain, secrets.iter().map(String::as_str))?;
        let Some((name, _)) = chain.words.get(1) else { return Some(mistake) };
        let add = format!("add `secrets: {{{name}: …}}`, with the name of the secret, to the step");
        let near = nearest(name, secrets.iter().map(String::as_str));
        let hint =
            near.map_or_else(|| add.clone(), |near| format!("did you mean `secrets.{near}`? Else {add}"));
        Some(Mistake { hint: Some(hint), ..mistake })
    }

    fn unknown_root(&self, name: &str, chain: &Chain<'_>) -> Mistake {
        let Names { params, steps, .. } = self.names;
        let roots = ["run", "params", "project", "steps", "secrets"];
        let hint = match name {
            _ if params.iter().flatten().any(|known| known == name) => format!("write `params.{name}`"),
            _ if steps.contains(name) => format!("write `steps.{name}`"),
            _ if RUN_NAMES.contains(&name) => format!("write `run.{name}`"),
            _ => did_you_mean(name, roots).unwrap_or_else(|| {
                "the names are run.*, params.*, project.*, steps.*, and in `http` steps secrets.*".to_owned()
            }),
        };
        mistake(chain, format!("there is no `{name}`"), Some(hint))
    }
}

fn mistake(chain: &Chain<'_>, message: String, hint: Option<String>) -> Mistake {
    Mistake { code: ProblemCode::UnknownName, range: chain.range(), message, hint }
}

/// `name=value` in a call; `name == value` is a comparison.
fn is_argument_name(tokens: &[Token], index: usize) -> bool {
    let sign = |offset: usize| tokens.get(index + offset).map(|token| token.kind);
    sign(1) == Some(TokenKind::Sign(b'=')) && sign(2) != Some(TokenKind::Sign(b'='))
}
