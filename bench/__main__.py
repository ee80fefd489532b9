"""make bench: how much time and memory Polder itself takes. Prints a table, and writes JSON under bench/results/.

    chain      40 steps that each start a cold Python, beside a plain shell loop of the same 40 commands
    work       ten steps of real work: the share of the total that is inside it
    flood      10,000 runs of `true`, submitted over HTTP
    files      a CSV file of a million rows into a table, beside DuckDB
    api        200,000 records of a paged API into a table, beside dlt
    upserts    1, 1,000 and 10,000 keys into tables of 1.5 and of 15 million rows
    overwrite  10 million rows of a query into a table, beside DuckDB into a file
    publish    100 tables at once: from the record of the publish to what readers see
    tpch       the 22 queries of TPC-H over the lake, beside DuckDB over tables of its own
    select     `polder sql -c 'select 1'`, beside Python with DuckDB
    start      from starting the server to its first answer; memory at rest with 1,000 pipelines

Every part has a server, a data folder and a port of its own, on 127.0.0.1. Nothing here passes or fails: figures depend
on the machine, and are for reading. Give names of parts to run only those.
"""

from __future__ import annotations

import sys
from pathlib import Path

import chain
import flood
import lake
import machine
import report
import start
import tables
import tpch
import work
from processes import Trouble
from report import Figures

PARTS = {
    "chain": chain.measure,
    "work": work.measure,
    "flood": flood.measure,
    "start": start.measure,
    "files": lake.files,
    "api": lake.api,
    "upserts": lake.upserts,
    "overwrite": tables.overwrite,
    "publish": tables.publish,
    "tpch": tpch.measure,
    "select": tables.select,
}


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or not set(arguments[1:]) <= PARTS.keys():
        print(f"usage: python3 bench POLDER-BINARY [{' | '.join(PARTS)}]... (or `make bench`)", file=sys.stderr)
        return 2
    binary = Path(arguments[0]).resolve()
    try:
        figures = [measure(binary, name) for name in arguments[1:] or PARTS]
    except (Trouble, KeyboardInterrupt) as trouble:
        print(f"bench: {trouble or 'interrupted'}", file=sys.stderr)
        return 1
    report.show(machine.describe(binary), figures)
    return 0


def measure(binary: Path, name: str) -> Figures:
    print(f"{name} …", flush=True)
    return PARTS[name](binary)


if __name__ == "__main__":
    sys.exit(main())
