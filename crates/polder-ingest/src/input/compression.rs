use std::io::{self, Cursor, Read};

use serde::{Deserialize, Serialize};

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// How a file is compressed. No text begins as gzip and zstd do, so it can be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// As it begins. A name in `.gz` or `.zst` whose file begins otherwise is an error, unless the file is empty.
    #[default]
    Auto,
    None,
    Gzip,
    Zstd,
}

impl Compression {
    fn by_name(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("gz" | "gzip") => Self::Gzip,
            Some("zst" | "zstd") => Self::Zstd,
            _ => Self::None,
        }
    }

    fn by_start(start: &[u8]) -> Self {
        match start {
            [a, b, ..] if [*a, *b] == GZIP => Self::Gzip,
            start if start.starts_with(&ZSTD) => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// A file's name without what tells its compression.
pub(crate) fn without_ending(name: &str) -> &str {
    match Compression::by_name(name) {
        Compression::None => name,
        _ => name.rsplit_once('.').map_or(name, |(stem, _)| stem),
    }
}

/// The input as it was before it was compressed. Several members or frames one after the other are one text.
pub(crate) fn decompress(
    name: &str,
    compression: Compression,
    mut input: Box<dyn Read + Send>,
) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut start)?;
    let compression = recognise(name, compression, &start)?;
    let whole = Cursor::new(start).chain(input);
    Ok(match compression {
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::new(whole)?),
        Compression::Auto | Compression::None => Box::new(whole),
    })
}

fn recognise(name: &str, given: Compression, start: &[u8]) -> io::Result<Compression> {
    if given != Compression::Auto {
        return Ok(if start.is_empty() { Compression::None } else { given });
    }
    let (named, found) = (Compression::by_name(name), Compression::by_start(start));
    if named == found || named == Compression::None || start.is_empty() {
        return Ok(found);
    }
    if start.len() < 4 {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it is shorter than the start of a compressed file",
        ));
    }
    let reason =
        format!("by its name it is {named:?}, and it does not begin so. Rename it, or set `compression`");
    Err(io::Error::new(io::ErrorKind::InvalidData, reason))
}
