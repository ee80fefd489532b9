//! What a column is called in a table, whatever it is called in a file.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// PostgreSQL cuts names at 63 bytes, other readers at 128 characters or more; a longer one helps nobody.
const LONGEST: usize = 63;

/// Whether names keep their case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// `OrderId` becomes `orderid`, which SQL finds without quotes however it is typed.
    #[default]
    Lower,
    /// As it is, for tables that other programs read by these names. Names that differ only in case are the same name.
    Keep,
}

/// Names that are taken, and how to make the next.
pub(crate) struct Names {
    naming: Naming,
    /// In lower case: SQL finds names so.
    taken: HashSet<String>,
}

impl Names {
    pub(crate) fn new<'a>(naming: Naming, taken: impl IntoIterator<Item = &'a str>) -> Self {
        Self { naming, taken: taken.into_iter().map(str::to_lowercase).collect() }
    }

    /// A valid name for the column at this place (from 1), that no other column has.
    pub(crate) fn add(&mut self, original: &str, place: usize) -> String {
        let clean = clean(original, self.naming);
        let clean = if clean.is_empty() { format!("column_{place}") } else { clean };
        let numbered = (2..).map(|number| {
            let number = format!("_{number}");
            format!("{}{number}", cut(&clean, LONGEST - number.len()))
        });
        let free = std::iter::once(clean.clone())
            .chain(numbered)
            .find(|name| self.taken.insert(name.to_lowercase()));
        free.unwrap_or(clean)
    }
}

/// Letters, digits and single `_` for everything else; not a digit first.
pub(crate) fn clean(original: &str, naming: Naming) -> String {
    let mut clean = String::with_capacity(original.len());
    for letter in original.trim().chars() {
        match letter {
            letter if letter.is_alphanumeric() || letter == '_' => clean.push(letter),
            _ if !clean.ends_with('_') => clean.push('_'),
            _ => {}
        }
    }
    let edge = |letter: char| letter == '_' && !original.trim().starts_with('_');
    let clean = clean
        .trim_start_matches(edge)
        .trim_end_matches(|letter| letter == '_' && !original.trim().ends_with('_'));
    let clean = if naming == Naming::Lower { clean.to_lowercase() } else { clean.to_owned() };
    // What Polder adds to rows has names of its own.
    let clean = clean
        .strip_prefix("_")
        .filter(|rest| rest.to_lowercase().starts_with("polder_"))
        .map_or(clean.clone(), str::to_owned);
    let digit_first = clean.starts_with(|letter: char| letter.is_numeric());
    cut(&if digit_first { format!("_{clean}") } else { clean }, LONGEST).to_owned()
}

fn cut(name: &str, longest: usize) -> &str {
    &name[..name.floor_char_boundary(longest)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_underscores() {
        for (original, expected) in [
            ("OrderId", "orderid"),
            (" Größe (cm) ", "größe_cm"),
            ("a.b[0]", "a_b_0"),
            ("2024", "_2024"),
            ("_id", "_id"),
            ("__v", "__v"),
            ("%", ""),
            ("% share", "share"),
            ("数量", "数量"),
            ("_polder_file", "polder_file"),
            ("\u{feff}id", "id"),
        ] {
            assert_eq!(clean(original, Naming::Lower), expected, "{original}");
        }
        assert_eq!(clean("OrderId", Naming::Keep), "OrderId");
        assert_eq!(clean(&"ü".repeat(100), Naming::Lower).len(), 62);
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let mut names = Names::new(Naming::Keep, ["ID"]);
        let all: Vec<String> = ["id", "a b", "a-b", "a_b_2", "", "?"]
            .iter()
            .zip(1..)
            .map(|(name, place)| names.add(name, place))
            .collect();
        assert_eq!(all, ["id_2", "a_b", "a_b_2", "a_b_2_2", "column_5", "column_6"]);
    }

    #[test]
    fn a_long_name_with_a_number_is_no_longer_than_others() {
        let mut names = Names::new(Naming::Lower, []);
        let long = "x".repeat(100);
        let all: Vec<String> = (1..=12).map(|place| names.add(&long, place)).collect();
        assert_eq!(all[1], format!("{}_2", "x".repeat(61)));
        assert!(all.iter().all(|name| name.len() == 63), "{all:?}");
    }
}
