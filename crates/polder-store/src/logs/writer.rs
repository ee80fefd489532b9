//! The writing end of one log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use polder_types::wire::LogLine;

use super::frames::{Frame, Frames};
use super::{Place, line};
use crate::Result;

/// A tail that has grown to this becomes a frame.
pub(super) const FRAME_SIZE: u64 = 256 << 10;

/// An open log. Dropping it loses nothing: all it knows is in the files.
#[derive(Debug)]
pub(super) struct Writer {
    place: Place,
    frames: Frames,
    tail: Option<Tail>,
    /// The size of the tail at which to pack it.
    pack_at: u64,
}

#[derive(Debug)]
struct Tail {
    file: File,
    lines: u64,
    size: u64,
}

impl Writer {
    /// Opens a log, new or not, and cuts off what a killed process left half-written.
    pub(super) fn open(place: &Place) -> Result<Self> {
        let mut frames = Frames::default();
        match OpenOptions::new().read(true).write(true).open(place.frames()) {
            Ok(file) => {
                frames.extend_from(&file)?;
                if file.metadata()?.len() > frames.end() {
                    file.set_len(frames.end())?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let mut writer = Self { place: place.clone(), frames, tail: None, pack_at: FRAME_SIZE };
        writer.open_tail()?;
        Ok(writer)
    }

    pub(super) fn next_line(&self) -> u64 {
        self.frames.lines() + self.tail.as_ref().map_or(0, |tail| tail.lines)
    }

    pub(super) fn append(&mut self, first_line: u64, lines: &[LogLine]) -> Result<u64> {
        let known = match self.next_line().checked_sub(first_line) {
            Some(known) => usize::try_from(known).unwrap_or(usize::MAX),
            None => return Ok(self.next_line()),
        };
        let mut text = String::new();
        let mut count = 0;
        for line in lines.get(known..).unwrap_or_default() {
            line::encode(line, &mut text);
            count += 1;
            if self.tail_size() + text.len() as u64 >= self.pack_at {
                self.write(text.as_bytes(), count)?;
                (text, count) = (String::new(), 0);
                self.pack_or_wait();
            }
        }
        if count > 0 {
            self.write(text.as_bytes(), count)?;
        }
        Ok(self.next_line())
    }

    /// Packs what is in the tail.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.tail_size() > 0 { self.pack() } else { self.remove_tail() }
    }

    fn tail_size(&self) -> u64 {
        self.tail.as_ref().map_or(0, |tail| tail.size)
    }

    /// Takes up the tail that goes on behind the frames; deletes one that a frame has overtaken.
    fn open_tail(&mut self) -> Result<()> {
        for (first_line, path) in self.place.tails()? {
            if first_line == self.frames.lines() {
                self.tail = Some(Tail::open(OpenOptions::new().read(true).write(true).open(path)?)?);
            } else {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Appends whole lines to the tail, all or none of them.
    fn write(&mut self, lines: &[u8], count: u64) -> Result<()> {
        let tail = match &mut self.tail {
            Some(tail) => tail,
            none => {
                fs::create_dir_all(&self.place.folder)?;
                let path = self.place.tail(self.frames.lines());
                let file =
                    OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
                none.insert(Tail { file, lines: 0, size: 0 })
            }
        };
        if let Err(error) = tail.file.write_all_at(lines, tail.size) {
            // If this fails too, opening the log anew cuts the torn line off.
            let _ = tail.file.set_len(tail.size);
            return Err(error.into());
        }
        tail.lines += count;
        tail.size += lines.len() as u64;
        Ok(())
    }

    /// Packs the tail. If there is no room for that, its lines are no less safe where they are; it is tried again when as many
    /// more have come.
    fn pack_or_wait(&mut self) {
        if let Err(error) = self.pack() {
            self.pack_at = self.tail_size() + FRAME_SIZE;
            tracing::warn!(%error, folder = %self.place.folder.display(), "a part of a log could not be packed yet");
        }
    }

    fn pack(&mut self) -> Result<()> {
        let Some(tail) = &self.tail else { return Ok(()) };
        let mut lines = vec![0; usize::try_from(tail.size).unwrap_or(usize::MAX)];
        tail.file.read_exact_at(&mut lines, 0)?;
        let (frame, bytes) = Frame::pack(&lines, self.frames.lines(), self.frames.end())?;
        let mut file = OpenOptions::new().create(true).append(true).open(self.place.frames())?;
        if let Err(error) = file.write_all(&bytes) {
            file.set_len(frame.offset)?;
            return Err(error.into());
        }
        let overtaken = self.place.tail(self.frames.lines());
        self.frames.push(frame);
        self.tail = None;
        self.pack_at = FRAME_SIZE;
        // One that stays behind is ignored, and deleted when the log is next opened.
        let _ = fs::remove_file(overtaken);
        Ok(())
    }

    fn remove_tail(&mut self) -> Result<()> {
        if self.tail.take().is_some() {
            fs::remove_file(self.place.tail(self.frames.lines()))?;
        }
        Ok(())
    }
}

impl Tail {
    fn open(file: File) -> Result<Self> {
        let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut bytes, 0)?;
        let (mut lines, mut size) = (0, 0);
        for whole in line::lines(&bytes).take_while(|line| line::time_of(line).is_some()) {
            lines += 1;
            size += whole.len() as u64 + 1;
        }
        if size < bytes.len() as u64 {
            file.set_len(size)?;
        }
        Ok(Self { file, lines, size })
    }
}
