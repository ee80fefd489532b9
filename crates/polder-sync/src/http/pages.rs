//! Page after page, until there is none.

use std::path::Path;

use polder_types::definition::sync::SyncMode;
use polder_types::definition::sync::connector::{DatetimeCursor, Paginator, Strategy};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::answer::Place;
use super::circles::Circles;
use super::cursor::Cursor;
use super::interval::Interval;
use super::request::{Answer, Ask, Requests};
use super::spool::Spool;
use super::template::Templates;
use super::{Api, broken};
use crate::log::Log;
use crate::{Error, Result};
use polder_work::{OFTEN, meanwhile};

/// Pages of one stream in one run.
const MOST: u64 = 1_000_000;

pub(super) struct Pages<'a> {
    api: &'a Api<'a>,
    requests: &'a Requests<'a>,
    templates: &'a Templates,
    to: Spool,
    /// Where the records are.
    place: Place,
    count: u64,
    /// Answers that the connector passes over.
    passed_over: u64,
}

/// What is known after a page.
struct Turned {
    records: u64,
    /// For templates.
    names: Map<String, Value>,
    place: String,
}

impl<'a> Pages<'a> {
    pub(super) fn new(
        api: &'a Api<'a>,
        requests: &'a Requests<'a>,
        templates: &'a Templates,
        to: &Path,
    ) -> Result<Self> {
        let way =
            api.http.records.iter().map(|key| templates.text(key, &Map::new())).collect::<Result<_>>()?;
        let place = Place { way, hides: api.keeping.hides };
        Ok(Self { api, requests, templates, to: Spool::create(to)?, place, count: 0, passed_over: 0 })
    }

    /// All pages of a part of time.
    pub(super) async fn read(
        &mut self,
        interval: Option<&Interval>,
        mut cursor: Option<&mut Cursor<'_>>,
        log: &mut Log<'_>,
    ) -> Result<()> {
        if let (Some(cursor), Some(interval)) = (cursor.as_deref_mut(), interval) {
            cursor.begin(interval);
        }
        let (mut token, mut circles) = (self.first_token(), Circles::default());
        for turn in 0u64.. {
            let ask = self.ask(interval, token.as_deref(), turn == 0);
            let (api, page, requests) = (self.api.name, self.count + 1, self.requests);
            let wait = || log.progress(|| format!("{api}: waiting for page {page}; {}", requests.told()));
            let Some(answer) = meanwhile(requests.send(&ask), OFTEN, wait).await?? else {
                self.passed_over += 1;
                break;
            };
            let page = self.turn(&answer, &ask.names, cursor.as_deref_mut(), &mut circles)?;
            let written = self.to.records();
            let told = || format!("{api}: {} pages, {written} records", self.count);
            log.came_in(self.api.at, written, told)?;
            let Some(next) = self.next_token(&page, token.as_deref())? else { break };
            circles.token(&page.place, &next)?;
            token = Some(next);
        }
        Ok(())
    }

    /// How many records were put down, and how many answers passed over.
    pub(super) fn end(self) -> Result<(u64, u64)> {
        Ok((self.to.end()?, self.passed_over))
    }

    fn first_token(&self) -> Option<String> {
        match &self.api.http.paginator.as_ref()?.strategy {
            Strategy::Page { first, .. } => Some(first.to_string()),
            Strategy::Offset { .. } => Some("0".to_owned()),
            Strategy::Cursor { .. } => None,
        }
    }

    fn ask(&self, interval: Option<&Interval>, token: Option<&str>, is_first: bool) -> Ask {
        let mut ask = Ask::default();
        if let (Some(interval), Some(cursor)) = (interval, &self.api.http.cursor) {
            ask.names = interval.names();
            ask.options = of_time(interval, cursor);
        }
        let Some(paginator) = &self.api.http.paginator else { return ask };
        if let (Some(option), Some(size)) = (&paginator.size, paginator.strategy.size()) {
            ask.options.push((option.clone(), size.to_string()));
        }
        let Some(token) = token.filter(|_| !is_first || is_told_at_first(&paginator.strategy)) else {
            return ask;
        };
        ask.names.insert("next_page_token".to_owned(), json!({"next_page_token": token}));
        match &paginator.token {
            Some(option) => ask.options.push((option.clone(), token.to_owned())),
            None if is_first => {}
            None => {
                ask.address = matches!(paginator.strategy, Strategy::Cursor { .. }).then(|| token.to_owned())
            }
        }
        ask
    }

