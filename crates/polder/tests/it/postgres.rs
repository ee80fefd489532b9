//! SQL by PostgreSQL's protocol: psql on a real server, and what must not get in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use crate::session::{Server, Session};

const PROJECT: &str = "project: shop\nteam: shop\nenvironments: {prod: {}}\n";
const LOAD: &str = "
name: load
steps:
  - name: orders
    sql: |
      CREATE TABLE IF NOT EXISTS raw.orders (id BIGINT NOT NULL, amount DECIMAL(12, 2), day DATE);
      INSERT INTO raw.orders VALUES (1, 10.50, DATE '2026-11-20'), (2, 3, NULL);
      CREATE OR REPLACE TABLE marts.days AS SELECT day, count(*) AS orders FROM raw.orders GROUP BY day
";

pub(crate) struct Shop {
    pub(crate) session: Session,
    server: Server,
    port: String,
    token: String,
}

impl Shop {
    pub(crate) fn open(arguments: &[&str]) -> Self {
        let mut session = Session::new();
        session.write("shop/polder.yaml", PROJECT);
        session.write("shop/pipelines/load.yaml", LOAD);
        let server =
            session.start_server_given("data", &[&["--sql-listen", "127.0.0.1:0"], arguments].concat());
        let token_file = server.token_file.display().to_string();
        session.polder(0, &["login", &server.url, "--token-file", &token_file]);
        session.polder(0, &["deploy", "shop"]);
        let port = server.sql_address.as_ref().unwrap().rsplit(':').next().unwrap().to_owned();
        let token = std::fs::read_to_string(&server.token_file).unwrap().trim().to_owned();
        let shop = Self { session, server, port, token };
        shop.load();
        shop
    }

    pub(crate) fn load(&self) {
        assert!(self.session.output(&["run", "shop/load", "--follow"], "").status.success());
    }

    fn psql(&self) -> Command {
        let mut psql = Command::new("psql");
        let place = format!("host=127.0.0.1 port={} user=somebody dbname=prod", self.port);
        psql.args(["-X", "-q", "-A", "-t", "-v", "VERBOSITY=verbose", "-d", &place]);
        psql.env("PGPASSWORD", &self.token).env("PGCONNECT_TIMEOUT", "20");
        psql
    }

    pub(crate) fn typing(&self) -> Typing {
        Typing::start(self.psql())
    }

    /// What a statement is answered, or why it is not.
    pub(crate) fn ask(&self, statement: &str) -> String {
        said(&self.psql().args(["-c", statement]).output().unwrap())
    }
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(text).unwrap().trim().to_owned()
}

/// A psql that is typed into.
pub(crate) struct Typing(Child, BufReader<std::process::ChildStdout>);

impl Typing {
    fn start(mut psql: Command) -> Self {
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self(child, output)
    }

