//! Readers of the small values: names, durations, zones, environment variables.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use chrono_tz::{TZ_VARIANTS, Tz};

use super::nearest::{did_you_mean, nearest};
use super::reader::{Field, Located, Plain, shorten};
use super::shapes::RetriesMap;
use super::{ProblemCode, Retries, duration};

/// Longest name of a project, team, pipeline, step, environment, parameter, variable or secret.
pub(crate) const NAME_LIMIT: usize = 63;

/// Whether a text may be the name of a project, team, environment, pipeline or step.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= NAME_LIMIT
        && text.starts_with(is_first)
        && text.chars().all(|c| is_first(c) || matches!(c, '-' | '_'))
}

/// Whether a text may be the name of a parameter or an environment variable.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    text.len() <= NAME_LIMIT
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text may be the name of a secret.
#[must_use]
pub fn is_secret_name(text: &str) -> bool {
    text.len() <= NAME_LIMIT
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The name nearest to a text that is none.
fn as_name(text: &str) -> Option<String> {
    let name: String = text
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .take(NAME_LIMIT)
        .collect();
    let name = name.trim_matches(['-', '_']);
    is_name(name).then(|| format!("write `{name}`"))
}

const NAME_RULE: &str = "a name has lower-case letters, digits, `-` and `_`, starts with a letter or digit, and is at most 63 long";

/// A name; a wrong one is reported and still returned, so that what refers to it is not reported too.
pub(crate) fn name(field: &Field<'_>) -> Option<Located<String>> {
    let text = field.text()?;
    check_name(field, text);
    Some(field.located(text.to_owned()))
}

fn check_name(field: &Field<'_>, text: &str) {
    if !is_name(text) {
        let hint = as_name(text).unwrap_or_else(|| NAME_RULE.to_owned());
        field.error(ProblemCode::InvalidName, format!("`{}` is not a valid name", shorten(text)), Some(hint));
    }
}

/// `team/name`, taken apart.
pub(crate) fn full_name(field: &Field<'_>, team: &str) -> Option<(String, String)> {
    let text = field.text()?;
    let parts = text.split_once('/').filter(|(team, name)| is_name(team) && is_name(name));
    if parts.is_none() {
        let hint = match is_name(text) {
            true => format!("a pipeline is named with its team: `{team}/{text}`"),
            false => format!("write `team/name`; {NAME_RULE}"),
        };
        let message = format!("`{}` is not the full name of a pipeline", shorten(text));
        field.error(ProblemCode::InvalidName, message, Some(hint));
    }
    parts.map(|(team, name)| (team.to_owned(), name.to_owned()))
}

/// A duration of at least one second.
pub(crate) fn positive_duration(field: &Field<'_>) -> Option<Duration> {
    let value = any_duration(field)?;
    if value.is_zero() {
        field.error(ProblemCode::InvalidValue, "the duration must not be zero", None);
        return None;
    }
    Some(value)
}

pub(crate) fn any_duration(field: &Field<'_>) -> Option<Duration> {
    let text = match field.plain() {
        Some(Plain::Integer(_) | Plain::Number(_)) => field.scalar_text()?,
        _ => field.text()?,
    };
    duration::parse(text)
        .map_err(|error| {
            field.error(
                ProblemCode::InvalidValue,
                shorten(&error.to_string()),
                Some(duration_hint(&error, text)),
            );
        })
        .ok()
}

fn duration_hint(error: &duration::Error, text: &str) -> String {
    let guess = match error {
        duration::Error::TooLong(_) => return "the longest is 3650d; leave it out for no limit".to_owned(),
        duration::Error::NoUnit(_) => Some(format!("{text}s")),
        duration::Error::Shape(_) => duration::guess(text),
    };
    guess.filter(|guess| duration::parse(guess).is_ok()).map_or_else(
        || "durations are written 30s, 15m, 2h or 7d".to_owned(),
        |guess| format!("write `{guess}`; the units are s, m, h and d"),
    )
}

/// A name of the time zone database.
pub(crate) fn timezone(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    if Tz::from_str(text).is_ok() {
        return Some(text.to_owned());
    }
    let hint = nearest_zone(text).map_or_else(
        || "zones are named like `Europe/Berlin` or `UTC`".to_owned(),
        |zone| format!("did you mean `{zone}`?"),
    );
    field.error(ProblemCode::UnknownName, format!("there is no time zone `{}`", shorten(text)), Some(hint));
    None
}

/// The zone nearest to a text: the whole name, or only its city.
pub(crate) fn nearest_zone(text: &str) -> Option<&'static str> {
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let city =
        |zone: &&'static str| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(text));
    names().find(city).or_else(|| nearest(text, names()))
}

