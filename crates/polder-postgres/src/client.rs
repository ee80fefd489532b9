//! The client's end: messages come in, and go out in pieces of some size.

use bytes::BytesMut;
use pgwire::messages::response::{ReadyForQuery, TransactionStatus};
use pgwire::messages::{DecodeContext, PgWireBackendMessage, PgWireFrontendMessage, ProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::error::{Error, Result};

/// So much is gathered before it is sent.
const PIECE: usize = 32 << 10;
/// No message of a client is larger: statements and values of parameters.
const LARGEST: usize = 64 << 20;

pub(crate) struct Client {
    stream: UnixStream,
    input: BytesMut,
    output: BytesMut,
    context: DecodeContext,
}

impl Client {
    pub(crate) fn new(stream: UnixStream) -> Self {
        let mut context = DecodeContext::new(ProtocolVersion::PROTOCOL3_0);
        context.awaiting_frontend_ssl = false;
        context.awaiting_frontend_startup = false;
        Self { stream, input: BytesMut::new(), output: BytesMut::new(), context }
    }

    /// The next message; none when the client is gone. Nothing is lost if it is not waited for to the end.
    pub(crate) async fn next(&mut self) -> Result<Option<PgWireFrontendMessage>> {
        loop {
            if let Some(message) = self.decoded()? {
                return Ok(Some(message));
            }
            if self.stream.read_buf(&mut self.input).await.unwrap_or(0) == 0 {
                return Ok(None);
            }
        }
    }

    fn decoded(&mut self) -> Result<Option<PgWireFrontendMessage>> {
        let wrong = |what: String| Error::fatal("08P01", what);
        if let Some([_, length @ ..]) = self.input.first_chunk::<5>()
            && u32::from_be_bytes(*length) as usize > LARGEST
        {
            return Err(wrong(format!("a message is larger than {} MiB", LARGEST >> 20)));
        }
        let message = PgWireFrontendMessage::decode(&mut self.input, &self.context);
        message.map_err(|error| wrong(error.to_string()))
    }

    /// Puts a message behind those that wait to be sent.
    pub(crate) fn put(&mut self, message: &PgWireBackendMessage) -> Result<()> {
        Ok(message.encode(&mut self.output)?)
    }

    pub(crate) fn put_error(&mut self, error: Error) -> Result<()> {
        self.put(&PgWireBackendMessage::ErrorResponse(error.response()))
    }

    pub(crate) fn put_ready(&mut self, status: TransactionStatus) -> Result<()> {
        self.put(&PgWireBackendMessage::ReadyForQuery(ReadyForQuery::new(status)))
    }

    /// Sends what waits, if it is worth it. Nothing is sent twice if it is not waited for to the end.
    pub(crate) async fn send_full(&mut self) -> Result<()> {
        if self.output.len() < PIECE { Ok(()) } else { self.send().await }
    }

    pub(crate) async fn send(&mut self) -> Result<()> {
        while !self.output.is_empty() {
            let sent = self.stream.write_buf(&mut self.output).await;
            sent.map_err(|error| Error::fatal("08006", format!("the client is gone: {error}")))?;
        }
        Ok(())
    }
}
