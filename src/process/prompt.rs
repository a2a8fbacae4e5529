//! Answers the questions of a program that wants a terminal.
//!
//! The program gets a terminal of its own as stdin; its questions come on stdout.

use std::io;

use crate::text::Secret;

/// A question and its answer.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// A text that only this question holds.
    pub question: String,
    /// What is typed, without the line end.
    pub answer: Secret,
}

/// Which questions have been answered.
pub(super) struct Dialogue {
    prompts: Vec<(Prompt, bool)>,
    /// How much of stdout has been dealt with.
    read: usize,
}

impl Dialogue {
    pub(super) fn new(prompts: &[Prompt]) -> Self {
        Self {
            prompts: prompts.iter().map(|p| (p.clone(), false)).collect(),
            read: 0,
        }
    }

    /// The answers to what was asked since the last call, in order.
    ///
    /// # Errors
    /// The question that is asked a second time.
    pub(super) fn answers(&mut self, stdout: &[u8]) -> Result<Vec<Secret>, String> {
        let mut answers = Vec::new();
        loop {
            let unread = &stdout[self.read..];
            let next = self
                .prompts
                .iter_mut()
                .filter_map(|prompt| Some((find(unread, prompt.0.question.as_bytes())?, prompt)))
                .min_by_key(|(at, _)| *at);
            let Some((at, (prompt, answered))) = next else {
                return Ok(answers);
            };
            if *answered {
                return Err(prompt.question.clone());
            }
            *answered = true;
            self.read += at + prompt.question.len();
            answers.push(prompt.answer.clone());
        }
    }
}

/// Where a text is in another. An empty one is nowhere.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    text.windows(wanted.len()).position(|part| part == wanted)
}

/// The two ends of a terminal: ours, and the program's.
#[cfg(unix)]
pub(super) struct PseudoTerminal {
    ours: std::fs::File,
}

#[cfg(unix)]
impl PseudoTerminal {
    /// A new terminal that echoes nothing, and the end that becomes a program's stdin.
    pub(super) fn open() -> io::Result<(Self, std::process::Stdio)> {
        use rustix::fs::{Mode, OFlags};
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let theirs = rustix::fs::open(name, flags, Mode::empty())?;
        rustix::io::fcntl_setfd(&ours, rustix::io::FdFlags::CLOEXEC)?;
        let mut modes = tcgetattr(&theirs)?;
        modes.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
        tcsetattr(&theirs, OptionalActions::Now, &modes)?;
        Ok((Self { ours: ours.into() }, theirs.into()))
    }

    /// Types a line.
    pub(super) fn type_line(&mut self, line: &Secret) -> io::Result<()> {
        use std::io::Write;
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(line.expose().len() + 1));
        bytes.extend_from_slice(line.expose().as_bytes());
        bytes.push(b'\n');
        self.ours.write_all(&bytes)
    }
}

/// There is no such terminal here.
#[cfg(not(unix))]
pub(super) enum PseudoTerminal {}

#[cfg(not(unix))]
impl PseudoTerminal {
    pub(super) fn open() -> io::Result<(Self, std::process::Stdio)> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "answering its questions needs a Unix terminal",
        ))
    }

    pub(super) fn type_line(&mut self, _line: &Secret) -> io::Result<()> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue() -> Dialogue {
        let prompt = |question: &str, answer: &str| Prompt {
            question: question.to_owned(),
            answer: Secret::new(answer),
        };
        Dialogue::new(&[prompt("Enter new", "n"), prompt("Enter password", "p")])
    }

    #[test]
    fn each_question_is_answered_once_and_in_the_order_asked() {
        let mut dialogue = dialogue();
        let asked = b"*** Enter password of x: \n*** Enter new password: ";
        assert_eq!(dialogue.answers(&asked[..10]).unwrap(), []);
        assert_eq!(dialogue.answers(&asked[..25]).unwrap(), [Secret::new("p")]);
        assert_eq!(dialogue.answers(asked).unwrap(), [Secret::new("n")]);
        assert_eq!(dialogue.answers(asked).unwrap(), []);
    }

    #[test]
    fn what_is_not_text_does_not_shift_the_place() {
        let mut dialogue = dialogue();
        let asked = b"\xff\xff\xffEnter new\xff";
        assert_eq!(dialogue.answers(asked).unwrap(), [Secret::new("n")]);
        assert_eq!(dialogue.answers(asked).unwrap(), []);
    }

    #[test]
    fn a_question_asked_again_is_not_answered_for_ever() {
        let mut dialogue = dialogue();
        let error = dialogue.answers(b"Enter new, Enter new").unwrap_err();
        assert_eq!(error, "Enter new");
    }
}
