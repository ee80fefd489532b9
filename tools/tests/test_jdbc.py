"""PostgreSQL's JDBC driver, by which DBeaver and most tools in Java ask: what it says of tables, on a real server."""

import os
from pathlib import Path

import pytest
from lake_server import LakeServer

gateways = pytest.importorskip("py4j.java_gateway", reason="Java is not there: make test-interop")

ANY = "%"


class Driver:
    """A connection, and what it answers as rows by the names of columns."""

    def __init__(self, server: LakeServer):
        jars = ":".join(str(jar) for jar in Path(os.environ["DELTA_JARS"]).glob("postgresql-*.jar"))
        self.gateway = gateways.JavaGateway.launch_gateway(classpath=jars, die_on_exit=True)
        given = self.gateway.jvm.java.util.Properties()
        for name, value in {"user": "anyone", "password": server.token, "sslmode": "disable"}.items():
            given.setProperty(name, value)
        place = f"jdbc:postgresql://{server.host}:{server.port}/prod"
        self.connection = self.gateway.jvm.org.postgresql.Driver().connect(place, given)
        self.about = self.connection.getMetaData()

    def rows(self, answer) -> list[dict[str, object]]:
        columns = answer.getMetaData()
        names = [columns.getColumnLabel(at) for at in range(1, columns.getColumnCount() + 1)]
        rows = []
        while answer.next():
            rows.append({name: answer.getObject(at) for at, name in enumerate(names, 1)})
        return rows

    def ask(self, question: str, *values: int) -> list[dict[str, object]]:
        statement = self.connection.prepareStatement(question)
        for at, value in enumerate(values, 1):
            statement.setLong(at, value)
        return self.rows(statement.executeQuery())


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    server = LakeServer(tmp_path_factory.mktemp("jdbc"))
    driver = Driver(server)
    yield driver
    driver.gateway.shutdown()
    server.stop()


def test_it_finds_schemas_tables_and_columns(driver):
    about = driver.about
    assert [row["TABLE_CAT"] for row in driver.rows(about.getCatalogs())] == ["prod"]
    assert {"marts", "polder", "raw"} <= {row["TABLE_SCHEM"] for row in driver.rows(about.getSchemas())}
    tables = driver.rows(about.getTables("prod", "marts", ANY, None))
    found = [(row["TABLE_NAME"], row["TABLE_TYPE"], row["REMARKS"]) for row in tables]
    assert found == [("days", "TABLE", "What was ordered on each day")]
    columns = driver.rows(about.getColumns(None, "marts", "days", ANY))
    names = ["COLUMN_NAME", "TYPE_NAME", "COLUMN_SIZE", "DECIMAL_DIGITS", "REMARKS", "COLUMN_DEF"]
    assert [row["COLUMN_NAME"] for row in columns] == ["day", "orders", "amount"]
    assert [columns[2][name] for name in names] == ["amount", "numeric", 22, 2, "Euros", None]
    assert driver.rows(about.getColumns(None, "raw", "orders", "id"))[0]["IS_NULLABLE"] == "NO"


def test_it_learns_types(driver):
    types = {row["TYPE_NAME"] for row in driver.rows(driver.about.getTypeInfo())}
    assert {"int8", "numeric", "text", "timestamptz", "_text"} <= types
    # What a column of names of functions is, the driver looks up by itself.
    [int8] = driver.ask("SELECT typinput FROM pg_type WHERE oid = ?", 20)
    assert int8["typinput"].toString() == "int8in"


def test_keys_and_all_else_that_is_not_there_are_empty_lists(driver):
    about = driver.about
    for answer in [
        about.getPrimaryKeys(None, "raw", "orders"),
        about.getImportedKeys(None, "raw", "orders"),
        about.getExportedKeys(None, "raw", "orders"),
        about.getIndexInfo(None, "raw", "orders", False, False),
        about.getBestRowIdentifier(None, "raw", "orders", 1, False),
        about.getProcedures(None, "marts", ANY),
        about.getFunctions(None, "marts", ANY),
        about.getUDTs(None, ANY, ANY, None),
        about.getTablePrivileges(None, "raw", ANY),
        about.getColumnPrivileges(None, "raw", "orders", ANY),
    ]:
        assert driver.rows(answer) == []


def test_it_reads_rows_with_values_and_bit_by_bit(driver):
    [ann] = driver.ask("SELECT id, customer, amount, at FROM raw.orders WHERE id = ?", 1)
    assert (ann["id"], ann["customer"], str(ann["amount"])) == (1, "Ann", "10.50")
    assert str(ann["at"]) == "2026-11-20 10:00:00.123456"
    driver.connection.setAutoCommit(False)
    statement = driver.connection.createStatement()
    statement.setFetchSize(1)
    assert [row["id"] for row in driver.rows(statement.executeQuery("SELECT id FROM raw.orders ORDER BY id"))] == [1, 2]
    driver.connection.commit()
    driver.connection.setAutoCommit(True)
