"""Tables of the lake: written whole, published together, and asked.

What a step costs is what the server tells of its attempt, publish and all; what a query costs is the time of the whole
command, as somebody waits for it who has typed it.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import peers
import project
from lake import best, cost_of
from peers import Cost
from report import Figures, milliseconds, percentiles
from server import Client, Server, seconds_between

ROWS = 10_000_000
TABLES = 100
QUERIES = 20
ROUNDS = 3


def query_of(numbers: str) -> str:
    """Six columns of common types, computed from a number."""
    return (
        "SELECT n AS id, n % 1000003 AS customer, 'customer ' || (n % 5000) AS name, n * 7 % 500000 AS cents, "
        f"DATE '2010-01-01' + CAST(n % 5000 AS INTEGER) AS day, n % 3 = 0 AS paid FROM {numbers}"
    )


def ran(client: Client, name: str) -> Cost:
    run = client.run_to_end(f"/pipelines/{project.TEAM}/{name}/runs")
    return cost_of(run["steps"][0]["attempts"][-1])


def deploy(server: Server, name: str, script: str) -> Client:
    """A pipeline of one step, which is this script."""
    pipelines = {name: f"steps:\n  - {{name: sql, sql: {name}.sql}}\n"}
    server.deploy(project.write(server.folder / "project", "tables", pipelines, {f"{name}.sql": script}))
    return server.client()


def overwrite(binary: Path) -> Figures:
    ours_numbers = f"(SELECT value AS n FROM generate_series(1, {ROWS}))"
    script = f"CREATE OR REPLACE TABLE raw.numbers AS {query_of(ours_numbers)}"
    theirs_query = query_of(f"(SELECT range AS n FROM range(1, {ROWS + 1}))")
    with Server(binary) as server:
        client = deploy(server, "numbers", script)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(ran(client, "numbers"))
            theirs.append(peers.run(DUCKDB, server.folder, theirs_query))
    polder, duckdb = best(ours), best(theirs)
    return Figures(
        f"overwrite: {ROWS:,} rows of a query; the best of {ROUNDS} rounds",
        {
            "polder (published Delta)": str(polder),
            "duckdb (one Parquet file, zstd)": str(duckdb),
            "CPU beside duckdb": f"{polder.cpu_seconds / duckdb.cpu_seconds:.2f} ×",
        },
        {"polder": [vars(cost) for cost in ours], "duckdb": [vars(cost) for cost in theirs]},
    )


DUCKDB = """
import sys, duckdb
with duckdb.connect() as connection:
    connection.execute(f"COPY ({sys.argv[1]}) TO 'numbers.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""


def publish(binary: Path) -> Figures:
    """From the record of a publish, made when all is ready, to the moment in which readers see all of it."""
    tables = ";\n".join(f"CREATE OR REPLACE TABLE raw.t{number} AS SELECT {number} AS n" for number in range(TABLES))
    with Server(binary) as server:
        client = deploy(server, "tables", tables)
        costs = [ran(client, "tables") for _ in range(ROUNDS)]
        publishes = client.ask("GET", "/lake/publishes")["items"]
        seconds = [seconds_between(one["created_at"], one["ended_at"]) for one in publishes]
    return Figures(
        f"publish: {TABLES} tables at once; {ROUNDS} rounds",
        {
            "recorded → seen by readers": f"median {milliseconds(statistics.median(seconds))}",
            "the whole step": str(best(costs)),
        },
        {"publish_seconds": seconds, "steps": [vars(cost) for cost in costs]},
    )


def select(binary: Path) -> Figures:
    with Server(binary) as server:
        ours = [asked(server) for _ in range(QUERIES)]
        theirs = [peers.run(ASKED, server.folder).seconds for _ in range(QUERIES)]
    return Figures(
        f"select: `select 1` from the shell, {QUERIES} times",
        {"polder sql -c": percentiles(ours), "python -c, with duckdb": percentiles(theirs)},
        {"polder_seconds": ours, "duckdb_seconds": theirs},
    )


ASKED = "import duckdb; print(duckdb.sql('select 1').fetchall())"


def asked(server: Server) -> float:
    """The client, the server, and the process that answers; none of them knows the query."""
    started = time.perf_counter()
    server.polder("sql", "-c", "select 1")
    return time.perf_counter() - started
