"""A server with a small lake, open to clients of PostgreSQL's protocol: for the tests that look into its catalog."""

import json
import subprocess
from pathlib import Path

POLDER = Path(__file__).parents[1] / "target" / "debug" / "polder"
FILES = {
    "polder.yaml": "project: shop\nteam: shop\nenvironments: {prod: {}}\n",
    "pipelines/load.yaml": """
name: load
steps:
  - name: orders
    sql: |
      CREATE TABLE raw.orders (id BIGINT NOT NULL, customer TEXT, amount DECIMAL(12, 2), day DATE, at TIMESTAMP);
      INSERT INTO raw.orders VALUES (1, 'Ann', 10.50, DATE '2026-11-20', TIMESTAMP '2026-11-20 10:00:00.123456'),
        (2, NULL, 3, DATE '2026-11-21', NULL);
      CREATE TABLE raw.lists AS SELECT 1 AS id, ARRAY['a', 'b'] AS tags
  - name: build
    models: "*"
""",
    "models/days.sql": """{{ config(materialized='table') }}
select day, count(*) as orders, sum(amount) as amount from {{ source('raw', 'orders') }} group by day
""",
    "models/words.yml": """version: 2
sources: [{name: raw, tables: [{name: orders}]}]
models:
  - name: days
    description: What was ordered on each day
    columns: [{name: amount, description: Euros}]
""",
}


class LakeServer:
    """It is there until `stop` is called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            path = folder / "shop" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        listen = ["--listen", "127.0.0.1:0", "--sql-listen", "127.0.0.1:0"]
        command = [POLDER, "server", "--json", "--log", "error", "--data", "data", *listen]
        self.own = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=self.own)
        ready = json.loads(self.process.stdout.readline())
        self.token = Path(ready["admin_token_file"]).read_text().strip()
        self.host, self.port = ready["sql_address"].rsplit(":", 1)
        self.own |= {"POLDER_URL": ready["url"], "POLDER_TOKEN": self.token}
        self.polder("deploy", "shop")
        self.polder("run", "shop/load", "--follow")

    def polder(self, *arguments: str) -> None:
        subprocess.run([POLDER, *arguments], cwd=self.folder, env=self.own, check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
