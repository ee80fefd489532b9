//! SQL as DataFusion reads it, and tables as they were: `FOR SYSTEM_TIME AS OF`, `TIMESTAMP AS OF`, `VERSION AS OF`.

use std::any::TypeId;

use deltalake::datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect};

/// The general dialect with versions of tables. sqlparser asks it in two ways: what it is, and what it supports.
#[derive(Debug)]
pub struct WithVersions;

/// Each of these is as [`GenericDialect`] has it.
macro_rules! as_generic {
    ($($method:ident)*) => {
        $(fn $method(&self) -> bool { GenericDialect.$method() })*
    };
}

impl Dialect for WithVersions {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn supports_table_versioning(&self) -> bool {
        true
    }

    fn is_delimited_identifier_start(&self, character: char) -> bool {
        GenericDialect.is_delimited_identifier_start(character)
    }

    fn is_identifier_start(&self, character: char) -> bool {
        GenericDialect.is_identifier_start(character)
    }

    fn is_identifier_part(&self, character: char) -> bool {
        GenericDialect.is_identifier_part(character)
    }

    as_generic! {
        supports_unicode_string_literal supports_partition_by_after_order_by supports_array_join_syntax
        supports_group_by_expr supports_group_by_with_modifier
        supports_left_associative_joins_without_parens supports_connect_by supports_match_recognize
        supports_pipe_operator supports_start_transaction_modifier
        supports_window_function_null_treatment_arg supports_dictionary_syntax
        supports_window_clause_named_window_reference supports_parenthesized_set_variables
        supports_select_wildcard_except support_map_literal_syntax allow_extract_custom
        allow_extract_single_quotes supports_extract_comma_syntax supports_create_view_comment_syntax
        supports_parens_around_table_factor supports_values_as_table_factor
        supports_create_index_with_clause supports_explain_with_utility_options supports_limit_comma
        supports_update_order_by supports_from_first_select supports_projection_trailing_commas
        supports_asc_desc_in_column_definition supports_try_convert supports_bitwise_shift_operators
        supports_comment_on supports_load_extension supports_named_fn_args_with_assignment_operator
        supports_struct_literal supports_empty_projections supports_nested_comments
        supports_multiline_comment_hints supports_user_host_grantee supports_string_escape_constant
        supports_array_typedef_with_brackets supports_match_against supports_set_names
        supports_comma_separated_set_assignments supports_filter_during_aggregation
        supports_select_wildcard_exclude supports_data_type_signed_suffix supports_interval_options
        supports_quote_delimited_string supports_select_wildcard_replace supports_select_wildcard_ilike
        supports_select_wildcard_rename supports_optimize_table supports_install supports_detach
        supports_prewhere supports_with_fill supports_limit_by supports_interpolate supports_settings
        supports_select_format supports_comment_optimizer_hint supports_constraint_keyword_without_name
        supports_key_column_option supports_comma_separated_trim supports_cte_without_as
        supports_select_item_multi_column_alias supports_xml_expressions
    }
}

#[cfg(test)]
mod tests {
    use deltalake::datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    /// Each of these is read by the general dialect because of something that it supports.
    #[test]
    fn it_reads_what_the_general_dialect_reads() {
        for sql in [
            "SELECT * EXCLUDE (a) FROM t",
            "FROM t",
            "SELECT a, b, FROM t",
            "SELECT {'a': 1}",
            "SELECT MAP {'a': 1}",
            "SELECT a FROM t LIMIT 1, 2",
            "SELECT count(*) FILTER (WHERE a > 1) FROM t",
            "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())",
            "SELECT a << 1 FROM t",
            "SELECT first_value(a) IGNORE NULLS OVER (ORDER BY b) FROM t",
            "SELECT `a` FROM \"t\" /* one /* within */ another */",
            "SELECT * FROM (VALUES (1), (2)) AS t(a)",
            "SELECT U&'\\0061', E'\\n'",
            "SELECT a FROM t@v3",
        ] {
            let general = Parser::parse_sql(&GenericDialect, sql).expect(sql);
            assert_eq!(Parser::parse_sql(&WithVersions, sql).expect(sql), general);
        }
    }
}
