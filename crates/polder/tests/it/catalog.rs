//! PostgreSQL's catalog, as psql shows it: what is said of tables, how large they are, and that what is not there is an empty list.

use crate::postgres::Shop;

const MODEL: &str = "{{ config(materialized='table') }} select day, sum(amount) as euros from {{ source('raw', 'orders') }} group by day";
const WORDS: &str = "
version: 2
sources: [{name: raw, tables: [{name: orders}]}]
models:
  - name: sales
    description: What was sold on each day
    columns: [{name: euros, description: Before tax}]
";

fn described() -> Shop {
    let mut shop = Shop::open(&[]);
    shop.session.write("shop/models/sales.sql", MODEL);
    shop.session.write("shop/models/words.yml", WORDS);
    shop.session.write("shop/pipelines/build.yaml", "name: build\nsteps: [{name: build, models: \"*\"}]\n");
    shop.session.polder(0, &["deploy", "shop"]);
    assert!(shop.session.output(&["run", "shop/build", "--follow"], "").status.success());
    shop
}

#[test]
fn what_is_said_of_tables_is_shown() {
    let shop = described();
    let columns = "day|date||||plain|||\neuros|numeric(22,2)||||main|||Before tax";
    assert_eq!(shop.ask(r"\d+ sales"), columns);
    let tables = shop.ask(r"\dt+");
    assert!(tables.ends_with(" bytes|What was sold on each day"), "{tables}");
    let texts = "SELECT objsubid, description FROM pg_description WHERE objoid = 'sales'::regclass \
                 AND classoid = 'pg_class'::regclass ORDER BY 1";
    assert_eq!(shop.ask(texts), "0|What was sold on each day\n2|Before tax");
    let functions = "SELECT obj_description('sales'::regclass, 'pg_class'), col_description('sales'::regclass, 2), \
                     col_description('sales'::regclass, 1)";
    assert_eq!(shop.ask(functions), "What was sold on each day|Before tax|");
    let own = "SELECT obj_description('polder.steps'::regclass, 'pg_class'), col_description('polder.steps'::regclass, 8)";
    assert_eq!(shop.ask(own), "The steps of those runs|The step's name");
}

#[test]
fn tables_are_as_large_as_they_are() {
    let shop = described();
    let facts = shop.session.json(&["tables"]);
    let sales =
        facts["items"].as_array().unwrap().iter().find(|table| table["name"] == "marts.sales").unwrap();
    let bytes = sales["facts"]["bytes_total"].to_string();
    for function in ["pg_relation_size", "pg_total_relation_size", "pg_table_size"] {
        assert_eq!(shop.ask(&format!("SELECT {function}('sales'::regclass)")), bytes);
    }
    assert_eq!(shop.ask("SELECT pg_indexes_size('sales'::regclass), pg_relation_size(1)"), "0|");
    assert!(shop.ask(r"\l+").contains(" bytes|"));
    assert_eq!(
        shop.ask("SELECT reltuples FROM pg_class WHERE relname = 'sales'"),
        "-1.0",
        "nobody has counted"
    );
}

#[test]
fn a_publish_is_seen_in_the_catalog() {
    let shop = described();
    let sizes = "SELECT pg_relation_size('raw.orders'::regclass)";
    let before: u64 = shop.ask(sizes).parse().unwrap();
    let mut open = shop.typing();
    assert_eq!(open.answer(&format!("{sizes};")), before.to_string());
    shop.load();
    let after: u64 = open.answer(&format!("{sizes};")).parse().unwrap();
    assert!(after > before, "{after}");
}

#[test]
fn what_is_not_there_is_an_empty_list() {
    let shop = Shop::open(&[]);
    for command in [r"\du", r"\dT", r"\df", r"\ddp", r"\drds"] {
        assert_eq!(shop.ask(command), "", "{command}");
    }
    assert_eq!(shop.ask(r"\dp"), "marts|days|table|||");
    assert!(shop.ask(r"\dn+").starts_with("marts|polder||\n"));
    assert_eq!(shop.ask("SELECT datname FROM pg_database"), "prod", "others cannot be connected to");
    for table in ["pg_policies", "pg_sequences", "pg_available_extensions", "pg_stat_activity", "pg_locks"] {
        assert_eq!(shop.ask(&format!("SELECT * FROM pg_catalog.{table}")), "", "{table}");
    }
    let keys = "SELECT c.constraint_type, k.column_name FROM information_schema.table_constraints c \
                JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name";
    assert_eq!(shop.ask(keys), "");
    let unknown = shop.ask("SELECT * FROM information_schema.nothing");
    assert!(unknown.starts_with("ERROR:  42P01"), "{unknown}");
}

#[test]
fn names_of_the_system_are_numbers_and_names() {
    let shop = Shop::open(&[]);
    let class = "SELECT 'pg_class'::regclass = c.oid, 'days'::regclass = d.oid FROM pg_class c, pg_class d \
                 WHERE c.relname = 'pg_class' AND d.relname = 'days'";
    assert_eq!(shop.ask(class), "t|t");
    let arrays =
        "SELECT typname FROM pg_type WHERE typinput = 'pg_catalog.array_in'::regproc AND typname = '_int4'";
    assert_eq!(shop.ask(arrays), "_int4");
    assert_eq!(
        shop.ask("SELECT 'pg_class'::name, setting FROM pg_settings WHERE name = 'max_index_keys'"),
        "pg_class|32"
    );
    assert_eq!(shop.ask("SELECT pg_get_expr('x', 1), NULL, NULL, count(*) FROM pg_enum"), "|||0");
}
