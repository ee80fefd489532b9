//! `sum` of whole numbers, which tells when it gets too large for one. The engine's own begins again at the other end.
//!
//! It is added up in 128 bits, in which no number of rows is too many, and looked at when it is wanted.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, AsArray, BooleanArray, PrimitiveArray};
use deltalake::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::common::{Result, ScalarValue};
use deltalake::datafusion::functions_aggregate::sum::Sum as Engine;
use deltalake::datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use deltalake::datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use deltalake::datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, SetMonotonicity, Signature,
};

/// Whole numbers while they are added up.
const WIDE: DataType = DataType::Decimal128(38, 0);

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sum(Engine);

/// Adds up one group.
#[derive(Debug)]
struct Wide(Box<dyn Accumulator>);

/// Adds up many groups at once.
struct WideGroups(Box<dyn GroupsAccumulator>);

impl AggregateUDFImpl for Sum {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.0.return_type(arguments)
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if !is_whole(&args) {
            return self.0.accumulator(args);
        }
        Ok(Box::new(Wide(self.0.accumulator(widened(&args))?)))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        if args.is_distinct || args.return_field.data_type() != &DataType::Int64 {
            return self.0.state_fields(args);
        }
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "sum"), WIDE, true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        self.0.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        if !is_whole(&args) {
            return self.0.create_groups_accumulator(args);
        }
        Ok(Box::new(WideGroups(self.0.create_groups_accumulator(widened(&args))?)))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if !is_whole(&args) {
            return self.0.create_sliding_accumulator(args);
        }
        Ok(Box::new(Wide(self.0.create_sliding_accumulator(widened(&args))?)))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.0.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.0.order_sensitivity()
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.0.set_monotonicity(data_type)
    }
}

fn is_whole(args: &AccumulatorArgs<'_>) -> bool {
    !args.is_distinct && args.return_field.data_type() == &DataType::Int64
}

fn widened<'a>(args: &AccumulatorArgs<'a>) -> AccumulatorArgs<'a> {
    AccumulatorArgs { return_field: Arc::new(Field::new(args.name, WIDE, true)), ..*args }
}

fn wide(values: &[ArrayRef]) -> [ArrayRef; 1] {
    let values = values[0].as_primitive::<Int64Type>();
    let wide: PrimitiveArray<Decimal128Type> = values.unary(i128::from);
    [Arc::new(wide.with_data_type(WIDE))]
}

fn narrow(sum: i128) -> Result<i64, ArrowError> {
    let too_large = || ArrowError::ArithmeticOverflow(format!("sum is {sum}"));
    i64::try_from(sum).map_err(|_| too_large())
}

impl Accumulator for Wide {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update_batch(&wide(values))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        match self.0.evaluate()? {
            ScalarValue::Decimal128(Some(sum), ..) => Ok(ScalarValue::Int64(Some(narrow(sum)?))),
            _ => Ok(ScalarValue::Int64(None)),
        }
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(states)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.retract_batch(&wide(values))
    }

    fn supports_retract_batch(&self) -> bool {
        self.0.supports_retract_batch()
    }
}

impl GroupsAccumulator for WideGroups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        self.0.update_batch(&wide(values), groups, filter, count)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = self.0.evaluate(emit_to)?;
        let sums: PrimitiveArray<Int64Type> = sums.as_primitive::<Decimal128Type>().try_unary(narrow)?;
        Ok(Arc::new(sums))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.0.state(emit_to)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.0.merge_batch(states, groups, count)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.0.convert_to_state(&wide(values), filter)
    }

    fn size(&self) -> usize {
        self.0.size()
    }
}
