//! What a line of a session asks for: one of its orders, or a query.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::Form;

pub const HELP: &str = r"\d, \dt        the tables
\d TABLE       the columns of a table
\x             show each value on a line of its own, or tables again
\format FORM   show answers as table, lines, csv or json
\o FILE        write the next answer to a file: .csv, .json or .parquet
\timing        tell how long queries take, or not any more
\q             end, as Ctrl-D does

Anything else is a query, and ends with `;`. Tab completes, Ctrl-R searches what was asked before, Ctrl-C ends a query.";

#[derive(Debug, PartialEq)]
pub enum Order<'a> {
    Nothing,
    Help,
    Tables,
    Columns(&'a str),
    Timing,
    /// Lines instead of what was, or tables instead of lines.
    Lines,
    Format(Form),
    /// Where the next answer goes, and how.
    Into(PathBuf, Form),
    /// Why it is none of these.
    Wrong(String),
    Query(&'a str),
}

impl<'a> Order<'a> {
    pub fn of(line: &'a str) -> Self {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => Self::Nothing,
            [r"\?" | r"\h" | "help"] => Self::Help,
            [r"\d" | r"\dt"] => Self::Tables,
            [r"\d", name] => Self::Columns(name.trim_end_matches(';')),
            [r"\timing"] => Self::Timing,
            [r"\x"] => Self::Lines,
            [r"\format", form] => format(form),
            [r"\o", ..] => into(line.trim_start_matches(r"\o").trim()),
            [order, ..] if order.starts_with('\\') => {
                Self::Wrong(format!("There is no {line}. These there are:\n{HELP}"))
            }
            _ => Self::Query(line),
        }
    }
}

fn format(form: &str) -> Order<'static> {
    match Form::from_str(form, true) {
        Ok(form) if form != Form::Parquet => Order::Format(form),
        Ok(_) => Order::Wrong(r"Parquet is written to a file: \o rows.parquet".to_owned()),
        Err(_) => Order::Wrong(format!("There is no format {form}: there are table, lines, csv and json.")),
    }
}

fn into(path: &str) -> Order<'static> {
    let path = PathBuf::from(path);
    match Form::of_file(&path) {
        Some(form) => Order::Into(path, form),
        None => Order::Wrong(r"Name a file that ends in .csv, .json or .parquet: \o rows.csv".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_told_from_queries() {
        assert_eq!(Order::of(""), Order::Nothing);
        assert_eq!(Order::of(r"\d raw.orders;"), Order::Columns("raw.orders"));
        assert_eq!(Order::of("select 1;"), Order::Query("select 1;"));
        assert_eq!(Order::of(r"\format CSV"), Order::Format(Form::Csv));
        let file = PathBuf::from("my rows.parquet");
        assert_eq!(Order::of(r"\o my rows.parquet"), Order::Into(file, Form::Parquet));
    }

    #[test]
    fn what_is_wrong_with_an_order_is_told() {
        let told = [r"\format parquet", r"\format xml", r"\o", r"\o rows.txt", r"\copy x"].map(|line| {
            let Order::Wrong(told) = Order::of(line) else { panic!("{line}") };
            told.lines().next().unwrap_or_default().to_owned()
        });
        insta::assert_snapshot!(told.join("\n"), @r"
        Parquet is written to a file: \o rows.parquet
        There is no format xml: there are table, lines, csv and json.
        Name a file that ends in .csv, .json or .parquet: \o rows.csv
        Name a file that ends in .csv, .json or .parquet: \o rows.csv
        There is no \copy x. These there are:
        ");
    }
}
