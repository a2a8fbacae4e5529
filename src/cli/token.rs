//! Tokens of accounts and of projects' roles.

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup, Args, Subcommand, ValueEnum};

use super::{Argocd, AtATime, Fleet, ListOutput, One};
use crate::model::Span;

/// API tokens, from birth to revocation
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and hand it over as text or as a Secret
    Create(Box<TokenCreateArgs>),
    /// List the tokens of an account or of a project's role
    List(TokenListArgs),
    /// Show what a token claims; asks nobody, verifies nothing
    Inspect(TokenInspectArgs),
    /// Make the next token, prove it, hand it over; the old one stays valid until you say so
    Rotate(Box<TokenRotateArgs>),
    /// Delete tokens that have expired, are old, or are not known
    Prune(TokenPruneArgs),
    /// Delete one token
    Delete(TokenDeleteArgs),
}

/// Whose tokens.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnerArgs {
    /// The account [default: octopus]
    #[arg(long, value_name = "NAME", conflicts_with = "role")]
    pub account: Option<String>,
    /// A role of projects, in place of an account
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// A project that has the role (repeatable, comma-separated)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
}

/// How long a new token is valid.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct LifetimeArgs {
    /// How long the token is valid: 90d, 720h
    #[arg(long, value_name = "DURATION", conflicts_with = "no_expiry")]
    pub expires_in: Option<Span>,
    /// Let the token be valid for ever
    #[arg(long)]
    pub no_expiry: bool,
}

/// Where a new token goes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub struct DeliveryArgs {
    /// What to hand over: only the token, or a Secret for the gateway [default: token; of several instances secret]
    #[arg(short, long, value_enum)]
    pub output: Option<TokenOutput>,
    /// Hand it over in a file (0600) instead of stdout
    #[arg(long, value_name = "FILE", group = "file")]
    pub output_file: Option<PathBuf>,
    /// Of several instances: hand each over in a Secret of its own, DIR/INSTANCE.yaml (0600)
    #[arg(long, value_name = "DIR", group = "file")]
    pub output_dir: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "file")]
    pub force: bool,
    /// The Secret's name
    #[arg(long, value_name = "NAME", default_value = "argocd-auth-token")]
    pub secret_name: String,
    /// The Secret's key [default: `ARGOCD_AUTH_TOKEN`; of a project's role `PROJECT_AUTH_TOKEN`_PROJECT]
    #[arg(long, value_name = "KEY", conflicts_with = "role")]
    pub secret_key: Option<String>,
    /// The Secret's namespace; without it `kubectl apply -n` decides
    #[arg(long, value_name = "NAMESPACE")]
    pub secret_namespace: Option<String>,
}

/// What is handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TokenOutput {
    /// Only the token.
    #[default]
    Token,
    /// The manifest of a Secret.
    Secret,
}

/// `token create`.
#[derive(Clone, Debug, Args)]
pub struct TokenCreateArgs {
    /// Whose token.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// How long it is valid.
    #[command(flatten)]
    pub lifetime: LifetimeArgs,
    /// The token's id [default: made of the account, the time and a random number]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Do nothing where an unexpired token with --id-prefix exists
    #[arg(long)]
    pub if_missing: bool,
    /// What the ids of our tokens begin with [default: ACCOUNT-]
    #[arg(long, value_name = "PREFIX")]
    pub id_prefix: Option<String>,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryArgs,
    /// How many instances are treated at a time.
    #[command(flatten)]
    pub at_a_time: AtATime,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `token list`.
#[derive(Clone, Debug, Args)]
pub struct TokenListArgs {
    /// Whose tokens.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// How to print the list
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ListOutput,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `token inspect`.
#[derive(Clone, Debug, Args)]
pub struct TokenInspectArgs {
    /// File with the token (- is stdin) [default: stdin]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How to print the claims
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ClaimsOutput,
}

/// How claims are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ClaimsOutput {
    /// Lines for people.
    #[default]
    Text,
    /// JSON.
    Json,
}

/// `token rotate`.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("project", |arg| arg.help(
    "A project that has the role; without --role, one that the account is confined to (repeatable, comma-separated)"
)))]
pub struct TokenRotateArgs {
    /// Whose token.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// File with the present token (- is stdin) [default: `ARGOCD_AUTH_TOKEN`, or argocd's login]
    #[arg(long, value_name = "FILE", conflicts_with = "role")]
    pub token_file: Option<PathBuf>,
    /// Of several instances: directory with the present token of each, as --output-dir wrote it [default: argocd's logins]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["role", "token_file"])]
    pub token_dir: Option<PathBuf>,
    /// How long it is valid.
    #[command(flatten)]
    pub lifetime: LifetimeArgs,
    /// The new token's id [default: made of the account, the time and a random number]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// What the ids of our tokens begin with [default: ACCOUNT-]
    #[arg(long, value_name = "PREFIX")]
    pub id_prefix: Option<String>,
    /// The id of the token to replace, where none is presented (repeatable with --role)
    #[arg(long, value_name = "ID")]
    pub old: Vec<String>,
    /// Do nothing unless the present token expires within this time
    #[arg(long, value_name = "DURATION")]
    pub if_expires_within: Option<Span>,
    /// Revoke the old token at the end; needs --output-file or --output-dir, and a gateway that was restarted
    #[arg(long)]
    pub revoke_old: bool,
    /// The account may sync applications, so the new token must be able to
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryArgs,
    /// How many instances are treated at a time.
    #[command(flatten)]
    pub at_a_time: AtATime,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `token prune`.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub struct TokenPruneArgs {
    /// Whose tokens.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// Delete those that have expired
    #[arg(long, group = "which")]
    pub expired: bool,
    /// Delete those that were made longer ago than this
    #[arg(long, value_name = "DURATION", group = "which")]
    pub older_than: Option<Span>,
    /// Delete all but the N newest
    #[arg(long, value_name = "N", group = "which")]
    pub keep_newest: Option<usize>,
    /// Delete all but these ids: for after a leak (repeatable, comma-separated)
    #[arg(long, value_name = "ID", value_delimiter = ',', group = "which")]
    pub except: Vec<String>,
    /// Only tokens whose id begins so
    #[arg(long, value_name = "PREFIX", conflicts_with = "except")]
    pub id_prefix: Option<String>,
    /// Delete the last valid one too
    #[arg(long)]
    pub all: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// `token delete`.
#[derive(Clone, Debug, Args)]
pub struct TokenDeleteArgs {
    /// The token's id
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// Whose token.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}
