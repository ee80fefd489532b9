//! What readers and writers of a table must know (Delta's protocol, "Table features").

use deltalake::kernel::{Action, DataType, PrimitiveType, StructType};
use serde_json::{Value, json};

use crate::{Error, Result, Table};

const TIMES: &str = "timestampNtz";
/// What each version of writers had to know, before features had names.
const OF_VERSIONS: [(u64, &str); 6] = [
    (2, "appendOnly"),
    (2, "invariants"),
    (3, "checkConstraints"),
    (4, "changeDataFeed"),
    (4, "generatedColumns"),
    (5, "columnMapping"),
];

impl Table {
    /// What is to be committed for columns that not all readers know: those of times without a zone. None if it is said already.
    pub(crate) fn protocol_for(&self, columns: &StructType) -> Result<Option<Action>> {
        let wrong = |error: serde_json::Error| Error::log(&self.name, error);
        let mut protocol = serde_json::to_value(self.snapshot()?.protocol()).map_err(wrong)?;
        if !columns.fields().any(|field| has_times(field.data_type())) || knows(&protocol) {
            return Ok(None);
        }
        let version = |name: &str| protocol.get(name).and_then(Value::as_u64).unwrap_or(1);
        let (reader, writer) = (version("minReaderVersion"), version("minWriterVersion"));
        let of_readers = if reader == 2 { vec!["columnMapping"] } else { Vec::new() };
        let of_writers = OF_VERSIONS.iter().filter(|(since, _)| writer < 7 && *since <= writer);
        let of_writers = of_writers.map(|(_, name)| *name).collect();
        add(&mut protocol, "readerFeatures", of_readers);
        add(&mut protocol, "writerFeatures", of_writers);
        protocol["minReaderVersion"] = json!(3);
        protocol["minWriterVersion"] = json!(7);
        Ok(Some(Action::Protocol(serde_json::from_value(protocol).map_err(wrong)?)))
    }
}

fn knows(protocol: &Value) -> bool {
    let features = protocol.get("readerFeatures").and_then(Value::as_array);
    features.is_some_and(|features| features.iter().any(|feature| feature == TIMES))
}

fn add(protocol: &mut Value, list: &str, more: Vec<&str>) {
    let mut features = protocol.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    for feature in more.into_iter().chain([TIMES]) {
        if !features.iter().any(|known| known == feature) {
            features.push(json!(feature));
        }
    }
    protocol[list] = Value::Array(features);
}

fn has_times(found: &DataType) -> bool {
    match found {
        DataType::Primitive(primitive) => *primitive == PrimitiveType::TimestampNtz,
        DataType::Array(list) => has_times(list.element_type()),
        DataType::Map(map) => has_times(map.key_type()) || has_times(map.value_type()),
        DataType::Struct(fields) => fields.fields().any(|field| has_times(field.data_type())),
        DataType::Variant(_) => false,
    }
}
