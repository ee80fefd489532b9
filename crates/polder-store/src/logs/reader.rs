//! Reading a log while it is being written: takes no lock that a writer waits for.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::frames::{Frame, Frames};
use super::{Line, LogKey, Place, Shared, line, lock};
use crate::{Error, Result};

/// One answer holds no more than this many bytes of lines, but at least one line.
const LARGEST_ANSWER: usize = 4 << 20;
/// Logs whose frames are remembered.
const REMEMBERED: usize = 64;

/// The frames of a log and the lines behind them, as of one moment.
pub(super) struct View {
    file: Option<File>,
    pub(super) frames: Arc<Frames>,
    pub(super) tail: Vec<u8>,
}

impl View {
    pub(super) fn open(shared: &Shared, key: LogKey) -> Result<Self> {
        let place = shared.place(key);
        loop {
            let (file, frames) = frames_of(shared, key, &place)?;
            if let Some(tail) = open_if_there(place.tail(frames.lines()))? {
                return Ok(Self { file, frames, tail: read_all(tail)? });
            }
            // No tail: either there is nothing behind the frames, or what was has become a frame just now.
            if frames_of(shared, key, &place)?.1.len() == frames.len() {
                return Ok(Self { file, frames, tail: Vec::new() });
            }
        }
    }

    fn count(&self) -> u64 {
        self.frames.lines() + line::lines(&self.tail).count() as u64
    }

    pub(super) fn unpack(&self, frame: &Frame) -> Result<Vec<u8>> {
        match &self.file {
            Some(file) => frame.unpack(file),
            None => Ok(Vec::new()),
        }
    }
}

pub(super) fn read(shared: &Shared, key: LogKey, from_line: u64, limit: usize) -> Result<Vec<Line>> {
    read_in(&View::open(shared, key)?, from_line, limit)
}

/// The last lines, at most so many.
pub(super) fn last(shared: &Shared, key: LogKey, limit: usize) -> Result<Vec<Line>> {
    let view = View::open(shared, key)?;
    let count = view.count();
    read_in(&view, count.saturating_sub(limit as u64), limit)
}

fn read_in(view: &View, from_line: u64, limit: usize) -> Result<Vec<Line>> {
    let mut answer = Answer { from_line, limit, size: 0, lines: Vec::new() };
    for frame in view.frames.from(from_line) {
        if answer.is_full() {
            return Ok(answer.lines);
        }
        answer.take(&view.unpack(frame)?, frame.first_line)?;
    }
    answer.take(&view.tail, view.frames.lines())?;
    Ok(answer.lines)
}

/// How many lines there are.
pub(super) fn count(shared: &Shared, key: LogKey) -> Result<u64> {
    Ok(View::open(shared, key)?.count())
}

struct Answer {
    from_line: u64,
    limit: usize,
    size: usize,
    lines: Vec<Line>,
}

impl Answer {
    fn is_full(&self) -> bool {
        self.lines.len() >= self.limit || self.size >= LARGEST_ANSWER
    }

    fn take(&mut self, bytes: &[u8], first_line: u64) -> Result<()> {
        for (number, encoded) in (first_line..).zip(line::lines(bytes)) {
            if self.is_full() {
                break;
            }
            if number >= self.from_line {
                self.size += encoded.len();
                self.lines.push(Line { number, content: decode(encoded)? });
            }
        }
        Ok(())
    }
}

pub(super) fn decode(encoded: &[u8]) -> Result<polder_types::wire::LogLine> {
    line::decode(encoded).ok_or_else(|| Error::corrupt("log line", String::from_utf8_lossy(encoded)))
}

fn frames_of(shared: &Shared, key: LogKey, place: &Place) -> Result<(Option<File>, Arc<Frames>)> {
    let Some(file) = open_if_there(place.frames())? else { return Ok((None, Arc::default())) };
    let known = lock(&shared.frames).get(&key).cloned().unwrap_or_default();
    let mut frames = Frames::clone(&known);
    frames.extend_from(&file)?;
    if frames == *known {
        return Ok((Some(file), known));
    }
    let frames = Arc::new(frames);
    let mut remembered = lock(&shared.frames);
    if remembered.len() >= REMEMBERED {
        remembered.clear();
    }
    remembered.insert(key, Arc::clone(&frames));
    Ok((Some(file), frames))
}

fn open_if_there(path: std::path::PathBuf) -> Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read_all(mut file: File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
