//! The harness: a sandbox directory, a command line, and everything that came of it as one text.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use kubectl_octopus_argo::host::{Environment, Host, Outlet, Terminal};
use kubectl_octopus_argo::process::{Failure, Invocation, Output, Runner};
use kubectl_octopus_argo::text::Secret;
use tempfile::TempDir;

pub(crate) mod fake;
pub(crate) mod fleet;
pub(crate) mod outcome;
pub mod real;
pub(crate) mod schema;
pub mod skip;
pub(crate) mod world;

/// A directory of its own for one test.
pub struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// A command line, split at blanks.
    pub fn command(&self, line: &str) -> Command {
        Command::new(self.path().to_owned(), line)
    }
}

/// A command to run in-process.
#[must_use]
pub struct Command {
    directory: PathBuf,
    args: Vec<OsString>,
    stdin: Vec<u8>,
    env: Vec<(String, String)>,
    terminal: Terminal,
    answers: Vec<Answer>,
    always: Vec<(String, Answer)>,
}

/// What a program that is run answers: exit code, stdout, stderr.
pub type Answer = (i32, String, String);

/// Everything that came of a command.
#[must_use]
#[derive(Debug)]
pub struct Run {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
    /// Each program that was run, with its arguments.
    pub ran: Vec<Vec<String>>,
}

impl Command {
    fn new(directory: PathBuf, line: &str) -> Self {
        let args = line.split_whitespace().map(OsString::from).collect();
        Self {
            directory,
            args,
            stdin: Vec::new(),
            env: Vec::new(),
            terminal: Terminal::default(),
            answers: Vec::new(),
            always: Vec::new(),
        }
    }

    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Several, split at blanks.
    pub fn args(mut self, line: &str) -> Self {
        self.args
            .extend(line.split_whitespace().map(OsString::from));
        self
    }

    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        text.as_ref().clone_into(&mut self.stdin);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn terminal(mut self) -> Self {
        self.terminal = Terminal {
            stdin: true,
            stdout: true,
            stderr: true,
            width: None,
        };
        self
    }

    /// A terminal of so many columns.
    pub fn columns(self, width: usize) -> Self {
        let mut command = self.terminal();
        command.terminal.width = Some(width);
        command
    }

    /// The next program that is run answers so.
    pub fn answers(mut self, code: i32, stdout: &str, stderr: &str) -> Self {
        self.answers
            .push((code, stdout.to_owned(), stderr.to_owned()));
        self
    }

    /// Every program that is run with this word answers so.
    pub fn answers_always(mut self, word: &str, stdout: &str) -> Self {
        let answer = (0, stdout.to_owned(), String::new());
        self.always.push((word.to_owned(), answer));
        self
    }

    pub fn run(self) -> Run {
        let mut args = vec![OsString::from("kubectl-octopus_argo")];
        args.extend(self.args);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let answers = RefCell::new(self.answers);
        answers.borrow_mut().reverse();
        let runner = Recorder {
            answers: Mutex::new(answers.into_inner()),
            always: self.always,
            ran: Mutex::default(),
        };
        let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut host = Host {
            stdin: &mut &self.stdin[..],
            stdout: &mut stdout,
            stderr: &mut stderr,
            env: self.env.into_iter().collect::<Environment>(),
            terminal: self.terminal,
            directory: self.directory,
            clock: &clock,
            runner: &runner,
            outlet: Outlet::default(),
        };
        let code = kubectl_octopus_argo::run(args, &mut host).number();
        Run {
            code,
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            ran: runner.ran.into_inner().unwrap(),
        }
    }
}

impl Run {
    /// stdout, stderr and exit code in one text, for a snapshot.
    pub fn snapshot(&self) -> String {
        let mut text = String::new();
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let _ = writeln!(text, "---- {name}");
                text.push_str(stream);
                if !stream.ends_with('\n') {
                    text.push_str("(no line break at the end)\n");
                }
            }
        }
        let _ = writeln!(text, "---- exit code {}", self.code);
        text
    }

    /// Fails unless the command was refused: this code, nothing on stdout, and this in stderr.
    #[track_caller]
    pub fn refused(&self, code: u8, said: &str) {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (code, ""),
            "{}",
            self.stderr
        );
        assert!(
            self.stderr.contains(said),
            "not said: {said}\n{}",
            self.stderr
        );
    }

    /// stdout of a command that ended with this code.
    #[track_caller]
    pub fn stdout_of(self, code: u8) -> String {
        assert_eq!(self.code, code, "{}", self.stderr);
        self.stdout
    }
}

struct Recorder {
    answers: Mutex<Vec<Answer>>,
    always: Vec<(String, Answer)>,
    ran: Mutex<Vec<Vec<String>>>,
}

impl Runner for Recorder {
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure> {
        let words = std::iter::once(invocation.program.as_os_str().to_owned());
        let words = words.chain(invocation.args.iter().cloned());
        let words: Vec<String> = words
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let always = self.always.iter().find(|(word, _)| words.contains(word));
        let always = always.map(|(_, answer)| answer.clone());
        self.ran.lock().unwrap().push(words);
        let answer = always.or_else(|| self.answers.lock().unwrap().pop());
        let (code, stdout, stderr) = answer.ok_or_else(|| Failure::Missing {
            program: "any program: none may be run here".into(),
        })?;
        Ok(Output {
            code: Some(code),
            stdout: Secret::new(stdout),
            stderr,
        })
    }
}
