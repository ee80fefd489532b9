//! Functions of PostgreSQL's catalog that the library lacks, or answers as if for another server.

mod lookup;

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, AsArray as _, StringArray};
use deltalake::arrow::datatypes::{DataType, Field};
use deltalake::datafusion::common::utils::SingleRowListArrayBuilder;
use deltalake::datafusion::error::Result;
use deltalake::datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
    create_udf,
};
use deltalake::datafusion::prelude::SessionContext;
use deltalake::datafusion::scalar::ScalarValue;

use super::Known;
use crate::settings::{VERSION, default_of};

pub(super) use self::lookup::modifier;

/// Nothing is known: definitions of views, addresses and the like.
const NULLS: [&str; 13] = [
    "shobj_description",
    "pg_get_ruledef",
    // Defaults of columns and bounds of partitions; the library says that they are empty texts.
    "pg_get_expr",
    "pg_get_partkeydef",
    "pg_get_viewdef",
    "pg_get_indexdef",
    "pg_get_function_result",
    "pg_get_function_arguments",
    "pg_get_serial_sequence",
    "pg_tablespace_location",
    "inet_server_addr",
    "inet_client_addr",
    "pg_get_triggerdef",
];
/// Whether something other than a table is found without its schema; and nobody is refused a look.
const YES: [&str; 6] = [
    "pg_type_is_visible",
    "pg_function_is_visible",
    "pg_operator_is_visible",
    "pg_collation_is_visible",
    "has_function_privilege",
    "has_column_privilege",
];

pub(super) fn install(context: &SessionContext, user: &str, known: &Known) {
    let version = format!("PostgreSQL {VERSION} (Polder {})", env!("CARGO_PKG_VERSION"));
    context.register_udf(text("version", &version));
    for name in ["session_user", "current_user", "user", "current_role"] {
        context.register_udf(text(name, user));
    }
    context.register_udf(schema(known));
    context.register_udf(schemas(known));
    for lookup in lookup::all(known) {
        context.register_udf(lookup);
    }
    context.register_udf(lookup::in_words());
    context.register_udf(owner());
    context.register_udf(setting());
    let constant = |name, value: ScalarValue| ScalarUDF::from(Constant::new(name, value));
    for name in NULLS {
        context.register_udf(constant(name, ScalarValue::Utf8(None)));
    }
    for name in YES {
        context.register_udf(constant(name, ScalarValue::Boolean(Some(true))));
    }
    // Types that an extension would bring: there are none.
    context.register_udf(constant("to_regtype", ScalarValue::Int32(None)));
    context.register_udf(constant("pg_is_in_recovery", ScalarValue::Boolean(Some(false))));
}

fn text(name: &str, value: &str) -> ScalarUDF {
    let value = value.to_owned();
    create_udf(
        name,
        vec![],
        DataType::Utf8,
        Volatility::Stable,
        Arc::new(move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(ScalarValue::from(value.as_str())))),
    )
}

fn schema(known: &Known) -> ScalarUDF {
    let known = known.clone();
    create_udf(
        "current_schema",
        vec![],
        DataType::Utf8,
        Volatility::Stable,
        Arc::new(move |_: &[ColumnarValue]| {
            Ok(ColumnarValue::Scalar(ScalarValue::from(known.schema().as_str())))
        }),
    )
}

fn schemas(known: &Known) -> ScalarUDF {
    let known = known.clone();
    let all = move |_: &[ColumnarValue]| {
        let names = StringArray::from(vec![super::SYSTEM.to_owned(), known.schema()]);
        let list = SingleRowListArrayBuilder::new(Arc::new(names)).build_list_array();
        Ok(ColumnarValue::Array(Arc::new(list)))
    };
    let list = DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
    create_udf("current_schemas", vec![DataType::Boolean], list, Volatility::Stable, Arc::new(all))
}

fn owner() -> ScalarUDF {
    let polder = |args: &[ColumnarValue]| {
        let args = ColumnarValue::values_to_arrays(args)?;
        let owners: ArrayRef = Arc::new(StringArray::from(vec!["polder"; args[0].len()]));
        Ok(ColumnarValue::Array(owners))
    };
    create_udf("pg_get_userbyid", vec![DataType::Int32], DataType::Utf8, Volatility::Stable, Arc::new(polder))
}

/// As it is in the beginning: the function does not see what a session has set, which `SHOW` does.
fn setting() -> ScalarUDF {
    let look_up = |args: &[ColumnarValue]| {
        let args = ColumnarValue::values_to_arrays(args)?;
        let names = args[0].as_string::<i32>().iter();
        let values: StringArray = names.map(|name| name.and_then(default_of)).collect();
        Ok(ColumnarValue::Array(Arc::new(values)))
    };
    create_udf("current_setting", vec![DataType::Utf8], DataType::Utf8, Volatility::Stable, Arc::new(look_up))
}

/// The same whatever it is asked.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Constant {
    name: &'static str,
    value: ScalarValue,
    signature: Signature,
}

impl Constant {
    fn new(name: &'static str, value: ScalarValue) -> Self {
        let any = vec![TypeSignature::Nullary, TypeSignature::VariadicAny];
        Self { name, value, signature: Signature::one_of(any, Volatility::Stable) }
    }
}

impl ScalarUDFImpl for Constant {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.value.data_type())
    }

    fn invoke_with_args(&self, _arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(self.value.clone()))
    }
}
