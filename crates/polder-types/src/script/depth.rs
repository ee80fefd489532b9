//! Refuses text that would use up the stack: of the parser, or of whatever runs and drops what it made.
//!
//! The bounds are what debug builds can take on threads of two megabytes, whatever the text is; the planner has more room, see
//! `polder_lake::room`.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::Mistake;
use super::pieces::Piece;

/// Brackets within brackets.
const DEEPEST: usize = 30;
/// Operators one after another: each is nested in the next.
const LONGEST: usize = 300;
/// Queries and joins in a statement: each is nested in the next, too.
const TABLES: usize = 64;
/// Queries within brackets within others: the planner looks at what is within one twice, and within two four times.
const QUERIES: usize = 12;
/// `WITH` in a statement, for the same reason.
const NAMED: usize = 12;

/// How far into a statement something is.
#[derive(Default)]
struct Depth {
    /// For each bracket that is open.
    open: Vec<Bracket>,
    /// Operators outside of all brackets.
    outside: usize,
    /// Types that are within types.
    types: usize,
    tables: usize,
    named: usize,
}

#[derive(Default)]
struct Bracket {
    is_query: bool,
    /// Operators since it was opened, or since the last comma.
    operators: usize,
}

impl Piece<'_> {
    pub(super) fn refuse_depth(&self) -> Result<(), Mistake> {
        let mut depth = Depth::default();
        for (place, token) in self.tokens.iter().enumerate() {
            depth.follow(self, place, &token.token);
            if let Some((message, hint)) = depth.excess() {
                return Err(Mistake::at(token.span.start, message, hint));
            }
        }
        Ok(())
    }

    fn keyword(&self, place: usize) -> Keyword {
        match self.tokens.get(place).map(|token| &token.token) {
            Some(Token::Word(word)) => word.keyword,
            _ => Keyword::NoKeyword,
        }
    }

    /// Whether the word at a place names queries, and is not part of a type.
    fn is_with(&self, place: usize) -> bool {
        self.keyword(place) == Keyword::WITH && self.keyword(place + 1) != Keyword::TIME
    }

    /// Whether the `<` at a place begins the types within a type.
    fn is_type(&self, place: usize) -> bool {
        place > 0 && self.keyword(place - 1) != Keyword::NoKeyword
    }
}

impl Depth {
    fn follow(&mut self, piece: &Piece<'_>, place: usize, token: &Token) {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                let is_query = matches!(piece.keyword(place + 1), Keyword::SELECT | Keyword::WITH);
                self.open.push(Bracket { is_query, operators: 0 });
            }
            // What follows it goes on where it was opened, one operator further.
            Token::RParen | Token::RBracket | Token::RBrace => drop(self.open.pop()),
            Token::Comma => *self.operators() = 0,
            Token::Word(word) if is_branch(word.keyword) => *self.operators() = 0,
            Token::Lt if piece.is_type(place) => self.types += 1,
            Token::Gt => self.types = self.types.saturating_sub(1),
            Token::ShiftRight => self.types = self.types.saturating_sub(2),
            _ => {}
        }
        *self.operators() += usize::from(is_operator(token));
        self.tables += usize::from(is_table(token));
        self.named += usize::from(piece.is_with(place));
    }

    fn operators(&mut self) -> &mut usize {
        self.open.last_mut().map_or(&mut self.outside, |bracket| &mut bracket.operators)
    }

    /// What there is too much of, and what to do about it.
    fn excess(&mut self) -> Option<(String, &'static str)> {
        let queries = self.open.iter().filter(|bracket| bracket.is_query).count();
        let parts = "use `WITH` to give the inner parts names";
        if self.open.len() + self.types > DEEPEST {
            return Some((format!("more than {DEEPEST} brackets are within one another here"), parts));
        }
        if queries > QUERIES {
            return Some((format!("more than {QUERIES} queries are within one another here"), parts));
        }
        if *self.operators() > LONGEST {
            let hint = "write `x IN (…)` for many values, or put them into a table";
            return Some((format!("more than {LONGEST} operators follow one another here"), hint));
        }
        if self.tables > TABLES {
            let hint = "do it in several statements, with tables between them";
            return Some((format!("this has more than {TABLES} queries and joins"), hint));
        }
        (self.named > NAMED).then(|| {
            (format!("this has more than {NAMED} times `WITH`"), "name all parts in the first `WITH`")
        })
    }
}

/// Words that stand between what they join, or behind what they are about.
const OPERATORS: [Keyword; 26] = [
    Keyword::AND,
    Keyword::OR,
    Keyword::XOR,
    Keyword::NOT,
    Keyword::IS,
    Keyword::NOTNULL,
    Keyword::IN,
    Keyword::LIKE,
    Keyword::ILIKE,
    Keyword::RLIKE,
    Keyword::REGEXP,
    Keyword::SIMILAR,
    Keyword::MATCH,
    Keyword::BETWEEN,
    Keyword::ESCAPE,
    Keyword::COLLATE,
    Keyword::AT,
    Keyword::DIV,
    Keyword::OVERLAPS,
    Keyword::MEMBER,
    Keyword::OPERATOR,
    Keyword::UNION,
    Keyword::EXCEPT,
    Keyword::INTERSECT,
    Keyword::MINUS,
    Keyword::JOIN,
];

/// The branches of a `CASE` stand beside one another.
fn is_branch(word: Keyword) -> bool {
    matches!(word, Keyword::WHEN | Keyword::THEN | Keyword::ELSE)
}

fn is_table(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::SELECT | Keyword::JOIN | Keyword::VALUES))
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.quote_style.is_none() && OPERATORS.contains(&word.keyword),
        Token::Number(..) | Token::Comma | Token::Period | Token::SingleQuotedString(_) => false,
        _ => true,
    }
}
