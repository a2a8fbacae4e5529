//! What every command needs: the host, and how to speak to the user.

use std::fmt::{Display, Write as _};

use crate::cli::{Color, Talk};
use crate::emit;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::process::Masks;
use crate::report::diff::{Pair, unified};
use crate::report::{Report, Style, printable};
use crate::text::{Note, NoteLevel};
use crate::yaml::Format;

/// The host, with the user's wishes of how to be spoken to.
pub(crate) struct Context<'a, 'h> {
    pub(crate) host: &'a mut Host<'h>,
    talk: Talk,
    /// Whether this is one of several instances, of which only what is wrong is said, and of which
    /// one line is reported.
    in_fleet: bool,
    summary: Option<String>,
    /// The report of one of several instances, to be joined with the others.
    document: Option<Report>,
    /// The server that was named last.
    server: Option<String>,
}

/// What became of one of several instances.
pub(crate) struct InstanceOutcome {
    /// Its exit code.
    pub(crate) code: Code,
    /// What it came to, in a few words; of a failure, the error.
    pub(crate) summary: String,
    /// Whether it failed.
    pub(crate) failed: bool,
    /// Its report, if it is in a format whose reports are joined as values.
    pub(crate) document: Option<Report>,
    /// The data that it printed.
    pub(crate) stdout: String,
    /// What it said.
    pub(crate) stderr: String,
}

