"""TPC-H at scale 1 over the lake, query by query, beside DuckDB; the answers must be the same.

The data are those of `tpchgen-cli`, the queries those of the specification with the values that it validates by. Both
are asked in two ways: so that each query opens the tables anew, and all in one session. DuckDB reads tables of its
own, and Parquet files.
"""

from __future__ import annotations

import json
import math
import os
import statistics
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
ROUNDS = 3


def measure(binary: Path) -> Figures:
    with Server(binary, files=True, sql=True) as server:
        generate(server.inbox)
        streams = "".join(f"  - {{name: {name}, files: 'file://{server.inbox}/{name}.parquet'}}\n" for name in TABLES)
        client = lake.deploy(server, {"tpch": f"into: {{schema: marts}}\nstreams:\n{streams}"})
        load = lake.synced(client, "tpch")
        theirs = {way: duckdb(server, way) for way in WAYS}
        before = children_cpu(server)
        ours = {query.stem: asked(client, query) for query in QUERIES}
        cpu = (children_cpu(server) - before) / ROUNDS
        session = in_session(server)
    rows = theirs["tables, one session"]["answers"]
    wrong = [name for name, answer in ours.items() if not same(answer["rows"], rows[name]["rows"])]
    if wrong:
        raise Trouble(f"these queries are not answered as DuckDB answers them: {', '.join(wrong)}")
    return figures(load, {"answers": ours, "cpu": cpu}, session, theirs)


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


SESSION = """
import json, pathlib, sys, time, psycopg
port, token, queries, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
answers = {}
# One transaction: what is seen stays the same, and tables are opened once.
with psycopg.connect(host="127.0.0.1", port=port, user="bench", dbname="prod", password=token) as connection:
    for query in sorted(pathlib.Path(queries).glob("*.sql")):
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            connection.execute(query.read_text()).fetchall()
            seconds.append(time.perf_counter() - started)
        answers[query.stem] = {"seconds": min(seconds)}
pathlib.Path("session.json").write_text(json.dumps({"answers": answers}))
"""


def in_session(server: Server) -> Json:
    """All queries over one connection of PostgreSQL's protocol."""
    peers.run(SESSION, server.folder, str(server.sql_port), server.token, str(QUERIES[0].parent), str(ROUNDS))
    return json.loads((server.folder / "session.json").read_text(encoding="utf-8"))


WAYS = ("tables, one session", "tables, opened anew", "files, one session", "files, opened anew")
DUCKDB = """
import json, pathlib, sys, time, duckdb
inbox, queries, tables, rounds, way = sys.argv[1], sys.argv[2], sys.argv[3].split(","), int(sys.argv[4]), sys.argv[5]
of, kept = way.split(", ")
database = f"{of}.duckdb"
if not pathlib.Path(database).exists():
    kind = "TABLE" if of == "tables" else "VIEW"
    with duckdb.connect(database) as connection:
        for table in tables:
            connection.execute(f"CREATE {kind} {table} AS SELECT * FROM '{inbox}/{table}.parquet'")
answers, used, connection = {}, time.process_time(), None
for query in sorted(pathlib.Path(queries).glob("*.sql")):
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        connection = connection or duckdb.connect(database, read_only=True)
        rows = connection.execute(query.read_text()).fetchall()
        seconds.append(time.perf_counter() - started)
        if kept == "opened anew":
            connection = connection.close()
    rows = [[None if value is None else str(value) for value in row] for row in rows]
    answers[query.stem] = {"rows": rows, "seconds": min(seconds)}
cpu = (time.process_time() - used) / rounds
pathlib.Path("tpch.json").write_text(json.dumps({"answers": answers, "cpu": cpu}))
"""


def duckdb(server: Server, way: str) -> Json:
    folder = str(QUERIES[0].parent)
    peers.run(DUCKDB, server.folder, str(server.inbox), folder, ",".join(TABLES), str(ROUNDS), way)
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


def figures(load: peers.Cost, ours: Json, session: Json, theirs: dict[str, Json]) -> Figures:
    anew, kept = theirs["files, opened anew"], theirs["tables, one session"]
    return Figures(
        f"tpch: {len(QUERIES)} queries at scale {SCALE}, the quickest of {ROUNDS} rounds; the same answers",
        {
            "eight Parquet files into the lake": str(load),
            "polder, a process for each": total(ours),
            "polder, one session": total(session),
            **{f"duckdb, {way}": total(answered) for way, answered in theirs.items()},
            "a process : files, opened anew": ratios(ours, anew),
            "a process : tables, one session": ratios(ours, kept),
            "session : files, one session": ratios(session, theirs["files, one session"]),
            "session : tables, one session": ratios(session, kept),
        },
        {
            "polder_seconds": seconds(ours),
            "polder_session_seconds": seconds(session),
            "duckdb_seconds": {way: seconds(answered) for way, answered in theirs.items()},
        },
    )


def seconds(answered: Json) -> dict[str, float]:
    return {name: answer["seconds"] for name, answer in answered["answers"].items()}


def total(answered: Json) -> str:
    cpu = f", {answered['cpu']:.2f} CPU-s" if "cpu" in answered else ""
    return f"{sum(seconds(answered).values()):.2f} s{cpu}"


def ratios(ours: Json, theirs: Json) -> str:
    """How much longer each query takes here."""
    found = sorted((taken / seconds(theirs)[name], name) for name, taken in seconds(ours).items())
    middle = statistics.median(ratio for ratio, _ in found)
    (least, first), (most, last) = found[0], found[-1]
    return f"median {middle:.1f} ×, least {least:.1f} × (Q{first}), most {most:.1f} × (Q{last})"
