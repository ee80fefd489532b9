//! Syncs and connectors: what they become, and every mistake in them.

use polder_types::definition::{Compute, StepKind, render};

use crate::support::parse_files;

const PROJECT: (&str, &str) = ("polder.yaml", "project: shop\nteam: sales\n");
const PIPELINE: (&str, &str) =
    ("pipelines/load.yaml", "name: load\nsteps:\n  - {name: orders, sync: shop}\n");

pub(crate) const SYNC: &str = r#"
connector: shop
config: {base: "https://shop.example", key: "{{ secrets.KEY }}", day: "{{ run.date }}"}
secrets: {KEY: shop-key, SALT: salt}
salt: "{{ secrets.SALT }}"
into: {schema: raw, prefix: shop_}
on_schema_change: ignore
compute: {memory: 512MiB}
streams:
  - name: orders
    mode: incremental
    columns: {exclude: [iban], hash: [email], types: {amount: "decimal(12,2)"}}
  - name: countries
    files:
      path: "data/countries-*.csv.gz"
      encoding: latin-1
      csv: {delimiter: ";", quote: null, "null": ["NA"]}
    primary_key: code
"#;

const CONNECTOR: &str = r##"
version: 6.51.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
definitions:
  requester:
    type: HttpRequester
    url_base: "{{ config['base'] }}"
    authenticator: {type: BearerAuthenticator, api_token: "{{ config['key'] }}"}
    error_handler:
      type: DefaultErrorHandler
      max_retries: 3
      backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}]
      response_filters: [{http_codes: [404], action: IGNORE}]
  paginator:
    type: DefaultPaginator
    pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}", page_size: 100}
    page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
    page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
streams:
  - type: DeclarativeStream
    name: orders
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester", path: /orders, request_parameters: {expand: "all"}}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data, items]}}
      paginator: {$ref: "#/definitions/paginator"}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated_at
      datetime_format: "%Y-%m-%dT%H:%M:%SZ"
      start_datetime: "2024-01-01T00:00:00Z"
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
      step: P30D
      cursor_granularity: PT1S
      lookback_window: P1D
"##;

#[test]
fn a_sync_is_part_of_the_step_that_runs_it() {
    let files = [PROJECT, PIPELINE, ("syncs/shop.yaml", SYNC), ("connectors/shop.yaml", CONNECTOR)];
    let parsed = parse_files(&files);
    assert_eq!(render(&parsed.problems), "");
    let project = parsed.project.unwrap();
    let step = &project.pipelines[0].steps[0];
    assert_eq!(step.secrets.keys().collect::<Vec<_>>(), ["KEY", "SALT"]);
    let StepKind::Sync(sync) = &step.kind else { panic!("{step:?}") };
    insta::assert_json_snapshot!(sync);
}

#[test]
fn a_step_may_give_a_sync_other_means_than_its_file_does() {
    let pipeline = "name: load\nsteps:\n  - {name: a, sync: shop, compute: {cpus: 1}}\n  - {name: b, sync: shop, compute: {memory: 1GiB}}\n";
    let parsed = parse_files(&[
        PROJECT,
        ("pipelines/load.yaml", pipeline),
        ("syncs/shop.yaml", SYNC),
        ("connectors/shop.yaml", CONNECTOR),
    ]);
    assert_eq!(render(&parsed.problems), "");
    let steps = &parsed.project.unwrap().pipelines[0].steps;
    let means = steps.iter().map(|step| match &step.kind {
        StepKind::Sync(sync) => (sync.compute.memory_bytes, sync.compute.cpus),
        _ => panic!("{step:?}"),
    });
    assert_eq!(means.collect::<Vec<_>>(), [(Some(512 << 20), Some(1)), (Some(1 << 30), None)]);
}

const BOTH: &str = "name: load
steps:
  - {name: both, sync: shop, models: '*', vars: {day: '{{ run.date }}'}, compute: {cpus: 1}}
";
const MODEL: (&str, &str) = (
    "models/staging/orders.sql",
    "select id from {{ source('raw', 'shop_orders') }} where day = '{{ var('day') }}'",
);
const SOURCES: (&str, &str) =
    ("models/schema.yml", "version: 2\nsources: [{name: raw, tables: [{name: shop_orders}]}]\n");

