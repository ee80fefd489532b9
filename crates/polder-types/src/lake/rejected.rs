//! What is said of rows that do not fit, wherever somebody is told of them.

use std::fmt::Display;

/// How many there are in a table of such rows, as a sentence without its full stop.
#[must_use]
pub fn rejected_in_words(rows: u64, table: impl Display) -> String {
    match rows {
        1 => format!("1 row was rejected: it is in {table}, with a reason"),
        rows => format!("{rows} rows were rejected: they are in {table}, each with a reason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_is_not_many() {
        let told = [1, 2].map(|rows| rejected_in_words(rows, "raw.v__rejected"));
        insta::assert_snapshot!(told.join("\n"), @r"
        1 row was rejected: it is in raw.v__rejected, with a reason
        2 rows were rejected: they are in raw.v__rejected, each with a reason
        ");
    }
}
