//! The packed part of a log: frames of zstd, each behind a header in one of zstd's skippable frames.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::line;
use crate::{Error, Result};

/// The first of the magic numbers that zstd reserves for frames that its readers skip.
const MAGIC: u32 = 0x184D_2A50;
/// Magic number, size of the rest, then six numbers of eight bytes.
pub(super) const HEADER: usize = 8 + 6 * 8;
const LEVEL: i32 = 3;
/// No frame is larger: a batch of lines may not be either.
const LARGEST: u64 = 1 << 30;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) first_line: u64,
    pub(super) count: u64,
    /// When its first line was written, in microseconds since 1970.
    pub(super) first_at: i64,
    /// Bytes before packing.
    pub(super) raw_size: u64,
    /// Bytes of the packed lines, behind the header.
    pub(super) size: u64,
    /// Where the header is in the file.
    pub(super) offset: u64,
}

/// All frames of a log, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frames(Vec<Frame>);

impl Frames {
    /// How many lines they hold: the number of the first one behind them.
    pub(super) fn lines(&self) -> u64 {
        self.0.last().map_or(0, |frame| frame.first_line + frame.count)
    }

    /// Where the next one goes.
    pub(super) fn end(&self) -> u64 {
        self.0.last().map_or(0, |frame| frame.offset + HEADER as u64 + frame.size)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.0.push(frame);
    }

    /// The frames from the one that has line `number` on.
    pub(super) fn from(&self, number: u64) -> &[Frame] {
        let skipped = self.0.partition_point(|frame| frame.first_line + frame.count <= number);
        &self.0[skipped..]
    }

    /// Adds the whole frames that the file has behind those that are known.
    pub(super) fn extend_from(&mut self, file: &File) -> Result<()> {
        let length = file.metadata()?.len();
        if length < self.end() {
            // The file was deleted and begun anew.
            self.0.clear();
        }
        while let Some(frame) = self.next_in(file, length)? {
            self.0.push(frame);
        }
        Ok(())
    }

    fn next_in(&self, file: &File, length: u64) -> Result<Option<Frame>> {
        let offset = self.end();
        if length < offset + HEADER as u64 {
            return Ok(None);
        }
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, offset)?;
        let frame = Frame::from_header(&header, offset);
        let follows =
            |frame: &Frame| frame.first_line == self.lines() && offset + HEADER as u64 + frame.size <= length;
        Ok(frame.filter(follows))
    }
}

impl Frame {
    fn from_header(header: &[u8; HEADER], offset: u64) -> Option<Self> {
        let number = |index: usize| {
            let at = 8 + index * 8;
            header[at..at + 8].try_into().map(u64::from_le_bytes).unwrap_or_default()
        };
        let is_ours = header[..8] == preamble() && number(5) == checksum(&header[8..HEADER - 8]);
        let frame = Self {
            first_line: number(0),
            count: number(1),
            first_at: number(2).cast_signed(),
            raw_size: number(3),
            size: number(4),
            offset,
        };
        (is_ours && frame.count > 0 && frame.raw_size <= LARGEST && frame.size <= LARGEST).then_some(frame)
    }

    fn to_header(self) -> Vec<u8> {
        let mut header = preamble().to_vec();
        for number in [self.first_line, self.count, self.first_at.cast_unsigned(), self.raw_size, self.size] {
            header.extend(number.to_le_bytes());
        }
        let sum = checksum(&header[8..]);
        header.extend(sum.to_le_bytes());
        header
    }

    /// Packs lines: the frame, and its bytes with the header.
    pub(super) fn pack(lines: &[u8], first_line: u64, offset: u64) -> io::Result<(Self, Vec<u8>)> {
        let mut packer = zstd::bulk::Compressor::new(LEVEL)?;
        packer.include_checksum(true)?;
        let packed = packer.compress(lines)?;
        let mut frame = Self {
            first_line,
            count: 0,
            first_at: line::lines(lines).next().and_then(line::time_of).unwrap_or_default(),
            raw_size: lines.len() as u64,
            size: packed.len() as u64,
            offset,
        };
        frame.count = line::lines(lines).count() as u64;
        let mut bytes = frame.to_header();
        bytes.extend(packed);
        Ok((frame, bytes))
    }

    /// The lines of this frame.
    pub(super) fn unpack(&self, file: &File) -> Result<Vec<u8>> {
        let mut packed = vec![0; usize::try_from(self.size).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut packed, self.offset + HEADER as u64)?;
        let raw_size = usize::try_from(self.raw_size).unwrap_or(usize::MAX);
        zstd::bulk::decompress(&packed, raw_size).map_err(|error| Error::corrupt("log", error.to_string()))
    }
}

fn preamble() -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&MAGIC.to_le_bytes());
    bytes[4..].copy_from_slice(&(HEADER as u32 - 8).to_le_bytes());
    bytes
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