    pub(crate) fn answer(&mut self, statement: &str) -> String {
        writeln!(self.0.stdin.as_mut().unwrap(), "{statement}").unwrap();
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Typing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn psql_asks_and_looks_around() {
    let shop = Shop::open(&[]);
    assert_eq!(shop.ask("SELECT * FROM raw.orders ORDER BY id"), "1|10.50|2026-11-20\n2|3.00|");
    assert_eq!(shop.ask("SELECT sum(orders) FROM days"), "2", "the schema of marts is looked in");
    assert_eq!(shop.ask("SELECT current_database(), current_schema(), current_user"), "prod|marts|admin");
    assert_eq!(shop.ask(r"\dt raw.*"), "raw|orders|table|polder");
    assert_eq!(shop.ask(r"\d"), "marts|days|table|polder");
    assert_eq!(shop.ask(r"\dn"), "marts|polder\npolder|polder\nraw|polder");
    assert!(shop.ask(r"\l").contains("prod|polder|"));
    assert_eq!(shop.ask(r"\d raw.orders"), "id|bigint||not null|\namount|numeric(12,2)|||\nday|date|||");
    assert_eq!(shop.ask("SET search_path = raw; SELECT count(*) FROM orders; SHOW search_path"), "2\nraw");
    let columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'days' ORDER BY 1";
    assert_eq!(shop.ask(columns), "day\norders");
}

/// Tools that read nothing else of the catalog make their own types of these.
#[test]
fn columns_are_told_in_the_words_of_postgres() {
    let shop = Shop::open(&[]);
    let columns = "SELECT ordinal_position, columns.column_name, data_type, udt_name, numeric_precision, numeric_scale, \
                   is_nullable FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1";
    let orders = "1|id|bigint|int8|64|0|NO\n2|amount|numeric|numeric|12|2|YES\n3|day|date|date|||YES";
    assert_eq!(shop.ask(columns), orders);
    let own = "SELECT data_type, datetime_precision FROM prod.information_schema.columns \
               WHERE (table_schema, column_name) = ('polder', 'started_at') AND table_name = 'runs'";
    assert_eq!(shop.ask(own), "timestamp with time zone|6");
    let system = "SELECT data_type FROM information_schema.columns WHERE table_name = 'pg_class' AND column_name = 'oid'";
    assert_eq!(shop.ask(system), "oid");
    let tables = "SELECT table_type FROM INFORMATION_SCHEMA.tables WHERE table_name = 'orders'";
    assert_eq!(shop.ask(tables), "BASE TABLE", "the rest is the engine's");
}

#[test]
fn cursors_that_are_open_are_listed() {
    let shop = Shop::open(&[]);
    let listed = "SELECT name, statement, is_scrollable FROM pg_catalog.pg_cursors";
    assert_eq!(shop.ask(listed), "");
    let open = format!("BEGIN; DECLARE bit CURSOR FOR SELECT 1; {listed}");
    assert_eq!(shop.ask(&open), "bit|DECLARE \"bit\" CURSOR FOR SELECT 1|f");
    let closed = format!("BEGIN; DECLARE bit CURSOR FOR SELECT 1; CLOSE bit; {listed}");
    assert_eq!(shop.ask(&closed), "");
}

#[test]
fn functions_that_are_not_there_are_an_error() {
    let shop = Shop::open(&[]);
    let said = shop.ask("SELECT json_build_object('a', 1)");
    assert!(said.starts_with("ERROR:  42883") && said.contains("json_build_object"), "{said}");
}

/// They would come as null, or as a text that no client reads.
#[test]
fn dates_that_clients_do_not_know_are_an_error() {
    let shop = Shop::open(&[]);
    assert_eq!(shop.ask("SELECT DATE '9999-12-31', DATE '0001-01-01'"), "9999-12-31|0001-01-01");
    for (value, shown) in [
        ("DATE '9999-12-31' + 1", "10000-01-01"),
        ("CAST(2147483647 AS DATE)", "5881580-07-11"),
        ("[DATE '0001-01-01' - 1]", "0001-12-31 BC"),
    ] {
        let said = shop.ask(&format!("SELECT {value} AS d"));
        let expected =
            format!("ERROR:  22008: column d has {shown}, which clients of PostgreSQL cannot read");
        assert!(said.starts_with(&expected), "{value}: {said}");
    }
}

#[test]
fn tables_are_asked_as_they_were() {
    let shop = Shop::open(&[]);
    shop.load();
    let both = "SELECT sum(orders), (SELECT sum(orders) FROM days VERSION AS OF 0) AS old FROM days";
    assert_eq!(shop.ask(both), "4|2");
    let today = "SELECT count(*) FROM raw.orders VERSION AS OF 0 WHERE current_date > DATE '2026-01-01'";
    assert_eq!(shop.ask(today), "2");
}

#[test]
fn nothing_but_queries_gets_through() {
    let shop = Shop::open(&[]);
    let stolen = shop.session.path("stolen");
    let copy = format!("COPY (SELECT 1) TO '{}'", stolen.display());
    let cases = [
        (copy.as_str(), "25006"),
        ("COPY raw.orders FROM '/etc/passwd'", "25006"),
        ("COPY raw.orders TO STDOUT", "25006"),
        ("CREATE TABLE raw.x AS SELECT 1", "25006"),
        ("CREATE VIEW raw.x AS SELECT 1", "25006"),
        ("CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '/etc'", "25006"),
        ("DROP TABLE raw.orders", "25006"),
        ("ALTER TABLE raw.orders ADD COLUMN x int", "25006"),
        ("INSERT INTO raw.orders (id) VALUES (9)", "25006"),
        ("UPDATE raw.orders SET id = 9", "25006"),
        ("DELETE FROM raw.orders", "25006"),
        ("TRUNCATE raw.orders", "25006"),
        ("MERGE INTO raw.orders USING marts.days ON true WHEN MATCHED THEN DELETE", "25006"),
        ("SELECT * INTO raw.x FROM raw.orders", "25006"),
        ("EXPLAIN ANALYZE DELETE FROM raw.orders", "25006"),
        ("EXPLAIN ANALYZE INSERT INTO raw.orders (id) VALUES (9)", "25006"),
        ("SELECT 1; DELETE FROM raw.orders", "25006"),
        ("WITH x AS (DELETE FROM raw.orders) SELECT 1", "0A000"),
        ("DECLARE c CURSOR FOR DELETE FROM raw.orders", "0A000"),
        ("PREPARE p AS DELETE FROM raw.orders", "0A000"),
        ("EXECUTE p", "0A000"),
        ("CALL x()", "0A000"),
        ("GRANT ALL ON raw.orders TO somebody", "0A000"),
        ("SET ROLE postgres", "0A000"),
        ("SET datafusion.execution.batch_size = 1", "42704"),
        ("SET datafusion.runtime.memory_limit = '100G'", "42704"),
        ("SET default_transaction_read_only = off", "22023"),
        ("SELECT * FROM '/etc/passwd'", "42P01"),
        ("SELECT * FROM read_csv('/etc/passwd')", "42000"),
        ("SELECT pg_read_file('/etc/passwd')", "42883"),
        ("SELECT * FROM raw.nothing", "42P01"),
        ("SELECT nothing FROM raw.orders", "42703"),
        ("SELEC 1", "42601"),
    ];
    for (statement, state) in cases {
        let said = shop.ask(statement);
        assert!(said.starts_with(&format!("ERROR:  {state}: ")), "{statement}: {said}");
    }
    assert_eq!(shop.ask("SELECT count(*) FROM raw.orders"), "2");
    assert!(!stolen.exists());
}

#[test]
fn only_those_with_a_token_come_in() {
    let shop = Shop::open(&[]);
    let wrong = said(&shop.psql().env("PGPASSWORD", "pld_wrong").args(["-c", "SELECT 1"]).output().unwrap());
    assert!(wrong.contains("is no token that is known") && wrong.contains("polder token create"), "{wrong}");
    let agents = shop.session.json(&["token", "create", "agents", "--role", "agent"]);
    let agent = agents["token"].as_str().unwrap();
    let refused = said(&shop.psql().env("PGPASSWORD", agent).args(["-c", "SELECT 1"]).output().unwrap());
    assert!(refused.contains("viewer"), "{refused}");
    let created = shop.session.json(&["token", "create", "looker", "--role", "viewer"]);
    let (id, token) = (created["id"].as_str().unwrap(), created["token"].as_str().unwrap());
    let mut psql = shop.psql();
    psql.env("PGPASSWORD", token);
    let mut open = Typing::start(psql);
    assert_eq!(open.answer("SELECT current_user;"), "looker");
    shop.session.json(&["token", "revoke", id]);
    assert_eq!(open.answer("SELECT 1;"), "", "a session ends with its token");
}

#[test]
fn a_database_that_is_no_environment_does_not_exist() {
    let shop = Shop::open(&[]);
    let connect = |database: &str| {
        let place = format!("host=127.0.0.1 port={} user=somebody dbname={database}", shop.port);
        said(&shop.psql().args(["-d", &place, "-c", "SELECT current_database()"]).output().unwrap())
    };
    assert_eq!(connect("prod"), "prod");
    // The name of the user is what psql asks for by itself.
    let refused =
        [connect("pord"), connect("somebody")].map(|said| said.split_once("FATAL").unwrap().1.to_owned());
    insta::assert_snapshot!(refused.join("\n"), @r#"
    :  database "pord" does not exist: databases are environments here
    HINT:  did you mean `prod`? There is `prod` only.
    :  database "somebody" does not exist: databases are environments here
    HINT:  There is `prod` only.
    "#);
    let refused = first_answer(&shop, "pord");
    assert!(refused.contains("\0C3D000\0"), "{refused}");
}

/// What somebody with a token is answered who connects to a database, byte for byte.
fn first_answer(shop: &Shop, database: &str) -> String {
    let mut stream = TcpStream::connect(shop.server.sql_address.as_ref().unwrap()).unwrap();
    let settings = format!("user\0somebody\0database\0{database}\0\0");
    let length = |text: &str, more: usize| u32::try_from(text.len() + more).unwrap().to_be_bytes();
    stream.write_all(&[&length(&settings, 8), &[0, 3, 0, 0], settings.as_bytes()].concat()).unwrap();
    stream.read_exact(&mut [0; 9]).unwrap();
    let token = format!("{}\0", shop.token);
    stream.write_all(&[b"p", &length(&token, 4)[..], token.as_bytes()].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_is_published_meanwhile_is_seen_after_the_transaction() {
    let shop = Shop::open(&[]);
    let (mut following, mut reading) = (Typing::start(shop.psql()), Typing::start(shop.psql()));
    assert_eq!(following.answer("SELECT count(*) FROM raw.orders;"), "2");
    assert_eq!(reading.answer("BEGIN; SELECT count(*) FROM raw.orders;"), "2");
    shop.load();
    assert_eq!(following.answer("SELECT count(*) FROM raw.orders;"), "4");
    assert_eq!(reading.answer("SELECT sum(orders) FROM marts.days;"), "2");
    assert_eq!(reading.answer("SELECT count(*) FROM raw.orders;"), "2");
    assert_eq!(reading.answer("COMMIT; SELECT count(*) FROM raw.orders;"), "4");
}

#[test]
fn a_statement_is_cancelled_by_a_key_or_by_time() {
    let shop = Shop::open(&[]);
    let endless = "SELECT count(*) FROM generate_series(1, 9000000) a, generate_series(1, 9000000) b";
    let late = shop.ask(&format!("SET statement_timeout = '100ms'; {endless}"));
    assert!(late.starts_with("ERROR:  57014: the statement was ended after 100 ms"), "{late}");
    let mut psql = shop.psql();
    psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = psql.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    writeln!(input, "SELECT 1;\n{endless};").unwrap();
    output.read_line(&mut String::new()).unwrap();
    // psql sends its key on another connection when it is interrupted: again until the statement has begun.
    let id = child.id().to_string();
    let (done, over) = std::sync::mpsc::channel::<()>();
    let interrupting = std::thread::spawn(move || {
        while over.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-INT", &id]).status();
        }
    });
    // Beside it, psql says that it has sent its key.
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let ended = lines.map_while(Result::ok).find(|line| line.contains("57014"));
    assert_eq!(ended.as_deref(), Some("ERROR:  57014: the statement was ended by its client"));
    drop((done, input));
    interrupting.join().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn one_session_too_many_is_refused_and_others_go_on() {
    let shop = Shop::open(&["--sql-sessions", "1"]);
    let mut open = Typing::start(shop.psql());
    assert_eq!(open.answer("SELECT 1;"), "1");
    assert!(shop.ask("SELECT 1").contains("there are 1 sessions already"));
    assert_eq!(open.answer("SELECT 2;"), "2");
}

#[test]
fn a_session_that_wants_too_much_memory_ends_alone() {
    let shop = Shop::open(&[]);
    let mut other = Typing::start(shop.psql());
    assert_eq!(other.answer("SELECT 1;"), "1");
    let told = shop.ask("SELECT max(repeat(value::text, 1000000)) FROM generate_series(1, 1000000)");
    assert!(told.contains("server closed the connection"), "{told}");
    assert_eq!(other.answer("SELECT 2;"), "2");
}

#[test]
fn what_is_no_protocol_is_hung_up_on() {
    let shop = Shop::open(&[]);
    let address = shop.server.sql_address.clone().unwrap();
    for bytes in
        [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\0\0\0\x08\0\x02\0\0", b"\0\0\0\x09\0\x03\0\0x", &[0xff; 64]]
    {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer[0] == b'E', "{bytes:?}: {answer:?}");
    }
    assert_eq!(shop.ask("SELECT 1"), "1");
}

#[test]
fn connections_are_encrypted_with_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", said(&made));
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let shop = Shop::open(&["--sql-certificate", &certificate, "--sql-key", &key]);
    let mut psql = shop.psql();
    psql.env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", &certificate);
    let answer = said(&psql.args(["-c", r"\conninfo", "-c", "SELECT 1"]).output().unwrap());
    assert!(answer.contains("SSL connection (protocol: TLSv1.3") && answer.ends_with("\n1"), "{answer}");
}
