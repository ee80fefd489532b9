"""Writes a few sentences about the delays of one day: python bulletin.py 2013-02-08

Reads the table `marts.delays_by_weather` where it lies (the lake's folder is in LAKE), as any program can that knows
Delta.
"""

import datetime
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder

Row = dict[str, Any]

WEATHER = {
    ("visibility", "low"): "fog",
    ("visibility", "reduced"): "haze",
    ("wind", "strong"): "strong wind",
    ("precipitation", "wet"): "rain or snow",
}


def main() -> None:
    day, lake = datetime.date.fromisoformat(sys.argv[1]), os.environ["LAKE"]
    sentences = bulletin(day, read_day(f"{lake}/marts/delays_by_weather", day))
    print(" ".join(sentences))
    report(sentences=len(sentences))


def bulletin(day: datetime.date, rows: list[Row]) -> list[str]:
    """How the day went, and which weather it went worst in."""
    wind = [row for row in rows if row["measure"] == "wind"]
    flights, cancelled = sum(row["flights"] for row in wind), sum(row["cancelled"] for row in wind)
    sentences = [f"{day:%-d %B %Y}: {flights} departures were planned, {cancelled} of them were cancelled."]
    known = [row for row in rows if (row["measure"], row["class"]) in WEATHER and row["mean_delay"] is not None]
    if known:
        worst = max(known, key=lambda row: row["mean_delay"])
        weather = WEATHER[worst["measure"], worst["class"]]
        sentences.append(f"In {weather} flights left {worst['mean_delay']:.0f} minutes late on average.")
    return sentences


def read_day(path: str, day: datetime.date) -> list[Row]:
    query = f"SELECT * FROM rows WHERE date = DATE '{day}'"
    found = QueryBuilder().register("rows", DeltaTable(path)).execute(query)
    return pa.table(found.read_all()).to_pylist()


def report(**outputs: object) -> None:
    """Tells Polder: later steps can use it, and it is shown with the run."""
    with Path(os.environ.get("POLDER_OUTPUT", os.devnull)).open("a", encoding="utf-8") as file:
        file.writelines(f"{key}={value}\n" for key, value in outputs.items())


if __name__ == "__main__":
    main()
