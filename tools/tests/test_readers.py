"""Tables read where they lie, without Polder, while it publishes.

By deltalake for Python, and by Spark if that is there (`make test-interop`).
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder

POLDER = Path(__file__).parents[2] / "target" / "debug" / "polder"
PROJECT = "project: shop\nteam: shop\n"
TABLES = ("marts.replaced", "raw.keyed", "raw.added")
ROWS = 1000
# So many different states are read, in so many tries.
STATES = 4
READS = 500
PARAMETERS = "parameters: {run: {type: integer, default: 0}}"
# A table that is replaced, one whose rows are, by their keys, and one that rows are added to.
WRITE = """
      CREATE OR REPLACE TABLE marts.replaced AS
        SELECT value AS id, {{ params.run }} AS run FROM generate_series(1, 1000);
      CREATE TABLE IF NOT EXISTS raw.keyed (id BIGINT PRIMARY KEY, run BIGINT);
      INSERT INTO raw.keyed SELECT value, {{ params.run }} FROM generate_series(1, 1000)
        ON CONFLICT (id) DO UPDATE SET run = EXCLUDED.run;
      CREATE TABLE IF NOT EXISTS raw.added (id BIGINT, run BIGINT);
      INSERT INTO raw.added SELECT value, {{ params.run }} FROM generate_series(1, 1000);
"""
GOOD = f"name: good\n{PARAMETERS}\nsteps:\n  - name: write\n    sql: |{WRITE}"
# All of it is written, and then it fails.
BAD = (
    f"name: bad\n{PARAMETERS}\nsteps:\n  - name: write\n    sql: |{WRITE}      SELECT no_such_column FROM raw.added;\n"
)

# How many rows there are of each run.
Counts = dict[int, int]


class Server:
    """A server whose pipelines write three tables each, all of it or nothing."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "shop" / "pipelines").mkdir(parents=True)
        (folder / "shop" / "polder.yaml").write_text(PROJECT)
        for name, text in (("good", GOOD), ("bad", BAD)):
            (folder / "shop" / "pipelines" / f"{name}.yaml").write_text(text)
        command = [POLDER, "server", "--json", "--log", "error", "--data", "data", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=self.environment())
        ready = json.loads(self.process.stdout.readline())
        self.own = {"POLDER_URL": ready["url"], "POLDER_TOKEN": Path(ready["admin_token_file"]).read_text().strip()}
        assert self.polder("deploy", "shop") == 0

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **more}

    def polder(self, *arguments: str) -> int:
        done = subprocess.run(
            [POLDER, *arguments], cwd=self.folder, env=self.environment(**self.own), capture_output=True
        )
        return done.returncode

    def run(self, pipeline: str, run: int) -> bool:
        return self.polder("run", f"shop/{pipeline}", "-p", f"run={run}", "--follow") == 0

    def path(self, table: str) -> str:
        return str(self.folder / "data" / "lake" / table.replace(".", "/"))


class Python:
    def counts(self, path: str) -> Counts:
        table = QueryBuilder().register("it", DeltaTable(path))
        found = pa.table(table.execute("SELECT run, count(*) AS rows FROM it GROUP BY run").read_all())
        return {row["run"]: row["rows"] for row in found.to_pylist()}

    def stop(self) -> None:
        pass


class Spark:
    def __init__(self):
        sql = pytest.importorskip("pyspark.sql", reason="Spark is not there: make test-interop")
        jars = ",".join(str(jar) for jar in Path(os.environ["DELTA_JARS"]).glob("*.jar"))
        settings = {
            "spark.jars": jars,
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
        }
        self.session = sql.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()

    def counts(self, path: str) -> Counts:
        found = self.session.read.format("delta").load(path).groupBy("run").count().collect()
        return {row["run"]: row["count"] for row in found}

    def stop(self) -> None:
        self.session.stop()


@pytest.fixture(params=[Python, Spark], ids=["python", "spark"])
def reader(request: pytest.FixtureRequest) -> Iterator[Python | Spark]:
    reader = request.param()
    yield reader
    reader.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


def test_who_reads_from_outside_sees_whole_runs_and_nothing_that_failed(server: Server, reader: Python | Spark):
    assert server.run("good", 1)
    enough = threading.Event()
    ended: list[bool] = []
    writer = threading.Thread(target=publish, args=(server, enough, ended))
    writer.start()
    seen: list[dict[str, Counts]] = []
    while len({json.dumps(counts, sort_keys=True) for counts in seen}) < STATES and len(seen) < READS:
        seen.append({table: reader.counts(server.path(table)) for table in TABLES})
    enough.set()
    writer.join()
    assert len(seen) < READS, "it changed while it was read"
    assert ended == [True, False] * (len(ended) // 2), "every second one fails"
    for counts in seen:
        check(counts)
    added = reader.counts(server.path("raw.added"))
    assert added == dict.fromkeys(range(1, len(ended) // 2 + 2), ROWS)


def publish(server: Server, enough: threading.Event, ended: list[bool]) -> None:
    while not enough.is_set():
        run = len(ended) // 2 + 2
        ended.extend([server.run("good", run), server.run("bad", -run)])


def check(counts: dict[str, Counts]) -> None:
    for table in ("marts.replaced", "raw.keyed"):
        assert list(counts[table].values()) == [ROWS], f"{table}: rows of one run, and all of them"
    assert set(counts["raw.added"].values()) == {ROWS}
    assert all(run > 0 for found in counts.values() for run in found), "nothing of what failed"
