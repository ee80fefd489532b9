"""The table that the script makes of the API's rows."""

import datetime
from pathlib import Path

import load_weather
import pytest
from deltalake import DeltaTable

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
    assert DeltaTable(path).to_pyarrow_table().num_rows == 2


def test_a_day_without_weather_is_an_empty_day(tmp_path: Path):
    path = str(tmp_path / "weather")
    load_weather.write_day(path, DAY, load_weather.to_table(DAY, []))
    assert DeltaTable(path).to_pyarrow_table().num_rows == 0
