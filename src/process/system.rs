//! The real [`Runner`]: starts programs on this machine.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::interrupt::Ear;
use super::prompt::{Dialogue, PseudoTerminal};
use super::reader::{self, Collected, Event};
use super::{Failure, Hold, Invocation, OUTPUT_LIMIT, Output, Runner, Stdin, tree};
use crate::model::printable;

/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(10);
/// How long the streams of a program that has ended may stay silent and open.
const LINGER: Duration = Duration::from_millis(300);

/// Whether every program is shown as it starts.
static TRACED: AtomicBool = AtomicBool::new(false);

/// Shows every program on stderr as it starts, and how it ends; secrets masked.
pub fn trace(on: bool) {
    TRACED.store(on, Ordering::Relaxed);
}

/// The ear of what runs alone.
static MAIN: Ear = Ear::new();

/// Starts real programs.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Runner for System {
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure> {
        run(invocation, &MAIN)
    }

    fn interrupted(&self) -> bool {
        MAIN.hears()
    }

    fn acknowledge(&self) {
        MAIN.acknowledge();
    }

    fn task(&self) -> Option<Box<dyn Runner>> {
        Some(Box::new(Task(MAIN.further())))
    }
}

/// The same for one of several tasks.
struct Task(Ear);

impl Runner for Task {
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure> {
        run(invocation, &self.0)
    }

    fn interrupted(&self) -> bool {
        self.0.hears()
    }

    fn acknowledge(&self) {
        self.0.acknowledge();
    }
}

fn run(invocation: &Invocation, ear: &Ear) -> Result<Output, Failure> {
    let _hold = Hold::new();
    if ear.hears() {
        return Err(Failure::Interrupted { started: false });
    }
    let traced = TRACED.load(Ordering::Relaxed);
    let since = Instant::now();
    if traced {
        // One write a line, so that calls at the same time do not mix. No one is left to be
        // told when stderr is closed.
        let line = format!("run: {}\n", printable(&invocation.to_string()));
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    let outcome = match invocation.stdin {
        Stdin::Terminal => talk(invocation, ear),
        _ => Running::start(invocation).and_then(|running| running.finish(ear)),
    };
    if traced {
        let line = summary(invocation, &outcome, since.elapsed());
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    outcome
}

/// How a call ended, and what it said: for traces.
fn summary(call: &Invocation, outcome: &Result<Output, Failure>, took: Duration) -> String {
    let words = call.args.iter().take_while(|arg| {
        let bytes = arg.as_encoded_bytes();
        !bytes.starts_with(b"-")
    });
    let words: Vec<_> = words.take(3).map(|arg| arg.to_string_lossy()).collect();
    let name = call.masks.apply(&words.join(" "));
    let took = took.as_millis();
    let mut line = match outcome {
        Ok(Output {
            code: Some(code), ..
        }) => format!("ran: {name}: exit code {code} after {took} ms\n"),
        Ok(_) => format!("ran: {name}: ended by a signal after {took} ms\n"),
        Err(failure) => format!("ran: {name}: {failure}\n"),
    };
    if let Ok(output) = outcome {
        for said in output.stderr.lines() {
            line.push_str("said: ");
            let said = said
                .chars()
                .map(|c| if c.is_control() { '\u{fffd}' } else { c });
            line.push_str(&printable(&said.collect::<String>()));
            line.push('\n');
        }
    }
    line
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that starts programs"
)]
fn command(invocation: &Invocation) -> Result<Command, Failure> {
    let mut command = Command::new(super::lookup::find(&invocation.program)?);
    command.args(&invocation.args);
    for name in &invocation.env_remove {
        command.env_remove(name);
    }
    for (name, value) in &invocation.env {
        command.env(name, value.expose());
    }
    Ok(command)
}

fn spawn(mut command: Command, invocation: &Invocation) -> Result<Child, Failure> {
    command.spawn().map_err(|cause| {
        let program = invocation.program.clone();
        if cause.kind() == std::io::ErrorKind::NotFound {
            Failure::Missing { program }
        } else {
            Failure::NotStarted { program, cause }
        }
    })
}

/// Runs a program that talks to the user: it has our streams, and all the time it wants.
fn talk(invocation: &Invocation, ear: &Ear) -> Result<Output, Failure> {
    let _terminal = KeptTerminal::new();
    let mut child = spawn(command(invocation)?, invocation)?;
    while matches!(tree::has_ended(&mut child), Ok(false)) {
        if ear.hears() {
            tree::end_alone(&mut child);
            return Err(Failure::Interrupted { started: true });
        }
        std::thread::sleep(TICK);
    }
    let status = child.wait();
    if ear.hears() {
        return Err(Failure::Interrupted { started: true });
    }
    Ok(Output {
        code: status.ok().and_then(|status| status.code()),
        stdout: super::Secret::default(),
        stderr: String::new(),
    })
}

/// The modes of the user's terminal, given back at the end: a program that is ended while it reads
/// a password leaves the terminal silent.
struct KeptTerminal {
    #[cfg(unix)]
    modes: Option<rustix::termios::Termios>,
}

impl KeptTerminal {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            modes: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }
}

impl Drop for KeptTerminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(modes) = &self.modes {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, modes);
        }
    }
}

/// A program that is running, with its streams in our hands.
struct Running<'a> {
    invocation: &'a Invocation,
    child: Child,
    events: Receiver<Event>,
    stdout: Collected,
    stderr: Collected,
    pipes: Pipes,
    /// Streams that have not come to their end.
    open: u8,
    dialogue: Option<(Dialogue, PseudoTerminal)>,
    since: Instant,
}

