//! The Account Service, but for tokens.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Argocd, One};

/// Accounts, as the server knows them
#[derive(Clone, Debug, Subcommand)]
pub enum AccountCommand {
    /// List accounts and show what the Octopus account lacks
    List(AccountListArgs),
    /// Show an account and its tokens
    Get(AccountGetArgs),
    /// Ask the server whether you may do something
    CanI(CanIArgs),
    /// Change a password without putting it on the command line
    UpdatePassword(UpdatePasswordArgs),
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListOutput {
    /// A table.
    #[default]
    Text,
    /// A versioned JSON document.
    Json,
    /// The same document as YAML.
    Yaml,
    /// Only names or ids, one on each line.
    Name,
}

/// `account list`.
#[derive(Clone, Debug, Args)]
pub struct AccountListArgs {
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ListOutput,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `account get`.
#[derive(Clone, Debug, Args)]
pub struct AccountGetArgs {
    /// Argo CD account to show
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ListOutput,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `account can-i`.
#[derive(Clone, Debug, Args)]
pub struct CanIArgs {
    /// Action, without patterns: get, sync, delete, …
    pub action: String,
    /// Resource: applications, clusters, logs, …
    pub resource: String,
    /// Object: PROJECT/APPLICATION, URL of a cluster, …
    pub object: String,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `account update-password`.
#[derive(Clone, Debug, Args)]
pub struct UpdatePasswordArgs {
    /// Account whose password changes [default: the account that argocd is logged in as]
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// File with the password of the account that argocd is logged in as (- for stdin) [default: a prompt]
    #[arg(long, value_name = "FILE", requires = "new_password_file")]
    pub current_password_file: Option<PathBuf>,
    /// File with the new password (- for stdin) [default: a prompt]
    #[arg(long, value_name = "FILE", requires = "current_password_file")]
    pub new_password_file: Option<PathBuf>,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}
