//! What every command needs: the host, and how to speak to the user.

use std::fmt::{Display, Write as _};

use super::progress::Progress;
use crate::cli::{Color, Form, Input, Talk};
use crate::emit;
use crate::error::{Code, Error, Kind, Result};
use crate::host::Host;
use crate::input::{self, File, Reader, Skipped, WantedObjects};
use crate::model::DEFAULT_NAMESPACE;
use crate::process::Masks;
use crate::report::{Style, printable};
use crate::text::{Note, NoteLevel};

/// The host, with the user's wishes of how to be spoken to.
pub(crate) struct Context<'a, 'h> {
    pub(crate) host: &'a mut Host<'h>,
    talk: Talk,
    /// Whether this is one of several instances, of which only what is wrong is said, and of which
    /// one line is reported.
    in_fleet: bool,
    summary: Option<String>,
    /// The server that was named last.
    server: Option<String>,
}

/// What was read of an Argo CD.
pub(crate) struct ReadState {
    pub(crate) files: Vec<File>,
    /// From which file on they are live objects beside files, which come first.
    pub(crate) base: Option<usize>,
}

/// What became of one of several instances.
pub(crate) struct InstanceOutcome {
    /// Its exit code.
    pub(crate) code: Code,
    /// What it came to, in a few words; of a failure, the error.
    pub(crate) summary: String,
    /// Whether it failed.
    pub(crate) failed: bool,
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
                // Whatever an error quotes, it is no token.
                let summary = Masks::default().apply(&error.to_string());
                (error.code(), summary)
            }
        };
        InstanceOutcome {
            code,
            summary,
            failed,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// How stdout is marked.
    pub(crate) fn style(&self) -> Style {
        Style::new(colored(
            self.talk.color,
            self.host,
            self.host.terminal.stdout,
        ))
    }

    /// Whether the user wants to hear as little as possible.
    pub(crate) fn is_quiet(&self) -> bool {
        self.talk.quiet
    }

    /// Whether notes are left out. Of several instances they would bury what matters.
    fn is_hushed(&self) -> bool {
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

    /// Asks a yes-or-no question; anything but yes is no.
    pub(crate) fn ask(&mut self, question: &str) -> Result<bool> {
        if !self.host.terminal.stdin {
            return Err(Error::usage("nobody can be asked: stdin is no terminal")
                .hint("add --yes if it is meant"));
        }
        // Nobody is left to be asked when stderr is closed; then nobody answers yes either.
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
        // Nobody is left to be told when stderr is closed.
        let _ = writeln!(self.host.stderr, "{label} {}", printable(text));
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

    /// Reads what the input options name; `None` where they name nothing.
    /// `form` says what is asked of the cluster with `--live`; of AppProjects only `projects`, if
    /// some are named.
    pub(crate) fn read(
        &mut self,
        args: &Input,
        form: Option<Form>,
        projects: &[String],
    ) -> Result<Option<Vec<File>>> {
        if args.filename.is_empty() {
            return self.read_other(args, form, projects);
        }
        refuse_both(args)?;
        let (files, skipped) = self.reader(args).read(&args.filename)?;
        self.tell_skipped(skipped);
        Ok(Some(files))
    }

    /// Reads what the input options name, for a question about the whole state of an Argo CD: with
    /// `--live` all that decides, and files beside it, which come before live objects.
    pub(crate) fn read_state(
        &mut self,
        args: &Input,
        projects: &[String],
    ) -> Result<Option<ReadState>> {
        if !args.live || !matches!(args.form, None | Some(Form::Manifest)) {
            let files = self.read(args, args.form, projects)?;
            return Ok(files.map(|files| ReadState { files, base: None }));
        }
        let mut files = Vec::new();
        if !args.filename.is_empty() {
            let skipped;
            (files, skipped) = self.reader(args).read(&args.filename)?;
            self.tell_skipped(skipped);
        }
        let base = (!files.is_empty()).then_some(files.len());
        files.extend(self.read_live(args)?);
        Ok(Some(ReadState { files, base }))
    }

    /// Reads the whole live state: the ConfigMaps with settings that decide, and the AppProjects.
    pub(crate) fn read_live(&mut self, args: &Input) -> Result<Vec<File>> {
        let cluster = self.cluster(args);
        let runner = self.host.runner;
        let settings = match input::get(&cluster, &WantedObjects::Settings, runner) {
            // Whoever may read the two need not be allowed to read the third.
            Err(error) if error.to_string().to_lowercase().contains("forbidden") => {
                let two = input::get(&cluster, &WantedObjects::ConfigMaps, runner)?;
                self.note("argocd-cmd-params-cm was not read, so Argo CD's defaults count");
                two
            }
            other => other?,
        };
        let mut files = vec![settings];
        match input::get(&cluster, &WantedObjects::AppProjects(&[]), runner) {
            Ok(projects) => files.push(projects),
            // There are none.
            Err(error) if error.kind() == Kind::Input => {}
            Err(error) => self.note(format!(
                "AppProjects were not read, so what their roles give is not known: {error}"
            )),
        }
        Ok(files)
    }

    /// Reads the named files and says nothing about those that it leaves out.
    pub(super) fn peek(&mut self, args: &Input) -> Result<Vec<File>> {
        let (files, _) = self.reader(args).read(&args.filename)?;
        Ok(files)
    }

    /// The same, but goes on where a named file cannot be read, and shows how far it is when it
    /// takes long.
    pub(crate) fn read_each(
        &mut self,
        args: &Input,
        skip_unrelated: bool,
    ) -> Result<Option<(Vec<File>, Vec<Error>)>> {
        if args.filename.is_empty() {
            let state = self.read_state(args, &[])?;
            return Ok(state.map(|state| (state.files, Vec::new())));
        }
        refuse_both(args)?;
        let shown = self.host.terminal.stderr && !self.is_hushed();
        let mut progress = Progress::new(self.host.clock, shown, "files");
        let mut reader = Reader {
            stdin: self.host.stdin,
            directory: &self.host.directory,
            recursive: args.recursive,
            skip_unrelated,
        };
        let stderr = &mut self.host.stderr;
        let reading = reader.read_each(&args.filename, &mut |done, all| {
            progress.tell(done, all, *stderr);
        });
        progress.clear(self.host.stderr);
        let reading = reading?;
        self.tell_skipped(reading.skipped);
        Ok(Some((reading.files, reading.failures)))
    }

    fn reader<'r>(&'r mut self, args: &Input) -> Reader<'r> {
        Reader {
            stdin: self.host.stdin,
            directory: &self.host.directory,
            recursive: args.recursive,
            skip_unrelated: false,
        }
    }

    /// What comes from no file.
    fn read_other(
        &mut self,
        args: &Input,
        form: Option<Form>,
        projects: &[String],
    ) -> Result<Option<Vec<File>>> {
        if args.sample {
            return Ok(Some(vec![input::sample()?]));
        }
        if !args.live {
            return Ok(None);
        }
        let cluster = self.cluster(args);
        let runner = self.host.runner;
        let get = |wanted: &WantedObjects<'_>| input::get(&cluster, wanted, runner);
        Ok(Some(match form {
            Some(Form::Operator) => {
                let mut files = vec![get(&WantedObjects::ArgoCd)?];
                match get(&WantedObjects::RbacCm) {
                    // Its absence is said where it matters.
                    Err(error) if error.kind() == Kind::Input => {}
                    other => files.push(other?),
                }
                files
            }
            Some(Form::AppProject) => vec![get(&WantedObjects::AppProjects(projects))?],
            Some(Form::Helm) => {
                return Err(Error::usage("values are in a file, and not in the cluster")
                    .hint("name it: -f values.yaml --in-place; without input values are rendered for a new file"));
            }
            _ => vec![get(&WantedObjects::ConfigMaps)?],
        }))
    }

    /// The cluster that `--live` asks.
    pub(super) fn cluster(&self, args: &Input) -> input::Cluster {
        let kubectl = self.host.env.get("KUBECTL_PATH");
        input::Cluster {
            kubectl: kubectl.map_or_else(|| "kubectl".into(), Into::into),
            flags: args.kubectl.flags(),
            namespace: args
                .namespace
                .clone()
                .unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned()),
        }
    }

    fn tell_skipped(&mut self, skipped: Vec<Skipped>) {
        if !skipped.is_empty() {
            let count = skipped.len();
            let (files, verb) = if count == 1 {
                ("file", "was")
            } else {
                ("files", "were")
            };
            self.note(format!(
                "{count} {files} of the directory {verb} left out: not YAML or JSON"
            ));
        }
        for file in skipped {
            let (path, reason) = (file.path.display(), &file.reason);
            if file.names_argo_cd {
                self.warn(format!(
                    "left out {path}, though it names an Argo CD ConfigMap: {reason}"
                ));
            } else if self.talk.verbose {
                self.note(format!("left out {path}: {reason}"));
            }
        }
    }

    /// An error that does not end the command.
    pub(crate) fn show(&mut self, error: &Error) {
        show(error, self.talk, self.host);
    }
}

/// Refuses files beside `--live` where they are not laid over the live objects.
fn refuse_both(args: &Input) -> Result<()> {
    if args.live {
        return Err(Error::usage("--live and --filename exclude each other here")
            .hint("`check`, `can`, `who-can` and `matrix` read files as they would be applied to the live objects"));
    }
    Ok(())
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
    // Whatever an error quotes, it is no token.
    let text = Masks::default().apply(&text);
    let _ = host.stderr.write_all(text.as_bytes());
}
