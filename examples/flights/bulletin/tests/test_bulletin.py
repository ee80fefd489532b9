"""What the script makes of a day's figures."""

import datetime
from pathlib import Path
from typing import Any

import bulletin
import pyarrow as pa
from deltalake import write_deltalake

DAY = datetime.date(2013, 2, 8)


def row(measure: str, name: str, flights: int, cancelled: int, delay: float | None) -> dict[str, Any]:
    return {
        "date": DAY,
        "measure": measure,
        "class": name,
        "flights": flights,
        "cancelled": cancelled,
        "mean_delay": delay,
    }


def test_the_day_is_counted_once_and_the_worst_weather_named():
    rows = [
        row("wind", "calm", 20, 1, 3.0),
        row("wind", "strong", 10, 2, 30.4),
        row("precipitation", "wet", 30, 3, 12.0),
        row("visibility", "clear", 30, 3, 99.0),
    ]
    assert bulletin.bulletin(DAY, rows) == [
        "8 February 2013: 30 departures were planned, 3 of them were cancelled.",
        "In strong wind flights left 30 minutes late on average.",
    ]


def test_a_day_of_which_nothing_is_known_is_no_error():
    rows = [row("wind", "unknown", 5, 5, None), row("wind", "strong", 1, 1, None)]
    assert bulletin.bulletin(DAY, rows) == ["8 February 2013: 6 departures were planned, 6 of them were cancelled."]


def test_only_the_day_is_read(tmp_path: Path):
    other = {**row("wind", "calm", 7, 0, 1.0), "date": DAY + datetime.timedelta(days=1)}
    write_deltalake(str(tmp_path), pa.Table.from_pylist([row("wind", "calm", 3, 0, 2.0), other]))
    assert [found["flights"] for found in bulletin.read_day(str(tmp_path), DAY)] == [3]
