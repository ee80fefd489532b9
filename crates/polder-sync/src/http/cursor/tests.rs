use polder_types::definition::sync::SyncMode;
use serde_json::json;

use super::*;

const NOW: &str = "2024-01-10T12:00:00Z";

fn definition(step: Option<u64>) -> DatetimeCursor {
    DatetimeCursor {
        field: "at".to_owned(),
        format: "%Y-%m-%d".to_owned(),
        record_formats: Vec::new(),
        start: "2024-01-01".to_owned(),
        end: Some("2024-01-10".to_owned()),
        start_option: None,
        end_option: None,
        step_seconds: step,
        granularity_seconds: Some(86_400),
        lookback_seconds: 0,
    }
}

fn templates() -> Templates {
    Templates::new(&json!({}), times::guess(NOW).unwrap())
}

const ADDS: Keeping = Keeping { mode: SyncMode::Incremental, has_key: false, hides: false };
const BY_KEY: Keeping = Keeping { has_key: true, ..ADDS };
const ANEW: Keeping = Keeping { mode: SyncMode::FullRefresh, ..ADDS };

fn cursor<'a>(definition: &'a DatetimeCursor, state: Option<&CursorState>, keeping: Keeping) -> Cursor<'a> {
    Cursor::new(definition, state, keeping, &templates()).unwrap()
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn record(at: &str, number: u64) -> Box<RawValue> {
    raw(&json!({"at": at, "n": number}).to_string())
}

/// Which of some records are kept.
fn kept(cursor: &mut Cursor<'_>, records: &[Box<RawValue>]) -> Vec<bool> {
    records.iter().map(|record| cursor.take(record).unwrap()).collect()
}

#[test]
fn time_is_asked_for_in_parts_that_do_not_overlap() {
    let definition = definition(Some(4 * 86_400));
    let parts = cursor(&definition, None, ADDS).intervals();
    let parts: Vec<_> = parts.iter().map(|part| (part.start.as_str(), part.end.as_str())).collect();
    assert_eq!(
        parts,
        [("2024-01-01", "2024-01-04"), ("2024-01-05", "2024-01-08"), ("2024-01-09", "2024-01-10")]
    );
}

#[test]
fn no_record_is_added_twice_and_none_is_lost() {
    let definition = definition(None);
    let mut first = cursor(&definition, None, ADDS);
    assert_eq!(kept(&mut first, &[record("2024-01-02", 1), record("2024-01-03", 2)]), [true, true]);
    let state = first.into_state().unwrap();
    let mut second = cursor(&definition, Some(&state), ADDS);
    assert_eq!(second.intervals()[0].start, "2024-01-03");
    // Of the same day, and late.
    assert_eq!(kept(&mut second, &[record("2024-01-03", 2), record("2024-01-03", 3)]), [false, true]);
    let state = second.into_state().unwrap();
    assert_eq!(state.records.len(), 2);
}

