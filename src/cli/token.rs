//! Tokens of accounts and of projects' roles.

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup, Args, Subcommand, ValueEnum};

use super::{Argocd, AtATime, Fleet, ListOutput, One};
use crate::model::Span;

/// API tokens, from creation to revocation
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token and print it, or a Secret that holds it
    Create(Box<TokenCreateArgs>),
    /// List the tokens of an account or of a project's role
    List(TokenListArgs),
    /// Show the claims of a token without verifying it
    Inspect(TokenInspectArgs),
    /// Create, verify and deliver a new token; the old one stays valid until --revoke-old
    Rotate(Box<TokenRotateArgs>),
    /// Delete tokens that have expired, are old or are not known
    Prune(TokenPruneArgs),
    /// Delete one token
    Delete(TokenDeleteArgs),
}

/// Whose tokens.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnerArgs {
    /// Argo CD account [default: octopus]
    #[arg(long, value_name = "NAME", conflicts_with = "role")]
    pub account: Option<String>,
    /// Role of an AppProject, instead of an account
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Project that has the role (repeatable, comma-separated)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
}

/// How long a new token is valid.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct LifetimeArgs {
    /// Lifetime of the token: 90d, 720h
    #[arg(long, value_name = "DURATION", conflicts_with = "no_expiry")]
    pub expires_in: Option<Span>,
    /// Create a token that never expires
    #[arg(long)]
    pub no_expiry: bool,
}

/// Where a new token goes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub struct DeliveryArgs {
    /// What to print: the token, or a Secret that holds it [default: token; secret for several instances]
    #[arg(short, long, value_enum)]
    pub output: Option<TokenOutput>,
    /// Write to this file (mode 0600) instead of stdout
    #[arg(long, value_name = "FILE", group = "file")]
    pub output_file: Option<PathBuf>,
    /// Write one Secret per instance to DIR/INSTANCE.yaml (mode 0600)
    #[arg(long, value_name = "DIR", group = "file")]
    pub output_dir: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "file")]
    pub force: bool,
    /// Name of the Secret
    #[arg(long, value_name = "NAME", default_value = "argocd-auth-token")]
    pub secret_name: String,
    /// Key of the Secret [default: `ARGOCD_AUTH_TOKEN`; of a project role, `PROJECT_AUTH_TOKEN_<PROJECT>`]
    #[arg(long, value_name = "KEY", conflicts_with = "role")]
    pub secret_key: Option<String>,
    /// Namespace of the Secret [default: none, so that `kubectl apply -n` decides]
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
    /// Id of the token [default: account, time and a random number]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Do nothing if an unexpired token with --id-prefix exists
    #[arg(long)]
    pub if_missing: bool,
    /// Prefix of the ids of the tokens for Octopus [default: ACCOUNT-]
    #[arg(long, value_name = "PREFIX")]
    pub id_prefix: Option<String>,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryArgs,
    /// Number of instances to process at a time.
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

/// `token inspect`.
#[derive(Clone, Debug, Args)]
pub struct TokenInspectArgs {
    /// File with the token (- for stdin) [default: stdin]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ClaimsOutput,
}

/// How claims are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ClaimsOutput {
    /// Lines for people.
    #[default]
    Text,
    /// A versioned JSON document.
    Json,
    /// The same document as YAML.
    Yaml,
}

/// `token rotate`.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("project", |arg| arg.help(
    "Project that has the role; without --role, project that the account is limited to (repeatable, comma-separated)"
)))]
pub struct TokenRotateArgs {
    /// Whose token.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// File with the current token (- for stdin) [default: `ARGOCD_AUTH_TOKEN`, or argocd's login]
    #[arg(long, value_name = "FILE", conflicts_with = "role")]
    pub token_file: Option<PathBuf>,
    /// Directory with the current token of each instance, as --output-dir writes it [default: argocd's logins]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["role", "token_file"])]
    pub token_dir: Option<PathBuf>,
    /// How long it is valid.
    #[command(flatten)]
    pub lifetime: LifetimeArgs,
    /// Id of the new token [default: account, time and a random number]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Prefix of the ids of the tokens for Octopus [default: ACCOUNT-]
    #[arg(long, value_name = "PREFIX")]
    pub id_prefix: Option<String>,
    /// Id of the token to replace, if the token itself is not given (repeatable with --role)
    #[arg(long, value_name = "ID")]
    pub old: Vec<String>,
    /// Do nothing unless the current token expires within this time
    #[arg(long, value_name = "DURATION")]
    pub if_expires_within: Option<Span>,
    /// Revoke the old token; needs --output-file or --output-dir, and a restarted gateway
    #[arg(long)]
    pub revoke_old: bool,
    /// Require that the new token can sync applications
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryArgs,
    /// Number of instances to process at a time.
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
#[command(
    group = ArgGroup::new("which").required(true),
    override_usage = "kubectl octopus-argo token prune [OPTIONS] \\\n       --expired | --older-than <DURATION> | --keep-newest <N> | --except <ID>"
)]
pub struct TokenPruneArgs {
    /// Whose tokens.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// Delete expired tokens
    #[arg(long, group = "which")]
    pub expired: bool,
    /// Delete tokens older than this
    #[arg(long, value_name = "DURATION", group = "which")]
    pub older_than: Option<Span>,
    /// Delete all but the newest N tokens
    #[arg(long, value_name = "N", group = "which")]
    pub keep_newest: Option<usize>,
    /// Delete all but these ids, after a leak (repeatable, comma-separated)
    #[arg(long, value_name = "ID", value_delimiter = ',', group = "which")]
    pub except: Vec<String>,
    /// Consider only tokens whose id has this prefix
    #[arg(long, value_name = "PREFIX", conflicts_with = "except")]
    pub id_prefix: Option<String>,
    /// Also delete the last valid token
    #[arg(long)]
    pub all: bool,
    /// Do not ask for confirmation
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
    /// Id of the token
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// Whose token.
    #[command(flatten)]
    pub owner: OwnerArgs,
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub yes: bool,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}
