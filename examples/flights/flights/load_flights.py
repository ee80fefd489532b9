"""Loads the flights of one day from the API into the lake: python load_flights.py 2013-02-08

Environment: FLIGHT_API (its address), FLIGHT_API_TOKEN, LAKE (a folder).
A day that is loaded again replaces what was there of it.
"""

import datetime
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import requests
from deltalake import write_deltalake
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

PAGE_SIZE = 200
SCHEMA = pa.schema(
    [
        ("date", pa.date32()),
        ("time_hour", pa.timestamp("us", tz="UTC")),
        ("origin", pa.string()),
        ("dest", pa.string()),
        ("carrier", pa.string()),
        ("flight", pa.int32()),
        ("tailnum", pa.string()),
        ("sched_dep_time", pa.int32()),
        ("dep_time", pa.int32()),
        ("dep_delay", pa.float64()),
        ("arr_delay", pa.float64()),
        ("distance", pa.int32()),
    ]
)


def main() -> None:
    day = datetime.date.fromisoformat(sys.argv[1])
    rows, received = fetch(session(os.environ["FLIGHT_API_TOKEN"]), f"{os.environ['FLIGHT_API']}/v1/flights", day)
    write_day(f"{os.environ['LAKE']}/flights", day, to_table(day, rows))
    report(rows=len(rows), bytes=received)
    print(f"{day}: {len(rows)} flights")


def session(token: str) -> requests.Session:
    """A session that waits and tries again when the API is busy or broken."""
    retry = Retry(total=3, backoff_factor=0.2, status_forcelist=[429, 500, 502, 503, 504], raise_on_status=False)
    made = requests.Session()
    made.mount("http://", HTTPAdapter(max_retries=retry))
    made.mount("https://", HTTPAdapter(max_retries=retry))
    made.headers["Authorization"] = f"Bearer {token}"
    return made


def fetch(api: requests.Session, url: str, day: datetime.date) -> tuple[list[dict[str, Any]], int]:
    """The rows of that day, and the bytes that it took to get them."""
    rows: list[dict[str, Any]] = []
    received = 0
    for page in pages(api, f"{url}?date={day}&limit={PAGE_SIZE}"):
        rows += page.json()["items"]
        received += len(page.content)
        print(f"{len(rows)} of {page.json()['total']} flights", flush=True)
    return rows, received


def pages(api: requests.Session, url: str | None) -> Iterator[requests.Response]:
    while url:
        answer = api.get(url, timeout=30)
        if not answer.ok:
            sys.exit(f"the API answers {answer.status_code} to {url}: {answer.text}")
        yield answer
        url = answer.json()["next"]


def to_table(day: datetime.date, rows: list[dict[str, Any]]) -> pa.Table:
    """Exactly the columns of SCHEMA; a column that the API no longer sends is a KeyError, not silently null."""
    return pa.Table.from_pylist([to_record(day, row) for row in rows], SCHEMA)


def to_record(day: datetime.date, row: dict[str, Any]) -> dict[str, Any]:
    derived = {"date": day, "time_hour": datetime.datetime.fromisoformat(row["time_hour"])}
    return {name: derived[name] if name in derived else row[name] for name in SCHEMA.names}


def write_day(path: str, day: datetime.date, table: pa.Table) -> None:
    """One commit that takes away the day's old rows and adds the new ones."""
    write_deltalake(path, table, mode="overwrite", partition_by=["date"], predicate=f"date = '{day}'")


def report(**outputs: object) -> None:
    """Tells Polder: later steps can use it, and rows and bytes are shown with the run."""
    with Path(os.environ.get("POLDER_OUTPUT", os.devnull)).open("a", encoding="utf-8") as file:
        file.writelines(f"{key}={value}\n" for key, value in outputs.items())


if __name__ == "__main__":
    main()
