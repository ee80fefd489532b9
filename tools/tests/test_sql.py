"""SQL by PostgreSQL's protocol, with the clients that people use: psycopg, SQLAlchemy and pandas, on a real server."""

import datetime
import json
import subprocess
from decimal import Decimal
from pathlib import Path

import pandas
import psycopg
import pytest
import sqlalchemy
from psycopg import errors
from sqlalchemy import text

POLDER = Path(__file__).parents[2] / "target" / "debug" / "polder"
PROJECT = "project: shop\nteam: shop\nenvironments: {prod: {}, dev: {schedules: off}}\n"
LOAD = """
name: load
steps:
  - name: orders
    sql: |
      CREATE TABLE IF NOT EXISTS raw.orders (id BIGINT PRIMARY KEY, customer TEXT, amount DECIMAL(12, 2), day DATE,
        at TIMESTAMP, seen TIMESTAMP WITH TIME ZONE, ok BOOLEAN, weight DOUBLE);
      INSERT INTO raw.orders VALUES
        (1, 'Ann', 10.50, DATE '2026-11-20', TIMESTAMP '2026-11-20 10:00:00.123456',
          TIMESTAMP '2026-11-20 10:00:00', true, 1.5),
        (2, NULL, 3, DATE '2026-11-21', NULL, NULL, false, NULL);
      CREATE OR REPLACE TABLE marts.days AS SELECT day, count(*) AS orders, sum(amount) AS amount
        FROM raw.orders GROUP BY day;
      CREATE OR REPLACE TABLE raw.numbers AS SELECT CAST(value AS BIGINT) AS n FROM generate_series(1, 20000)
"""
UTC = datetime.UTC
FIRST = (
    1,
    "Ann",
    Decimal("10.50"),
    datetime.date(2026, 11, 20),
    datetime.datetime(2026, 11, 20, 10, 0, 0, 123456),
    datetime.datetime(2026, 11, 20, 10, tzinfo=UTC),
    True,
    1.5,
)
SECOND = (2, None, Decimal("3.00"), datetime.date(2026, 11, 21), None, None, False, None)