#[test]
fn a_step_may_build_models_of_what_its_sync_brings() {
    let sync = [("syncs/shop.yaml", SYNC), ("connectors/shop.yaml", CONNECTOR)];
    let parsed = parse_files(&[PROJECT, ("pipelines/load.yaml", BOTH), MODEL, SOURCES, sync[0], sync[1]]);
    assert_eq!(render(&parsed.problems), "");
    let step = &parsed.project.unwrap().pipelines[0].steps[0];
    assert_eq!(step.secrets.keys().collect::<Vec<_>>(), ["KEY", "SALT"]);
    let StepKind::Models(build) = &step.kind else { panic!("{step:?}") };
    let sync = build.sync.as_ref().unwrap();
    assert_eq!((&build.select[..], sync.streams.len()), (&["*".to_owned()][..], 2));
    let means = |compute: Compute| (compute.memory_bytes, compute.cpus);
    assert_eq!(means(build.compute), (Some(512 << 20), Some(1)));
    assert_eq!(means(sync.compute), means(build.compute));
}

#[test]
fn a_model_does_not_take_the_place_of_what_its_step_brings_in() {
    let own = |path: &'static str| (path, "select 1 as id from {{ source('raw', 'shop_orders') }}");
    let files = [PROJECT, ("pipelines/load.yaml", BOTH), SOURCES, ("syncs/shop.yaml", SYNC)];
    let more = [
        ("connectors/shop.yaml", CONNECTOR),
        own("models/raw/shop_orders.sql"),
        own("models/staging/fine.sql"),
    ];
    insta::assert_snapshot!(render(&parse_files(&[&files[..], &more].concat()).problems), @"
    models/raw/shop_orders.sql:1:1: error: `raw.shop_orders` is also what the stream `orders` brings rows into, in the step that builds this
      = hint: give the model another `schema` or `alias`, or the sync another `into`
    ");
}

#[test]
fn mistakes_in_steps_of_both() {
    let pipeline = BOTH.replace("sync: shop", "sync: shpo").replace("run.date", "run.dat");
    let files = [PROJECT, ("pipelines/load.yaml", &pipeline), MODEL, SOURCES, ("syncs/shop.yaml", SYNC)];
    let misspelt = BOTH.replace("models:", "model:");
    let files_of = |pipeline| {
        [
            PROJECT,
            ("pipelines/load.yaml", pipeline),
            MODEL,
            SOURCES,
            ("syncs/shop.yaml", SYNC),
            ("connectors/shop.yaml", CONNECTOR),
        ]
    };
    insta::assert_snapshot!(render(&parse_files(&files_of(&misspelt)).problems), @"
    pipelines/load.yaml:3:30: error: unknown key `model`
      3 |   - {name: both, sync: shop, model: '*', vars: {day: '{{ run.date }}'}, compute: {cpus: 1}}
        |                              ^^^^^
      = hint: did you mean `models`?
    ");
    insta::assert_snapshot!(render(&parse_files(&files).problems), @"
    pipelines/load.yaml:3:24: error: there is no sync `shpo`
      3 |   - {name: both, sync: shpo, models: '*', vars: {day: '{{ run.dat }}'}, compute: {cpus: 1}}
        |                        ^^^^
      = hint: did you mean `shop`?
    pipelines/load.yaml:3:59: error: there is no `run.dat`
      3 |   - {name: both, sync: shpo, models: '*', vars: {day: '{{ run.dat }}'}, compute: {cpus: 1}}
        |                                                           ^^^^^^^
      = hint: did you mean `run.date`?
    syncs/shop.yaml:2:12: error: there is no connector `shop`
      2 | connector: shop
        |            ^^^^
      = hint: write one to `connectors/shop.yaml`
    ");
}

fn told(sync: &str, connector: &str) -> String {
    let files = [PROJECT, PIPELINE, ("syncs/shop.yaml", sync), ("connectors/shop.yaml", connector)];
    render(&parse_files(&files).problems)
}

#[test]
fn mistakes_in_syncs() {
    let sync = r#"
name: shopp
connector: shpo
config: {key: "{{ secrets.KEYY }}", day: "{{ run.dat }}"}
secrets: {KEY: shop-key}
salt: pepper
into: {schema: 1raw, prefx: shop_}
on_schema_change: evolv
streams:
  - {name: orders, mode: incremantal}
  - {name: "a b", files: /etc/passwd}
  - {name: up, files: ../x.csv, columns: {types: {amount: decimal(50), day: datum}}}
  - {name: csv, files: {path: x.csv, format: cvs, csv: {delimiter: "::", header: 1}}}
  - {name: CSV, files: "y.csv", file: z}
  - {name: nowhere}
"#;
    insta::assert_snapshot!(told(sync, CONNECTOR));
}

#[test]
fn how_files_are_written_stands_with_their_path() {
    let sync = "streams:\n  - name: v\n    files: a.csv\n    encoding: latin-1\n    delimiter: ;\n";
    insta::assert_snapshot!(told(sync, CONNECTOR), @"
    syncs/shop.yaml:4:5: error: unknown key `encoding`
      4 |     encoding: latin-1
        |     ^^^^^^^^
      = hint: it stands with the path: `files: {path: …, encoding: …}`
    syncs/shop.yaml:5:5: error: unknown key `delimiter`
      5 |     delimiter: ;
        |     ^^^^^^^^^
      = hint: it stands with the path: `files: {path: …, csv: {delimiter: …}}`
    ");
}

#[test]
fn a_hash_needs_a_salt_and_an_api_a_cursor() {
    let sync = "connector: shop\nconfig: {base: b, key: k}\nstreams:\n  - {name: orderz}\n  \
                - {name: plain, mode: incremental, columns: {hash: [email]}}\n";
    let connector = "streams:\n  - name: plain\n    retriever: {requester: {url_base: 'http://x'}}\n";
    insta::assert_snapshot!(told(sync, connector));
}

#[test]
fn what_is_read_again_needs_a_key() {
    let connector = CONNECTOR.replace("    primary_key: [id]\n", "");
    let sync = |more: &str| {
        format!("connector: shop\nconfig: {{base: b, key: k}}\nstreams: [{{name: orders{more}}}]\n")
    };
    insta::assert_snapshot!(told(&sync(", mode: incremental"), &connector));
    for well in ["", ", mode: incremental, primary_key: id"] {
        assert_eq!(told(&sync(well), &connector), "");
    }
}

#[test]
fn tables_of_rejected_rows_are_no_streams() {
    let sync = "streams:\n  - {name: coll, files: x.csv}\n  - {name: coll__Rejected, files: y.csv}\n";
    insta::assert_snapshot!(told(sync, CONNECTOR));
}

#[test]
fn mistakes_in_connectors() {
    let connector = r##"
type: Source
streams:
  - name: orders
    transformations: [{type: AddFields}]
    retriever:
      type: AsyncRetriever
      requester:
        $ref: "#/definitions/requestr"
      paginator:
        pagination_strategy: {type: PageIncrment, page_size: many}
        page_size_option: {inject_into: query, field_name: n}
      record_selector: {extractor: {field_path: [data, "*"]}}
  - name: other
    retriever:
      requester:
        url_base: "{{ config["
        http_method: PUT
        authenticator: {type: OAuthAuthenticator}
        error_handler:
          backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: long}]
          response_filters: [{http_codes: [42], action: STOP}]
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: at
      step: P1M
  - name: circle
    retriever: {requester: {$ref: "#/definitions/circle"}}
definitions:
  requester: {url_base: x}
  circle: {a: {$ref: "#/definitions/circle"}}
"##;
    insta::assert_snapshot!(told("connector: shop\nstreams: [{name: orders}]\n", connector));
}

#[test]
fn a_step_names_a_sync_that_is_there() {
    let pipeline = (
        "pipelines/load.yaml",
        "name: load\nsteps:\n  - {name: a, sync: shpo}\n  - {name: b, sync: Shop!}\n",
    );
    let sync = ("syncs/shop.yaml", "streams: [{name: orders, files: data/*.csv}]\n");
    insta::assert_snapshot!(render(&parse_files(&[PROJECT, pipeline, sync]).problems));
}
