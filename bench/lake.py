"""Syncs into the lake, beside what people would pick instead: a CSV file, a paged API, rows by key.

What a sync costs is what the server tells of its attempt: CPU seconds and peak memory of its process. Its time is
from the start of that process to its end, publish and all.
"""

from __future__ import annotations

import csv
import http.server
import json
import random
import shutil
import statistics
import threading
from pathlib import Path

import peers
import project
from peers import Cost
from report import Figures
from server import Client, Json, Server, seconds_between

ROWS = 1_000_000
RECORDS = 200_000
PAGE = 1_000
TABLE_ROWS = (1_500_000, 15_000_000)
KEYS = (1, 1_000, 10_000)
ROUNDS = 3
COLUMNS = ("id", "customer", "name", "amount", "day", "at", "note")


def row(number: int) -> tuple[object, ...]:
    """Seven columns of the types that most files have; about 100 bytes of CSV."""
    chance = random.Random(number)
    day = f"20{10 + number % 15:02}-{1 + number % 12:02}-{1 + number % 28:02}"
    name = f"customer {number % 5000} of {chance.choice(('Berlin', 'Utrecht', 'Lyon', 'Porto'))}"
    amount = f"{chance.uniform(0, 5000):.2f}"
    return number, chance.randrange(10**6), name, amount, day, f"{day}T10:{number % 60:02}:00", f"note {number:x}"


