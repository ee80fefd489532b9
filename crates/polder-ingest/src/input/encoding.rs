use std::io::{self, Cursor, Read};

use encoding_rs::{Decoder, DecoderResult};
use serde::{Deserialize, Serialize};

const PIECE: usize = 64 << 10;
/// No UTF-8 has this byte: the row that it is in will be found to be no text.
const NO_TEXT: u8 = 0xFF;

/// How a file's text is written as bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, or UTF-16 if it begins with a byte order mark that says so. Nothing else is ever guessed.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Latin-1 is read as this too, as browsers do: what the two do not share are control characters.
    #[serde(rename = "windows-1252", alias = "latin-1", alias = "iso-8859-1")]
    Windows1252,
}

/// The input in UTF-8, without the byte order mark that it may begin with.
pub(crate) fn to_utf8(
    encoding: Encoding,
    mut input: Box<dyn Read + Send>,
) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::with_capacity(3);
    input.by_ref().take(3).read_to_end(&mut start)?;
    let (marked, length) = match start.as_slice() {
        [0xEF, 0xBB, 0xBF] => (Encoding::Utf8, 3),
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
        _ => (Encoding::Auto, 0),
    };
    let encoding = if encoding == Encoding::Auto { marked } else { encoding };
    let skipped = if encoding == marked { length } else { 0 };
    let rest = Cursor::new(start.split_off(skipped)).chain(input);
    Ok(match encoding {
        Encoding::Auto | Encoding::Utf8 => Box::new(rest),
        Encoding::Utf16Le => Box::new(Transcoder::new(encoding_rs::UTF_16LE, rest)),
        Encoding::Utf16Be => Box::new(Transcoder::new(encoding_rs::UTF_16BE, rest)),
        Encoding::Windows1252 => Box::new(Transcoder::new(encoding_rs::WINDOWS_1252, rest)),
    })
}

struct Transcoder<R> {
    input: R,
    decoder: Decoder,
    /// What was read and not decoded.
    encoded: Vec<u8>,
    /// What was decoded, and from where on it was not given out.
    decoded: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(encoding: &'static encoding_rs::Encoding, input: R) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { input, decoder, encoded: Vec::new(), decoded: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.encoded.clear();
        self.decoded.clear();
        self.given = 0;
        self.input.by_ref().take(PIECE as u64).read_to_end(&mut self.encoded)?;
        self.ended = self.encoded.len() < PIECE;
        self.decode();
        Ok(())
    }

    fn decode(&mut self) {
        let mut rest = self.encoded.as_slice();
        let mut piece = [0; 4096];
        loop {
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(rest, &mut piece, self.ended);
            self.decoded.extend_from_slice(&piece[..written]);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.decoded.push(NO_TEXT),
            }
        }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() && !self.ended {
            self.refill()?;
        }
        let count = into.len().min(self.decoded.len() - self.given);
        into[..count].copy_from_slice(&self.decoded[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        to_utf8(encoding, Box::new(Cursor::new(bytes.to_vec()))).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_byte_order_mark_tells_the_encoding_and_is_no_text() {
        assert_eq!(read(Encoding::Auto, b"\xEF\xBB\xBFa"), b"a");
        assert_eq!(read(Encoding::Auto, &utf16("\u{feff}aß😀")), "aß😀".as_bytes());
        assert_eq!(read(Encoding::Auto, b"\xFE\xFF\0a"), b"a");
        assert_eq!(read(Encoding::Utf16Le, &utf16("\u{feff}a")), b"a");
        assert_eq!(read(Encoding::Auto, b""), b"");
    }

    #[test]
    fn latin_1_is_by_option_only() {
        assert_eq!(read(Encoding::Windows1252, b"Gr\xF6\xDFe \x80"), "Größe €".as_bytes());
        assert_eq!(read(Encoding::Auto, b"Gr\xF6\xDFe"), b"Gr\xF6\xDFe");
    }

    #[test]
    fn what_is_no_text_stays_none() {
        assert_eq!(read(Encoding::Utf16Le, b"a\0\x00\xD8b\0"), b"a\xFFb");
        assert_eq!(read(Encoding::Utf16Le, b"a\0b"), b"a\xFF");
    }

    #[test]
    fn letters_across_pieces_stay_whole() {
        let text = "ß😀".repeat(PIECE / 5);
        assert_eq!(read(Encoding::Utf16Le, &utf16(&text)), text.as_bytes());
    }
}
