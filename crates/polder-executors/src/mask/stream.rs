//! Masks a stream piece by piece.

use std::sync::Arc;

use super::Masker;

/// One stream being masked. What it gives out is, put together, what masking the whole would give.
#[derive(Debug)]
pub struct MaskStream {
    masker: Arc<Masker>,
    /// The end of what came, which may be the beginning of a secret.
    held: Vec<u8>,
}

impl MaskStream {
    #[must_use]
    pub const fn new(masker: Arc<Masker>) -> Self {
        Self { masker, held: Vec::new() }
    }

    /// Takes the next piece, and appends to `out` what is certain.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(search) = &self.masker.search else { return out.extend_from_slice(piece) };
        if self.held.is_empty() {
            let done = search.advance(piece, out);
            self.held.extend_from_slice(&piece[done..]);
        } else {
            self.held.extend_from_slice(piece);
            let done = search.advance(&self.held, out);
            self.held.drain(..done);
        }
    }

    /// Ends the stream: appends to `out` what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        match &self.masker.search {
            Some(search) => search.finish(&held, out),
            None => out.extend_from_slice(&held),
        }
    }
}
