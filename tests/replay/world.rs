//! A whole command, run in-process with streams in memory.

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use kubectl_octopus_argo::host::{Environment, Host, Outlet, Terminal};
use kubectl_octopus_argo::process::{Failure, Invocation, Output, Runner};
use kubectl_octopus_argo::text::Secret;

/// Every program that is run answers so.
#[derive(Clone, Copy, Default)]
pub struct Answer<'a> {
    /// `None`: a signal ended it.
    pub code: Option<i32>,
    pub stdout: &'a str,
    pub stderr: &'a str,
}

impl Runner for Answer<'_> {
    fn run(&self, _: &Invocation) -> Result<Output, Failure> {
        Ok(Output {
            code: self.code,
            stdout: Secret::new(self.stdout),
            stderr: self.stderr.to_owned(),
        })
    }
}

/// Whether a whole command is run on this input as well: always where the corpus is replayed, for
/// one input in `many` where it is fuzzed, because the definition of the command line takes
/// milliseconds there. A hash of all of the input decides: what a fuzzer finds in a command that
/// way does not lead it to commands ever after.
pub fn is_for_commands(data: &[u8], many: u64) -> bool {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325, step);
    cfg!(test) || (hash >> 32).is_multiple_of(many)
}

/// What came of a command.
pub struct Run {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

pub fn run(args: &[&str], stdin: &str, answer: &Answer<'_>) -> Run {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut host = Host {
        stdin: &mut stdin.as_bytes(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        env: Environment::default(),
        terminal: Terminal {
            stdin: false,
            stdout: true,
            stderr: true,
            width: None,
        },
        directory: std::path::PathBuf::from("/nonexistent"),
        clock: &clock,
        runner: answer,
        outlet: Outlet::default(),
    };
    let words = std::iter::once("kubectl-octopus_argo").chain(args.iter().copied());
    let code = kubectl_octopus_argo::run(words.map(OsString::from), &mut host).number();
    Run {
        code,
        stdout: String::from_utf8(stdout).expect("what is printed is text"),
        stderr: String::from_utf8(stderr).expect("what is said is text"),
    }
}

/// Fails if a terminal would obey something that we do not print ourselves.
pub fn obeys_nothing(text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| c.is_ascii_alphabetic());
        let sequence = end.map(|end| &rest[..=end]);
        let is_color = sequence.is_some_and(|sequence| {
            sequence.starts_with('[')
                && sequence.ends_with('m')
                && sequence[1..sequence.len() - 1]
                    .chars()
                    .all(|c| c.is_ascii_digit() || c == ';')
        });
        assert!(is_color, "the terminal is told {sequence:?}");
    }
    let wrong = |c: char| c.is_control() && !"\n\t\r\u{1b}".contains(c);
    assert!(
        !text.contains(wrong),
        "a control character gets out: {text:?}"
    );
}
