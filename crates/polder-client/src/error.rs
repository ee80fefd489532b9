//! What can go wrong between a caller and a server, with what to do about it.

use polder_types::Code;
use polder_types::wire::Problem;

/// An error of whatever the transport uses.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

const LOGIN: &str = "Log in with `polder login URL` (on the server's own machine with `--token-file DATA/admin-token`), or set POLDER_TOKEN.";

/// Why a request did not get the answer that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, and says why.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// Nothing answered, or the connection broke.
    #[error("cannot reach the server at {url}")]
    Unreachable {
        url: String,
        /// Whether it is certain that the server has not seen the request.
        unsent: bool,
        source: BoxError,
    },
    /// Something answered that is not a Polder server, or not of this version.
    #[error("unexpected answer from {url}: {message}")]
    Unexpected { url: String, status: Option<u16>, message: String },
    /// The address cannot be used at all.
    #[error("`{url}` is no address of a server: {message}")]
    BadUrl { url: String, message: String },
}

impl Error {
    /// The stable code of what happened, where there is one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the same request may succeed a little later: nothing answered, or the server asks for patience.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Problem(problem) => matches!(problem.code, Code::Unavailable | Code::TooManyRequests),
            Self::Unexpected { status, .. } => matches!(status, Some(502..=504)),
            Self::BadUrl { .. } => false,
        }
    }

    /// What to do next, in a sentence.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            // The server does not know whether a person or a program asks.
            Self::Problem(problem) if problem.code == Code::Unauthenticated => Some(LOGIN.to_owned()),
            Self::Problem(problem) => problem.hint.clone(),
            // This is what rustls makes of an answer in plain text.
            Self::Unreachable { url, source, .. } if source.to_string().contains("InvalidContentType") => {
                Some(format!("The server there does not speak https: say {}.", url.replacen("https", "http", 1)))
            }
            Self::Unreachable { url, .. } => Some(unreachable_hint(url)),
            Self::Unexpected { status: Some(502..=504), .. } => {
                Some("A proxy answered in place of the server; try again when the server is up.".to_owned())
            }
            Self::Unexpected { .. } => {
                Some("Check that the address is that of a Polder server, and that client and server have the same version.".to_owned())
            }
            Self::BadUrl { .. } => Some("An address looks like http://127.0.0.1:7070.".to_owned()),
        }
    }
}

fn unreachable_hint(url: &str) -> String {
    if url == crate::DEFAULT_URL {
        "Start a server with `polder server --data DIR`, or say where it is with POLDER_URL or `polder login URL`.".to_owned()
    } else {
        "Is the server running, and is the address right? It comes from POLDER_URL, or from `polder login URL`.".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: Code, hint: Option<&str>) -> Error {
        Error::Problem(Box::new(Problem {
            kind: None,
            code,
            title: "T".into(),
            status: 400,
            detail: "what happened".into(),
            hint: hint.map(str::to_owned),
            errors: Vec::new(),
            more: serde_json::Map::new(),
        }))
    }

    #[test]
    fn a_problem_reads_as_its_detail_and_keeps_the_servers_hint() {
        let error = problem(Code::Paused, Some("the server's own hint"));
        assert_eq!(error.to_string(), "what happened");
        assert_eq!(error.hint().as_deref(), Some("the server's own hint"));
        assert_eq!(error.code(), Some(Code::Paused));
        assert_eq!(problem(Code::Conflict, None).hint(), None);
    }

    #[test]
    fn the_client_knows_how_people_log_in() {
        let hint = problem(Code::Unauthenticated, Some("send a header")).hint().expect("a hint");
        assert!(hint.contains("polder login"), "{hint}");
    }

    #[test]
    fn only_what_passes_by_itself_is_temporary() {
        assert!(problem(Code::Unavailable, None).is_temporary());
        assert!(!problem(Code::NotFound, None).is_temporary());
        let gateway = Error::Unexpected { url: "u".into(), status: Some(502), message: "m".into() };
        assert!(gateway.is_temporary());
    }

    #[test]
    fn the_default_address_gets_the_advice_to_start_a_server() {
        let error =
            |url: &str| Error::Unreachable { url: url.into(), unsent: true, source: "refused".into() };
        assert!(error(crate::DEFAULT_URL).hint().expect("a hint").contains("polder server --data"));
        assert!(error("http://elsewhere").hint().expect("a hint").contains("POLDER_URL"));
    }
}