def write_csv(path: Path, numbers: range | list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(row(number) for number in numbers)


def deploy(server: Server, syncs: dict[str, str], connectors: dict[str, str] | None = None) -> Client:
    folder = server.folder / "project"
    for kind, files in (("syncs", syncs), ("connectors", connectors or {})):
        (folder / kind).mkdir(parents=True)
        for name, text in files.items():
            (folder / kind / f"{name}.yaml").write_text(text, encoding="utf-8")
    pipelines = {name: f"steps:\n  - {{name: sync, sync: {name}}}\n" for name in syncs}
    server.deploy(project.write(folder, "lake", pipelines))
    return server.client()


def synced(client: Client, name: str) -> Cost:
    run = client.run_to_end(f"/pipelines/{project.TEAM}/{name}/runs")
    return cost_of(run["steps"][0]["attempts"][-1])


def cost_of(attempt: Json) -> Cost:
    seconds = seconds_between(attempt["started_at"], attempt["ended_at"])
    return Cost(seconds, attempt["cpu_seconds"], attempt["peak_memory_bytes"])


def best(costs: list[Cost]) -> Cost:
    """The one of the least CPU time: machines are shared, and what others do only adds to it."""
    return min(costs, key=lambda cost: cost.cpu_seconds)


def files(binary: Path) -> Figures:
    with Server(binary, files=True) as server:
        path = server.inbox / "rows.csv"
        write_csv(path, range(ROWS))
        client = deploy(server, {"rows": f"streams: [{{name: rows, files: 'file://{path}'}}]\n"})
        ours, theirs, slings = [], [], []
        for _ in range(ROUNDS):
            ours.append(synced(client, "rows"))
            theirs.append(peers.run(DUCKDB, server.folder, str(path)))
            slings.append(sling(server.folder, path))
        size = path.stat().st_size
    polder, duckdb, slung = best(ours), best(theirs), best(slings)
    return Figures(
        f"files: a CSV file of {ROWS:,} rows, {size / 1e6:.0f} MB, into a table; the best of {ROUNDS} rounds",
        {
            "polder sync (published Delta)": f"{polder}, {ROWS / polder.seconds / 1e6:.2f} M rows/s",
            "duckdb (CREATE TABLE AS)": str(duckdb),
            "sling (into SQLite)": str(slung),
            "CPU beside duckdb": f"{polder.cpu_seconds / duckdb.cpu_seconds:.2f} ×",
            "CPU of sling": f"{slung.cpu_seconds / polder.cpu_seconds:.0f} × ours",
        },
        {
            "polder": [vars(cost) for cost in ours],
            "duckdb": [vars(cost) for cost in theirs],
            "sling": [vars(cost) for cost in slings],
        },
    )


def sling(folder: Path, path: Path) -> Cost:
    """Of what Sling writes to, this needs no server, and no DuckDB that it fetches itself."""
    target = ["--tgt-conn", "LITE", "--tgt-object", "main.rows", "--mode", "full-refresh"]
    return peers.sling(folder, "run", "--src-stream", f"file://{path}", *target, LITE=f"sqlite://{folder}/rows.db")


DUCKDB = """
import os, sys, duckdb
path = "rows.duckdb"
if os.path.exists(path):
    os.remove(path)
with duckdb.connect(path) as connection:
    connection.execute("CREATE TABLE rows AS SELECT * FROM read_csv(?)", [sys.argv[1]])
"""


class Pages(http.server.BaseHTTPRequestHandler):
    """Records in pages, made beforehand: the API costs as little as it can."""

    protocol_version = "HTTP/1.1"
    pages: tuple[bytes, ...] = ()

    def do_GET(self) -> None:
        number = int(self.path.partition("page=")[2].partition("&")[0] or 0)
        body = self.pages[number] if number < len(self.pages) else b'{"items": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def pages() -> tuple[bytes, ...]:
    def page(first: int) -> bytes:
        records = [dict(zip(COLUMNS, row(number), strict=True)) for number in range(first, first + PAGE)]
        return json.dumps({"items": records}).encode()

    return tuple(page(first) for first in range(0, RECORDS, PAGE))


CONNECTOR = """streams:
  - name: records
    retriever:
      requester: {{type: HttpRequester, url_base: "{url}", path: records}}
      record_selector: {{extractor: {{field_path: [items]}}}}
      paginator:
        pagination_strategy: {{type: PageIncrement, page_size: {size}}}
        page_token_option: {{type: RequestOption, inject_into: request_parameter, field_name: page}}
"""

DLT = """
import sys, dlt
from dlt.sources.rest_api import rest_api_source
paginator = {"type": "page_number", "base_page": 0, "page_param": "page", "total_path": None}
resource = {"name": "records", "endpoint": {"path": "records", "data_selector": "items", "paginator": paginator}}
source = rest_api_source({"client": {"base_url": sys.argv[1]}, "resources": [resource]})
pipeline = dlt.pipeline("records", destination="duckdb", dataset_name="raw", dev_mode=True)
pipeline.run(source)
"""


def api(binary: Path) -> Figures:
    Pages.pages = pages()
    answering = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=answering.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{answering.server_port}"
    with Server(binary) as server:
        connector = CONNECTOR.format(url=url, size=PAGE)
        client = deploy(server, {"records": "connector: api\nstreams: [{name: records}]\n"}, {"api": connector})
        ours = [synced(client, "records") for _ in range(ROUNDS)]
        theirs = [peers.run(DLT, server.folder, url) for _ in range(ROUNDS)]
    answering.shutdown()
    polder, dlt = best(ours), best(theirs)
    return Figures(
        f"api: {RECORDS:,} records in pages of {PAGE:,}, into a table; the best of {ROUNDS} rounds",
        {
            "polder sync (published Delta)": str(polder),
            "dlt (into duckdb)": str(dlt),
            "less CPU than dlt": f"{dlt.cpu_seconds / polder.cpu_seconds:.1f} ×",
        },
        {"polder": [vars(cost) for cost in ours], "dlt": [vars(cost) for cost in theirs]},
    )


def upserts(binary: Path) -> Figures:
    """Into tables that are there, beside MERGE into copies of them; each file has keys from all over its table."""
    lines, samples = {}, {}
    for rows in TABLE_ROWS:
        with Server(binary, files=True) as server:
            upserts_into(server, rows, lines, samples)
    return Figures(f"upserts: the best of {ROUNDS} rounds", lines, samples)


def upserts_into(server: Server, rows: int, lines: dict[str, str], samples: dict[str, list[Json]]) -> None:
    write_csv(server.inbox / "rows-0.csv", range(rows))
    sync = f"streams: [{{name: rows, files: 'file://{server.inbox}/*.csv', mode: incremental, primary_key: id}}]\n"
    client = deploy(server, {"rows": sync})
    lines[f"a table of {rows:,} rows, by key"] = str(synced(client, "rows"))
    copy = shutil.copytree(server.data / "lake" / "raw" / "rows", server.folder / "copy")
    chance = random.Random(7)
    for keys in KEYS:
        ours, merges = [], []
        for number in range(ROUNDS):
            path = server.inbox / f"rows-{keys}-{number}.csv"
            write_csv(path, chance.sample(range(rows), keys))
            ours.append(synced(client, "rows"))
            merges.append(peers.run(MERGE, server.folder, str(copy), str(path)))
        lines[f"{keys:,} keys into {rows:,}"] = (
            f"{best(ours)}; median {statistics.median(cost.seconds for cost in ours):.2f} s"
        )
        lines[f"{keys:,} keys into {rows:,}, MERGE of delta-rs"] = str(best(merges))
        samples[f"{keys}_keys_into_{rows}"] = [vars(cost) for cost in ours]
        samples[f"{keys}_keys_into_{rows}_merge"] = [vars(cost) for cost in merges]


MERGE = """
import datetime, sys
import pyarrow
from pyarrow import csv
from deltalake import DeltaTable
table = DeltaTable(sys.argv[1])
rows = csv.read_csv(sys.argv[2])
now = pyarrow.array([datetime.datetime.now(datetime.UTC)] * rows.num_rows)
rows = rows.append_column("_polder_loaded_at", now).cast(pyarrow.schema(table.schema().to_arrow()))
merge = table.merge(rows, "t.id = s.id", source_alias="s", target_alias="t")
done = merge.when_matched_update_all().when_not_matched_insert_all().execute()
assert done["num_target_rows_updated"] == rows.num_rows, done
"""
