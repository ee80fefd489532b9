//! Numbers as people write dates and times, in any year: the calendars of libraries end before the numbers do.

use arrow::datatypes::{DataType, TimeUnit};

use crate::reach::in_a_second;

pub(crate) fn written(data_type: &DataType, number: i64) -> String {
    match data_type {
        DataType::Date32 => date(number, ""),
        DataType::Date64 => time(number, TimeUnit::Millisecond, ""),
        DataType::Timestamp(unit, zone) => time(number, *unit, zone.as_ref().map_or("", |_| " UTC")),
        DataType::Time32(unit) | DataType::Time64(unit) | DataType::Duration(unit) => {
            format!("{number} {}", name(*unit))
        }
        _ => number.to_string(),
    }
}

/// Before the year 1 as PostgreSQL writes it.
fn date(days: i64, behind: &str) -> String {
    match civil(days) {
        (year @ 1.., month, day) => format!("{year:04}-{month:02}-{day:02}{behind}"),
        (year, month, day) => format!("{:04}-{month:02}-{day:02}{behind} BC", 1 - year),
    }
}

fn time(number: i64, unit: TimeUnit, zone: &str) -> String {
    let second = in_a_second(unit);
    let (seconds, part) = (number.div_euclid(second), number.rem_euclid(second));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let digits = usize::try_from(second.ilog10()).unwrap_or_default();
    let part = if part == 0 { String::new() } else { format!(".{part:0digits$}") };
    date(days, &format!(" {hour:02}:{minute:02}:{seconds:02}{part}{zone}"))
}

/// Year, month and day of a number of days since 1970, by Hinnant's `civil_from_days`: years of it begin in March, so that the day
/// that is not always there is the last one. 400 years are always the same number of days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + 400 * era + i64::from(month <= 2), month, day)
}

fn name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "seconds",
        TimeUnit::Millisecond => "milliseconds",
        TimeUnit::Microsecond => "microseconds",
        TimeUnit::Nanosecond => "nanoseconds",
    }
}
