use std::io::{self, Read};

/// Text that was read and not used up yet.
///
/// How the input comes in pieces makes no difference to what is found in it: a record is looked for when the buffer is filled up to a
/// mark or the input has ended, and the mark moves up until the record is there whole.
pub(crate) struct Blocks {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    ended: bool,
    /// Told when all that came before is used up.
    failed: Option<io::Error>,
}

impl Blocks {
    pub(crate) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, buffer: Vec::new(), ended: false, failed: None }
    }

    /// Reads until there are as many bytes, or no more.
    pub(crate) fn fill(&mut self, mark: usize) {
        if self.ended || self.buffer.len() >= mark {
            return;
        }
        self.buffer.reserve_exact(mark - self.buffer.len());
        let missing = (mark - self.buffer.len()) as u64;
        match self.input.by_ref().take(missing).read_to_end(&mut self.buffer) {
            Ok(read) => self.ended = (read as u64) < missing,
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.buffer
    }

    /// Whether what is in the buffer is all that is left, and is the true end.
    pub(crate) fn is_last(&self) -> bool {
        self.ended && self.failed.is_none()
    }

    /// Whether nothing more comes.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.ended
    }

    /// Why nothing more comes, if it is not the end.
    pub(crate) fn failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// Takes the first bytes out.
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(count);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Throws the first bytes away.
    pub(crate) fn skip(&mut self, count: usize) {
        self.buffer.drain(..count);
    }
}