#[test]
fn records_without_a_time_are_added_once() {
    let definition = definition(None);
    let timeless = [raw(r#"{"at":null,"n":1}"#), raw(r#"{"n":2}"#)];
    let mut first = cursor(&definition, None, ADDS);
    assert_eq!(kept(&mut first, &timeless), [true, true]);
    let state = first.into_state().unwrap();
    assert_eq!(state.at, None);
    let mut second = cursor(&definition, Some(&state), ADDS);
    assert_eq!(kept(&mut second, &timeless), [false, false]);
    assert_eq!(kept(&mut second, &[record("2024-01-01", 1), raw(r#"{"n":3}"#)]), [true, true]);
    let state = second.into_state().unwrap();
    let mut third = cursor(&definition, Some(&state), ADDS);
    assert_eq!(kept(&mut third, &timeless), [false, false]);
    assert_eq!(kept(&mut third, &[record("2024-01-01", 1), raw(r#"{"n":3}"#)]), [false, false]);
}

#[test]
fn a_time_in_the_future_does_not_hold_back_what_comes_later() {
    let definition = definition(None);
    let far = [record("2024-01-05", 1), record("2062-01-01", 2)];
    for (keeping, again) in [(ADDS, [false, false]), (BY_KEY, [true, true])] {
        let mut first = cursor(&definition, None, keeping);
        assert_eq!(kept(&mut first, &far), [true, true]);
        assert!(first.warnings()[0].contains("the `at` of 1 records lies in the future"));
        let state = first.into_state().unwrap();
        let mut second = cursor(&definition, Some(&state), keeping);
        assert_eq!(second.intervals()[0].start, "2024-01-05");
        assert_eq!(kept(&mut second, &far), again);
        assert_eq!(kept(&mut second, &[record("2024-01-06", 3)]), [true]);
        let state = second.into_state().unwrap();
        assert_eq!(cursor(&definition, Some(&state), keeping).intervals()[0].start, "2024-01-06");
    }
}

#[test]
fn a_time_that_was_in_the_future_is_one_like_others_when_it_has_come() {
    let definition = definition(None);
    let mut first = cursor(&definition, None, ADDS);
    assert_eq!(kept(&mut first, &[record("2024-01-11", 1)]), [true]);
    let state = first.into_state().unwrap();
    let later = Templates::new(&json!({}), times::guess("2024-01-12").unwrap());
    let mut second = Cursor::new(&definition, Some(&state), ADDS, &later).unwrap();
    assert_eq!(kept(&mut second, &[record("2024-01-11", 1), record("2024-01-11", 2)]), [false, true]);
    let state = second.into_state().unwrap();
    assert_eq!((state.records.len(), state.again.len()), (2, 0));
}

#[test]
fn how_far_it_was_read_is_taken_back_from_the_future() {
    let definition = definition(None);
    let far = times::guess("2062-01-01").unwrap().timestamp_micros();
    let state = CursorState { at: Some(far), records: Vec::new(), again: Vec::new() };
    let cursor = cursor(&definition, Some(&state), ADDS);
    assert_eq!(cursor.intervals()[0].start, "2024-01-10");
    assert!(cursor.warnings()[0].contains("lay in the future"));
}

/// What is kept of records that come with each of several parts, as from an API that includes both bounds, or knows none.
fn in_parts(definition: &DatetimeCursor, keeping: Keeping, records: &[Box<RawValue>]) -> Vec<Vec<bool>> {
    let mut cursor = cursor(definition, None, keeping);
    let of_part = |part: &Interval| {
        cursor.begin(part);
        kept(&mut cursor, records)
    };
    let parts = Cursor::new(definition, None, keeping, &templates()).unwrap().intervals();
    parts.iter().map(of_part).collect()
}

#[test]
fn what_comes_with_two_parts_of_time_is_there_once() {
    let inclusive = DatetimeCursor {
        granularity_seconds: None,
        end: Some("2024-01-03".to_owned()),
        ..definition(Some(86_400))
    };
    let records = [record("2024-01-02T00:00:00Z", 1), record("2024-01-02T15:00:00Z", 2), raw(r#"{"n":3}"#)];
    for keeping in [ADDS, ANEW] {
        let kept = in_parts(&inclusive, keeping, &records);
        assert_eq!(kept, [vec![true, true, true], vec![false, false, false], vec![false, false, false]]);
    }
    // With a key they take each other's place.
    assert_eq!(in_parts(&inclusive, BY_KEY, &records).concat(), [true; 9]);
}

#[test]
fn more_than_can_be_remembered_needs_a_key() {
    let definition = definition(None);
    for at in [json!("2024-01-01"), json!(null)] {
        let mut cursor = cursor(&definition, None, ADDS);
        let mut take = |n: usize| cursor.take(&raw(&json!({"at": at, "n": n}).to_string()));
        assert!((0..10_000).all(|n| take(n).unwrap()));
        let error = take(10_000).unwrap_err().to_string();
        assert!(error.contains("give the stream a primary key"), "{error}");
    }
}

#[test]
fn what_is_no_time_is_told() {
    let definition = definition(None);
    let mut shown = cursor(&definition, None, ANEW);
    let error = shown.take(&raw(r#"{"at":"soon"}"#)).unwrap_err();
    assert_eq!(error.to_string(), "`soon` of `at` is no time as `%Y-%m-%d` has it");
    assert!(shown.take(&raw(r#"{"at":null}"#)).unwrap() && shown.take(&raw("3")).unwrap());
    let mut hidden = cursor(&definition, None, Keeping { hides: true, ..ANEW });
    let error = hidden.take(&raw(r#"{"at":"soon"}"#)).unwrap_err().to_string();
    assert!(!error.contains("soon") && error.contains("not shown"), "{error}");
}