/// `retries: 3`, or a map.
pub(crate) fn retries(field: &Field<'_>) -> Option<Retries> {
    let mut retries = Retries::default();
    if !field.is_map() {
        retries.limit = retry_limit(field)?;
        return Some(retries);
    }
    let object = field.object::<RetriesMap>()?;
    retries.limit = object.require("limit").and_then(|field| retry_limit(&field)).unwrap_or_default();
    let backoff = object.get("backoff");
    let longest = object.get("max_backoff");
    if let Some(value) = backoff.as_ref().and_then(any_duration) {
        retries.backoff = value;
        retries.max_backoff = retries.max_backoff.max(value);
    }
    if let Some((field, value)) = longest.and_then(|field| any_duration(&field).map(|value| (field, value))) {
        retries.max_backoff = value;
        check_backoff(&field, retries.backoff, value, backoff.is_some());
    }
    if backoff.is_none() {
        retries.backoff = retries.backoff.min(retries.max_backoff);
    }
    Some(retries)
}

fn check_backoff(field: &Field<'_>, backoff: Duration, longest: Duration, given: bool) {
    if given && longest < backoff {
        let message = format!("`max_backoff` is shorter than `backoff`, {}", duration::format(backoff));
        field.error(ProblemCode::InvalidValue, message, None);
    }
}

fn retry_limit(field: &Field<'_>) -> Option<u32> {
    field.integer(0..=100).and_then(|limit| u32::try_from(limit).ok())
}

/// Names and scalar texts, such as `env` and `labels`.
pub(crate) fn texts<'a>(field: &Field<'a>) -> Vec<(Located<&'a str>, Field<'a>)> {
    let entries = field.entries().unwrap_or_default();
    entries.into_iter().filter(|(_, value)| value.scalar_text().is_some()).collect()
}

/// Environment variables: valid names, texts.
pub(crate) fn env<'a>(field: &Field<'a>) -> Vec<(String, Field<'a>)> {
    let entries = texts(field);
    entries.iter().for_each(|(key, _)| check_variable(field, key));
    entries.into_iter().map(|(key, value)| (key.value.to_owned(), value)).collect()
}

/// Environment variable → name of the secret.
pub(crate) fn secrets(field: &Field<'_>) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::new();
    for (key, value) in field.entries().unwrap_or_default() {
        check_variable(field, &key);
        let Some(text) = value.text() else { continue };
        if !is_secret_name(text) {
            let message = format!("`{}` is not the name of a secret", shorten(text));
            let hint = "write the name that `polder secret set` was given, never the value".to_owned();
            value.error(ProblemCode::InvalidName, message, Some(hint));
        }
        secrets.insert(key.value.to_owned(), text.to_owned());
    }
    secrets
}

fn check_variable(field: &Field<'_>, key: &Located<&str>) {
    let (message, hint) = match key.value {
        name if !is_identifier(name) => {
            let hint = "a name has letters, digits and `_`, and does not start with a digit";
            (format!("`{}` is not the name of an environment variable", shorten(name)), hint)
        }
        name if name.starts_with("POLDER_") => {
            (format!("`{name}` is reserved"), "names that start with POLDER_ are set by Polder itself")
        }
        _ => return,
    };
    field.reader.error(&key.place, ProblemCode::InvalidName, message, Some(hint.to_owned()));
}

/// A hint with the nearest of `names`, or with all of them if they are few.
pub(crate) fn names_hint<'a>(name: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    did_you_mean(name, names.clone()).or_else(|| {
        let names: Vec<&str> = names.into_iter().take(11).collect();
        (1..=10).contains(&names.len()).then(|| format!("there is {}", names.join(", ")))
    })
}
