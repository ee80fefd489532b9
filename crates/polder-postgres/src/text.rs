//! A text that a client has sent, cut into statements.
//!
//! What tools ask PostgreSQL's own catalog is rewritten where DataFusion has no such thing. Queries that do not touch it are taken as they
//! are written: rewriting is a matter of patterns, and must not change what a query about tables means.

mod depth;
mod rewrite;

use datafusion_pg_catalog::sql::PostgresCompatibilityParser;
use deltalake::datafusion::sql::sqlparser::ast::Statement;
use deltalake::datafusion::sql::sqlparser::dialect::{Dialect, PostgreSqlDialect};
use deltalake::datafusion::sql::sqlparser::parser::{Parser, ParserError};
use deltalake::datafusion::sql::sqlparser::tokenizer::Location;
use polder_lake::WithVersions;

use crate::error::{Error, Result};

/// Of these words one stands in whatever asks the catalog.
const OF_CATALOG: [&str; 9] = [
    "pg_",
    "information_schema",
    "regclass",
    "regtype",
    "regproc",
    "current_",
    "session_user",
    "version(",
    "any(",
];

#[derive(Debug)]
pub(crate) struct Texts(PostgresCompatibilityParser);

impl Texts {
    pub(crate) fn new() -> Self {
        Self(PostgresCompatibilityParser::new())
    }

    pub(crate) fn statements(&self, text: &str) -> Result<Vec<Statement>> {
        depth::refuse(text)?;
        let plain = parsed(&PostgreSqlDialect {}, text);
        // PostgreSQL has no versions of tables: what says one is never understood as anything else.
        let plain = plain.or_else(|error| parsed(&WithVersions, text).map_err(|_| error));
        if !asks_catalog(text) {
            return plain.map_err(|error| syntax(text, &error));
        }
        // Some of what tools ask is not even understood as it is.
        let rewritten = self.0.parse(text).or(plain);
        let mut all = rewritten.map_err(|error| syntax(text, &error))?;
        all.iter_mut().for_each(rewrite::rewrite);
        Ok(all)
    }
}

fn parsed(dialect: &dyn Dialect, text: &str) -> Result<Vec<Statement>, ParserError> {
    Parser::new(dialect).try_with_sql(text)?.parse_statements()
}

fn asks_catalog(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    OF_CATALOG.iter().any(|word| text.contains(word))
}

fn syntax(text: &str, error: &ParserError) -> Error {
    let said = match error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.as_str(),
        ParserError::RecursionLimitExceeded => "brackets and queries are nested too deeply",
    };
    let (said, place) = said.rsplit_once(" at Line: ").unwrap_or((said, ""));
    Error { position: position(text, place), ..Error::new("42601", said) }
}

/// From `3, Column: 8` to the character of the text, counted from one.
fn position(text: &str, place: &str) -> Option<usize> {
    let (line, column) = place.split_once(", Column: ")?;
    position_of(text, Location { line: line.parse().ok()?, column: column.trim().parse().ok()? })
}

