"""A paged HTTP JSON API over the flights from New York's airports in 2013 and the hourly weather there.

    GET /v1/flights?date=2013-02-08&limit=200     {"items": [...], "total": 930, "next": "http://.../v1/flights?...cursor=..."}
    GET /v1/weather?date=2013-02-08               and /v1/planes, /v1/airports, /v1/airlines, which have no dates
    GET /health

Every request but /health needs `Authorization: Bearer TOKEN`, the token being $FLIGHT_API_TOKEN. Whoever asks too
often gets 429 with Retry-After. `next` is null on the last page; the cursor in it means nothing to a client.

For trying out what happens when a source breaks, /admin/faults ($FLIGHT_API_ADMIN_TOKEN) makes a day answer with an
error, or with wrong values (in rows that have the values of `where`, if that is given):

    POST /admin/faults {"resource": "weather", "date": "2013-02-06", "status": 503}
    POST /admin/faults {"resource": "weather", "date": "2013-02-06",
                        "values": {"wind_speed": 1048.4}, "where": {"origin": "EWR"}}
    DELETE /admin/faults
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import datetime
import hmac
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import dataset

DEFAULT_LIMIT = 100
LIMIT = 500
BODY_LIMIT = 10_000
FAULTS = (
    'wanted: {"resource": "weather", "date": "2013-02-06", "status": 503}, or "values": {"wind_speed": 1048.4} '
    'instead of the status, with "where": {"origin": "EWR"} for some of the rows'
)
Row = dict[str, object]


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = HTTPStatus(status)
        self.headers = headers or {}


@dataclass
class Bucket:
    """Lets `burst` requests through at once, and `rate` a second from then on."""

    rate: float
    burst: float
    now: Callable[[], float] = time.monotonic
    left: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.at = self.burst, self.now()

    def take(self) -> float:
        """Seconds to wait before the next try; 0 if the request may pass."""
        now = self.now()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / self.rate
        self.left -= 1
        return 0


@dataclass(frozen=True)
class Fault:
    """What is wrong with a day: it answers with an error, or with wrong values."""

    status: HTTPStatus | None
    values: Row
    where: Row

    @classmethod
    def read(cls, wanted: dict[str, object]) -> Fault:
        status = wanted.get("status")
        values, where = wanted.get("values", {}), wanted.get("where", {})
        if not isinstance(values, dict) or not isinstance(where, dict) or (status is None and not values):
            raise ValueError
        return cls(None if status is None else HTTPStatus(status), values, where)

    def spoil(self, row: Row) -> Row:
        fits = all(row.get(column) == value for column, value in self.where.items())
        return {**row, **self.values} if fits else row


@dataclass
class Service:
    """What the handlers share. They run in threads: the lock guards the bucket and the faults."""

    tables: dict[str, dataset.Table]
    token: str
    admin_token: str
    bucket: Bucket
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, base: str, resource: str, query: dict[str, str]) -> dict[str, object]:
        table = self.tables.get(resource)
        if table is None:
            raise Refused(404, f"there is no {resource!r}; there are {', '.join(self.tables)}")
        day = day_in(query, table)
        fault = self.fault_of(resource, day)
        positions = table.positions(day)
        start = min(len(positions), offset_in(query.get("cursor")))
        end = min(len(positions), start + limit_in(query.get("limit")))
        following = {**query, "cursor": cursor(end)}
        return {
            "items": [fault.spoil(row) if fault else row for row in table.rows(positions[start:end])],
            "total": len(positions),
            "next": f"{base}/v1/{resource}?{urlencode(following)}" if end < len(positions) else None,
        }

    def check_rate(self) -> None:
        with self.lock:
            wait = self.bucket.take()
        if wait > 0:
            raise Refused(429, "too many requests", {"Retry-After": str(max(1, round(wait)))})

    def fault_of(self, resource: str, day: datetime.date | None) -> Fault | None:
        with self.lock:
            fault = self.faults.get((resource, str(day)))
        if fault and fault.status:
            raise Refused(fault.status, f"{resource} of {day} cannot be read at the moment")
        return fault

    def set_fault(self, body: bytes) -> None:
        try:
            wanted = json.loads(body)
            place, fault = (str(wanted["resource"]), str(wanted["date"])), Fault.read(wanted)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(400, FAULTS) from error
        with self.lock:
            self.faults[place] = fault

    def clear_faults(self) -> None:
        with self.lock:
            self.faults.clear()


def day_in(query: dict[str, str], table: dataset.Table) -> datetime.date | None:
    unknown = query.keys() - {"date", "limit", "cursor"}
    if unknown:
        raise Refused(400, f"unknown parameter {sorted(unknown)[0]!r}; there are date, limit and cursor")
    if "date" not in query:
        return None
    if not table.dated:
        raise Refused(400, "this resource has no dates")
    try:
        return datetime.date.fromisoformat(query["date"])
    except ValueError as error:
        raise Refused(400, f"{query['date']!r} is no date; wanted: 2013-02-08") from error


def limit_in(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= LIMIT:
        raise Refused(400, f"limit must be from 1 to {LIMIT}")
    return int(text)


def cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode()


def offset_in(text: str | None) -> int:
    if text is None:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(text).decode().removeprefix("o")))
    except (ValueError, binascii.Error) as error:
        raise Refused(400, "this cursor was not made here") from error


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # An answer is written whole; waiting for more to send would only delay it.
    disable_nagle_algorithm = True
    timeout = 60
    server: Server

    def do_GET(self) -> None:
        self.answer(self.get)

    def do_POST(self) -> None:
        self.answer(self.post)

    def do_DELETE(self) -> None:
        self.answer(self.delete)

    def get(self) -> dict[str, object]:
        url = urlsplit(self.path)
        if url.path == "/health":
            return {"status": "ok"}
        self.check_token(self.server.service.token)
        if not url.path.startswith("/v1/"):
            raise Refused(404, "there is nothing here; see /v1/flights")
        self.server.service.check_rate()
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return self.server.service.page(self.server.base, url.path.removeprefix("/v1/"), query)

    def post(self) -> dict[str, object]:
        body = self.body()
        self.check_admin()
        self.server.service.set_fault(body)
        return {"status": "ok"}

    def delete(self) -> dict[str, object]:
        self.check_admin()
        self.server.service.clear_faults()
        return {"status": "ok"}

    def check_admin(self) -> None:
        self.check_token(self.server.service.admin_token)
        if self.path != "/admin/faults":
            raise Refused(404, "only /admin/faults can be changed")

    def check_token(self, token: str) -> None:
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise Refused(401, "a valid token is needed: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})

    def body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.close_connection = True
            raise Refused(413, "the body is too large")
        return self.rfile.read(int(length))

    def answer(self, handle: Callable[[], dict[str, object]]) -> None:
        try:
            self.send(HTTPStatus.OK, handle(), {})
        except Refused as refused:
            self.send(refused.status, {"error": str(refused)}, refused.headers)

    def send(self, status: HTTPStatus, body: dict[str, object], headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        # One line a request; the token is in a header and never part of it.
        print(f"{self.log_date_time_string()} {format % args}", flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        super().__init__(address, Handler)
        self.service = service
        self.base = f"http://{address[0]}:{self.server_address[1]}"


def main() -> int:
    arguments = parse_arguments()
    try:
        token, admin_token = os.environ["FLIGHT_API_TOKEN"], os.environ["FLIGHT_API_ADMIN_TOKEN"]
        service = Service(dataset.load(), token, admin_token, Bucket(arguments.rate, arguments.burst))
        server = Server(("127.0.0.1", arguments.port), service)
    except KeyError as missing:
        return complain(f"the environment variable {missing.args[0]} is not set")
    except (dataset.NotInstalled, OSError) as error:
        return complain(str(error))
    print(f"listening on {server.base}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves the flights from New York in 2013 as a paged JSON API.")
    parser.add_argument("--port", type=int, default=7013, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=50, help="requests a second (default: %(default)s)")
    parser.add_argument("--burst", type=float, default=50, help="requests at once (default: %(default)s)")
    return parser.parse_args()


def complain(message: str) -> int:
    print(f"flight_api: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