/// Both streams once more, to look at.
struct Pipes {
    #[cfg(unix)]
    ends: Vec<std::os::fd::OwnedFd>,
}

impl Pipes {
    fn of(child: &Child) -> Self {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd;
            let streams = [
                child.stdout.as_ref().map(AsFd::as_fd),
                child.stderr.as_ref().map(AsFd::as_fd),
            ];
            let ends = streams.into_iter().flatten();
            // Without a look it is as if nothing were there.
            let ends = ends.filter_map(|end| end.try_clone_to_owned().ok());
            Self {
                ends: ends.collect(),
            }
        }
        #[cfg(not(unix))]
        {
            let _ = child;
            Self {}
        }
    }

    /// In how many something is left to read, be it only the end, which stays.
    fn ready(&self) -> usize {
        #[cfg(unix)]
        {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let ends = self.ends.iter();
            let mut ends: Vec<_> = ends.map(|end| PollFd::new(end, PollFlags::IN)).collect();
            poll(&mut ends, Some(&Timespec::default())).unwrap_or_default()
        }
        #[cfg(not(unix))]
        0
    }
}

impl<'a> Running<'a> {
    fn start(invocation: &'a Invocation) -> Result<Self, Failure> {
        let mut command = command(invocation)?;
        tree::lead_a_group(&mut command);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut dialogue = None;
        match &invocation.stdin {
            Stdin::Prompts(prompts) => {
                let (ours, theirs) =
                    PseudoTerminal::open().map_err(|cause| Failure::NotStarted {
                        program: invocation.program.clone(),
                        cause,
                    })?;
                command.stdin(theirs);
                dialogue = Some((Dialogue::new(prompts), ours));
            }
            Stdin::Bytes(_) => {
                command.stdin(Stdio::piped());
            }
            Stdin::Closed | Stdin::Terminal => {
                command.stdin(Stdio::null());
            }
        }
        let since = Instant::now();
        // The command is dropped by this, and with it our copy of the program's terminal.
        let mut child = spawn(command, invocation)?;
        if let (Stdin::Bytes(bytes), Some(mut stdin)) = (&invocation.stdin, child.stdin.take()) {
            let bytes = bytes.clone();
            // A program may end without reading everything; that is its own affair.
            std::thread::spawn(move || stdin.write_all(bytes.expose().as_bytes()));
        }
        let pipes = Pipes::of(&child);
        let (sender, events) = mpsc::channel();
        let stdout = child.stdout.take().expect("stdout was piped");
        let stdout = reader::stdout(stdout, OUTPUT_LIMIT, sender.clone());
        let stderr = child.stderr.take().expect("stderr was piped");
        let stderr = reader::stderr(stderr, sender);
        Ok(Self {
            invocation,
            child,
            events,
            stdout,
            stderr,
            pipes,
            open: 2,
            dialogue,
            since,
        })
    }

    fn finish(mut self, ear: &Ear) -> Result<Output, Failure> {
        let mut ended = false;
        while !ended || self.open > 0 {
            if ear.hears() {
                tree::end_group(&mut self.child);
                return Err(Failure::Interrupted { started: true });
            }
            let timeout = self.invocation.timeout;
            if let Some(after) = timeout.filter(|timeout| self.since.elapsed() >= *timeout) {
                tree::end_group(&mut self.child);
                return Err(Failure::TimedOut {
                    call: self.invocation.to_string(),
                    after,
                    stderr: self.said(),
                });
            }
            if ended {
                // What it printed may still be on its way; what it started may keep the streams
                // open, and is ended where nothing comes any more. On a busy machine it may be we who
                // have not come to read it.
                if !self.next_event(LINGER)? && self.pipes.ready() <= usize::from(2 - self.open) {
                    tree::end_group(&mut self.child);
                    break;
                }
            } else if matches!(tree::has_ended(&mut self.child), Ok(false)) {
                self.next_event(TICK)?;
            } else {
                ended = true;
            }
        }
        let status = self.child.wait();
        Ok(Output {
            code: status.ok().and_then(|status| status.code()),
            stdout: self.stdout.take(),
            stderr: self.said(),
        })
    }

    /// Waits for something to happen; whether it did.
    fn next_event(&mut self, within: Duration) -> Result<bool, Failure> {
        match self.events.recv_timeout(within) {
            Ok(Event::Printed) => self.answer()?,
            Ok(Event::End) => self.open -= 1,
            Ok(Event::TooMuch) => {
                tree::end_group(&mut self.child);
                return Err(Failure::TooMuch {
                    call: self.invocation.to_string(),
                    limit: OUTPUT_LIMIT,
                    stderr: self.said(),
                });
            }
            Err(RecvTimeoutError::Timeout) => return Ok(false),
            // Both streams have ended, and the program has not.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(within.min(TICK)),
        }
        Ok(true)
    }

    /// Answers what was asked.
    fn answer(&mut self) -> Result<(), Failure> {
        let Some((dialogue, terminal)) = &mut self.dialogue else {
            return Ok(());
        };
        let asked = match self.stdout.look(|stdout| dialogue.answers(stdout)) {
            Ok(answers) => {
                for line in &answers {
                    // Where it no longer listens, its own end says why.
                    let _ = terminal.type_line(line);
                }
                return Ok(());
            }
            Err(asked) => asked,
        };
        tree::end_group(&mut self.child);
        Err(Failure::Asked {
            call: self.invocation.to_string(),
            asked,
            stderr: self.said(),
        })
    }

    /// What it said so far, without secrets.
    fn said(&self) -> String {
        self.invocation.masks.apply(self.stderr.take().expose())
    }
}
