"""Computes how late the flights of one day left, by the weather: python delays_by_weather.py 2013-02-08

Reads the tables `flights` and `weather` of the lake (the folder in LAKE) and replaces the day in `delays_by_weather`:
one row for each class of each measure (visibility, wind, precipitation).
"""

import datetime
import math
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, write_deltalake

Row = dict[str, Any]

UNKNOWN = "unknown"
SCHEMA = pa.schema(
    [
        ("date", pa.date32()),
        ("measure", pa.string()),
        ("class", pa.string()),
        ("flights", pa.int32()),
        ("cancelled", pa.int32()),
        ("mean_delay", pa.float64()),
        ("p90_delay", pa.float64()),
    ]
)


def main() -> None:
    day, lake = datetime.date.fromisoformat(sys.argv[1]), os.environ["LAKE"]
    flights, weather = read_day(f"{lake}/flights", day), read_day(f"{lake}/weather", day)
    rows = [{"date": day, **row} for row in summarise(flights, weather)]
    write_day(f"{lake}/delays_by_weather", day, pa.Table.from_pylist(rows, SCHEMA))
    report(rows=len(rows))
    for row in rows:
        print("{measure:>13} {class:<8} {flights:>5} flights {cancelled:>4} cancelled".format(**row))


def summarise(flights: list[Row], weather: list[Row]) -> list[Row]:
    """One row for each measure and class that occurs, ordered by both."""
    hours = {(hour["origin"], hour["time_hour"]): hour for hour in weather}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for flight in flights:
        for key in classes(hours.get((flight["origin"], flight["time_hour"]), {})):
            groups[key].append(flight)
    return [{"measure": key[0], "class": key[1], **figures(groups[key])} for key in sorted(groups)]


def classes(hour: Row) -> Iterator[tuple[str, str]]:
    """Measure and class of an hour of weather; what was not measured is unknown."""
    yield "visibility", visibility(hour.get("visib"))
    yield "wind", wind(hour.get("wind_speed"))
    yield "precipitation", precipitation(hour.get("precip"))


def visibility(miles: float | None) -> str:
    if miles is None:
        return UNKNOWN
    return "low" if miles < 3 else "reduced" if miles < 10 else "clear"


def wind(miles_per_hour: float | None) -> str:
    if miles_per_hour is None:
        return UNKNOWN
    return "calm" if miles_per_hour < 10 else "breezy" if miles_per_hour < 20 else "strong"


def precipitation(inches: float | None) -> str:
    if inches is None:
        return UNKNOWN
    return "wet" if inches > 0 else "dry"


def figures(flights: list[Row]) -> Row:
    """A flight without a departure time was cancelled and has no delay."""
    delays = sorted(flight["dep_delay"] for flight in flights if flight["dep_delay"] is not None)
    return {
        "flights": len(flights),
        "cancelled": sum(flight["dep_time"] is None for flight in flights),
        "mean_delay": sum(delays) / len(delays) if delays else None,
        "p90_delay": percentile(delays, 0.9),
    }


def percentile(ordered: list[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `share` of the values do not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


def read_day(path: str, day: datetime.date) -> list[Row]:
    query = f"SELECT * FROM rows WHERE date = DATE '{day}'"
    found = QueryBuilder().register("rows", DeltaTable(path)).execute(query)
    return pa.table(found.read_all()).to_pylist()


def write_day(path: str, day: datetime.date, table: pa.Table) -> None:
    """One commit that takes away the day's old rows and adds the new ones."""
    write_deltalake(path, table, mode="overwrite", partition_by=["date"], predicate=f"date = '{day}'")


def report(**outputs: object) -> None:
    """Tells Polder: later steps can use it, and rows and bytes are shown with the run."""
    with Path(os.environ.get("POLDER_OUTPUT", os.devnull)).open("a", encoding="utf-8") as file:
        file.writelines(f"{key}={value}\n" for key, value in outputs.items())


if __name__ == "__main__":
    main()
