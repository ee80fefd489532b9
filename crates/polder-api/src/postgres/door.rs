//! Letting a client in: TLS, who it is, and what it wants to see.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

use polder_types::wire::Role;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::Postgres;
use super::packet::{self, First, Startup};
use crate::{Caller, Error, auth};

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A client that was let in.
pub(super) struct Guest {
    pub(super) stream: Box<dyn Stream>,
    pub(super) caller: Caller,
    pub(super) database: String,
    pub(super) settings: BTreeMap<String, String>,
    pub(super) place: OwnedSemaphorePermit,
}

/// Why a client is not let in: a SQLSTATE, a sentence, and what to do.
struct Refused(&'static str, String, Cow<'static, str>);

/// Passwords are not longer than this.
const LONGEST_PASSWORD: usize = 1_000;

/// None if there is no session: the client has left, was refused, or has ended a statement of another session.
pub(super) async fn enter(
    shared: &Postgres,
    stream: TcpStream,
    address: SocketAddr,
) -> io::Result<Option<Guest>> {
    let mut stream: Box<dyn Stream> = Box::new(stream);
    let mut is_private = address.ip().to_canonical().is_loopback();
    let mut is_encrypted = false;
    loop {
        match first(&mut stream).await? {
            Some(First::Tls) if !is_encrypted => match &shared.options.tls {
                Some(tls) => {
                    stream.write_all(b"S").await?;
                    stream = Box::new(tls.0.accept(stream).await?);
                    (is_encrypted, is_private) = (true, true);
                }
                None => stream.write_all(b"N").await?,
            },
            Some(First::Tls | First::Gss) => stream.write_all(b"N").await?,
            Some(First::Cancel(key)) => {
                shared.keys.cancel(key);
                return Ok(None);
            }
            Some(First::Startup(startup)) => {
                return greet(shared, stream, address.ip(), &startup, is_private).await;
            }
            Some(First::Version(_)) | None => {
                let refusal = packet::refusal("08P01", "this is not version 3 of PostgreSQL's protocol", "");
                stream.write_all(&refusal).await?;
                return Ok(None);
            }
        }
        stream.flush().await?;
    }
}

/// The packet that a connection begins with, or goes on with after TLS.
async fn first(stream: &mut Box<dyn Stream>) -> io::Result<Option<First>> {
    let length = stream.read_u32().await? as usize;
    if !(8..=packet::LONGEST).contains(&length) {
        return Ok(None);
    }
    let mut body = vec![0; length - 4];
    stream.read_exact(&mut body).await?;
    Ok(packet::first(&body))
}

async fn greet(
    shared: &Postgres,
    mut stream: Box<dyn Stream>,
    address: IpAddr,
    startup: &Startup,
    is_private: bool,
) -> io::Result<Option<Guest>> {
    if startup.minor > 0 || startup.extensions().next().is_some() {
        stream.write_all(&packet::negotiate(startup.extensions())).await?;
    }
    let refused = match refuse_openly(startup, shared.options.tls.is_some(), is_private) {
        Some(refused) => refused,
        None => match admit(shared, &mut stream, address.to_canonical(), startup).await? {
            Ok((caller, place)) => return welcome(stream, caller, place, startup).await.map(Some),
            Err(refused) => refused,
        },
    };
    let Refused(state, why, hint) = refused;
    stream.write_all(&packet::refusal(state, &why, &hint)).await?;
    stream.shutdown().await?;
    Ok(None)
}

/// What is refused before a password is asked for.
fn refuse_openly(startup: &Startup, has_tls: bool, is_private: bool) -> Option<Refused> {
    if startup
        .parameters
        .get("replication")
        .is_some_and(|value| !["false", "off", "no", "0"].contains(&value.as_str()))
    {
        let why = "replication is not offered here".to_owned();
        return Some(Refused("0A000", why, "readers see what was published; ask for it with queries".into()));
    }
    if is_private {
        return None;
    }
    let why = "the password would be readable on its way here".to_owned();
    let hint = if has_tls {
        "Connect with TLS: sslmode=require, or verify-full with the certificate's authority."
    } else {
        "Start the server with --sql-certificate and --sql-key, or connect from the machine that it runs on."
    };
    Some(Refused("28000", why, hint.into()))
}

/// Who the client is, and a place for its session.
async fn admit(
    shared: &Postgres,
    stream: &mut Box<dyn Stream>,
    address: IpAddr,
    startup: &Startup,
) -> io::Result<Result<(Caller, OwnedSemaphorePermit), Refused>> {
    stream.write_all(&packet::ask_password()).await?;
    stream.flush().await?;
    let Some(token) = password(stream).await? else {
        return Ok(Err(Refused("08P01", "no password came".to_owned(), Cow::default())));
    };
    let known = auth::caller_at(&shared.api, &token, address).await;
    let allowed = known.and_then(|caller| caller.require_somewhere(Role::Viewer).map(|()| caller));
    let caller = match allowed {
        Ok(caller) => {
            match shared.api.engine().require_environment(&caller.workspace, database(startup)).await {
                Ok(()) => caller,
                Err(error) => return Ok(Err(refusal_of(&error.into(), startup))),
            }
        }
        Err(error) => return Ok(Err(refusal_of(&error, startup))),
    };
    let full = || {
        let most = shared.options.sessions;
        Refused(
            "53300",
            format!("there are {most} sessions already"),
            "Close one, or try again later.".into(),
        )
    };
    let place = std::sync::Arc::clone(&shared.sessions).try_acquire_owned();
    Ok(place.map(|place| (caller, place)).map_err(|_| full()))
}

async fn password(stream: &mut Box<dyn Stream>) -> io::Result<Option<String>> {
    let (kind, length) = (stream.read_u8().await?, stream.read_u32().await? as usize);
    if kind != b'p' || !(5..=LONGEST_PASSWORD).contains(&length) {
        return Ok(None);
    }
    let mut body = vec![0; length - 4];
    stream.read_exact(&mut body).await?;
    Ok(packet::password(&body))
}

fn refusal_of(error: &Error, startup: &Startup) -> Refused {
    let user = startup.parameters.get("user").map_or("", String::as_str);
    let (state, why, hint) = match error {
        Error::Unauthenticated(_) => (
            "28P01",
            format!(
                "the password of `{user}` is no token that is known: it may have expired or been revoked"
            ),
            "The password is an API token: `polder token create` makes one. The user's name does not matter.",
        ),
        Error::TooManyFailedLogins { .. } => ("28000", error.to_string(), "Try again in a minute."),
        Error::Forbidden { .. } => ("42501", error.to_string(), "The token needs the role viewer."),
        Error::Engine(polder_engine::Error::UnknownEnvironment { environment, hint }) => {
            let why = format!("database \"{environment}\" does not exist: databases are environments here");
            return Refused("3D000", why, hint.clone().into());
        }
        _ => ("58000", "who you are cannot be looked up just now".to_owned(), "Try again later."),
    };
    Refused(state, why, hint.into())
}

/// What the client connects to: an environment.
fn database(startup: &Startup) -> &str {
    let named = startup.parameters.get("database").filter(|name| !name.is_empty());
    named.map_or(crate::routes::PROD, String::as_str)
}

async fn welcome(
    mut stream: Box<dyn Stream>,
    caller: Caller,
    place: OwnedSemaphorePermit,
    startup: &Startup,
) -> io::Result<Guest> {
    stream.write_all(&packet::welcome()).await?;
    let database = database(startup).to_owned();
    Ok(Guest { stream, caller, database, settings: startup.settings(), place })
}
