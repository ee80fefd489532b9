//! Schedules: what is understood, when they tick, and that croner and our rules agree with a plain matcher.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use polder_types::definition::Dialect;
use polder_types::schedule::Schedule;
use proptest::prelude::*;

fn schedule(expression: &str, zone: &str) -> Schedule {
    Schedule::parse(expression, None, zone).unwrap()
}

/// The first ticks after an instant, as local times with their offset.
fn ticks(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let schedule = schedule(expression, zone);
    let mut at: DateTime<Utc> = after.parse().unwrap();
    let mut ticks = Vec::new();
    while let Some(next) = schedule.next_after(at).filter(|_| ticks.len() < count) {
        ticks.push(next.with_timezone(&schedule.timezone()).format("%Y-%m-%dT%H:%M%z").to_string());
        at = next;
    }
    ticks
}

#[test]
fn ticks_every_day_in_its_zone() {
    assert_eq!(
        ticks("0 3 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
        ["2026-03-28T03:00+0100", "2026-03-29T03:00+0200", "2026-03-30T03:00+0200"]
    );
}

#[test]
fn a_time_that_does_not_exist_moves_to_the_end_of_the_gap() {
    assert_eq!(
        ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T03:00+0200", "2026-03-30T02:30+0200"]
    );
    // Several in the gap, and one at its end: one tick.
    assert_eq!(
        ticks("0,30 2-3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
        ["2026-03-29T03:00+0200", "2026-03-29T03:30+0200", "2026-03-30T02:00+0200"]
    );
    // A whole day was left out.
    assert_eq!(
        ticks("0 3 * * *", "Pacific/Apia", "2011-12-29T14:00:00Z", 2),
        ["2011-12-31T00:00+1400", "2011-12-31T03:00+1400"]
    );
}

#[test]
fn a_time_that_comes_twice_ticks_the_first_time() {
    assert_eq!(
        ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T02:30+0200", "2026-10-26T02:30+0100"]
    );
    assert_eq!(
        ticks("0,30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1),
        ["2026-10-26T02:00+0100"],
        "in the second of the two hours, it has ticked already"
    );
}

#[test]
fn every_hour_goes_on_by_elapsed_time() {
    assert_eq!(
        ticks("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:10:00Z", 3),
        ["2026-03-29T01:30+0100", "2026-03-29T03:00+0200", "2026-03-29T03:30+0200"]
    );
    assert_eq!(
        ticks("@hourly", "Europe/Berlin", "2026-10-24T23:30:00Z", 4),
        ["2026-10-25T02:00+0200", "2026-10-25T02:00+0100", "2026-10-25T03:00+0100", "2026-10-25T04:00+0100"]
    );
    assert_eq!(
        ticks("30 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", 3),
        ["2026-04-05T01:30+1100", "2026-04-05T01:30+1030", "2026-04-05T02:30+1030"],
        "a change of half an hour"
    );
}

#[test]
fn day_and_weekday_are_one_or_the_other() {
    assert_eq!(
        ticks("0 0 13 * FRI", "UTC", "2026-11-01T00:00:00Z", 4),
        ["2026-11-06T00:00+0000", "2026-11-13T00:00+0000", "2026-11-20T00:00+0000", "2026-11-27T00:00+0000"]
    );
    assert_eq!(
        ticks("0 0 */2 * FRI", "UTC", "2026-11-01T00:00:00Z", 2),
        ["2026-11-13T00:00+0000", "2026-11-27T00:00+0000"],
        "a field that starts with * does not count as restricted: both"
    );
}

#[test]
fn aws_has_its_own_weekdays_and_a_year() {
    assert_eq!(schedule("0 3 * * ? *", "UTC").dialect(), Dialect::Aws);
    assert_eq!(
        ticks("0 3 ? * 1 *", "UTC", "2026-11-21T00:00:00Z", 1),
        ["2026-11-22T03:00+0000"],
        "1 is Sunday"
    );
    assert_eq!(ticks("0 3 ? * 7L *", "UTC", "2026-11-21T03:00:00Z", 1), ["2026-11-28T03:00+0000"]);
    assert_eq!(ticks("0 3 ? * L *", "UTC", "2026-11-21T03:00:00Z", 1), ["2026-11-28T03:00+0000"]);
    assert_eq!(
        ticks("cron(0 3 LW * ? 2027-2028)", "UTC", "2026-11-21T00:00:00Z", 1),
        ["2027-01-29T03:00+0000"]
    );
    assert_eq!(ticks("0/20 3 1 1 ? 2020", "UTC", "2026-11-21T00:00:00Z", 1), Vec::<String>::new());
    assert_eq!(ticks("0/20 3 1 1 ? 2030", "UTC", "2026-11-21T00:00:00Z", 9).len(), 3);
    assert_eq!(ticks("0 3 ? * MON#5 *", "UTC", "2026-11-01T00:00:00Z", 1), ["2026-11-30T03:00+0000"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let say = |expression: &str| match Schedule::parse(expression, None, "UTC") {
        Ok(schedule) => format!("{expression:24} is {}", schedule.describe()),
        Err(error) => format!("{expression:24} {error} ({})", error.hint.as_deref().unwrap_or_default()),
    };
    let expressions = [
        "",
        "*",
        "61 3 * * *",
        "0 3 * *",
        "0 0 3 * * *",
        "0 15 10 ? * MON-FRI",
        "0 3 * * ? * *",
        "0 3 ? * ? *",
        "0 3 ? * *",
        "0 3 30 2 *",
        "0/15 * * * *",
        "*/0 * * * *",
        "0 22-2 * * *",
        "0 3 * * FRIDAY",
        "0 3 * JAM *",
        "0 3 8#2 * *",
        "0 3 * * 1#6",
        "0 3 32W * *",
        "0 3 L,LW * *",
        "1,,2 * * * *",
        "+1 * * * *",
        "@reboot",
        "@every 5m",
        "@dayly",
        "rate(5 minutes)",
        "CRON_TZ=Europe/Berlin 0 3 * * *",
        "cron(0 3 * * * *)",
    ];
    let mut said: Vec<String> = expressions.iter().map(|expression| say(expression)).collect();
    let aws = Schedule::parse("0 3 * * *", Some(Dialect::Aws), "UTC").unwrap_err();
    said.push(format!("as AWS {aws}"));
    said.push(Schedule::parse("0 3 * * *", None, "Berlin").unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn schedules_in_words() {
    let expressions = [
        "0 3 * * *",
        "0 3,15 * * *",
        "@hourly",
        "@weekly",
        "@monthly",
        "@yearly",
        "* * * * *",
        "*/15 * * * *",
        "5 * * * *",
        "0 */2 * * *",
        "30 */2 * * *",
        "*/10 8-18 * * 1-5",
        "0 8-18 * * MON-FRI",
        "7,37 1,5,9,13 * * *",
        "0 3 1 * *",
        "0 3 1-7 * *",
        "0 3 13 * 5",
        "0 3 */2 * 1",
        "0 3 L * *",
        "0 3 LW * *",
        "0 3 15W * *",
        "0 3 * * 5L",
        "0 3 * * MON#2",
        "0 3 * JAN,JUL *",
        "0 3 ? * 2-6 *",
        "0 3 1 * ? 2027,2029-2031",
        "* 3 * * *",
        "0 3 * * 0,6",
    ];
    let said: Vec<String> = expressions
        .iter()
        .map(|text| format!("{text:26} {}", schedule(text, "Europe/Berlin").describe()))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// One field, made from parts, with the values that it stands for.
#[derive(Debug, Clone)]
struct Part {
    text: String,
    values: BTreeSet<u32>,
}

fn part(least: u32, most: u32) -> impl Strategy<Value = Part> {
    let of = |text: String, values: BTreeSet<u32>| Part { text, values };
    let any = Just(of("*".to_owned(), (least..=most).collect()));
    let step =
        (2..15u32).prop_map(move |n| of(format!("*/{n}"), (least..=most).step_by(n as usize).collect()));
    let range = (least..=most, least..=most, 1..5u32).prop_map(move |(a, b, n)| {
        let (a, b) = (a.min(b), a.max(b));
        of(format!("{a}-{b}/{n}"), (a..=b).step_by(n as usize).collect())
    });
    let values = prop::collection::btree_set(least..=most, 1..4)
        .prop_map(move |values| of(values.iter().map(u32::to_string).collect::<Vec<_>>().join(","), values));
    prop_oneof![any, step, range, values]
}

/// Whether a plain reading of five fields allows a local minute.
fn matches(fields: &[Part; 5], at: NaiveDateTime) -> bool {
    let [minute, hour, day, month, weekday] = fields;
    let day_fits = day.values.contains(&at.day());
    let weekday_fits = weekday.values.contains(&at.weekday().num_days_from_sunday());
    let both = day.text.starts_with('*') || weekday.text.starts_with('*');
    minute.values.contains(&at.minute())
        && hour.values.contains(&at.hour())
        && month.values.contains(&at.month())
        && if both { day_fits && weekday_fits } else { day_fits || weekday_fits }
}

fn fields() -> impl Strategy<Value = [Part; 5]> {
    (part(0, 59), part(0, 23), part(1, 31), part(1, 12), part(0, 6))
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e])
}

fn text(fields: &[Part; 5]) -> String {
    fields.each_ref().map(|part| part.text.as_str()).join(" ")
}

fn minutes(from: NaiveDateTime, days: u64) -> impl Iterator<Item = NaiveDateTime> {
    let end = from.checked_add_days(Days::new(days)).unwrap();
    std::iter::successors(Some(from), |at| Some(*at + TimeDelta::minutes(1))).take_while(move |at| *at < end)
}

/// What the rules for clock changes say, minute by minute.
fn expected(fields: &[Part; 5], zone: Tz, from: NaiveDateTime, days: u64) -> BTreeSet<DateTime<Utc>> {
    let instants = || minutes(from, days).map(|at| at.and_utc());
    if fields[1].values.len() == 24 {
        return instants().filter(|at| matches(fields, at.with_timezone(&zone).naive_local())).collect();
    }
    let first = instants().next().unwrap();
    let last = instants().last().unwrap();
    let local_start = from - TimeDelta::days(1);
    let ticks = minutes(local_start, days + 2).filter(|local| matches(fields, *local)).map(|local| {
        // The first minute from here on that exists.
        let exists = |at: &NaiveDateTime| zone.from_local_datetime(at).earliest();
        minutes(local, 2).find_map(|at| exists(&at)).unwrap().to_utc()
    });
    ticks.filter(|tick| (first..=last).contains(tick)).collect()
}

/// A special day of AWS's dialect: its day and weekday fields, and a plain reading of them.
fn special() -> impl Strategy<Value = (String, Shown)> {
    let is_workday = |date: NaiveDate| date.weekday().number_from_monday() <= 5;
    let in_month = |date: NaiveDate, day: u32| date.with_day(day);
    let last = |date: NaiveDate| (28..=31).filter_map(|day| date.with_day(day)).next_back().unwrap();
    let nth = (1..=7u32, 1..=5u32).prop_map(|(weekday, nth)| {
        let fits = move |date: NaiveDate| {
            date.weekday().number_from_sunday() == weekday && (date.day() - 1) / 7 + 1 == nth
        };
        (format!("? * {weekday}#{nth}"), Shown(Box::new(fits)))
    });
    let last_of = (1..=7u32).prop_map(|weekday| {
        let fits = move |date: NaiveDate| {
            date.weekday().number_from_sunday() == weekday && (date + Days::new(7)).month() != date.month()
        };
        (format!("? * {weekday}L"), Shown(Box::new(fits)))
    });
    let nearest = (1..=31u32).prop_map(move |day| {
        let fits = move |date: NaiveDate| {
            let Some(target) = in_month(date, day) else { return false };
            // Friday before, Monday after, or further if that would leave the month.
            let distance = |other: NaiveDate| (other - target).num_days();
            let candidates = [0, -1, 1, -2, 2].map(|days| target + TimeDelta::days(days));
            let mut fit =
                candidates.into_iter().filter(|other| is_workday(*other) && other.month() == date.month());
            fit.next().is_some_and(|other| distance(other) == (date - target).num_days())
        };
        (format!("{day}W * ?"), Shown(Box::new(fits)))
    });
    let last_day =
        Just(()).prop_map(move |()| ("L * ?".to_owned(), Shown(Box::new(move |date| date == last(date)))));
    let last_workday = Just(()).prop_map(move |()| {
        let fits = move |date: NaiveDate| {
            let days = (0..3).map(|back| last(date) - Days::new(back));
            days.into_iter().find(|day| is_workday(*day)) == Some(date)
        };
        ("LW * ?".to_owned(), Shown(Box::new(fits)))
    });
    prop_oneof![nth, last_of, nearest, last_day, last_workday]
}

proptest! {
    #[test]
    fn special_days_are_what_a_plain_matcher_finds((days, fits) in special()) {
        let schedule = schedule(&format!("0 12 {days} *"), "UTC");
        let from: NaiveDate = "2026-01-01".parse().unwrap();
        let dates = from.iter_days().take(3 * 366).filter(|date| (fits.0)(*date));
        let expected: Vec<NaiveDate> = dates.collect();
        let until = (from + Days::new(3 * 366 - 1)).and_hms_opt(13, 0, 0).unwrap().and_utc();
        let ticks = schedule.ticks(from.and_hms_opt(0, 0, 0).unwrap().and_utc(), until);
        prop_assert_eq!(ticks.map(|tick| tick.date_naive()).collect::<Vec<_>>(), expected, "{}", days);
    }
}

/// For proptest, which shows what failed.
struct Shown(Box<dyn Fn(NaiveDate) -> bool>);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("fits")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn ticks_are_what_a_plain_matcher_finds(
        fields in fields(),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        start in prop::sample::select(vec!["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31", "2028-02-28"]),
    ) {
        let Ok(schedule) = Schedule::parse(&text(&fields), None, zone) else { return Ok(()) };
        let from: NaiveDate = start.parse().unwrap();
        let from = from.and_hms_opt(0, 0, 0).unwrap();
        let before = from.and_utc() - TimeDelta::microseconds(1);
        let until = from.and_utc() + TimeDelta::days(3) - TimeDelta::minutes(1);
        let found: Vec<_> = schedule.ticks(before, until).collect();
        let expected: Vec<_> = expected(&fields, zone.parse().unwrap(), from, 3).into_iter().collect();
        prop_assert_eq!(found, expected, "{}", text(&fields));
    }

    #[test]
    fn every_tick_is_after_and_in_order(fields in fields(), seconds in 0i64..4_000_000_000) {
        let Ok(schedule) = Schedule::parse(&text(&fields), None, "Europe/Berlin") else { return Ok(()) };
        let mut at = DateTime::from_timestamp(seconds, 999_999_000).unwrap();
        for _ in 0..20 {
            let Some(next) = schedule.next_after(at) else { break };
            prop_assert!(next > at && next.second() == 0 && next.nanosecond() == 0);
            at = next;
        }
    }

    #[test]
    fn the_dialects_agree(fields in fields()) {
        let [minute, hour, day, month, _] = &fields;
        let cron = format!("{} {} {} {} *", minute.text, hour.text, day.text, month.text);
        let aws = format!("{} {} {} {} ? *", minute.text, hour.text, day.text, month.text);
        let parse = |text: &str| Schedule::parse(text, None, "Europe/Berlin");
        let (Ok(cron), Ok(aws)) = (parse(&cron), parse(&aws)) else { return Ok(()) };
        let from = "2026-11-21T00:00:00Z".parse().unwrap();
        let first = |schedule: &Schedule| schedule.ticks(from, DateTime::<Utc>::MAX_UTC).take(20).collect::<Vec<_>>();
        prop_assert_eq!(first(&cron), first(&aws));
        prop_assert_eq!(cron.describe(), aws.describe());
    }

    #[test]
    fn no_text_breaks_the_parser(text in "[0-9*/,?LW#@a-zA-Z() -]{0,40}|.{0,20}") {
        if let Ok(schedule) = Schedule::parse(&text, None, "UTC") {
            prop_assert!(!schedule.describe().is_empty());
            prop_assert!(schedule.next_after(DateTime::UNIX_EPOCH).is_some());
        }
    }
}
