//! When a schedule ticks.
//!
//! Read strictly and without guessing (`dialect`, `field`), normalised to what croner searches, and turned into instants by
//! Polder's own rules for clock changes (`ticks`). If both the day and the weekday are restricted, either will do, as cron
//! always had it; a field that starts with `*` does not count as restricted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::definition::Dialect;
use field::{Field, Unit};

mod describe;
mod dialect;
mod field;
mod ticks;

/// Why a schedule cannot be read, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub message: String,
    pub hint: Option<String>,
}

impl Error {
    fn new(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint }
    }

    /// Several as one, for those who can show one only.
    fn together(errors: &[Self]) -> Self {
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        Self { message: messages.join("; "), hint: errors.iter().find_map(|error| error.hint.clone()) }
    }
}

/// A schedule that was understood. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Schedule {
    dialect: Dialect,
    timezone: Tz,
    fields: Arc<Fields>,
    cron: Arc<Cron>,
}

/// The years in which a schedule ticks that names none. With an end, since what never ticks is found by looking.
const YEARS: &str = "1970-2199";

#[derive(Debug)]
struct Fields {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
    year: Option<Field>,
}

impl Schedule {
    /// Reads an expression in a zone of the IANA database; without a dialect, it is recognised.
    ///
    /// # Errors
    /// If the expression cannot be read, or not with certainty, or never ticks, or if there is no such zone.
    pub fn parse(expression: &str, dialect: Option<Dialect>, timezone: &str) -> Result<Self, Error> {
        Self::parse_all(expression, dialect, timezone).map_err(|errors| Error::together(&errors))
    }

    /// As [`Self::parse`], with an error for each field that is wrong.
    ///
    /// # Errors
    /// See [`Self::parse`]; one at least.
    pub fn parse_all(expression: &str, dialect: Option<Dialect>, timezone: &str) -> Result<Self, Vec<Error>> {
        let unknown = |_| vec![Error::new(format!("there is no time zone `{timezone}`"), None)];
        let timezone: Tz = timezone.parse().map_err(unknown)?;
        let (dialect, texts) = dialect::fields(expression, dialect).map_err(|error| vec![error])?;
        let fields = Fields::parse(&texts, dialect)?;
        let cron = fields.ticking().map_err(|error| vec![error])?;
        Ok(Self { dialect, timezone, fields: Arc::new(fields), cron: Arc::new(cron) })
    }

    /// The dialect given or recognised.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The zone in which it is read.
    #[must_use]
    pub fn timezone(&self) -> Tz {
        self.timezone
    }

    /// The first tick after an instant; `None` if there is none any more.
    #[must_use]
    pub fn next_after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let every_hour = self.fields.hour.values.len() == 24;
        let next = if every_hour { ticks::next_elapsed } else { ticks::next_once };
        next(&self.cron, self.timezone, instant)
    }

    /// The ticks after `from`, up to and including `until`.
    pub fn ticks(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        let all = std::iter::successors(self.next_after(from), |tick| self.next_after(*tick));
        all.take_while(move |tick| *tick <= until)
    }

    /// The schedule in words: `every day at 03:00, Europe/Berlin`.
    #[must_use]
    pub fn describe(&self) -> String {
        describe::describe(&self.fields, self.timezone.name())
    }
}

impl Fields {
    /// All of them are read, so that whoever got several wrong learns of all at once.
    fn parse(texts: &[String], dialect: Dialect) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        let mut field = |index: usize, unit| {
            let text = texts.get(index).map_or("", String::as_str);
            Field::parse(text, unit, dialect).map_err(|error| errors.push(error)).ok()
        };
        let [minute, hour, day] = [field(0, Unit::Minute), field(1, Unit::Hour), field(2, Unit::Day)];
        let [month, weekday] = [field(3, Unit::Month), field(4, Unit::Weekday)];
        let year = (dialect == Dialect::Aws).then(|| field(5, Unit::Year)).flatten();
        if !errors.is_empty() {
            return Err(errors);
        }
        let whole =
            || Some(Self { minute: minute?, hour: hour?, day: day?, month: month?, weekday: weekday?, year });
        whole().ok_or(errors)
    }

    /// As croner searches it, if there is anything to find.
    fn ticking(&self) -> Result<Cron, Error> {
        let cron = self.cron()?;
        let never = |_| Error::new("this schedule never ticks", Some("there is no such day".to_owned()));
        cron.find_next_occurrence(&DateTime::UNIX_EPOCH, true).map_err(never)?;
        Ok(cron)
    }

    /// Whether a day must fit both the day and the weekday.
    fn needs_both(&self) -> bool {
        self.day.has_star || self.weekday.has_star
    }

    fn cron(&self) -> Result<Cron, Error> {
        let Self { minute, hour, day, month, weekday, year } = self;
        let year = year.as_ref().filter(|year| !year.is_any).map_or_else(|| YEARS.to_owned(), Field::pattern);
        let [minute, hour, day, month, weekday] = [minute, hour, day, month, weekday].map(Field::pattern);
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .year(Year::Required)
            .dom_and_dow(self.needs_both());
        let pattern = format!("0 {minute} {hour} {day} {month} {weekday} {year}");
        parser.build().parse(&pattern).map_err(|error| Error::new(error.to_string(), None))
    }
}
