//! Whether a stream of an API can be read as its mode says.

use super::super::ProblemCode;
use super::super::reader::Field;
use super::{HttpStream, StreamSource, SyncMode};

pub(super) fn check(field: &Field<'_>, mode: SyncMode, source: &StreamSource, primary_key: &[String]) {
    let StreamSource::Http(http) = source else { return };
    if mode == SyncMode::Incremental && primary_key.is_empty() {
        check_without_key(field, http);
    }
}

fn check_without_key(field: &Field<'_>, http: &HttpStream) {
    // Without a cursor all that the API answers is read, and only a key keeps that from being there twice.
    let Some(cursor) = &http.cursor else {
        let hint = "add `incremental_sync` to the stream of the connector, or a `primary_key` so that what comes again takes the place of \
            what is there, or write `mode: full_refresh`";
        let message = "the connector does not say how this stream tells what is new";
        field.error(ProblemCode::Conflict, message, Some(hint.to_owned()));
        return;
    };
    if cursor.lookback_seconds > 0 {
        let hint = "add a `primary_key`, so that what comes again takes the place of what is there, or leave `lookback_window` out";
        let message = "`lookback_window` reads records again, and without a key those that are there already cannot be told from those \
            that came late";
        field.error(ProblemCode::Conflict, message, Some(hint.to_owned()));
    }
}
