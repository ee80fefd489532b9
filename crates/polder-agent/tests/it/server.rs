//! The server's side of what agents say, in memory: hands out what the test puts in, and keeps what is reported.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use polder_client::Client;
use polder_types::wire::{
    Assignment, AttemptEnded, AttemptKey, Claim, Claimed, Continued, Heartbeat, LogBatch, LogLine,
    LogPosition, Orders, ProjectFile, RevisionFiles, Stop,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::Notify;

#[derive(Clone, Default)]
pub(crate) struct Server {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) offers: Vec<Assignment>,
    /// Given with the answer to the report of an end.
    pub(crate) next: Vec<Assignment>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) claims: usize,
    pub(crate) heartbeats: Vec<Heartbeat>,
    pub(crate) started: Vec<String>,
    pub(crate) ended: BTreeMap<String, AttemptEnded>,
    pub(crate) logs: HashMap<String, Vec<LogLine>>,
    pub(crate) files: Vec<ProjectFile>,
    pub(crate) blobs: HashMap<String, Bytes>,
    pub(crate) blobs_fetched: usize,
    /// Nothing is answered but 503, as by a proxy without a server.
    pub(crate) away: bool,
    /// Lines are refused.
    pub(crate) disk_full: bool,
    /// How many lines still fit when the disk is not quite full; any number if not given.
    pub(crate) room: Option<usize>,
    /// What reports of an end that have outputs are refused with.
    pub(crate) offence: Option<(&'static str, u16)>,
    pub(crate) refused: usize,
    /// Attempts of which every report is refused.
    pub(crate) fenced: Vec<String>,
}

impl Server {
    pub(crate) fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request| {
            let server = server.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        Client::in_process(service, "pld_test")
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Changes the state, and wakes whoever waits for a change.
    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    /// Waits until `what` gives something.
    pub(crate) async fn until<T>(&self, mut what: impl FnMut(&State) -> Option<T>) -> T {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(found) = what(&self.state()) {
                    return found;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it comes about within a minute")
    }

    pub(crate) async fn ended(&self, key: &AttemptKey) -> AttemptEnded {
        self.until(|state| state.ended.get(&key.to_string()).cloned()).await
    }

    /// Waits until the agent says that it has nothing any more.
    pub(crate) async fn until_idle(&self) {
        self.change(|state| state.heartbeats.clear());
        self.until(|state| state.heartbeats.last().filter(|last| last.running.is_empty()).map(drop)).await;
    }

    /// The lines of an attempt so far.
    pub(crate) fn log(&self, key: &AttemptKey) -> Vec<String> {
        let state = self.state();
        let lines = state.logs.get(&key.to_string()).into_iter().flatten();
        lines.map(|line| line.text.clone()).collect()
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        if self.state().away {
            self.change(|state| state.refused += usize::from(path.contains("/attempts/")));
            return response(503, Bytes::from_static(b"no server"));
        }
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        let answer = match parts[..] {
            ["agents", _, "claim"] => self.claim(read(&body)).await,
            ["agents", _, "heartbeat"] => self.heartbeat(read(&body)),
            ["agents", _, "attempts", run, step, epoch, what] => {
                self.report(&format!("{run}-{step}-{epoch}"), what, &body)
            }
            ["revisions", _, "files"] => json_response(&RevisionFiles { files: self.state().files.clone() }),
            ["blobs", hash] => self.blob(hash),
            _ => response(404, Bytes::from(path)),
        };
        self.changed.notify_waiters();
        answer
    }

    async fn claim(&self, claim: Claim) -> Response<Full<Bytes>> {
        self.change(|state| state.claims += 1);
        let wait = self.until(|state| {
            let stops: Vec<_> =
                state.stops.iter().filter(|stop| claim.running.contains(&stop.key)).cloned().collect();
            (!stops.is_empty() || state.away || (claim.slots > 0 && !state.offers.is_empty()))
                .then_some(stops)
        });
        let stops = wait.await;
        let mut state = self.state();
        let count = state.offers.len().min(claim.slots as usize);
        let assignments = if state.away { Vec::new() } else { state.offers.drain(..count).collect() };
        json_response(&Claimed { assignments, stops })
    }

    fn heartbeat(&self, heartbeat: Heartbeat) -> Response<Full<Bytes>> {
        self.state().heartbeats.push(heartbeat);
        json_response(&Orders::default())
    }

    fn report(&self, key: &str, what: &str, body: &[u8]) -> Response<Full<Bytes>> {
        let mut state = self.state();
        if state.fenced.iter().any(|fenced| fenced == key) {
            state.refused += 1;
            return problem("FENCED", 409);
        }
        match what {
            "started" => state.started.push(key.to_owned()),
            "ended" => {
                let report: AttemptEnded = read(body);
                if let (Some((code, status)), false) = (state.offence, report.outputs.is_empty()) {
                    state.refused += 1;
                    return problem(code, status);
                }
                let next = if report.goes_on_with.is_empty() { None } else { state.next.pop() };
                state.ended.insert(key.to_owned(), report);
                return json_response(&Continued { next });
            }
            "logs" if state.disk_full => {
                state.refused += 1;
                return problem("UNAVAILABLE", 503);
            }
            "logs" => {
                let State { logs, room, refused, .. } = &mut *state;
                let answer = append(logs.entry(key.to_owned()).or_default(), read(body), room);
                *refused += usize::from(answer.status() == 503);
                return answer;
            }
            _ => return response(404, Bytes::new()),
        }
        json_response(&json!({}))
    }

    fn blob(&self, hash: &str) -> Response<Full<Bytes>> {
        let mut state = self.state();
        state.blobs_fetched += 1;
        match state.blobs.get(hash) {
            Some(content) => response(200, content.clone()),
            None => problem("NOT_FOUND", 404),
        }
    }
}

fn append(log: &mut Vec<LogLine>, batch: LogBatch, room: &mut Option<usize>) -> Response<Full<Bytes>> {
    let have = log.len();
    let first = usize::try_from(batch.first_line).unwrap();
    let new: Vec<_> =
        if first <= have { batch.lines.into_iter().skip(have - first).collect() } else { vec![] };
    let fitting = room.map_or(new.len(), |room| room.min(new.len()));
    let all_fit = fitting == new.len();
    *room = room.map(|room| room - fitting);
    log.extend(new.into_iter().take(fitting));
    if all_fit {
        json_response(&LogPosition { next_line: log.len() as u64 })
    } else {
        problem("UNAVAILABLE", 503)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).unwrap()
}

fn json_response(body: &impl Serialize) -> Response<Full<Bytes>> {
    response(200, serde_json::to_vec(body).unwrap().into())
}

fn problem(code: &str, status: u16) -> Response<Full<Bytes>> {
    let body = json!({"code": code, "title": code, "status": status, "detail": code});
    response(status, body.to_string().into())
}

fn response(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::new(body)).unwrap()
}
