//! Server-sent events: bytes in, events out, as the HTML standard describes them ("Server-sent events", section 9.2.6).

use std::collections::VecDeque;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEvent {
    /// What to resume after; the last one seen, so also set by earlier events.
    pub id: Option<String>,
    /// Its type; `message` if it says none.
    pub kind: String,
    pub data: String,
}

/// Puts events together from chunks that may be cut anywhere.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    after_return: bool,
    id: Option<String>,
    kind: String,
    data: String,
    has_data: bool,
    ready: VecDeque<ServerEvent>,
}

impl Parser {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line(),
                other => self.line.push(*other),
            }
        }
    }

    pub(crate) fn next_event(&mut self) -> Option<ServerEvent> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "data" => self.add_data(value),
            _ => {}
        }
    }

    fn add_data(&mut self, value: &str) {
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push('\n');
        }
        self.data.push_str(value);
    }

    fn dispatch(&mut self) {
        let kind = std::mem::take(&mut self.kind);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            let kind = if kind.is_empty() { "message".to_owned() } else { kind };
            self.ready.push_back(ServerEvent { id: self.id.clone(), kind, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(chunks: &[&[u8]]) -> Vec<ServerEvent> {
        let mut parser = Parser::default();
        for chunk in chunks {
            parser.push(chunk);
        }
        std::iter::from_fn(|| parser.next_event()).collect()
    }

    fn event(id: Option<&str>, kind: &str, data: &str) -> ServerEvent {
        ServerEvent { id: id.map(str::to_owned), kind: kind.into(), data: data.into() }
    }

    #[test]
    fn reads_id_type_and_data() {
        let events = parse(&[b"id: a:1\nevent: line\ndata: {\"x\":1}\n\n"]);
        assert_eq!(events, [event(Some("a:1"), "line", "{\"x\":1}")]);
    }

    #[test]
    fn a_stream_may_be_cut_anywhere() {
        let text = "id: 7\r\nevent: line\r\ndata: größe\r\n\r\ndata: b\r\n\r\n".as_bytes();
        for cut in 0..text.len() {
            let events = parse(&[&text[..cut], &text[cut..]]);
            assert_eq!(
                events,
                [event(Some("7"), "line", "größe"), event(Some("7"), "message", "b")],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn comments_and_events_without_data_are_nothing() {
        assert_eq!(parse(&[b": keep-alive\n\nevent: x\n\nretry: 10\n\n"]), []);
    }

    #[test]
    fn several_data_lines_are_one_text() {
        assert_eq!(parse(&[b"data: a\ndata:\ndata:b\n\n"]), [event(None, "message", "a\n\nb")]);
    }

    #[test]
    fn what_is_not_ended_is_not_an_event() {
        assert_eq!(parse(&[b"data: a\n"]), []);
    }
}
