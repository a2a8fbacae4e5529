//! What a shell and a terminal get: completion scripts and man pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The file name of the program; `kubectl octopus-argo` makes kubectl look for it.
pub const BINARY: &str = "kubectl-octopus_argo";

/// The file name under which kubectl asks a plugin for completions.
pub const COMPLETER: &str = "kubectl_complete-octopus_argo";

/// The hidden command that answers as [`COMPLETER`] does, for scripts.
pub const COMPLETE: &str = "__complete";

/// Print the completion script for kubectl or for a shell
///
/// For `kubectl octopus-argo`, kubectl asks the program `kubectl_complete-octopus_argo` on PATH what
/// to complete. `completion kubectl` prints that program: save it and make it executable (`chmod +x`).
///
/// Nothing else is needed if kubectl's own completion is on (`source <(kubectl completion bash)`).
/// The other scripts complete `kubectl-octopus_argo`, typed without kubectl.
#[derive(Clone, Copy, Debug, Args)]
pub struct CompletionArgs {
    /// Shell, or kubectl
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Who completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// For `kubectl octopus-argo`, in every shell
    Kubectl,
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// Elvish
    Elvish,
}

/// Print the man page, or write the pages of all commands.
///
/// To read a page: `kubectl octopus-argo man | man -l -`
#[derive(Clone, Debug, Args)]
pub struct ManArgs {
    /// Command whose page to print [default: the plugin]
    #[arg(value_name = "COMMAND", conflicts_with = "output_dir")]
    pub command: Vec<String>,
    /// Write the pages of all commands to this directory
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
}

/// The completion script of a shell. All of them ask the program itself, which alone knows the
/// accounts and files, so a script stays right when the program is upgraded.
pub fn completion(shell: Shell) -> &'static str {
    match shell {
        Shell::Kubectl => include_str!("completions/kubectl.sh"),
        Shell::Bash => include_str!("completions/bash.sh"),
        Shell::Zsh => include_str!("completions/zsh.sh"),
        Shell::Fish => include_str!("completions/fish.fish"),
        Shell::Powershell => include_str!("completions/powershell.ps1"),
        Shell::Elvish => include_str!("completions/elvish.elv"),
    }
}
