//! Sums, differences and products of whole numbers that do not fit are errors. The engine begins again at the other end, and what is
//! published then is wrong without a word.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Datum};
use deltalake::arrow::compute::kernels::numeric::{add, mul, sub};
use deltalake::arrow::datatypes::{DataType, Field, FieldRef};
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::common::config::ConfigOptions;
use deltalake::datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use deltalake::datafusion::common::{DFSchema, Result, ScalarValue};
use deltalake::datafusion::logical_expr::expr::ScalarFunction;
use deltalake::datafusion::logical_expr::utils::merge_schema;
use deltalake::datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable as _, LogicalPlan, Operator, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use deltalake::datafusion::optimizer::AnalyzerRule;

/// Puts what is checked where the engine would not check. Types are known by then, and are the same on both sides.
#[derive(Debug)]
pub(super) struct WholeNumbers {
    checked: [Arc<ScalarUDF>; 3],
}

/// One of the three.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operator: Operator,
    signature: Signature,
}

impl WholeNumbers {
    pub(super) fn new() -> Self {
        let checked = [Operator::Plus, Operator::Minus, Operator::Multiply].map(|operator| {
            let signature = Signature::any(2, Volatility::Immutable);
            Arc::new(ScalarUDF::new_from_impl(Checked { operator, signature }))
        });
        Self { checked }
    }

    fn check(&self, expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
        let Expr::BinaryExpr(binary) = expr else { return Transformed::no(expr) };
        let Some(checked) = self.for_operator(binary.op).filter(|_| is_whole(&binary, schema)) else {
            return Transformed::no(Expr::BinaryExpr(binary));
        };
        let sides = vec![*binary.left, *binary.right];
        Transformed::yes(Expr::ScalarFunction(ScalarFunction::new_udf(checked, sides)))
    }

    fn for_operator(&self, operator: Operator) -> Option<Arc<ScalarUDF>> {
        let at = match operator {
            Operator::Plus => 0,
            Operator::Minus => 1,
            Operator::Multiply => 2,
            _ => return None,
        };
        Some(Arc::clone(&self.checked[at]))
    }
}

fn is_whole(binary: &BinaryExpr, schema: &DFSchema) -> bool {
    let types = (binary.left.get_type(schema), binary.right.get_type(schema));
    matches!(types, (Ok(left), Ok(right)) if left == right && left.is_integer())
}

impl AnalyzerRule for WholeNumbers {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            plan.map_expressions(|expr| expr.transform_up(|expr| Ok(self.check(expr, &schema))))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "whole_numbers_fit"
    }
}

impl Checked {
    fn compute(&self, left: &dyn Datum, right: &dyn Datum) -> Result<ArrayRef, ArrowError> {
        match self.operator {
            Operator::Plus => add(left, right),
            Operator::Minus => sub(left, right),
            _ => mul(left, right),
        }
    }

    /// What it is called without being checked: columns keep their names.
    fn unchecked(&self, arguments: &[Expr]) -> Expr {
        let side = |at: usize| Box::new(arguments[at].clone());
        Expr::BinaryExpr(BinaryExpr::new(side(0), self.operator, side(1)))
    }
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &'static str {
        match self.operator {
            Operator::Plus => "checked_plus",
            Operator::Minus => "checked_minus",
            _ => "checked_times",
        }
    }

    fn display_name(&self, arguments: &[Expr]) -> Result<String> {
        Ok(self.unchecked(arguments).to_string())
    }

    fn schema_name(&self, arguments: &[Expr]) -> Result<String> {
        Ok(self.unchecked(arguments).schema_name().to_string())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types[0].clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let is_nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), args.arg_fields[0].data_type().clone(), is_nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        use ColumnarValue::{Array, Scalar};
        let done = match (&args.args[0], &args.args[1]) {
            (Array(left), Array(right)) => self.compute(left, right)?,
            (Array(left), Scalar(right)) => self.compute(left, &right.to_scalar()?)?,
            (Scalar(left), Array(right)) => self.compute(&left.to_scalar()?, right)?,
            (Scalar(left), Scalar(right)) => {
                let one = self.compute(&left.to_scalar()?, &right.to_scalar()?)?;
                return ScalarValue::try_from_array(&one, 0).map(Scalar);
            }
        };
        Ok(Array(done))
    }
}
