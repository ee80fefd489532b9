"""Prints the figures of the lake's three tables as JSON, for checks.py. Runs in the environment that has deltalake."""

from __future__ import annotations

import json
import sys
from typing import Any

from deltalake import DeltaTable

Figures = dict[str, list[Any]]


def main(lake: str) -> None:
    found = {
        "flights": sums(f"{lake}/flights", "dep_delay", "distance"),
        "weather": sums(f"{lake}/weather", "wind_speed", "pressure"),
        "delays_by_weather": delays(f"{lake}/delays_by_weather"),
    }
    json.dump(found, sys.stdout)


def sums(path: str, *columns: str) -> Figures:
    table = DeltaTable(path).to_pyarrow_table()
    wanted = [("origin", "count"), *((column, "sum") for column in columns)]
    grouped = table.group_by("date").aggregate(wanted).to_pylist()
    return {str(row["date"]): [row["origin_count"], *(row[f"{column}_sum"] for column in columns)] for row in grouped}


def delays(path: str) -> Figures:
    """A row that is there twice gets a key of its own, and so is noticed."""
    found: Figures = {}
    for row in DeltaTable(path).to_pyarrow_table().to_pylist():
        key = f"{row['date']} {row['measure']} {row['class']}"
        key = f"{key} (again)" if key in found else key
        found[key] = [row["flights"], row["cancelled"], row["mean_delay"], row["p90_delay"]]
    return found


if __name__ == "__main__":
    main(sys.argv[1])
