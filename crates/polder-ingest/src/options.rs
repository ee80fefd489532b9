use serde::{Deserialize, Serialize};

use crate::input::without_ending;
use crate::{AddedColumns, ColumnRules, Compression, CsvOptions, Encoding, Error, OnAdded, Result, Salt};

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    /// An object to a line.
    #[serde(alias = "ndjson")]
    Jsonl,
    /// An array of objects, at the top or at a path, or objects one after the other.
    Json,
    Parquet,
}

/// How a source's files are written. What is left out is told by a file's name and start, by rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileFormat {
    pub format: Option<Format>,
    pub compression: Compression,
    pub encoding: Encoding,
    pub csv: CsvOptions,
    pub json: JsonOptions,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JsonOptions {
    /// Where the array is: keys with dots between, such as `data.items`. Empty for the top.
    pub path: String,
}

impl FileFormat {
    /// # Errors
    /// When neither the options nor the file's name tell.
    pub fn of(&self, file: &str) -> Result<Format> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let ending = without_ending(file).rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("csv" | "tsv" | "tab" | "txt" | "psv") => Ok(Format::Csv),
            Some("jsonl" | "ndjson" | "jsonlines") => Ok(Format::Jsonl),
            Some("json") => Ok(Format::Json),
            Some("parquet" | "pq") => Ok(Format::Parquet),
            _ => Err(Error::UnknownFormat { file: file.to_owned() }),
        }
    }
}

/// All that is said about reading a source, besides which files it has.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    pub format: FileFormat,
    pub columns: ColumnRules,
    pub salt: Salt,
    pub on_added: OnAdded,
    pub added: AddedColumns,
    pub limits: Limits,
}

/// What bounds the memory of a reading: a few times `block_bytes`, or `record_bytes` where records are that large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of text, in one batch.
    pub block_bytes: usize,
    pub batch_rows: usize,
    /// Of one row. What is longer is rejected.
    pub record_bytes: usize,
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { block_bytes: 4 << 20, batch_rows: 64 << 10, record_bytes: 16 << 20, columns: 16_384 }
    }
}

/// How much is looked at before types are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sample {
    pub rows: usize,
    pub bytes: usize,
    pub files: usize,
}

impl Default for Sample {
    fn default() -> Self {
        Self { rows: 100_000, bytes: 16 << 20, files: 10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_format() {
        let of = |name: &str| FileFormat::default().of(name).ok();
        assert_eq!(of("a/b.CSV.gz"), Some(Format::Csv));
        assert_eq!(of("b.jsonl.zst"), Some(Format::Jsonl));
        assert_eq!(of("b.json"), Some(Format::Json));
        assert_eq!(of("b.parquet"), Some(Format::Parquet));
        assert_eq!(of("b.gz"), None);
        assert_eq!(of("b"), None);
    }

    #[test]
    fn options_are_read_as_users_write_them() {
        let written = r#"{"format": "csv", "encoding": "latin-1", "csv": {"delimiter": ";", "null": ["NA"], "quote": null}}"#;
        let format: FileFormat = serde_json::from_str(written).unwrap();
        assert_eq!(
            (format.encoding, format.csv.delimiter, format.csv.quote),
            (Encoding::Windows1252, Some(';'), None)
        );
        assert!(serde_json::from_str::<FileFormat>(r#"{"csv": {"delimeter": ";"}}"#).is_err());
    }
}
