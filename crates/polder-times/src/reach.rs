use std::ops::RangeInclusive;

use arrow::datatypes::{DataType, TimeUnit};

/// In days since 1970, those of the years 1 to 9999: what all that read tables know.
pub const DAYS: RangeInclusive<i64> = -719_162..=2_932_896;
/// Those that there is a text for, whatever the zone: the years -262142 to 262141.
const WRITABLE: RangeInclusive<i64> = -96_464_927..=95_025_871;

/// How far dates and times may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What all readers of tables know.
    Years,
    /// What can be written as text.
    Text,
}

impl Reach {
    /// In the unit of a type; none if nothing of that type goes too far.
    pub(crate) fn bounds(self, data_type: &DataType) -> Option<RangeInclusive<i64>> {
        let days = if self == Self::Years { DAYS } else { WRITABLE };
        let of_days = |in_a_day: i64| Some(days.start() * in_a_day..=(days.end() + 1) * in_a_day - 1);
        match data_type {
            DataType::Date32 => of_days(1),
            DataType::Date64 => of_days(86_400_000),
            // 64 bits of them do not lead out of these years.
            DataType::Timestamp(TimeUnit::Nanosecond, _) => None,
            DataType::Timestamp(unit, _) => of_days(86_400 * in_a_second(*unit)),
            DataType::Time32(unit) | DataType::Time64(unit) => Some(0..=86_400 * in_a_second(*unit) - 1),
            // The others are written with as many digits as it takes.
            DataType::Duration(TimeUnit::Second) => Some(-i64::MAX / 1_000_000..=i64::MAX / 1_000_000),
            DataType::Duration(TimeUnit::Millisecond) => Some(-i64::MAX / 1000..=i64::MAX / 1000),
            _ => None,
        }
    }
}

pub(crate) fn in_a_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}
