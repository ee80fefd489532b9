//! What can be done to a table: a file each. Each takes a [`crate::Table`] and gives the table after it, on the same line.

mod append;
mod columns;
mod commit;
mod create;
mod data_file;
mod describe;
mod file_writer;
mod files;
mod history;
mod key;
mod overwrite;
mod restore;
mod rewrite;
mod sort;
mod statistics;
mod task;
mod upsert;
mod vacuum;

pub use append::Written;
pub use columns::Batches;
pub use commit::Note;
pub use create::Design;
pub use describe::Size;
pub use history::Change;
pub use upsert::Upserted;
pub use vacuum::{Keep, Vacuumed};
