//! The temporary file that the records of a stream are put down in.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rustix::fs::fstatvfs;
use serde_json::value::RawValue;

use crate::{Error, Result};

/// Bytes of one stream in one run.
const MOST: u64 = 64 << 30;
/// Bytes that are left to others on the disk.
const SPARED: u64 = 1 << 30;
/// Bytes between two looks at how much is left.
const STRIDE: u64 = 64 << 20;

pub(super) struct Spool {
    to: BufWriter<File>,
    bytes: u64,
    records: u64,
}

impl Spool {
    pub(super) fn create(path: &Path) -> Result<Self> {
        Ok(Self { to: BufWriter::new(File::create(path)?), bytes: 0, records: 0 })
    }

    pub(super) fn put(&mut self, record: &RawValue) -> Result<()> {
        let (before, text) = (self.bytes, record.get().as_bytes());
        self.bytes += text.len() as u64 + 1;
        if before / STRIDE != self.bytes / STRIDE {
            self.refuse_too_much()?;
        }
        self.to.write_all(text)?;
        self.to.write_all(b"\n")?;
        self.records += 1;
        Ok(())
    }

    /// How many records were put down so far.
    pub(super) const fn records(&self) -> u64 {
        self.records
    }

    pub(super) fn end(mut self) -> Result<u64> {
        self.to.flush()?;
        Ok(self.records)
    }

    fn refuse_too_much(&self) -> Result<()> {
        let disk = fstatvfs(self.to.get_ref()).map_err(std::io::Error::from)?;
        refuse(self.bytes, disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

fn refuse(bytes: u64, free: u64) -> Result<()> {
    let gibibytes = |bytes: u64| bytes >> 30;
    let reason = if bytes > MOST {
        format!("a stream may bring {} GiB in one run, and this one brings more", gibibytes(MOST))
    } else if free < SPARED {
        format!(
            "less than {} GiB is left on the disk of the temporary file that pages are put down in ({} MiB so far)",
            gibibytes(SPARED),
            bytes >> 20
        )
    } else {
        return Ok(());
    };
    Err(Error::api(format!("{reason}: does the API come to an end? If so, bring it in by smaller parts")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_not_filled() {
        assert!(refuse(MOST, SPARED).is_ok());
        let told = [refuse(MOST + 1, SPARED), refuse(100 << 20, SPARED - 1)];
        insta::assert_snapshot!(told.map(|told| told.unwrap_err().to_string()).join("\n"), @"
        a stream may bring 64 GiB in one run, and this one brings more: does the API come to an end? If so, bring it in by smaller parts
        less than 1 GiB is left on the disk of the temporary file that pages are put down in (100 MiB so far): does the API come to an end? If so, bring it in by smaller parts
        ");
    }
}