fn position_of(text: &str, at: Location) -> Option<usize> {
    let lines = usize::try_from(at.line.checked_sub(1)?).ok()?;
    let before: usize = text.split_inclusive('\n').take(lines).map(|line| line.chars().count()).sum();
    before.checked_add(usize::try_from(at.column).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mistake_is_pointed_at() {
        let error = Texts::new().statements("SELECT 1,\n  é +) FROM t").unwrap_err();
        assert_eq!((error.state, error.position), ("42601", Some(16)));
        assert_eq!(Texts::new().statements("SELECT 'open").unwrap_err().state, "42601");
        assert_eq!(Texts::new().statements("SELECT pg_typeof(1) +)").unwrap_err().position, Some(22));
    }

    #[test]
    fn several_statements_and_none() {
        assert_eq!(Texts::new().statements("SELECT 1; SELECT 2;").unwrap().len(), 2);
        assert_eq!(Texts::new().statements(" -- nothing\n;").unwrap().len(), 0);
    }

    #[test]
    fn patterns_of_tools_are_understood() {
        let text = "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg/_%' ESCAPE '/'";
        let rewritten = Texts::new().statements(text).unwrap().remove(0).to_string();
        assert!(rewritten.ends_with(r"NOT LIKE replace('pg/_%', '/', '\')"), "{rewritten}");
    }

    fn rewritten(text: &str) -> String {
        Texts::new().statements(text).unwrap().remove(0).to_string()
    }

    #[test]
    fn names_of_the_system_are_looked_for_where_they_are() {
        let class = rewritten("SELECT oid FROM pg_class WHERE oid = 'pg_class'::regclass");
        assert!(class.contains("n.nspname IN (current_schema(), 'pg_catalog')"), "{class}");
        let function = rewritten("SELECT typinput = 'pg_catalog.array_in'::regproc FROM pg_type");
        assert_eq!(function, "SELECT typinput = 'array_in' FROM pg_catalog.pg_type");
        let cursors = rewritten("SELECT name FROM pg_cursors");
        assert_eq!(cursors, "SELECT name FROM pg_catalog.pg_cursors");
        let there = "SELECT * FROM information_schema.Table_Constraints";
        assert_eq!(rewritten(there), there);
    }

    #[test]
    fn what_nothing_has_is_left_out() {
        let text = "SELECT array_to_string(c.relacl, ','), ARRAY(SELECT x FROM pg_auth_members), NULL, NULL FROM pg_class c";
        assert_eq!(
            rewritten(text),
            "SELECT NULL, NULL AS column2, NULL AS column3, NULL AS column4 FROM pg_catalog.pg_class c"
        );
        let text = "SELECT array_to_string(ARRAY['a'], ',') FROM pg_class";
        assert!(
            rewritten(text).starts_with(text.split(" FROM").next().unwrap()),
            "lists that are there stay"
        );
    }

    #[test]
    fn tables_may_be_asked_as_they_were() {
        for text in [
            "SELECT * FROM raw.b VERSION AS OF 3",
            "SELECT * FROM raw.b TIMESTAMP AS OF '2026-11-20'",
            "SELECT * FROM raw.b FOR SYSTEM_TIME AS OF now() WHERE a = $1",
        ] {
            assert_eq!(Texts::new().statements(text).unwrap()[0].to_string(), text);
        }
    }

    #[test]
    fn queries_about_tables_are_not_rewritten() {
        let text = "SELECT (SELECT max(a) FROM raw.b) FROM raw.c";
        assert_eq!(Texts::new().statements(text).unwrap()[0].to_string(), text);
    }

    /// Words of SQL and of the catalog, in any order.
    fn words() -> impl Strategy<Value = String> {
        const WORDS: &str = "SELECT FROM WHERE AND OR NOT IN LIKE ESCAPE UNION JOIN ON AS ARRAY( unnest( array_to_string( \
            array_agg( pg_class pg_constraint pg_index i.indkey c.relacl reloptions information_schema.table_constraints \
            'pg_class'::regclass 'now'::regproc ::name current_schema current_user = ANY( '/' '{a,b}' $1 1 NULL * , ; ( ) [ ] :: . \
            ~ OPERATOR(pg_catalog.~) COLLATE CASE WHEN END DISTINCT ORDER BY GROUP LIMIT VALUES WITH x é \" ' -- /* n.oid n.* \
            VERSION OF SET SHOW BEGIN DECLARE CURSOR FOR FETCH DELETE INTO ROW( INTERVAL EXISTS( BETWEEN IS";
        let word = proptest::sample::select(WORDS.split_whitespace().collect::<Vec<_>>());
        proptest::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
    }

    /// Understood or refused, and an error points into the text.
    fn read(text: &str) -> Result<(), TestCaseError> {
        if let Err(error) = Texts::new().statements(text) {
            let end = text.chars().count() + 1;
            prop_assert!(
                error.position.is_none_or(|position| (1..=end).contains(&position)),
                "{error:?}: {text}"
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn no_text_does_any_harm(text in "\\PC{0,60}") {
            read(&text)?;
        }

        #[test]
        fn no_words_do_any_harm(text in words()) {
            read(&text)?;
        }
    }
}
