"""The table that the script makes of the API's rows."""

import datetime
from pathlib import Path

import load_weather
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder

DAY = datetime.date(2013, 2, 8)
ROW = {
    "time_hour": "2013-02-08T10:00:00Z",
    "origin": "JFK",
    "temp": 33.1,
    "wind_speed": 21,
    "wind_gust": None,
    "precip": 0.07,
    "pressure": 1012,
    "visib": 0.5,
}


def dates(path: str) -> list[datetime.date]:
    """The date of each row, read in the way that the examples do."""
    found = QueryBuilder().register("it", DeltaTable(path)).execute("SELECT date FROM it ORDER BY date")
    return pa.table(found.read_all()).column("date").to_pylist()


def test_a_row_gets_the_columns_of_the_table():
    [row] = load_weather.to_table(DAY, [ROW]).to_pylist()
    assert list(row) == load_weather.SCHEMA.names
    assert (row["date"], row["wind_speed"], row["wind_gust"]) == (DAY, 21.0, None)


def test_a_value_of_another_type_is_noticed():
    with pytest.raises(Exception, match="calm"):
        load_weather.to_table(DAY, [{**ROW, "wind_speed": "calm"}])


def test_loading_a_day_again_replaces_it(tmp_path: Path):
    path = str(tmp_path / "weather")
    for rows in ([ROW] * 3, [ROW] * 2, [ROW] * 2):
        load_weather.write_day(path, DAY, load_weather.to_table(DAY, rows))
    assert dates(path) == [DAY, DAY]


def test_a_day_without_weather_is_an_empty_day(tmp_path: Path):
    path = str(tmp_path / "weather")
    load_weather.write_day(path, DAY, load_weather.to_table(DAY, []))
    assert dates(path) == []