    /// Puts down the records of a page.
    fn turn(
        &mut self,
        answer: &Answer,
        names: &Map<String, Value>,
        mut cursor: Option<&mut Cursor<'_>>,
        circles: &mut Circles,
    ) -> Result<Turned> {
        self.count += 1;
        if self.count > MOST {
            let reason =
                format!("it has more than {MOST} pages: does it come to an end? If so, ask for larger pages");
            return Err(broken(&answer.place, reason));
        }
        let found = self.found(answer)?;
        circles.page(&answer.place, &found)?;
        for record in &found {
            let is_new = cursor.as_deref_mut().map_or(Ok(true), |cursor| cursor.take(record))?;
            if is_new {
                self.to.put(record)?;
            }
        }
        let names = self.names(answer, &found, names)?;
        Ok(Turned { records: found.len() as u64, names, place: answer.place.clone() })
    }

    /// A list that is left out is an empty one, where nothing is replaced by it, or others came before.
    fn found<'p>(&self, answer: &'p Answer) -> Result<Vec<&'p RawValue>> {
        let replaces = self.api.keeping.mode == SyncMode::FullRefresh;
        match self.place.records(answer) {
            Err(_) if (!replaces || self.to.records() > 0) && self.place.is_left_out(answer) => {
                Ok(Vec::new())
            }
            found => found,
        }
    }

    /// What the template of the next token may use. Only where there is one: it means to read the page once more.
    fn names(
        &self,
        answer: &Answer,
        found: &[&RawValue],
        names: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let strategy = self.api.http.paginator.as_ref().map(|paginator| &paginator.strategy);
        if !matches!(strategy, Some(Strategy::Cursor { .. })) {
            return Ok(Map::new());
        }
        let headers = answer
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))));
        let headers: Map<String, Value> = headers.collect();
        let read = |text: &str| {
            serde_json::from_str::<Value>(text).map_err(|error| {
                broken(
                    &answer.place,
                    format!("the answer cannot be used for the token of the next page: {error}"),
                )
            })
        };
        let last = found.last().map(|record| read(record.get())).transpose()?.unwrap_or(Value::Null);
        let response = read(&answer.text)?;
        let own = json!({"response": response, "headers": headers, "last_record": last, "last_page_size": found.len()});
        Ok(names.clone().into_iter().chain(own.as_object().cloned().unwrap_or_default()).collect())
    }

    fn next_token(&self, page: &Turned, token: Option<&str>) -> Result<Option<String>> {
        let Some(Paginator { strategy, .. }) = &self.api.http.paginator else { return Ok(None) };
        let number = || token.and_then(|token| token.parse::<i64>().ok()).unwrap_or_default();
        let is_last = page.records == 0 || strategy.size().is_some_and(|size| page.records < size);
        match strategy {
            Strategy::Page { .. } => Ok((!is_last).then(|| (number() + 1).to_string())),
            Strategy::Offset { .. } => {
                let read = i64::try_from(page.records).unwrap_or(i64::MAX);
                Ok((!is_last).then(|| number().saturating_add(read).to_string()))
            }
            Strategy::Cursor { value, stop, .. } => {
                let stops = match stop {
                    Some(stop) => self.filled(stop, page)?.is_some(),
                    None => false,
                };
                if stops { Ok(None) } else { self.filled(value, page) }
            }
        }
    }

    /// A template over a page; what it has to do with the values of the page may have to stay untold.
    fn filled(&self, text: &str, page: &Turned) -> Result<Option<String>> {
        self.templates.optional(text, &page.names).map_err(|error| match error {
            Error::Template { text, .. } if self.place.hides => {
                let reason = "why is not shown because columns are excluded or hashed".to_owned();
                Error::Template { text, reason }
            }
            error => error,
        })
    }
}

fn of_time(
    interval: &Interval,
    cursor: &DatetimeCursor,
) -> Vec<(polder_types::definition::sync::connector::RequestOption, String)> {
    let start = cursor.start_option.clone().map(|option| (option, interval.start.clone()));
    let end = cursor.end_option.clone().map(|option| (option, interval.end.clone()));
    start.into_iter().chain(end).collect()
}

const fn is_told_at_first(strategy: &Strategy) -> bool {
    match strategy {
        Strategy::Page { on_first, .. } | Strategy::Offset { on_first, .. } => *on_first,
        Strategy::Cursor { .. } => false,
    }
}