class Server:
    """A server with a project, and its lake open to clients."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "shop" / "pipelines").mkdir(parents=True)
        (folder / "shop" / "polder.yaml").write_text(PROJECT)
        (folder / "shop" / "pipelines" / "load.yaml").write_text(LOAD)
        listen = ["--listen", "127.0.0.1:0", "--sql-listen", "127.0.0.1:0"]
        command = [POLDER, "server", "--json", "--log", "error", "--data", "data", *listen]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=self.environment())
        ready = json.loads(self.process.stdout.readline())
        self.token = Path(ready["admin_token_file"]).read_text().strip()
        self.host, self.port = ready["sql_address"].rsplit(":", 1)
        self.url = ready["url"]
        self.polder("deploy", "shop")
        self.load()

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **more}

    def polder(self, *arguments: str) -> None:
        environment = self.environment(POLDER_URL=self.url, POLDER_TOKEN=self.token)
        subprocess.run([POLDER, *arguments], cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    def load(self) -> None:
        self.polder("run", "shop/load", "--follow")

    def connect(self, **more) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host, port=self.port, user="anyone", dbname="prod", password=self.token, **more
        )

    def engine(self) -> sqlalchemy.Engine:
        url = sqlalchemy.URL.create("postgresql+psycopg", "anyone", self.token, self.host, int(self.port), "prod")
        return sqlalchemy.create_engine(url)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("sql"))
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
def connection(server):
    with server.connect() as connection:
        yield connection


@pytest.fixture
def engine(server):
    engine = server.engine()
    yield engine
    engine.dispose()


@pytest.mark.parametrize("binary", [False, True])
def test_values_are_what_they_are(connection, binary):
    with connection.cursor(binary=binary) as cursor:
        rows = cursor.execute("SELECT * FROM raw.orders WHERE id < 3 ORDER BY id, weight LIMIT 2").fetchall()
        assert [column.name for column in cursor.description][:3] == ["id", "customer", "amount"]
    assert rows in ([FIRST, SECOND], [FIRST, FIRST])


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("id = %s", 1),
        ("id = %s", 10_000_000_000 - 9_999_999_999),
        ("customer = %s", "Ann"),
        ("amount = %s", Decimal("10.5")),
        ("weight > %s", 1.25),
        ("day = %s", datetime.date(2026, 11, 20)),
        ("at >= %s", datetime.datetime(2026, 11, 20)),
        ("seen >= %s", datetime.datetime(2026, 11, 20, tzinfo=UTC)),
        ("ok = %s", True),
        ("id = any(%s)", [1, 5]),
        ("customer = any(%s::text[])", ["Ann", "Bob"]),
    ],
)
@pytest.mark.parametrize("binary", ["", "b", "t"])
def test_parameters_are_of_all_types(connection, condition, value, binary):
    query = f"SELECT DISTINCT id FROM raw.orders WHERE {condition.replace('%s', '%' + (binary or 's'))}"
    assert connection.execute(query, [value]).fetchall() == [(1,)]


def test_a_prepared_statement_is_used_again(connection):
    query = "SELECT min(id) + %s::bigint FROM raw.orders"
    assert [connection.execute(query, [n], prepare=True).fetchone() for n in range(9)] == [(n + 1,) for n in range(9)]
    assert connection.execute("SELECT %s, %s::int, %s::text", ["x", 3, None]).fetchone() == ("x", 3, None)
    with pytest.raises(errors.NumericValueOutOfRange):
        connection.execute("SELECT id FROM raw.orders WHERE amount = %s", [Decimal("1.12345678901")])


@pytest.mark.parametrize("binary", [False, True])
def test_a_cursor_brings_rows_bit_by_bit(connection, binary):
    with connection.cursor(name="bit by bit", binary=binary) as cursor:
        cursor.itersize = 3000
        cursor.execute("SELECT n FROM raw.numbers WHERE n > %s ORDER BY n", [0])
        assert cursor.fetchmany(2) == [(1,), (2,)]
        assert sum(n for (n,) in cursor) == sum(range(3, 20001))
    assert sum(n for (n,) in connection.cursor().stream("SELECT n FROM raw.numbers")) == sum(range(1, 20001))


def test_a_cursor_is_closed_by_who_has_not_declared_it(connection):
    connection.execute("DECLARE declared CURSOR FOR SELECT 1")
    connection.cursor(name="declared").close()
    connection.cursor(name="unknown").close()
    assert connection.execute("SELECT name FROM pg_cursors").fetchall() == []


def test_columns_are_told_as_by_postgresql(connection):
    query = """SELECT ordinal_position, column_name, data_type, udt_name, numeric_precision, numeric_scale
        FROM information_schema.columns WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"""
    assert connection.execute(query, ["raw", "orders"]).fetchall() == [
        (1, "id", "bigint", "int8", 64, 0),
        (2, "customer", "text", "text", None, None),
        (3, "amount", "numeric", "numeric", 12, 2),
        (4, "day", "date", "date", None, None),
        (5, "at", "timestamp without time zone", "timestamp", None, None),
        (6, "seen", "timestamp with time zone", "timestamptz", None, None),
        (7, "ok", "boolean", "bool", None, None),
        (8, "weight", "double precision", "float8", 53, None),
    ]


def test_a_pipeline_of_queries(connection):
    with connection.pipeline():
        one = connection.execute("SELECT 1")
        two = connection.execute("SELECT %s::int", [2])
        assert (one.fetchone(), two.fetchone()) == ((1,), (2,))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO raw.orders (id) VALUES (9)",
        "UPDATE raw.orders SET id = 9",
        "DELETE FROM raw.orders",
        "CREATE TABLE raw.x AS SELECT 1",
        "DROP TABLE raw.orders",
        "COPY (SELECT 1) TO '/tmp/stolen'",
        "SELECT * INTO raw.y FROM raw.orders",
        "EXPLAIN ANALYZE DELETE FROM raw.orders",
    ],
)
@pytest.mark.parametrize("prepare", [False, True])
def test_nothing_is_written(connection, statement, prepare):
    with pytest.raises(errors.ReadOnlySqlTransaction, match="step of a pipeline|only reads"):
        connection.execute(statement, prepare=prepare)
    with pytest.raises(errors.InFailedSqlTransaction):
        connection.execute("SELECT 1")
    connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_statement_is_ended(connection, server):
    connection.execute("SET statement_timeout = '200ms'")
    with pytest.raises(errors.QueryCanceled, match="after 200 ms"):
        connection.execute("SELECT count(*) FROM raw.numbers a, raw.numbers b, raw.numbers c WHERE a.n + b.n = c.n % 7")
    connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_one_that_needs_too_much_fails_alone(connection):
    with pytest.raises(errors.OutOfMemory):
        connection.execute("SELECT array_agg(value || repeat('x', 3000)) FROM generate_series(1, 500000)")
    connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_transaction_sees_one_version(server):
    with server.connect() as reading, server.connect(autocommit=True) as following:
        count = "SELECT count(*) FROM raw.orders"
        (before,) = reading.execute(count).fetchone()
        assert following.execute(count, prepare=True).fetchone() == (before,)
        server.load()
        assert reading.execute(count).fetchone() == (before,)
        assert following.execute(count, prepare=True).fetchone() == (before + 2,)
        reading.commit()
        assert reading.execute(count).fetchone() == (before + 2,)


def test_sqlalchemy_looks_into_the_lake(engine):
    found = sqlalchemy.inspect(engine)
    assert found.default_schema_name == "marts"
    assert {"marts", "raw"} <= set(found.get_schema_names())
    assert found.get_table_names() == ["days"]
    assert sorted(found.get_table_names("raw")) == ["numbers", "orders"]
    columns = found.get_columns("orders", "raw")
    assert [column["name"] for column in columns][:3] == ["id", "customer", "amount"]
    assert isinstance(columns[0]["type"], sqlalchemy.BIGINT)
    assert isinstance(columns[5]["type"], sqlalchemy.TIMESTAMP)
    assert not columns[0]["nullable"]
    assert found.has_table("orders", "raw")
    assert not found.has_table("nothing", "raw")
    assert found.get_pk_constraint("orders", "raw")["constrained_columns"] == []
    assert found.get_foreign_keys("orders", "raw") == []
    assert found.get_indexes("orders", "raw") == []
    assert found.get_view_names("raw") == []


def test_sqlalchemy_asks_with_its_own_language(engine):
    orders = sqlalchemy.Table("orders", sqlalchemy.MetaData(), schema="raw", autoload_with=engine)
    query = sqlalchemy.select(orders.c.id, orders.c.amount).where(orders.c.customer == "Ann").distinct()
    with engine.connect() as connection:
        assert connection.execute(query).all() == [(1, Decimal("10.50"))]
        assert connection.execute(text("SELECT orders FROM days WHERE day = :day"), {"day": FIRST[3]}).scalar() >= 1


def test_pandas_reads_frames(engine):
    with engine.connect() as connection:
        frame = pandas.read_sql("SELECT id, weight, at FROM raw.orders WHERE id = 1", connection)
        assert frame["weight"].iloc[0] == 1.5
        assert str(frame.dtypes["id"]) == "int64"
        assert str(frame.dtypes["at"]).startswith("datetime64")
        assert len(pandas.read_sql_table("days", connection)) == 2
        streamed = connection.execution_options(stream_results=True)
        pieces = list(pandas.read_sql("SELECT n FROM raw.numbers", streamed, chunksize=6000))
        assert [len(piece) for piece in pieces] == [6000, 6000, 6000, 2000]
