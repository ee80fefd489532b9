//! What the engine says while a query runs, in words of those who asked: without the names of its stages, and never longer than
//! somebody reads.

use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::error::DataFusionError;

/// A value that could not be read may be of any length.
const LONGEST: usize = 300;

pub(super) fn words(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::ArrowError(error, _) => arrow(error),
        DataFusionError::ResourcesExhausted(text) => exhausted(text),
        DataFusionError::Execution(text) => computed(text),
        DataFusionError::Internal(text) => signature(text).unwrap_or_else(|| short(&error.to_string())),
        root @ DataFusionError::ParquetError(_) => computed(&root.to_string()),
        DataFusionError::External(error) => computed(&error.to_string()),
        _ => short(&error.to_string()),
    }
}

pub(crate) fn arrow(error: &ArrowError) -> String {
    match error {
        ArrowError::DivideByZero => {
            "a division by zero; `nullif(divisor, 0)` gives nothing instead".to_owned()
        }
        ArrowError::ArithmeticOverflow(what) => {
            let what = short(what.trim_start_matches("Overflow happened on: "));
            format!("a whole number gets too large: {what}; `CAST(… AS DECIMAL(38, 0))` has room")
        }
        ArrowError::CastError(text) | ArrowError::ParseError(text) | ArrowError::ComputeError(text) => {
            computed(text)
        }
        other => short(&other.to_string()),
    }
}

/// The engine counts memory for those who build it.
fn exhausted(text: &str) -> String {
    if text.contains("disk") {
        return format!("the query needs more room on disk than it may use: {}", short(text));
    }
    let who = text.split_once("failed for ").map(|(_, rest)| rest);
    let who = who.and_then(|rest| rest.split(['[', ' ', '#']).next());
    let doing = match who {
        Some("HashJoinInput" | "NestedLoopJoinLoad" | "CrossJoinExec") => " to join",
        Some("ExternalSorter" | "ExternalSorterMerge") => " to sort",
        Some(name) if name.contains("Aggregate") => " to group",
        _ => "",
    };
    format!(
        "the query needs more memory than it may use{doing}: ask for fewer rows or columns, or filter before it joins, groups and sorts"
    )
}

/// `Cannot cast string 'x' to value of Int32 type`, wherever it stands.
fn computed(text: &str) -> String {
    let Some(at) = text.find("Cannot cast ") else { return short(text) };
    let cast = &text[at..];
    let parts = cast.split_once('\'').and_then(|(_, rest)| rest.rsplit_once("' to value of "));
    match parts {
        Some((value, data_type)) => {
            let data_type = data_type.split(" type").next().unwrap_or(data_type);
            format!("'{}' cannot be read as {}", short(value), in_sql(data_type))
        }
        None => short(cast),
    }
}

/// The types that values are read as, as they are written in SQL.
fn in_sql(data_type: &str) -> &str {
    match data_type {
        "Boolean" => "BOOLEAN",
        "Int8" => "TINYINT",
        "Int16" => "SMALLINT",
        "Int32" => "INTEGER",
        "Int64" => "BIGINT",
        "Float32" => "REAL",
        "Float64" => "DOUBLE",
        "Date32" | "Date64" => "DATE",
        other if other.starts_with("Timestamp") => "TIMESTAMP",
        other => other,
    }
}

/// `Function 'sum' failed to match any signature, errors: … but received String (DataType: Utf8).`
pub(crate) fn signature(text: &str) -> Option<String> {
    let (_, text) = text.split_once("Function '")?;
    let (name, rest) = text.split_once('\'')?;
    let (_, received) = rest.split_once("but received ")?;
    let received = received.split(" (").next()?;
    let received = if received == "String" { "text" } else { received };
    Some(format!("`{name}` does not take {received}: cast it first, such as `CAST(… AS DOUBLE)`"))
}

/// Its beginning, if it is long.
fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_without_the_engine() {
        let cast = "Parquet error: External: Compute error: Error evaluating filter predicate: ArrowError(CastError(\"Cannot cast string 'it's' to value of Int64 type\"), None)";
        let signature = "Function 'sum' failed to match any signature, errors: Error during planning: Function 'sum' requires Decimal, but received String (DataType: Utf8).,Error";
        let memory = "Additional allocation failed for HashJoinInput[1] with top memory consumers (across reservations) as: HashJoinInput[1]#9(can spill: false) consumed 637.1 MB";
        let told = [
            DataFusionError::from(ArrowError::DivideByZero),
            DataFusionError::from(ArrowError::ArithmeticOverflow("Overflow happened on: 1 + 2".to_owned())),
            DataFusionError::Execution(cast.to_owned()),
            DataFusionError::Internal(signature.to_owned()),
            DataFusionError::ResourcesExhausted(memory.to_owned()).context("Optimizer rule"),
            DataFusionError::Execution("é".repeat(1000)),
        ];
        let told: Vec<String> = told.iter().map(words).collect();
        insta::assert_snapshot!(told[..5].join("\n"), @r"
        a division by zero; `nullif(divisor, 0)` gives nothing instead
        a whole number gets too large: 1 + 2; `CAST(… AS DECIMAL(38, 0))` has room
        'it's' cannot be read as BIGINT
        `sum` does not take text: cast it first, such as `CAST(… AS DOUBLE)`
        the query needs more memory than it may use to join: ask for fewer rows or columns, or filter before it joins, groups and sorts
        ");
        assert_eq!(told[5].chars().count(), LONGEST + 2);
    }
}
