"""What the script computes from flights and weather."""

import datetime
from pathlib import Path
from typing import Any

import delays_by_weather as delays
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder

DAY = datetime.date(2013, 2, 8)
AT = datetime.datetime(2013, 2, 8, 10, tzinfo=datetime.UTC)


def dates(path: str) -> list[datetime.date]:
    """The date of each row, read in the way that the examples do."""
    found = QueryBuilder().register("it", DeltaTable(path)).execute("SELECT date FROM it ORDER BY date")
    return pa.table(found.read_all()).column("date").to_pylist()


def flight(delay: float | None, origin: str = "JFK") -> dict[str, Any]:
    return {"origin": origin, "time_hour": AT, "dep_time": None if delay is None else 600, "dep_delay": delay}


def hour(
    origin: str = "JFK", visib: float | None = 10, wind: float | None = 5, precip: float | None = 0
) -> dict[str, Any]:
    return {"origin": origin, "time_hour": AT, "visib": visib, "wind_speed": wind, "precip": precip}


def of(measure: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["class"]: row for row in rows if row["measure"] == measure}


@pytest.mark.parametrize(
    ("miles", "name"), [(0, "low"), (2.9, "low"), (3, "reduced"), (9.9, "reduced"), (10, "clear"), (None, "unknown")]
)
def test_visibility(miles: float | None, name: str):
    assert delays.visibility(miles) == name


@pytest.mark.parametrize(
    ("speed", "name"), [(0, "calm"), (9.9, "calm"), (10, "breezy"), (20, "strong"), (None, "unknown")]
)
def test_wind(speed: float | None, name: str):
    assert delays.wind(speed) == name


@pytest.mark.parametrize(("inches", "name"), [(0, "dry"), (0.01, "wet"), (None, "unknown")])
def test_precipitation(inches: float | None, name: str):
    assert delays.precipitation(inches) == name


def test_each_airport_has_its_own_weather():
    rows = delays.summarise([flight(10), flight(30), flight(0, "EWR")], [hour(wind=25), hour("EWR", wind=3)])
    wind = of("wind", rows)
    assert (wind["strong"]["flights"], wind["strong"]["mean_delay"]) == (2, 20)
    assert wind["calm"]["flights"] == 1


def test_cancelled_flights_count_but_have_no_delay():
    [clear] = of("visibility", delays.summarise([flight(4), flight(None)], [hour()])).values()
    assert clear == {
        "measure": "visibility",
        "class": "clear",
        "flights": 2,
        "cancelled": 1,
        "mean_delay": 4,
        "p90_delay": 4,
    }


def test_where_all_are_cancelled_there_is_no_delay():
    [row] = of("wind", delays.summarise([flight(None)], [hour()])).values()
    assert (row["cancelled"], row["mean_delay"], row["p90_delay"]) == (1, None, None)


def test_flights_of_an_hour_that_was_not_measured_are_unknown():
    rows = delays.summarise([flight(1)], [])
    assert {row["class"] for row in rows} == {"unknown"}


def test_a_day_without_flights_has_no_rows():
    assert delays.summarise([], [hour()]) == []


@pytest.mark.parametrize(("share", "expected"), [(0.9, 9), (0.91, 10), (0.01, 1), (1, 10)])
def test_percentile_is_the_nearest_rank(share: float, expected: float):
    assert delays.percentile([float(n) for n in range(1, 11)], share) == expected


def test_a_day_is_read_back_alone(tmp_path: Path):
    schema = pa.schema([("date", pa.date32()), ("n", pa.int32())])
    for n, day in enumerate([DAY, DAY + datetime.timedelta(days=1)]):
        delays.write_day(str(tmp_path / "t"), day, pa.Table.from_pylist([{"date": day, "n": n}], schema))
    assert delays.read_day(str(tmp_path / "t"), DAY) == [{"date": DAY, "n": 0}]
    assert len(dates(str(tmp_path / "t"))) == 2
