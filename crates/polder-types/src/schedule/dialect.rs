//! Which dialect a schedule is written in. Never guessed: AWS allows `?` in fields 3 and 5 only, Quartz in 4 and 6 only, and
//! without a `?` six fields may be either (or start with seconds), where numbers of weekdays differ.

use super::Error;
use crate::definition::Dialect;
use crate::definition::nearest::did_you_mean;

/// Longest expression, in bytes.
const LIMIT: usize = 256;

const NICKNAMES: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The fields of an expression, 5 or 6 by the dialect.
pub(super) fn fields(expression: &str, dialect: Option<Dialect>) -> Result<(Dialect, Vec<String>), Error> {
    let text = expression.trim();
    if text.len() > LIMIT {
        return Err(Error::new(format!("the schedule is longer than {LIMIT} bytes"), None));
    }
    if text.starts_with('@') {
        return nickname(text, dialect);
    }
    let text = unwrap(text)?;
    let fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let dialect = match dialect {
        Some(dialect) => dialect,
        None => recognise(&fields)?,
    };
    check_count(dialect, &fields)?;
    Ok((dialect, fields))
}

fn nickname(text: &str, dialect: Option<Dialect>) -> Result<(Dialect, Vec<String>), Error> {
    if dialect == Some(Dialect::Aws) {
        return Err(Error::new(
            format!("`{text}` is not of AWS's dialect"),
            Some("leave `dialect` out".to_owned()),
        ));
    }
    let known = NICKNAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let unknown = || {
        let hint = match text.split_whitespace().next() {
            Some("@reboot") => "a schedule names times; nothing is rebooted here".to_owned(),
            Some("@every") => "write `*/5 * * * *` for every five minutes".to_owned(),
            _ => did_you_mean(text, NICKNAMES.iter().map(|(name, _)| *name))
                .unwrap_or_else(|| "there is @hourly, @daily, @weekly, @monthly and @yearly".to_owned()),
        };
        Error::new(format!("there is no schedule `{text}`"), Some(hint))
    };
    let (_, fields) = known.ok_or_else(unknown)?;
    Ok((Dialect::Cron, fields.split_whitespace().map(str::to_owned).collect()))
}

/// Without AWS's `cron( … )`.
fn unwrap(text: &str) -> Result<&str, Error> {
    if let Some(inner) = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')) {
        return Ok(inner);
    }
    if text.starts_with("rate(") || text.starts_with("at(") {
        let hint = "write it with fields, such as `*/5 * * * *` for every five minutes".to_owned();
        return Err(Error::new(format!("`{text}` is not done here"), Some(hint)));
    }
    if text.starts_with("TZ=") || text.starts_with("CRON_TZ=") {
        let hint = "write the zone as `timezone:` beside `schedule:`".to_owned();
        return Err(Error::new("a schedule has no zone in it", Some(hint)));
    }
    Ok(text)
}

fn recognise(fields: &[String]) -> Result<Dialect, Error> {
    let has_question = |index: usize| fields.get(index).is_some_and(|field| field == "?");
    match fields.len() {
        5 => Ok(Dialect::Cron),
        6 if has_question(2) || has_question(4) => Ok(Dialect::Aws),
        6 | 7 if has_question(3) || has_question(5) => Err(Error::new(
            "this looks like Quartz's dialect, with seconds first, which is not done here",
            Some(format!("leave the seconds out and write 5 fields; there, Sunday is 0{}", without_seconds(fields))),
        )),
        6 => Err(Error::new(
            "6 fields can be read in more than one way",
            Some("with seconds first: leave them out and write 5 fields; with the year last: say `dialect: aws`, with a `?` for the day or the weekday".to_owned()),
        )),
        count => Err(wrong_count(count, "5 fields: minute hour day month weekday")),
    }
}

fn without_seconds(fields: &[String]) -> String {
    let inner: Vec<&str> =
        fields[1..fields.len().min(6)].iter().map(|field| if field == "?" { "*" } else { field }).collect();
    format!(" (`{}` if the weekday is no number)", inner.join(" "))
}

fn wrong_count(count: usize, expected: &str) -> Error {
    let found = if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
    Error::new(
        format!("found {found}, expected {expected}"),
        Some("`0 3 * * *` is every day at 03:00".to_owned()),
    )
}

fn check_count(dialect: Dialect, fields: &[String]) -> Result<(), Error> {
    match (dialect, fields.len()) {
        (Dialect::Cron, 5) => Ok(()),
        (Dialect::Cron, count) => Err(wrong_count(count, "5 fields: minute hour day month weekday")),
        (Dialect::Aws, 6) if (fields[2] == "?") == (fields[4] == "?") => Err(Error::new(
            "in AWS's dialect, either the day or the weekday is `?`",
            Some("`0 3 * * ? *` is every day at 03:00".to_owned()),
        )),
        (Dialect::Aws, 6) => Ok(()),
        (Dialect::Aws, count) => Err(wrong_count(count, "6 fields: minute hour day month weekday year")),
    }
}
