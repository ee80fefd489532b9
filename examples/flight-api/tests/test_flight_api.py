"""The API as a client sees it, over a few rows of its own."""

import datetime
import http.client
import json
import threading
from collections.abc import Iterator

import dataset
import flight_api
import pytest

LINES = [
    "year,month,day,origin,dep_delay,note",
    "2013,2,9,EWR,5,x",
    "2013,2,8,JFK,NA,",
    "2013,2,8,LGA,-3,y",
    "2013,2,8,EWR,0,z",
]


class Client:
    def __init__(self, server: flight_api.Server) -> None:
        self.connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
        self.base = server.base

    def ask(self, path: str, token: str | None = "t", method: str = "GET", body: object = None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path.removeprefix(self.base), body=content, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read()), answer.headers


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def client(clock: list[float]) -> Iterator[Client]:
    tables = {"flights": dataset.table(LINES), "airlines": dataset.table(["carrier,name", "AA,American"])}
    bucket = flight_api.Bucket(rate=1, burst=5, now=lambda: clock[0])
    server = flight_api.Server(("127.0.0.1", 0), flight_api.Service(tables, "t", "admin", bucket))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_day_comes_in_pages(client: Client):
    status, first, _ = client.ask("/v1/flights?date=2013-02-08&limit=2")
    assert (status, first["total"], [row["origin"] for row in first["items"]]) == (200, 3, ["JFK", "LGA"])
    _, second, _ = client.ask(first["next"])
    assert [row["origin"] for row in second["items"]] == ["EWR"]
    assert second["next"] is None


def test_values_have_types(client: Client):
    _, page, _ = client.ask("/v1/flights?date=2013-02-08&limit=1")
    assert page["items"] == [{"year": 2013, "month": 2, "day": 8, "origin": "JFK", "dep_delay": None, "note": None}]


def test_without_a_date_all_days_come_in_order(client: Client):
    _, page, _ = client.ask("/v1/flights")
    assert [row["day"] for row in page["items"]] == [8, 8, 8, 9]


def test_a_day_without_flights_is_empty(client: Client):
    assert client.ask("/v1/flights?date=2026-01-01")[1] == {"items": [], "total": 0, "next": None}


@pytest.mark.parametrize("token", [None, "wrong", "admin"])
def test_without_the_token_nothing_is_told(client: Client, token: str | None):
    status, _, headers = client.ask("/v1/flights", token=token)
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.ask("/health", token=None)[0] == 200


@pytest.mark.parametrize("path", ["/v1/trains", "/", "/v2/flights"])
def test_what_is_not_there_is_404(client: Client, path: str):
    assert client.ask(path)[0] == 404


@pytest.mark.parametrize("query", ["date=yesterday", "limit=0", "limit=501", "limit=x", "cursor=x", "day=2013-02-08"])
def test_a_bad_question_is_400(client: Client, query: str):
    assert client.ask(f"/v1/flights?{query}")[0] == 400


def test_dates_are_refused_where_there_are_none(client: Client):
    assert client.ask("/v1/airlines?date=2013-02-08")[0] == 400


def test_who_asks_too_often_waits(client: Client, clock: list[float]):
    assert [client.ask("/v1/airlines")[0] for _ in range(6)] == [200] * 5 + [429]
    assert client.ask("/v1/airlines")[2]["Retry-After"] == "1"
    clock[0] += 1
    assert client.ask("/v1/airlines")[0] == 200


def test_a_fault_concerns_one_day_until_it_is_cleared(client: Client):
    fault = {"resource": "flights", "date": "2013-02-08", "status": 503}
    assert client.ask("/admin/faults", token="admin", method="POST", body=fault)[0] == 200
    assert client.ask("/v1/flights?date=2013-02-08")[0] == 503
    assert client.ask("/v1/flights?date=2013-02-09")[0] == 200
    assert client.ask("/admin/faults", token="admin", method="DELETE")[0] == 200
    assert client.ask("/v1/flights?date=2013-02-08")[0] == 200


def test_a_fault_may_be_wrong_values_in_some_of_the_rows(client: Client):
    fault = {"resource": "flights", "date": "2013-02-08", "values": {"dep_delay": -99}, "where": {"origin": "JFK"}}
    assert client.ask("/admin/faults", token="admin", method="POST", body=fault)[0] == 200
    items = client.ask("/v1/flights?date=2013-02-08")[1]["items"]
    assert [item["dep_delay"] for item in items] == [-99, -3, 0]
    assert client.ask("/v1/flights?date=2013-02-09")[1]["items"][0]["dep_delay"] == 5


def test_faults_are_the_administrators(client: Client):
    assert client.ask("/admin/faults", token="t", method="POST", body={})[0] == 401
    assert client.ask("/admin/faults", token="admin", method="POST", body={})[0] == 400


def test_the_real_data_is_all_there():
    tables = dataset.load()
    assert (len(tables["flights"].lines), len(tables["weather"].lines)) == (336_776, 26_115)
    day = tables["flights"].positions(datetime.date(2013, 2, 8))
    assert (len(day), len(list(tables["flights"].rows(day)))) == (930, 930)
