"""TPC-H at scale 1 over the lake, query by query, beside DuckDB over tables of its own; the answers must be the same.

The data are those of `tpchgen-cli`, the queries those of the specification with the values that it validates by.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import time
from pathlib import Path

import lake
import peers
from processes import Trouble
from report import Figures
from server import Client, Json, Server

TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
QUERIES = sorted((Path(__file__).parent / "tpch").glob("*.sql"))
SCALE = "1"
ROUNDS = 2


def measure(binary: Path) -> Figures:
    with Server(binary, files=True) as server:
        generate(server.inbox)
        streams = "".join(f"  - {{name: {name}, files: 'file://{server.inbox}/{name}.parquet'}}\n" for name in TABLES)
        client = lake.deploy(server, {"tpch": f"into: {{schema: marts}}\nstreams:\n{streams}"})
        load = lake.synced(client, "tpch")
        theirs = duckdb(server)
        before = children_cpu(server)
        ours = {query.stem: asked(client, query) for query in QUERIES}
        cpu = (children_cpu(server) - before) / ROUNDS
    wrong = [name for name, answer in ours.items() if not same(answer["rows"], theirs["answers"][name]["rows"])]
    if wrong:
        raise Trouble(f"these queries are not answered as DuckDB answers them: {', '.join(wrong)}")
    return figures(load, ours, theirs, cpu)


def generate(folder: Path) -> None:
    """The tables as Parquet files."""
    generator = peers.python().with_name("tpchgen-cli")
    subprocess.run([str(generator), "parquet", "-s", SCALE, f"--output-dir={folder}"], check=True)


def asked(client: Client, query: Path) -> Json:
    """The rows, and the seconds of the quickest round. Each query has a process of its own, which opens the tables."""
    sql = query.read_text(encoding="utf-8")
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = client.ask("POST", "/sql", {"sql": sql, "max_rows": 100_000, "timeout_seconds": 120})
        seconds.append(time.perf_counter() - started)
    return {"rows": answer["rows"], "seconds": min(seconds)}


DUCKDB = """
import json, pathlib, sys, time, duckdb
inbox, queries, tables, rounds = sys.argv[1], sys.argv[2], sys.argv[3].split(","), int(sys.argv[4])
with duckdb.connect("tpch.duckdb") as connection:
    for table in tables:
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM '{inbox}/{table}.parquet'")
    answers, used = {}, time.process_time()
    for query in sorted(pathlib.Path(queries).glob("*.sql")):
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            rows = connection.execute(query.read_text()).fetchall()
            seconds.append(time.perf_counter() - started)
        rows = [[None if value is None else str(value) for value in row] for row in rows]
        answers[query.stem] = {"rows": rows, "seconds": min(seconds)}
    cpu = (time.process_time() - used) / rounds
pathlib.Path("tpch.json").write_text(json.dumps({"answers": answers, "cpu": cpu}))
"""


def duckdb(server: Server) -> Json:
    folder = str(QUERIES[0].parent)
    peers.run(DUCKDB, server.folder, str(server.inbox), folder, ",".join(TABLES), str(ROUNDS))
    return json.loads((server.folder / "tpch.json").read_text(encoding="utf-8"))


def children_cpu(server: Server) -> float:
    """CPU seconds of the processes that the server has started and seen the end of (`stat` in proc(5), 16 and 17)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def same(ours: list[list[object]], theirs: list[list[object]]) -> bool:
    """Rows in any order: what is equal in what they are ordered by has none."""
    if len(ours) != len(theirs):
        return False
    pairs = zip(sorted(ours, key=roughly), sorted(theirs, key=roughly), strict=True)
    return all(equal(one, other) for row, other_row in pairs for one, other in zip(row, other_row, strict=True))


def equal(one: object, other: object) -> bool:
    """Averages of decimals have six digits behind the point here, and as many as a double has there."""
    try:
        return math.isclose(float(str(one)), float(str(other)), rel_tol=2e-5)
    except ValueError:
        return str(one) == str(other)


def roughly(row: list[object]) -> list[str]:
    """To sort by: the texts, then the numbers."""
    texts = [str(value) for value in row if not is_number(value)]
    return texts + [f"{float(str(value)):+025.3f}" for value in row if is_number(value)]


def is_number(value: object) -> bool:
    return str(value).replace(".", "", 1).lstrip("-").isdigit()


def figures(load: peers.Cost, ours: Json, theirs: Json, cpu: float) -> Figures:
    def total(answers: Json) -> float:
        return sum(answer["seconds"] for answer in answers.values())

    def ratio(name: str) -> float:
        return ours[name]["seconds"] / theirs["answers"][name]["seconds"]

    ratios = sorted((ratio(name), name) for name in ours)
    return Figures(
        f"tpch: {len(QUERIES)} queries at scale {SCALE}, the quickest of {ROUNDS} rounds; the same answers",
        {
            "eight Parquet files into the lake": str(load),
            "polder (a process for each)": f"{total(ours):.2f} s, {cpu:.2f} CPU-s",
            "duckdb (one process)": f"{total(theirs['answers']):.2f} s, {theirs['cpu']:.2f} CPU-s",
            "time beside duckdb, each query": f"median {ratios[len(ratios) // 2][0]:.1f} ×, "
            f"least {ratios[0][0]:.1f} × (Q{ratios[0][1]}), most {ratios[-1][0]:.1f} × (Q{ratios[-1][1]})",
        },
        {
            "polder_seconds": {name: answer["seconds"] for name, answer in ours.items()},
            "duckdb_seconds": {name: answer["seconds"] for name, answer in theirs["answers"].items()},
        },
    )
