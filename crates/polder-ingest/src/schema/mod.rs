//! Which columns there are, what they are called, and of which types they are: found in a sample once, and kept from then on.

mod column_type;
mod kept;
mod names;
mod places;
mod rules;

pub(crate) use column_type::UTC;
pub use column_type::{ColumnType, UnknownType};
pub use kept::{KeptColumn, KeptSchema, ORIGINAL_NAME, SchemaChange};
pub(crate) use kept::{NewColumn, Occurrences};
pub(crate) use names::Names;
pub use names::Naming;
pub(crate) use places::{Called, Places};
pub use rules::{AddedColumns, ColumnRules, OnAdded, Salt};
