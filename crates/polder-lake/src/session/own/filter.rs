//! What of a query's conditions the server can use: less is asked for then.

use chrono::{DateTime, TimeDelta, Utc};
use deltalake::datafusion::common::ScalarValue;
use deltalake::datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use polder_types::wire::{OwnFilter, OwnTable};

/// Agents tell when they began and ended something. Their clocks are not wrong by more.
const CLOCKS: TimeDelta = TimeDelta::hours(1);

/// The conditions are all to be met; those that say nothing of runs are left to the query.
pub(super) fn of(table: OwnTable, conditions: &[Expr]) -> OwnFilter {
    let mut filter = OwnFilter::default();
    for condition in conditions {
        if let Expr::BinaryExpr(BinaryExpr { left, op, right }) = condition {
            match (left.as_ref(), op, right.as_ref()) {
                (Expr::Column(column), op, Expr::Literal(value, _)) => {
                    narrow(&mut filter, table, &column.name, *op, value);
                }
                (Expr::Literal(value, _), op, Expr::Column(column)) => {
                    if let Some(op) = op.swap() {
                        narrow(&mut filter, table, &column.name, op, value);
                    }
                }
                _ => {}
            }
        }
    }
    filter
}

fn narrow(filter: &mut OwnFilter, table: OwnTable, column: &str, op: Operator, value: &ScalarValue) {
    let run = if table == OwnTable::Runs { "id" } else { "run_id" };
    let text = || value.try_as_str().flatten().map(str::to_owned);
    match (column, op) {
        ("environment", Operator::Eq) => filter.environment = text(),
        ("team", Operator::Eq) => filter.team = text(),
        ("pipeline", Operator::Eq) => filter.pipeline = text(),
        (name, Operator::Eq) if name == run => {
            filter.run = text().and_then(|id| id.parse().ok());
        }
        _ => narrow_in_time(filter, column, op, time(value)),
    }
}

/// Whatever happens to a run does so between its creation and its end, as far as the clocks of agents are right.
fn narrow_in_time(filter: &mut OwnFilter, column: &str, op: Operator, at: Option<DateTime<Utc>>) {
    let Some(at) = at else { return };
    match (column, op) {
        ("created_at", Operator::Gt | Operator::GtEq) => filter.since = filter.since.max(Some(at)),
        ("at" | "started_at" | "ended_at", Operator::Gt | Operator::GtEq) => {
            filter.alive_at = filter.alive_at.max(Some(at - CLOCKS));
        }
        ("at" | "created_at" | "started_at" | "ended_at", Operator::Lt | Operator::LtEq) => {
            filter.until = filter.until.into_iter().chain([at + CLOCKS]).min();
        }
        _ => {}
    }
}

fn time(value: &ScalarValue) -> Option<DateTime<Utc>> {
    match value {
        ScalarValue::TimestampSecond(at, _) => DateTime::from_timestamp(at.as_ref().copied()?, 0),
        ScalarValue::TimestampMillisecond(at, _) => DateTime::from_timestamp_millis(at.as_ref().copied()?),
        ScalarValue::TimestampMicrosecond(at, _) => DateTime::from_timestamp_micros(at.as_ref().copied()?),
        ScalarValue::TimestampNanosecond(at, _) => {
            Some(DateTime::from_timestamp_nanos(at.as_ref().copied()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use deltalake::datafusion::prelude::{col, lit};

    use super::*;

    #[test]
    fn what_narrows_runs_is_asked_for_and_the_rest_is_left() {
        let second =
            |second: i64| ScalarValue::TimestampMicrosecond(Some(second * 1_000_000), Some("UTC".into()));
        let conditions = [
            col("team").eq(lit("sales")),
            lit("prod").eq(col("environment")),
            col("pipeline").not_eq(lit("orders")),
            lit(second(1)).lt_eq(col("created_at")),
            col("created_at").lt(lit(second(3))),
            col("ended_at").gt(lit(second(2))),
            col("status").eq(lit("FAILED")),
        ];
        let expected = OwnFilter {
            team: Some("sales".to_owned()),
            environment: Some("prod".to_owned()),
            since: DateTime::from_timestamp(1, 0),
            until: DateTime::from_timestamp(3603, 0),
            alive_at: DateTime::from_timestamp(2 - 3600, 0),
            ..OwnFilter::default()
        };
        assert_eq!(of(OwnTable::Runs, &conditions), expected);
    }

    #[test]
    fn of_several_times_the_narrowest_is_asked_for() {
        let second = |second| lit(ScalarValue::TimestampSecond(Some(second), Some("UTC".into())));
        let conditions = [
            col("at").gt(second(5)),
            col("at").gt(second(7)),
            col("at").gt(second(6)),
            col("at").lt(second(9)),
            col("at").lt(second(8)),
        ];
        let filter = of(OwnTable::Events, &conditions);
        assert_eq!(
            (filter.alive_at, filter.until),
            (DateTime::from_timestamp(7 - 3600, 0), DateTime::from_timestamp(3608, 0))
        );
    }

    #[test]
    fn a_run_is_named_by_its_id() {
        let id = "01900000-0000-7000-8000-000000000001";
        let of_run =
            |table, column: &str| of(table, &[col(column).eq(lit(id))]).run.map(|run| run.to_string());
        assert_eq!(of_run(OwnTable::Runs, "id").as_deref(), Some(id));
        assert_eq!(of_run(OwnTable::Steps, "run_id").as_deref(), Some(id));
        assert_eq!(of_run(OwnTable::Steps, "id"), None);
    }
}