impl InstanceOutcome {
    /// One that was to come, when the user asked to stop.
    pub(crate) fn not_begun() -> Self {
        Self {
            code: Code::INTERRUPTED,
            summary: "not begun".to_owned(),
            failed: true,
            document: None,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// What came of it in a word; `words` are those for the codes 0 and 1.
    pub(crate) fn word(&self, words: [&'static str; 2]) -> &'static str {
        match self.code {
            Code::INTERRUPTED => "interrupted",
            _ if self.failed => "error",
            Code::OK => words[0],
            Code::NO => words[1],
            _ => "error",
        }
    }
}

impl<'a, 'h> Context<'a, 'h> {
    pub(crate) fn new(talk: Talk, host: &'a mut Host<'h>) -> Self {
        Self {
            host,
            talk,
            in_fleet: false,
            summary: None,
            document: None,
            server: None,
        }
    }

    /// One of several instances.
    pub(crate) fn of_fleet(talk: Talk, host: &'a mut Host<'h>) -> Self {
        Self {
            in_fleet: true,
            ..Self::new(talk, host)
        }
    }

    /// How the user wants to be spoken to.
    pub(crate) fn talk(&self) -> Talk {
        self.talk
    }

    /// Whether this is one of several instances.
    pub(crate) fn in_fleet(&self) -> bool {
        self.in_fleet
    }

    /// What the command came to: one line, which among several instances goes into the report.
    pub(crate) fn conclude(&mut self, is_well: bool, text: String) {
        if self.in_fleet {
            self.summary = Some(text);
        } else if is_well {
            self.note(text);
        } else {
            self.warn(text);
        }
    }

    /// Ends one of several instances; an error is said, and does not end the others.
    pub(crate) fn end(&mut self, outcome: Result<Code>) -> InstanceOutcome {
        let failed = outcome.is_err();
        let (code, summary) = match outcome {
            Ok(code) => (code, self.summary.take().unwrap_or_default()),
            Err(error) => {
                self.show(&error);
                // Whatever an error quotes, it is not a token.
                let summary = Masks::default().apply(&error.to_string());
                (error.code(), summary)
            }
        };
        InstanceOutcome {
            code,
            summary,
            failed,
            document: self.document.take(),
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// How stdout is marked.
    pub(crate) fn style(&self) -> Style {
        let colored = colored(self.talk.color, self.host, self.host.terminal.stdout);
        Style::new(colored).with_width(self.host.terminal.width)
    }

    /// Whether the user wants to hear as little as possible.
    pub(crate) fn is_quiet(&self) -> bool {
        self.talk.quiet
    }

    /// Whether notes are left out. Of several instances they would bury what matters.
    pub(super) fn is_hushed(&self) -> bool {
        self.talk.quiet || self.in_fleet && !self.talk.verbose
    }

    /// Whether the user wants to hear everything.
    pub(crate) fn is_verbose(&self) -> bool {
        self.talk.verbose
    }

    /// A text for stdout: on a terminal nothing in it is obeyed.
    pub(crate) fn shown(&self, text: &str) -> String {
        if self.host.terminal.stdout {
            printable(text).into_owned()
        } else {
            text.to_owned()
        }
    }

    /// Unified diffs with so many lines of context, for stdout: with colors each line is made
    /// harmless before it is painted.
    pub(crate) fn diffs<'p>(&self, pairs: impl Iterator<Item = Pair<'p>>, lines: usize) -> String {
        let style = self.style();
        let text: String = pairs.map(|pair| unified(pair, lines, style)).collect();
        if style.is_colored() {
            text
        } else {
            self.shown(&text)
        }
    }

    /// Something good to know; `--quiet` leaves it out.
    pub(crate) fn note(&mut self, text: impl Display) {
        if !self.is_hushed() {
            self.say("note", Style::strong, &text.to_string());
        }
    }

    /// The one next step; `--quiet` leaves it out.
    pub(crate) fn next(&mut self, text: impl Display) {
        if !self.is_hushed() {
            self.say("next", Style::good, &text.to_string());
        }
    }

    /// Something to look at before going on.
    pub(crate) fn warn(&mut self, text: impl Display) {
        self.say("warning", Style::warn, &text.to_string());
    }

    /// What must be known whatever was asked for: `--quiet` makes it a warning.
    pub(crate) fn always(&mut self, text: impl Display) {
        if self.talk.quiet && !self.in_fleet {
            self.warn(text);
        } else {
            self.say("note", Style::strong, &text.to_string());
        }
    }

    /// Names the server that a login or a token goes to, once; `--quiet` does not leave it out.
    pub(crate) fn name_server(&mut self, server: &str) {
        if self.server.as_deref() != Some(server) {
            self.say("server", Style::strong, server);
            self.server = Some(server.to_owned());
        }
    }

    /// Asks a yes-or-no question; anything but yes counts as no.
    pub(crate) fn ask(&mut self, question: &str) -> Result<bool> {
        if !self.host.terminal.stdin {
            return Err(
                Error::usage("cannot ask for confirmation: stdin is not a terminal")
                    .hint("add --yes to confirm"),
            );
        }
        // No one is left to be asked when stderr is closed; then no one answers yes either.
        let _ = write!(self.host.stderr, "{} [y/N] ", printable(question));
        let _ = self.host.stderr.flush();
        let mut answer = Vec::new();
        let mut byte = [0];
        while answer.len() < 16 && matches!(self.host.stdin.read(&mut byte), Ok(1)) {
            if byte == *b"\n" {
                break;
            }
            answer.push(byte[0]);
        }
        let answer = String::from_utf8_lossy(&answer).trim().to_lowercase();
        Ok(["y", "yes"].contains(&answer.as_str()))
    }

    pub(crate) fn tell(&mut self, notes: &[Note]) {
        for note in notes {
            match note.level {
                NoteLevel::Note => self.note(&note.text),
                NoteLevel::Next => self.next(&note.text),
                NoteLevel::Warning => self.warn(&note.text),
                NoteLevel::Always => self.always(&note.text),
                NoteLevel::Outcome { is_well } => self.conclude(is_well, note.text.clone()),
            }
        }
    }

    /// Runs something that returns notes, and prints them: before its error, if it fails.
    pub(crate) fn telling<T>(&mut self, run: impl FnOnce(&mut Vec<Note>) -> T) -> T {
        let mut notes = Vec::new();
        let returned = run(&mut notes);
        self.tell(&notes);
        returned
    }

    fn say(&mut self, label: &str, paint: fn(Style, &str) -> String, text: &str) {
        let style = Style::new(colored(
            self.talk.color,
            self.host,
            self.host.terminal.stderr,
        ));
        let label = paint(style, &format!("{label}:"));
        // No one is left to be told when stderr is closed.
        let _ = writeln!(self.host.stderr, "{label} {}", printable(text));
    }

    /// The report. That of one of several instances is kept, to be joined with the others.
    pub(crate) fn report(&mut self, document: Report) -> Result<()> {
        match document {
            Report::Text(text) => self.print(&text),
            Report::Yaml(report) if !self.in_fleet => self.print(&Format::Yaml.write(&report)),
            document if self.in_fleet => {
                self.document = Some(document);
                Ok(())
            }
            document => self.print(&document.to_string()),
        }
    }

    /// The data. Only whole results come here. On a terminal nothing in it is obeyed.
    pub(crate) fn print(&mut self, text: &str) -> Result<()> {
        // What one of several instances prints goes into a report or a file.
        if self.in_fleet {
            self.print_painted(text)
        } else {
            let shown = self.shown(text);
            self.print_painted(&shown)
        }
    }

    /// The data, with colours of ours and nothing else in it that a terminal would obey.
    pub(crate) fn print_painted(&mut self, text: &str) -> Result<()> {
        emit::stdout(self.host.stdout, text)
    }

    /// An error that does not end the command.
    pub(crate) fn show(&mut self, error: &Error) {
        show(error, self.talk, self.host);
    }
}

fn colored(color: Color, host: &Host<'_>, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal
                && host.env.get("NO_COLOR").is_none()
                && host.env.get("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Prints an error as the user sees it: what and where, then causes and hints a line each.
pub(crate) fn show(error: &Error, talk: Talk, host: &mut Host<'_>) {
    let style = Style::new(colored(talk.color, host, host.terminal.stderr));
    let mut text = format!(
        "{} {}\n",
        style.bad("error:"),
        printable(&error.to_string())
    );
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let _ = writeln!(text, "  caused by: {}", printable(&inner.to_string()));
        cause = inner.source();
    }
    for hint in error.hints() {
        let _ = writeln!(text, "  {} {}", style.place("hint:"), printable(hint));
    }
    // Whatever an error quotes, it is not a token.
    let text = Masks::default().apply(&text);
    let _ = host.stderr.write_all(text.as_bytes());
}
