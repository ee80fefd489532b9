//! A terminal session: commands with all that they print, and servers to speak to.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What differs from one session to the next.
const FILTERS: [(&str, &str); 14] = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{2}\b", "[part of id]"),
    (r"\b[0-9a-f]{64}\b", "[sha256]"),
    (r"pld_[A-Za-z0-9_-]+", "pld_[token]"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
    // Measured: time, memory and CPU of a step.
    (r"(?m)^(\S+ +[A-Z_]+ +\d+) +(\d+\.\ds|\d+ms|-) .*$", "$1 [figures]"),
    (r"\b(\d+\.\d+ ?s|\d+ms)\b", "[took]"),
    (r"\d+ bytes in \d+ files?", "[size] in files"),
    (r"\d+ rows", "[n] rows"),
    (r"\d+ tables", "[n] tables"),
    (r"\d+(\.\d)? (B|KiB|MiB)\b", "[size]"),
    // Columns are as wide as what differs; what begins a line stays where it is.
    (r"([^|\s]) {2,}", "$1  "),
    (r"(?m) +$", ""),
];

/// A folder to work in, and what was typed and printed.
pub(crate) struct Session {
    folder: TempDir,
    url: Option<String>,
    transcript: String,
}

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    pub(crate) url: String,
    pub(crate) token_file: PathBuf,
    /// Where clients of PostgreSQL are answered, if they are.
    pub(crate) sql_address: Option<String>,
}

/// A command that runs while others are typed.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Session {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: None, transcript: String::new() }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A server with its data in this folder.
    pub(crate) fn start_server(&self, data: &str) -> Server {
        self.start_server_with(data, &[])
    }

    /// The same, with environment variables.
    pub(crate) fn start_server_with(&self, data: &str, variables: &[(&str, &str)]) -> Server {
        let mut command = self.server(data);
        command.envs(variables.iter().copied());
        started(command)
    }

    /// The same, with further arguments.
    pub(crate) fn start_server_given(&self, data: &str, arguments: &[&str]) -> Server {
        let mut command = self.server(data);
        command.args(arguments);
        started(command)
    }

    /// A server whose lake is on a disk of its own, of so many bytes. The disk is there as long as the server.
    pub(crate) fn start_server_on_disk(&self, data: &str, bytes: usize) -> (Server, PathBuf) {
        let disk = self.path("disk");
        fs::create_dir_all(&disk).unwrap();
        let server = self.server(data);
        let mut command = Command::new("unshare");
        // Whoever is not root may mount in a namespace of users of their own.
        if !Command::new("unshare").args(["--mount", "true"]).status().unwrap().success() {
            command.args(["--user", "--map-root-user"]);
        }
        let mount = "mount -t tmpfs -o size=$0 tmpfs \"$1\" && shift && exec \"$@\"";
        command.args(["--mount", "sh", "-c", mount]).arg(bytes.to_string()).arg(&disk);
        command.arg(server.get_program()).args(server.get_args()).arg("--lake").arg(&disk);
        command.current_dir(self.folder.path()).env_clear();
        command.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let server = started(command);
        let seen = format!("/proc/{}/root{}", server.child.id(), disk.display());
        (server, seen.into())
    }

    fn server(&self, data: &str) -> Command {
        self.command(&["server", "--json", "--listen", "127.0.0.1:0", "--log", "error", "--data", data])
    }

    /// All later commands go to this address, instead of the one that was logged in to.
    pub(crate) fn use_url(&mut self, url: &str) {
        self.url = Some(url.to_owned());
    }

    /// Types a command that is expected to end with this exit status.
    pub(crate) fn polder(&mut self, status: i32, arguments: &[&str]) -> String {
        self.polder_with(status, arguments, "")
    }

    /// The same, with something on stdin.
    pub(crate) fn polder_with(&mut self, status: i32, arguments: &[&str], stdin: &str) -> String {
        let output = self.output(arguments, stdin);
        let shown = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, error) = (shown(&output.stdout), shown(&output.stderr));
        let _ = writeln!(self.transcript, "$ polder {}\n{out}{error}", arguments.join(" "));
        assert_eq!(output.status.code(), Some(status), "{}", self.transcript);
        out
    }

    /// Types a command and leaves it running, once it has printed a line.
    pub(crate) fn start(&mut self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let _ = write!(self.transcript, "$ polder {} &\n{line}", arguments.join(" "));
        Running { child, stdout }
    }

    /// Waits for the end of a command that was left running.
    pub(crate) fn wait(&mut self, status: i32, mut running: Running) {
        let mut rest = String::new();
        running.stdout.read_to_string(&mut rest).unwrap();
        let _ = writeln!(self.transcript, "…\n{rest}");
        assert_eq!(running.child.wait().unwrap().code(), Some(status), "{}", self.transcript);
    }

    /// The JSON that a command prints; not part of the transcript.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.output(&[arguments, &["--json"]].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn output(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// The same, in a folder below.
    pub(crate) fn output_in(&self, folder: &str, arguments: &[&str]) -> Output {
        self.command(arguments).current_dir(self.path(folder)).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polder"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.path("home"));
        // Git looks for a repository no further up than this.
        command.env("GIT_CEILING_DIRECTORIES", self.path(""));
        if let Some(url) = &self.url {
            command.env("POLDER_URL", url);
        }
        command
    }

    /// What was typed and printed, without what differs each time.
    pub(crate) fn finish(self) -> String {
        let here = self.path("").display().to_string();
        self.transcript.replace(here.trim_end_matches('/'), "[folder]")
    }
}

/// Starts a server, and waits until it is ready.
fn started(mut command: Command) -> Server {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut ready = String::new();
    stdout.read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).expect("the line that says that the server is ready");
    let text = |key: &str| ready[key].as_str().unwrap().to_owned();
    let sql_address = ready["sql_address"].as_str().map(str::to_owned);
    Server {
        child,
        _stdout: stdout,
        url: text("url"),
        token_file: text("admin_token_file").into(),
        sql_address,
    }
}

impl Server {
    /// Waits until something is so: looks whenever anything happens on the server.
    pub(crate) fn until(&self, is_so: impl Fn() -> bool) {
        let token = fs::read_to_string(&self.token_file).unwrap();
        let changes = format!("{}/api/v1/changes", self.url);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // From the answer's head on, nothing that happens is missed.
            let mut open =
                reqwest::Client::new().get(changes).bearer_auth(token.trim()).send().await.unwrap();
            while !is_so() {
                open.chunk().await.unwrap().expect("the server goes on");
            }
        });
    }

    /// What the API answers.
    pub(crate) fn get(&self, path: &str) -> Value {
        let token = fs::read_to_string(&self.token_file).unwrap();
        let url = format!("{}/api/v1{path}", self.url);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let text = runtime.block_on(async {
            let answer = reqwest::Client::new().get(url).bearer_auth(token.trim()).send().await.unwrap();
            answer.text().await.unwrap()
        });
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until it has died of itself.
    pub(crate) fn wait_for_death(mut self) {
        assert!(!self.child.wait().unwrap().success(), "it was to die");
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "a graceful stop");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Compares a session with its snapshot.
pub(crate) fn assert_session(name: &str, session: Session) {
    let transcript = session.finish();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, replacement) in FILTERS {
        settings.add_filter(pattern, replacement);
    }
    settings.bind(|| insta::assert_snapshot!(name, transcript));
}

/// Whether a file can be read by its owner only.
pub(crate) fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
}
