"""The script against an API of the test's own, and a lake in a temporary folder."""

import datetime
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import load_flights
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder

DAY = datetime.date(2013, 2, 8)
ROW = {
    "time_hour": "2013-02-08T10:00:00Z",
    "origin": "JFK",
    "dest": "MIA",
    "carrier": "AA",
    "flight": 1141,
    "tailnum": None,
    "sched_dep_time": 540,
    "dep_time": None,
    "dep_delay": None,
    "arr_delay": 33,
    "distance": 1089,
    "something_new": "the API may send more",
}


def dates(path: str) -> list[datetime.date]:
    """The date of each row, read in the way that the examples do."""
    found = QueryBuilder().register("it", DeltaTable(path)).execute("SELECT date FROM it ORDER BY date")
    return pa.table(found.read_all()).column("date").to_pylist()


class Api(ThreadingHTTPServer):
    """Answers with what it is given, one answer after the other, and remembers what it was asked."""

    def __init__(self, answers: list[tuple[int, object]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        status, body = self.server.answers.pop(0)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api([])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def page(*flights: int, next: str | None = None) -> tuple[int, object]:
    return 200, {"items": [{**ROW, "flight": flight} for flight in flights], "total": 3, "next": next}


def test_all_pages_of_the_day_are_fetched_with_the_token(api: Api):
    api.answers = [page(1, 2, next=f"{api.url}/v1/flights?cursor=abc"), page(3)]
    rows, received = load_flights.fetch(load_flights.session("secret"), f"{api.url}/v1/flights", DAY)
    assert [row["flight"] for row in rows] == [1, 2, 3]
    assert received > 0
    assert [path for path, _ in api.asked] == ["/v1/flights?date=2013-02-08&limit=200", "/v1/flights?cursor=abc"]
    assert {token for _, token in api.asked} == {"Bearer secret"}


def test_a_busy_or_broken_api_is_asked_again(api: Api):
    api.answers = [(429, {}), (503, {}), page(1)]
    rows, _ = load_flights.fetch(load_flights.session("t"), api.url, DAY)
    assert len(rows) == 1


def test_an_api_that_stays_broken_ends_the_script(api: Api):
    api.answers = [(503, {"error": "down"})] * 4
    with pytest.raises(SystemExit, match="answers 503 .*down"):
        load_flights.fetch(load_flights.session("t"), api.url, DAY)


def test_a_refused_token_is_not_tried_again(api: Api):
    api.answers = [(401, {"error": "a valid token is needed"})]
    with pytest.raises(SystemExit, match="401"):
        load_flights.fetch(load_flights.session("wrong"), api.url, DAY)


def test_a_row_gets_the_columns_of_the_table():
    [row] = load_flights.to_table(DAY, [ROW]).to_pylist()
    assert list(row) == load_flights.SCHEMA.names
    assert (row["date"], row["dep_delay"], row["flight"]) == (DAY, None, 1141)
    assert row["time_hour"] == datetime.datetime(2013, 2, 8, 10, tzinfo=datetime.UTC)


def test_a_column_that_is_gone_is_noticed():
    with pytest.raises(KeyError, match="carrier"):
        load_flights.to_table(DAY, [{name: value for name, value in ROW.items() if name != "carrier"}])


def test_loading_a_day_again_replaces_that_day_only(tmp_path: Path):
    path, next_day = str(tmp_path / "flights"), DAY + datetime.timedelta(days=1)
    for day, rows in [(DAY, [ROW] * 3), (next_day, [ROW]), (DAY, [ROW] * 2)]:
        load_flights.write_day(path, day, load_flights.to_table(day, rows))
    assert dates(path) == [DAY, DAY, next_day]


def test_the_outputs_are_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("POLDER_OUTPUT", str(tmp_path / "output"))
    load_flights.report(rows=3, bytes=120)
    assert (tmp_path / "output").read_text() == "rows=3\nbytes=120\n"
