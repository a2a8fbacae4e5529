//! The calls of argocd that we make, one method each.

use serde::de::DeserializeOwned;

use super::answers::{CanIAnswer, ServerAccount, User, Versions, project_tokens};
use super::client::{CONFIG_VARIABLE, Client, OPTIONS_VARIABLE};
use super::log;
use super::login::Login;
use super::problem::Problem;
use super::refusal::{Refusal, RefusalReason};
use crate::model::{Expiry, Moment, TokenRecord};
use crate::process::{Failure, Invocation, Output, Prompt, Stdin};
use crate::text::Secret;

pub(super) type Result<T> = std::result::Result<T, Problem>;

/// Flags for how long a token is to be valid; none for ever.
fn lifetime(flag: &'static str, expiry: Expiry) -> Vec<String> {
    match expiry {
        Expiry::In(span) => vec![flag.to_owned(), span.to_string()],
        Expiry::Never => Vec::new(),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn password_words(account: Option<&str>) -> Vec<String> {
    let mut line = words(&["account", "update-password"]);
    if let Some(account) = account {
        line.extend(words(&["--account", account]));
    }
    line
}

impl Client<'_> {
    /// The version of the server: `v3.5.1+109ca7c`.
    pub fn server_version(&self) -> Result<String> {
        let call = self.call(["version", "-o", "json"]);
        let versions: Versions = self.json(&call)?;
        let server = versions.server.map(|server| server.version);
        server.ok_or_else(|| Problem::garbled(call.to_string(), "it does not name the server"))
    }

    /// Who the server takes the caller for.
    pub fn user(&self) -> Result<User> {
        self.json(&self.call(["account", "get-user-info", "-o", "json"]))
    }

    /// The accounts that the caller may see.
    pub fn accounts(&self) -> Result<Vec<ServerAccount>> {
        self.json(&self.call(["account", "list", "-o", "json"]))
    }

    /// One account with its tokens.
    pub fn account(&self, name: &str) -> Result<ServerAccount> {
        self.json(&self.call(["account", "get", "--account", name, "-o", "json"]))
    }

    /// Whether the caller may do this.
    pub fn can_i(&self, action: &str, resource: &str, object: &str) -> Result<CanIAnswer> {
        let call = self.about(&["account", "can-i"], &[action, resource, object]);
        match self.run(&call) {
            Ok(output) => match output.stdout.expose().trim() {
                "yes" => Ok(CanIAnswer::Yes),
                "no" => Ok(CanIAnswer::No),
                _ => Err(Problem::garbled(call.to_string(), "neither yes nor no")),
            },
            Err(problem) => match problem.reason() {
                Some(RefusalReason::NoSuchWord(known)) => Ok(CanIAnswer::NoSuchWord(known.clone())),
                _ => Err(problem),
            },
        }
    }

    /// The names of the applications that the caller sees.
    pub fn applications(&self) -> Result<Vec<String>> {
        let output = self.run(&self.call(["app", "list", "-o", "name"]))?;
        let lines = output.stdout.expose().lines();
        Ok(lines.map(str::to_owned).collect())
    }

    /// The addresses of the clusters that the caller sees.
    pub fn clusters(&self) -> Result<Vec<String>> {
        let output = self.run(&self.call(["cluster", "list", "-o", "server"]))?;
        let lines = output.stdout.expose().lines();
        Ok(lines.map(str::to_owned).collect())
    }

    /// Makes a token of an account.
    pub fn generate_token(&self, account: &str, id: &str, expiry: Expiry) -> Result<Secret> {
        let mut line = words(&[
            "account",
            "generate-token",
            "--account",
            account,
            "--id",
            id,
        ]);
        line.extend(lifetime("--expires-in", expiry));
        self.token(&self.call(line))
    }

    /// Deletes a token of an account by its id.
    pub fn delete_token(&self, account: &str, id: &str) -> Result<()> {
        let call = self.about(&["account", "delete-token", "--account", account], &[id]);
        self.run(&call).map(|_| ())
    }

    /// Makes a token of a project's role.
    pub fn create_project_token(
        &self,
        project: &str,
        role: &str,
        id: &str,
        expiry: Expiry,
    ) -> Result<Secret> {
        let mut line = words(&["proj", "role", "create-token", project, role]);
        line.extend(lifetime("-e", expiry));
        line.extend(words(&["-i", id, "-t"]));
        self.token(&self.call(line))
    }

    /// The tokens of a project's role.
    pub fn project_tokens(&self, project: &str, role: &str) -> Result<Vec<TokenRecord>> {
        let call = self.call(["proj", "role", "list-tokens", project, role, "-u"]);
        let output = self.run(&call)?;
        project_tokens(output.stdout.expose())
            .ok_or_else(|| Problem::garbled(call.to_string(), "not a table of tokens"))
    }

    /// Deletes the token of a project's role that was made in this second. Argo CD knows them by
    /// nothing else, and says yes where there is none.
    pub fn delete_project_token(&self, project: &str, role: &str, issued: Moment) -> Result<()> {
        let second = issued.0.to_string();
        let line = ["proj", "role", "delete-token", project, role, &second];
        self.run(&self.call(line)).map(|_| ())
    }

    /// Changes a password at the user's terminal; argocd asks for it, and it does not pass through
    /// us.
    pub fn ask_for_password(&self, account: Option<&str>) -> Result<()> {
        let mut call = self.call(password_words(account));
        call.stdin = Stdin::Terminal;
        self.run(&call).map(|_| ())
    }

    /// Changes a password without anyone at a terminal: `current` is the caller's own, `new` the
    /// account's, which is the caller's where none is named.
    pub fn update_password(
        &self,
        account: Option<&str>,
        current: &Secret,
        new: &Secret,
    ) -> Result<()> {
        let mut call = self.call(password_words(account));
        let prompt = |question: &str, answer: &Secret| Prompt {
            question: question.to_owned(),
            answer: answer.clone(),
        };
        call.stdin = Stdin::Prompts(vec![
            prompt("Enter password of currently logged in user", current),
            prompt("Enter new password for user", new),
            prompt("Confirm new password for user", new),
        ]);
        call.masks.add(current);
        call.masks.add(new);
        let output = self.run(&call)?;
        if output.stdout.expose().contains("Password updated") {
            Ok(())
        } else {
            Err(Problem::garbled(
                call.to_string(),
                "it does not say that the password was updated",
            ))
        }
    }

    /// A call about these words. Words that start with a dash would be taken for flags.
    fn about(&self, command: &[&str], about: &[&str]) -> Invocation {
        if about.iter().any(|word| word.starts_with('-')) {
            self.call(command).args(["--"]).args(about)
        } else {
            self.call(command.iter().chain(about))
        }
    }

    /// Runs a call; anything but exit code 0 is a refusal.
    fn run(&self, call: &Invocation) -> Result<Output> {
        let call = &self.with_login(call.clone())?;
        let output = match self.runner.run(call) {
            Err(failure @ Failure::TimedOut { .. }) if self.speaks_plain_text() => {
                return Err(Problem::PlainText(failure));
            }
            output => output?,
        };
        if output.code == Some(0) {
            return Ok(output);
        }
        let printed = output.stdout.expose();
        // What it printed may hold a token; only a line that names an error is looked at.
        let message = call.masks.apply(&log::reason(&output.stderr, printed));
        Err(Problem::Refused(Box::new(Refusal {
            reason: RefusalReason::recognise(output.code, &message, printed),
            message,
            call: call.to_string(),
            code: output.code,
            printed: !printed.trim().is_empty() && !printed.contains("Usage:"),
            owner: None,
            commands: self.commands().clone(),
        })))
    }

    /// Makes sure that the login which goes with a call is one for its server.
    fn with_login(&self, mut call: Invocation) -> Result<Invocation> {
        if !self.presents_a_token() {
            return match self.login() {
                Login::Chosen => Ok(call),
                Login::OfContext(context) => Ok(call.args(["--argocd-context", &context])),
                Login::Missing(server) => Err(Problem::NoLogin { server }),
            };
        }
        let own = self.own_config().map_err(Problem::Local)?;
        if let Some(options) = self.own_options(own.is_some()) {
            call = call.env(OPTIONS_VARIABLE, options.text());
        }
        if let Some(directory) = own {
            let directory = Secret::new(directory.to_string_lossy());
            call.env.push((CONFIG_VARIABLE.into(), directory));
            // It names the configuration with the logins.
            if let Some(at) = call.args.iter().position(|word| word == "--config") {
                call.args.drain(at..(at + 2).min(call.args.len()));
            }
        }
        Ok(call)
    }

    fn json<T: DeserializeOwned>(&self, call: &Invocation) -> Result<T> {
        let output = self.run(call)?;
        let text = output.stdout.expose();
        serde_json::from_str(text).map_err(|error| {
            // Not the error itself: it quotes what it did not expect.
            let (line, column) = (error.line(), error.column());
            let size = text.len();
            let why = format!("{size} bytes that are not the requested JSON, from {line}:{column}");
            Problem::garbled(call.to_string(), why)
        })
    }

    /// A token alone on a line, as argocd prints it. That it is one is for the caller to check.
    fn token(&self, call: &Invocation) -> Result<Secret> {
        let output = self.run(call)?;
        let text = output.stdout.expose();
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Err(Problem::garbled(
                call.to_string(),
                "nothing, although a token was expected",
            ));
        }
        if line.contains(['\n', '\r']) {
            let lines = line.lines().count();
            return Err(Problem::garbled(
                call.to_string(),
                format!("{lines} lines, although one token was expected"),
            ));
        }
        Ok(Secret::new(line))
    }
}
