//! A schedule in words, so that people see whether it says what they mean.

use std::collections::BTreeSet;

use super::Fields;
use super::field::{Field, Special};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// Times of a day that are listed one by one, at most.
const LISTED: usize = 6;

pub(super) fn describe(fields: &Fields, zone: &str) -> String {
    let (time, is_listed) = time(fields);
    let days = days(fields);
    let mut text = match (days, is_listed) {
        (None, true) => format!("every day {time}"),
        (None, false) => time,
        (Some(days), true) => format!("{days} {time}"),
        (Some(days), false) => format!("{time} {days}"),
    };
    if !fields.month.is_any {
        let name =
            |month: &u16| MONTHS.get(usize::from(*month).wrapping_sub(1)).map_or("", |name| *name).to_owned();
        text.push_str(&format!(" in {}", list(fields.month.values.iter().map(name))));
    }
    if let Some(year) = fields.year.as_ref().filter(|year| !year.is_any) {
        text.push_str(&format!(" in {}", runs(&year.values)));
    }
    format!("{text}, {zone}")
}

/// The times of a day, and whether they are listed one by one.
fn time(fields: &Fields) -> (String, bool) {
    let (minutes, hours) = (&fields.minute.values, &fields.hour.values);
    let all_hours = hours.len() == 24;
    if minutes.len() * hours.len() <= LISTED {
        let times =
            hours.iter().flat_map(|hour| minutes.iter().map(move |minute| format!("{hour:02}:{minute:02}")));
        return (format!("at {}", list(times)), true);
    }
    let minutes_text = match (minutes.len(), step(minutes, 60)) {
        (60, _) => "every minute".to_owned(),
        (1, _) if all_hours && minutes.contains(&0) => return ("every hour".to_owned(), false),
        (1, _) if minutes.contains(&0) => String::new(),
        (1, _) => format!("at minute {}", runs(minutes)),
        (_, Some(step)) => format!("every {step} minutes"),
        _ => format!("at the minutes {}", runs(minutes)),
    };
    let hours_text = match step(hours, 24) {
        _ if all_hours && minutes.len() == 1 => "of every hour".to_owned(),
        _ if all_hours => String::new(),
        Some(step) if minutes.len() == 1 => format!("every {step} hours"),
        Some(step) => format!("in every {} hour", ordinal(step)),
        None if is_run(hours) => {
            let last_minute = minutes.last().copied().unwrap_or_default();
            let (first, last) =
                (hours.first().copied().unwrap_or_default(), hours.last().copied().unwrap_or_default());
            let every = if minutes.len() == 1 { "every hour " } else { "" };
            let first_minute = minutes.first().copied().unwrap_or_default();
            format!("{every}from {first:02}:{first_minute:02} to {last:02}:{last_minute:02}")
        }
        None => format!("in the hours {}", runs(hours)),
    };
    let parts: Vec<String> = [minutes_text, hours_text].into_iter().filter(|part| !part.is_empty()).collect();
    (parts.join(" "), false)
}

/// The days, if they are restricted.
fn days(fields: &Fields) -> Option<String> {
    let day = (!fields.day.is_any).then(|| day_text(&fields.day));
    let weekday = (!fields.weekday.is_any).then(|| weekday_text(&fields.weekday));
    match (day, weekday) {
        (Some(day), Some(weekday)) if fields.needs_both() => Some(format!("{weekday}, if it is also {day},")),
        (Some(day), Some(weekday)) => Some(format!("{day} or {weekday}")),
        (day, weekday) => day.or(weekday),
    }
}

fn day_text(field: &Field) -> String {
    let numbers = match field.values.len() {
        0 => None,
        1 => Some(format!("on day {}", runs(&field.values))),
        _ => Some(format!("on the days {}", runs(&field.values))),
    };
    let specials = field.specials.iter().map(|special| match special {
        Special::LastDay => "on the last day".to_owned(),
        Special::LastWorkday => "on the last day from Monday to Friday".to_owned(),
        Special::NearestWorkday(day) => format!("on the day from Monday to Friday nearest to day {day}"),
        Special::LastOf(_) | Special::NthOf(..) => String::new(),
    });
    format!("{} of the month", list(numbers.into_iter().chain(specials)))
}

fn weekday_text(field: &Field) -> String {
    let name = |weekday: &u16| WEEKDAYS.get(usize::from(*weekday)).map_or("", |name| *name);
    let names: Vec<String> = field.values.iter().map(|weekday| name(weekday).to_owned()).collect();
    let plain = match names.as_slice() {
        [] => None,
        _ if field.values.len() > 2 && is_run(&field.values) => {
            Some(format!("from {} to {}", names[0], names[names.len() - 1]))
        }
        _ => Some(format!("on {}", list(names.into_iter()))),
    };
    let specials = field.specials.iter().map(|special| match special {
        Special::LastOf(weekday) => format!("on the last {} of the month", name(weekday)),
        Special::NthOf(weekday, nth) => {
            let nth = ORDINALS.get(usize::from(*nth).wrapping_sub(1)).map_or("", |ordinal| *ordinal);
            format!("on the {nth} {} of the month", name(weekday))
        }
        Special::LastDay | Special::LastWorkday | Special::NearestWorkday(_) => String::new(),
    });
    list(plain.into_iter().chain(specials))
}

/// `a, b and c`.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// `1, 3 to 5 and 9`.
fn runs(values: &BTreeSet<u16>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *value => *last = *value,
            _ => runs.push((*value, *value)),
        }
    }
    let text = |(first, last): (u16, u16)| match last - first {
        0 => vec![first.to_string()],
        1 => vec![first.to_string(), last.to_string()],
        _ => vec![format!("{first} to {last}")],
    };
    list(runs.into_iter().flat_map(text))
}

fn is_run(values: &BTreeSet<u16>) -> bool {
    values.iter().zip(values.iter().skip(1)).all(|(a, b)| a + 1 == *b)
}

/// The step of values that start at 0 and go evenly round.
fn step(values: &BTreeSet<u16>, size: u16) -> Option<u16> {
    let mut iterator = values.iter();
    let (first, second) = (*iterator.next()?, *iterator.next()?);
    let even = values.iter().zip(values.iter().skip(1)).all(|(a, b)| b - a == second);
    let last = values.last().copied()?;
    (first == 0 && second > 1 && even && last + second == size).then_some(second)
}

fn ordinal(number: u16) -> String {
    match number {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{number}th"),
    }
}
