//! Tables that PostgreSQL has, and that are empty here: tools ask them, and take an error for a fault.

use std::sync::Arc;

use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// In `pg_catalog`: columns of text, unless a type is said.
const OWN: [(&str, &str); 6] = [
    ("pg_available_extensions", "name default_version installed_version comment"),
    // Only this one has rows, if there are any.
    ("pg_cursors", "name statement is_holdable:b is_binary:b is_scrollable:b creation_time:t"),
    ("pg_locks", "locktype database:n relation:n pid:n mode granted:b fastpath:b"),
    ("pg_policies", "schemaname tablename policyname permissive roles cmd qual with_check"),
    (
        "pg_sequences",
        "schemaname sequencename sequenceowner data_type start_value:n min_value:n max_value:n increment_by:n cycle:b \
         cache_size:n last_value:n",
    ),
    (
        "pg_stat_activity",
        "datid:n datname pid:n usesysid:n usename application_name client_addr client_hostname client_port:n \
         backend_start xact_start query_start state_change wait_event_type wait_event state query backend_type",
    ),
];

/// In `information_schema`.
const OF_STANDARD: [(&str, &str); 9] = [
    (
        "table_constraints",
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name constraint_type \
         is_deferrable initially_deferred enforced",
    ),
    (
        "key_column_usage",
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name column_name \
         ordinal_position:n position_in_unique_constraint:n",
    ),
    (
        "constraint_column_usage",
        "table_catalog table_schema table_name column_name constraint_catalog constraint_schema constraint_name",
    ),
    (
        "referential_constraints",
        "constraint_catalog constraint_schema constraint_name unique_constraint_catalog unique_constraint_schema \
         unique_constraint_name match_option update_rule delete_rule",
    ),
    ("check_constraints", "constraint_catalog constraint_schema constraint_name check_clause"),
    (
        "table_privileges",
        "grantor grantee table_catalog table_schema table_name privilege_type is_grantable with_hierarchy",
    ),
    (
        "column_privileges",
        "grantor grantee table_catalog table_schema table_name column_name privilege_type is_grantable",
    ),
    (
        "routine_privileges",
        "grantor grantee specific_catalog specific_schema specific_name routine_catalog routine_schema routine_name \
         privilege_type is_grantable",
    ),
    (
        "sequences",
        "sequence_catalog sequence_schema sequence_name data_type start_value minimum_value maximum_value increment",
    ),
];
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OWN.iter().map(|(name, _)| *name)
}

pub(super) fn standard_names() -> impl Iterator<Item = &'static str> {
    OF_STANDARD.iter().map(|(name, _)| *name)
}

/// Whether it is one of those in `pg_catalog`.
pub(crate) fn is_added(name: &str) -> bool {
    columns(name).is_some()
}

/// The columns of such a table.
pub(super) fn columns(name: &str) -> Option<SchemaRef> {
    find(&OWN, name)
}

/// The columns of one of `information_schema`.
pub(super) fn of_standard(name: &str) -> Option<SchemaRef> {
    find(&OF_STANDARD, name)
}

fn find(all: &[(&str, &str)], name: &str) -> Option<SchemaRef> {
    all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, columns)| listed(columns))
}

/// Columns that are written down as in [`OWN`].
pub(super) fn listed(columns: &str) -> SchemaRef {
    Arc::new(Schema::new(columns.split_whitespace().map(field).collect::<Vec<_>>()))
}

fn field(written: &str) -> Field {
    let (name, kind) = written.split_once(':').unwrap_or((written, ""));
    let of = match kind {
        "n" => DataType::Int64,
        "i" => DataType::Int32,
        "b" => DataType::Boolean,
        "t" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => DataType::Utf8,
    };
    Field::new(name, of, true)
}
