//! Somebody's terminal: a HOME of its own, a working directory, and command lines.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::cluster::path;
use super::{ArgoCd, Cluster, janitor};

/// A place to run command lines in, with kubectl's configuration and argocd's own HOME.
pub struct Session {
    home: TempDir,
    kubeconfig: PathBuf,
    environment: Vec<(String, String)>,
}

/// What came of a command line.
#[must_use]
#[derive(Debug)]
pub struct Outcome {
    pub line: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Session {
    pub fn new(cluster: &Cluster) -> Self {
        Self::bare(&cluster.kubeconfig)
    }

    pub(super) fn bare(kubeconfig: &Path) -> Self {
        Self {
            home: tempfile::tempdir_in(janitor::directory()).unwrap(),
            kubeconfig: kubeconfig.to_owned(),
            environment: Vec::new(),
        }
    }

    /// Somebody who is logged in as admin.
    pub fn admin(cluster: &Cluster, argocd: &ArgoCd) -> Self {
        let session = Self::new(cluster);
        session.log_in(argocd);
        session
    }

    /// Logs in as admin; the context has the server's address as its name.
    pub fn log_in(&self, argocd: &ArgoCd) {
        let line = format!(
            "argocd login {} --username admin --password {}",
            argocd.reach(),
            ArgoCd::PASSWORD
        );
        self.run(&line).ok();
    }

    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Prepares a command line for bash, without a terminal and without the tests' own environment.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        command
            .args(["-c", line])
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path())
            .env("HOME", self.path())
            .env("KUBECONFIG", &self.kubeconfig)
            // What kubectl has learned of the API server serves every session.
            .env("KUBECACHEDIR", janitor::directory().join("kube-cache"))
            .env("TMPDIR", janitor::directory())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, line: &str) -> Outcome {
        Outcome::of(line, self.spawn(line))
    }

    /// Starts a command line and returns at once.
    pub fn spawn(&self, line: &str) -> Child {
        self.command(line).spawn().unwrap()
    }

    pub fn run_with_stdin(&self, line: &str, stdin: &str) -> Outcome {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let text = stdin.to_owned();
        let writer = std::thread::spawn(move || {
            // A program that does not read its stdin closes it.
            let _ = pipe.write_all(text.as_bytes());
        });
        let outcome = Outcome::of(line, child);
        writer.join().unwrap();
        outcome
    }

    /// Applies a manifest on the server's side.
    pub fn apply(&self, manifest: &str) {
        let line = "kubectl apply --server-side --force-conflicts -f -";
        self.run_with_stdin(line, manifest).ok();
    }
}

impl Outcome {
    pub(crate) fn of(line: &str, child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        Self {
            line: line.to_owned(),
            // Ended by a signal: as a shell says it.
            code: output.status.code().unwrap_or_else(|| {
                128 + std::os::unix::process::ExitStatusExt::signal(&output.status).unwrap_or(0)
            }),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// stdout of a command that ended with 0.
    #[track_caller]
    pub fn ok(self) -> String {
        self.exit(0)
    }

    /// stdout of a command that ended with this code.
    #[track_caller]
    pub fn exit(self, code: i32) -> String {
        assert_eq!(
            self.code, code,
            "{}\n---- stdout\n{}---- stderr\n{}",
            self.line, self.stdout, self.stderr
        );
        self.stdout
    }

    /// Fails unless the command was refused: this code, nothing on stdout, and all of this in stderr.
    #[track_caller]
    pub fn refused(&self, code: i32, said: &[&str]) {
        let Self {
            line,
            stdout,
            stderr,
            ..
        } = self;
        assert_eq!((self.code, stdout.as_str()), (code, ""), "{line}\n{stderr}");
        for words in said {
            assert!(
                stderr.contains(words),
                "{line}: not said: {words}\n{stderr}"
            );
        }
    }
}
