//! One field of a schedule: read strictly, with messages that say what is wrong, and written again as croner reads it.

use std::collections::BTreeSet;

use super::Error;
use crate::definition::Dialect;
use crate::definition::nearest::did_you_mean;

/// Which field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
    Year,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day of the month",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Year => "year",
        }
    }

    /// The numbers as users write them.
    fn range(self, dialect: Dialect) -> (u16, u16) {
        match (self, dialect) {
            (Self::Minute, _) => (0, 59),
            (Self::Hour, _) => (0, 23),
            (Self::Day, _) => (1, 31),
            (Self::Month, _) => (1, 12),
            (Self::Weekday, Dialect::Cron) => (0, 7),
            (Self::Weekday, Dialect::Aws) => (1, 7),
            (Self::Year, _) => (1970, 2199),
        }
    }

    /// The numbers that `*` stands for.
    fn all(self, dialect: Dialect) -> (u16, u16) {
        match (self, dialect) {
            (Self::Weekday, Dialect::Cron) => (0, 6),
            _ => self.range(dialect),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::Weekday => &WEEKDAYS,
            _ => &[],
        }
    }
}

/// What a field allows. Weekdays count from 0, Sunday, in every dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// `*` or `?`: anything goes.
    pub(super) is_any: bool,
    /// Whether it starts with `*`, which is how the original cron tells whether a day field is restricted.
    pub(super) has_star: bool,
    pub(super) values: BTreeSet<u16>,
    pub(super) specials: Vec<Special>,
}

/// What depends on the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    /// `L`: the last day.
    LastDay,
    /// `LW`: the last day from Monday to Friday.
    LastWorkday,
    /// `15W`: the day from Monday to Friday nearest to it.
    NearestWorkday(u16),
    /// `5L`: the last of this weekday.
    LastOf(u16),
    /// `5#2`: the second of this weekday.
    NthOf(u16, u16),
}

impl Field {
    pub(super) fn parse(text: &str, unit: Unit, dialect: Dialect) -> Result<Self, Error> {
        let reader = Reader { unit, dialect };
        let (first, last) = unit.all(dialect);
        let is_any = text == "*" || text == "?";
        let mut field =
            Self { is_any, has_star: text.starts_with('*'), values: BTreeSet::new(), specials: Vec::new() };
        if text == "?" && !(dialect == Dialect::Aws && matches!(unit, Unit::Day | Unit::Weekday)) {
            return Err(reader.error("`?` means nothing here", Some("write `*`".to_owned())));
        }
        if is_any {
            field.values = (first..=last).map(|value| reader.kept(value)).collect();
            return Ok(field);
        }
        for item in text.split(',') {
            reader.item(item, &mut field)?;
        }
        let has = |special| field.specials.contains(&special);
        if has(Special::LastDay) && has(Special::LastWorkday) {
            return Err(Error::new("`L` and `LW` cannot stand in one field", None));
        }
        Ok(field)
    }

    /// As croner reads it.
    pub(super) fn pattern(&self) -> String {
        if self.is_any {
            return "*".to_owned();
        }
        let values = self.values.iter().map(u16::to_string);
        values.chain(self.specials.iter().map(|special| special.pattern())).collect::<Vec<_>>().join(",")
    }
}

impl Special {
    fn pattern(self) -> String {
        match self {
            Self::LastDay => "L".to_owned(),
            Self::LastWorkday => "LW".to_owned(),
            Self::NearestWorkday(day) => format!("{day}W"),
            Self::LastOf(weekday) => format!("{weekday}L"),
            Self::NthOf(weekday, nth) => format!("{weekday}#{nth}"),
        }
    }
}

struct Reader {
    unit: Unit,
    dialect: Dialect,
}

