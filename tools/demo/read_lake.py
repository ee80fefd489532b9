"""Prints the figures of the lake's three tables as JSON, for checks.py. Runs in the environment that has deltalake.

By deltalake's own query engine: the threads by which PyArrow reads a dataset now and then abort the program at its end.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder

Figures = dict[str, list[Any]]


def main(lake: str) -> None:
    found = {
        "flights": sums(f"{lake}/raw/flights", "make_date(year, month, day)", "dep_delay", "distance"),
        "weather": sums(f"{lake}/staging/weather", "date", "wind_speed", "pressure"),
        "delays_by_weather": delays(f"{lake}/marts/delays_by_weather"),
    }
    json.dump(found, sys.stdout)


def rows(path: str, query: str) -> list[dict[str, Any]]:
    """What a query answers about the table, which it calls `it`."""
    found = QueryBuilder().register("it", DeltaTable(path)).execute(query)
    return pa.table(found.read_all()).to_pylist()


def sums(path: str, date: str, *columns: str) -> Figures:
    summed = "".join(f", sum({column}) AS {column}" for column in columns)
    found = rows(path, f"SELECT {date} AS date, count(origin) AS rows{summed} FROM it GROUP BY {date}")
    return {str(row["date"]): [row["rows"], *(row[column] for column in columns)] for row in found}


def delays(path: str) -> Figures:
    """A row that is there twice gets a key of its own, and so is noticed."""
    found: Figures = {}
    for row in rows(path, "SELECT * FROM it"):
        key = f"{row['date']} {row['measure']} {row['class']}"
        key = f"{key} (again)" if key in found else key
        found[key] = [row["flights"], row["cancelled"], row["mean_delay"], row["p90_delay"]]
    return found


if __name__ == "__main__":
    main(sys.argv[1])
