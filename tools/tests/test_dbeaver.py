"""What DBeaver's kind of tool asks PostgreSQL's catalog, on a real server: as plain texts, and with parameters."""

import psycopg
import pytest
from lake_server import LakeServer
from psycopg import ClientCursor
from psycopg.rows import dict_row

# What stands behind the names of parameters is looked up first.
START = {
    "its database": "SELECT d.oid, d.* FROM pg_catalog.pg_database d WHERE d.datname = %(database)s AND d.datallowconn",
    "who asks": "SELECT current_schema(), session_user, version()",
    "whether columns are there": "SELECT typcategory FROM pg_catalog.pg_type WHERE 1 <> 1 LIMIT 1",
    "types": """SELECT t.oid, t.*, k.relkind, format_type(nullif(t.typbasetype, 0), t.typtypmod) AS base, w.description
        FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
        LEFT JOIN pg_catalog.pg_class k ON k.oid = t.typrelid LEFT JOIN pg_catalog.pg_description w ON w.objoid = t.oid
        WHERE t.typnamespace = 11 AND (k.relkind IS NULL OR k.relkind = 'c')
        AND (e.typcategory <> 'C' OR e.oid IS NULL)""",
    "its size": "SELECT d.datname, pg_database_size(d.oid) FROM pg_catalog.pg_database d",
    "schemas": """SELECT n.oid, n.*, w.description FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_description w
        ON w.objoid = n.oid AND w.objsubid = 0 AND w.classoid = 'pg_namespace'::regclass ORDER BY n.nspname""",
    "settings": "SELECT * FROM pg_catalog.pg_settings WHERE name = 'search_path'",
    "access methods": "SELECT a.oid, a.* FROM pg_catalog.pg_am a ORDER BY a.oid",
    "tables": """SELECT c.oid, c.*, w.description, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound,
        pg_catalog.pg_get_partkeydef(c.oid) AS key FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description w
        ON w.objoid = c.oid AND w.objsubid = 0 AND w.classoid = 'pg_class'::regclass
        WHERE c.relnamespace = %(schema)s AND c.relkind NOT IN ('i', 'I', 'c')""",
    "columns": """SELECT c.relname, a.*, pg_catalog.pg_get_expr(f.adbin, f.adrelid, true) AS preset,
        w.description, p.objid
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        LEFT JOIN pg_catalog.pg_description w ON w.objoid = c.oid AND w.objsubid = a.attnum
        LEFT JOIN pg_depend p ON p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'i'
        WHERE c.oid = %(table)s AND NOT a.attisdropped ORDER BY a.attnum""",
    "sizes": """SELECT c.oid, pg_catalog.pg_total_relation_size(c.oid) AS bytes FROM pg_class c
        WHERE c.relnamespace = %(schema)s""",
    "one size": "SELECT pg_catalog.pg_relation_size(%(table)s) AS bytes",
    "words": """SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'v')
        AND c.relnamespace IN (%(schema)s)
        AND (c.relname ILIKE '%%sold%%' OR obj_description(c.oid, 'pg_class') ILIKE '%%ORDERED%%')""",
    "words of columns": """SELECT a.attname FROM pg_catalog.pg_attribute a, pg_catalog.pg_class c
        WHERE c.oid = a.attrelid
        AND (a.attname ILIKE '%%euro%%' OR col_description(c.oid, a.attnum) ILIKE '%%euro%%')""",
}
# There is none of these in the lake.
NOTHING = {
    "descriptions of databases": "SELECT description FROM pg_shdescription JOIN pg_database d ON d.oid = objoid",
    "roles": """SELECT r.oid, r.*, w.description FROM pg_catalog.pg_roles r
        LEFT JOIN pg_catalog.pg_shdescription w ON w.objoid = r.oid""",
    "extensions": """SELECT x.oid, t.names, x.* FROM pg_catalog.pg_extension x
        LEFT JOIN (SELECT array_agg(c.relname) AS names, of
        FROM (SELECT unnest(y.extconfig) AS oid, y.oid AS of FROM pg_extension y) z
        JOIN pg_class c ON c.oid = z.oid GROUP BY of) t ON t.of = x.oid""",
    "extensions that could be": "SELECT name, installed_version FROM pg_catalog.pg_available_extensions ORDER BY name",
    "keys": """SELECT k.oid, k.*, t.relname, w.description, CASE WHEN k.contype = 'c' THEN
        "substring"(pg_get_constraintdef(k.oid), 7) ELSE NULL END AS source FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class t ON t.oid = k.conrelid LEFT JOIN pg_catalog.pg_description w ON w.objoid = k.oid
        AND w.objsubid = 0 AND w.classoid = 'pg_constraint'::regclass
        WHERE t.relnamespace = %(schema)s ORDER BY k.oid""",
    "indexes": """SELECT i.*, i.indkey AS keys, c.relname, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS condition,
        pg_catalog.pg_stat_get_numscans(i.indexrelid) AS scans FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %(table)s ORDER BY c.relname""",
    "aggregates": """SELECT p.oid AS number, p.proname, a.* FROM pg_catalog.pg_aggregate a, pg_catalog.pg_proc p
        WHERE a.aggfnoid = p.oid AND p.pronamespace = %(schema)s""",
    "functions": """SELECT p.oid AS number, p.*, pg_catalog.pg_get_expr(p.proargdefaults, 0) AS presets
        FROM pg_catalog.pg_proc p WHERE p.pronamespace = %(schema)s""",
    "parents": """SELECT i.*, c.relnamespace FROM pg_inherits i, pg_class c
        WHERE i.inhrelid = %(table)s AND c.oid = i.inhparent""",
    "policies": "SELECT * FROM pg_catalog.pg_policies WHERE tablename = 'days'",
    "triggers": "SELECT t.oid, t.* FROM pg_catalog.pg_trigger t WHERE t.tgrelid = %(table)s AND NOT t.tgisinternal",
    "rules": """SELECT r.oid, r.*, pg_get_ruledef(r.oid) AS definition FROM pg_rewrite r
        WHERE r.ev_class = %(table)s AND r.rulename <> '_RETURN'::name""",
    "sequences": "SELECT * FROM pg_catalog.pg_sequences WHERE schemaname = 'marts'",
    "sessions": "SELECT s.* FROM pg_catalog.pg_stat_activity s",
    "locks": "SELECT * FROM pg_catalog.pg_locks",
    "rights": "SELECT * FROM information_schema.table_privileges WHERE table_catalog = 'prod'",
    "rights to functions": "SELECT * FROM information_schema.routine_privileges WHERE grantee = 'ann'",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = LakeServer(tmp_path_factory.mktemp("dbeaver"))
    yield server
    server.stop()


@pytest.fixture(params=["simple", "extended"])
def ask(server, request):
    """A text with its values in it goes as one message; one with parameters as several."""
    factory = ClientCursor if request.param == "simple" else psycopg.Cursor
    given = {"host": server.host, "port": server.port, "user": "anyone", "dbname": "prod", "password": server.token}
    with psycopg.connect(**given, autocommit=True, cursor_factory=factory, row_factory=dict_row) as connection:
        numbers = "SELECT c.oid AS table, n.oid AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        known = connection.execute(f"{numbers} WHERE c.relname = 'days' AND n.nspname = 'marts'").fetchone()
        yield lambda question: connection.execute(question, {**known, "database": "prod"}).fetchall()


def test_what_is_there_is_told(ask):
    found = {name: ask(question) for name, question in START.items()}
    assert [row["datname"] for row in found["its database"]] == ["prod"]
    assert found["whether columns are there"] == []
    assert {"int8", "numeric", "text", "timestamptz"} <= {row["typname"] for row in found["types"]}
    assert [row["nspname"] for row in found["schemas"]] == ["marts", "pg_catalog", "polder", "raw"]
    assert [row["setting"] for row in found["settings"]] == ["marts"]
    [days] = found["tables"]
    assert (days["relname"], days["relkind"], days["description"]) == ("days", "r", "What was ordered on each day")
    assert (days["bound"], days["key"]) == (None, None)
    columns = [(row["attname"], row["description"], row["preset"]) for row in found["columns"]]
    assert columns == [("day", None, None), ("orders", None, None), ("amount", "Euros", None)]
    assert found["columns"][2]["atttypmod"] == (22 << 16 | 2) + 4
    [size] = found["sizes"]
    assert size["bytes"] == found["one size"][0]["bytes"] > 0
    assert found["words"] == [{"relname": "days"}]
    assert found["words of columns"] == [{"attname": "amount"}]


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_not_there_is_an_empty_list(ask, name):
    assert ask(NOTHING[name]) == []
