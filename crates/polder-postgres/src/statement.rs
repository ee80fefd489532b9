//! Statements that are prepared, and portals: statements with their values, whose rows are taken bit by bit.

use std::sync::Arc;

use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::datafusion::common::ParamValues;
use deltalake::datafusion::logical_expr::LogicalPlan;
use pgwire::api::Type;
use pgwire::api::portal::Format;
use polder_lake::Prepared;

use crate::command::Command;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::tables::Tables;
use crate::{names, parameters};

/// A statement that waits for its values. Its tables are those of one view: for a later one it is planned anew.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) text: Arc<str>,
    pub(crate) command: Command,
    /// The types of its parameters as the client has told them, by their numbers.
    pub(crate) said: Vec<u32>,
    pub(crate) types: Vec<Type>,
    planned: Option<(u64, Prepared)>,
}

/// A statement with its values.
pub(crate) struct Portal {
    pub(crate) command: Command,
    /// The columns that it answers; none if there is no answer.
    pub(crate) schema: Option<SchemaRef>,
    pub(crate) format: Format,
    pub(crate) state: State,
    /// It was declared, and lasts until it is closed or its transaction ends.
    pub(crate) is_cursor: bool,
}

pub(crate) enum State {
    Planned(Box<LogicalPlan>),
    Running(Rows),
    /// There is nothing to plan, or nothing left.
    Over,
}

impl Statement {
    pub(crate) fn new(text: &str, command: Command, said: Vec<u32>) -> Self {
        Self { text: text.into(), command, said, types: Vec::new(), planned: None }
    }

    /// Plans it for the view that is looked at, unless that was done.
    pub(crate) async fn plan(&mut self, tables: &Tables) -> Result<()> {
        let Some(query) = self.command.query().cloned() else { return Ok(()) };
        if self.planned.as_ref().is_some_and(|(generation, _)| *generation == tables.generation) {
            return Ok(());
        }
        let all_said = !self.said.is_empty() && !self.said.contains(&0);
        let types = if all_said { parameters::told_types(&self.said)? } else { Vec::new() };
        let mut prepared =
            Box::pin(tables.prepare(query.clone(), parameters::in_sql(&types), &self.text)).await?;
        self.types = parameters::types(&self.said, &prepared.plan)?;
        if !self.types.is_empty() && !all_said {
            let types = parameters::in_sql(&self.types);
            prepared = Box::pin(tables.prepare(query, types, &self.text)).await?;
        }
        self.refuse_other_columns(&prepared.plan)?;
        self.planned = Some((tables.generation, prepared));
        Ok(())
    }

    /// Clients keep what they were told of columns.
    fn refuse_other_columns(&self, plan: &LogicalPlan) -> Result<()> {
        let types = |plan: &LogicalPlan| -> Vec<DataType> {
            plan.schema().fields().iter().map(|field| field.data_type().clone()).collect()
        };
        match &self.planned {
            Some((_, before)) if types(&before.plan) != types(plan) => {
                Err(Error::new("0A000", "cached plan must not change result type")
                    .hint("prepare the statement again"))
            }
            _ => Ok(()),
        }
    }

    /// The columns of its answer. Those of a `FETCH` are its cursor's.
    pub(crate) fn schema(&self) -> Option<SchemaRef> {
        match (&self.command, &self.planned) {
            (Command::Query(query), Some((_, prepared))) => {
                Some(names::of_columns(prepared.plan.schema().inner(), query))
            }
            (Command::Show(name), _) => Some(one_text(name)),
            _ => None,
        }
    }

    /// What it comes to with these values.
    pub(crate) fn with_values(&self, bind: &pgwire::messages::extendedquery::Bind) -> Result<State> {
        let Some((_, prepared)) = &self.planned else {
            parameters::none(bind)?;
            return Ok(State::Over);
        };
        let values = parameters::values(bind, &self.types, &prepared.parameters)?;
        Ok(State::Planned(Box::new(replaced(prepared.plan.clone(), &values)?)))
    }

    /// The same, where there are no parameters.
    pub(crate) fn without_values(&self) -> Result<State> {
        let Some((_, prepared)) = &self.planned else { return Ok(State::Over) };
        if !self.types.is_empty() {
            return Err(Error::new("42P02", "there is no value for the parameters of this statement"));
        }
        Ok(State::Planned(Box::new(prepared.plan.clone())))
    }
}

fn replaced(plan: LogicalPlan, values: &ParamValues) -> Result<LogicalPlan> {
    let is_empty = matches!(values, ParamValues::List(values) if values.is_empty());
    if is_empty { Ok(plan) } else { Ok(plan.replace_params_with_values(values)?) }
}

fn one_text(name: &str) -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(name, DataType::Utf8, true)]))
}
