//! From an object to its text: fetched, decompressed, in UTF-8, in a buffer that holds whole records. Nothing here holds a file.

mod blocks;
mod compression;
mod encoding;
mod fetch;

pub(crate) use blocks::Blocks;
pub use compression::Compression;
pub(crate) use compression::{decompress, without_ending};
pub use encoding::Encoding;
pub(crate) use encoding::to_utf8;
pub(crate) use fetch::{Counter, fetch};