impl Reader {
    fn item(&self, text: &str, field: &mut Field) -> Result<(), Error> {
        if self.is_end_of_week(text) {
            field.values.insert(6);
            return Ok(());
        }
        if let Some(special) = self.special(text)? {
            field.specials.push(special);
            return Ok(());
        }
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step, text)?)),
            None => (text, None),
        };
        let (first, last) = self.bounds(range, step.is_some(), text)?;
        field.values.extend((first..=last).step_by(step.unwrap_or(1)).map(|value| self.kept(value)));
        Ok(())
    }

    fn bounds(&self, range: &str, has_step: bool, whole: &str) -> Result<(u16, u16), Error> {
        let (least, most) = self.unit.all(self.dialect);
        if range == "*" {
            return Ok((least, most));
        }
        if let Some((first, last)) = range.split_once('-') {
            let (first, last) = (self.number(first)?, self.number(last)?);
            return if first <= last { Ok((first, last)) } else { Err(self.backwards(range, first, last)) };
        }
        let number = self.number(range)?;
        match (has_step, self.dialect) {
            (false, _) => Ok((number, number)),
            (true, Dialect::Aws) => Ok((number, most)),
            (true, Dialect::Cron) => {
                let step = whole.split_once('/').map_or("", |(_, step)| step);
                let short = if number == least { format!(", or `*/{step}`") } else { String::new() };
                let hint = format!("write `{number}-{most}/{step}`{short}");
                Err(self.error(&format!("`{whole}` has a step but no range"), Some(hint)))
            }
        }
    }

    fn backwards(&self, range: &str, first: u16, last: u16) -> Error {
        let (least, most) = self.unit.all(self.dialect);
        let hint = format!("write `{first}-{most},{least}-{last}` to go over the end");
        self.error(&format!("the range `{range}` goes backwards"), Some(hint))
    }

    fn step(&self, text: &str, whole: &str) -> Result<usize, Error> {
        let step = text.parse::<usize>().ok().filter(|step| (1..=1000).contains(step));
        step.ok_or_else(|| self.error(&format!("`{whole}` has no valid step after `/`"), None))
    }

    fn number(&self, text: &str) -> Result<u16, Error> {
        let (least, most) = self.unit.range(self.dialect);
        if let Some(index) = self.unit.names().iter().position(|name| name.eq_ignore_ascii_case(text)) {
            let offset = if self.unit == Unit::Month || self.dialect == Dialect::Aws { 1 } else { 0 };
            return u16::try_from(index + offset).map_err(|_| self.error("the name is unknown", None));
        }
        let number: u16 = match text.parse() {
            Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit()) => number,
            _ => return Err(self.not_a_value(text)),
        };
        let out_of_range = || self.error(&format!("{number} is not between {least} and {most}"), None);
        if (least..=most).contains(&number) { Ok(number) } else { Err(out_of_range()) }
    }

    fn not_a_value(&self, text: &str) -> Error {
        let (least, most) = self.unit.range(self.dialect);
        let names = || self.unit.names().iter().copied();
        let full = names().find(|name| text.to_ascii_uppercase().starts_with(name));
        let hint = full
            .map(|name| format!("write `{name}`"))
            .or_else(|| did_you_mean(text, names()))
            .unwrap_or_else(|| {
                format!("write a number from {least} to {most}, a range `a-b`, a list `a,b`, `*` or `*/n`")
            });
        self.error(&format!("`{text}` is not a value"), Some(hint))
    }

    /// AWS's `L` as a weekday: Saturday.
    fn is_end_of_week(&self, text: &str) -> bool {
        self.unit == Unit::Weekday && self.dialect == Dialect::Aws && text.eq_ignore_ascii_case("L")
    }

    /// `L`, `LW`, `15W`, `5L`, `5#2`.
    fn special(&self, text: &str) -> Result<Option<Special>, Error> {
        let upper = text.to_ascii_uppercase();
        let special = match (self.unit, upper.as_str()) {
            (Unit::Day, "L") => Some(Special::LastDay),
            (Unit::Day, "LW") => Some(Special::LastWorkday),
            (Unit::Day, day) if day.ends_with('W') => {
                Some(Special::NearestWorkday(self.number(&day[..day.len() - 1])?))
            }
            (Unit::Weekday, day) => self.special_weekday(day)?,
            _ => None,
        };
        Ok(special)
    }

    fn special_weekday(&self, text: &str) -> Result<Option<Special>, Error> {
        if let Some(day) = text.strip_suffix('L').filter(|day| !day.is_empty()) {
            return Ok(Some(Special::LastOf(self.kept(self.number(day)?))));
        }
        let Some((day, nth)) = text.split_once('#') else { return Ok(None) };
        let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth));
        let nth =
            nth.ok_or_else(|| self.error(&format!("`{text}`: after `#` stands a number from 1 to 5"), None))?;
        Ok(Some(Special::NthOf(self.kept(self.number(day)?), nth)))
    }

    /// The number as it is kept: weekdays count from 0, Sunday.
    fn kept(&self, number: u16) -> u16 {
        match (self.unit, self.dialect) {
            (Unit::Weekday, Dialect::Aws) => number - 1,
            (Unit::Weekday, Dialect::Cron) => number % 7,
            _ => number,
        }
    }

    fn error(&self, message: &str, hint: Option<String>) -> Error {
        Error::new(format!("{}: {message}", self.unit.name()), hint)
    }
}
