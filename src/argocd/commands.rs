//! The commands of ours that a hint names.

use crate::model::TokenOwner;
use crate::model::shell::quoted;

/// How this program is called.
const PROGRAM: &str = "kubectl octopus-argo";

/// Writes the commands that a hint names: with the options by which the present command reaches
/// its server, because without them they would mean another Argo CD.
#[derive(Clone, Debug, Default)]
pub struct HintCommands {
    flags: Vec<String>,
}

impl HintCommands {
    /// Commands with these options of ours, of which none is secret.
    pub fn new(flags: Vec<String>) -> Self {
        Self { flags }
    }

    /// A command of these words.
    pub fn line(&self, words: &[&str]) -> String {
        let flags = self.flags.iter().map(String::as_str);
        let words: Vec<_> = words.iter().copied().chain(flags).map(quoted).collect();
        format!("{PROGRAM} {}", words.join(" "))
    }

    /// A command about the tokens of an owner; `more` follows the owner.
    pub fn token(&self, verb: &str, owner: &TokenOwner, more: &[&str]) -> String {
        let mut words = vec!["token", verb];
        match owner {
            TokenOwner::Account(name) => words.extend(["--account", name]),
            TokenOwner::Role { project, role } => {
                words.extend(["--role", role, "--project", project]);
            }
        }
        words.extend(more);
        self.line(&words)
    }

    /// The command that deletes a token.
    pub fn delete_token(&self, owner: &TokenOwner, id: &str) -> String {
        self.token("delete", owner, &[id])
    }
}
