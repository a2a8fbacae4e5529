//! Applications and what Octopus does with them: `apps`.

use clap::{Args, Subcommand, ValueEnum};

use super::{FailOn, Fleet, Input};

/// Say which sources of which Applications an Octopus project and environment updates.
///
/// Reads Applications and ApplicationSets with the AppProjects and the policy beside them. Lists
/// every source, what its annotations link it to, whether a deployment updates it, and why not;
/// then what is wrong with the annotations.
///
/// Exit code 0: a source is updated, 1: none is, or findings at or above --fail-on.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AppsArgs {
    /// What to do with the Applications; without it they are listed.
    #[command(subcommand)]
    pub command: Option<AppsCommand>,
    /// The list.
    #[command(flatten)]
    pub list: AppsListArgs,
}

/// What is done with Applications.
#[derive(Clone, Debug, Subcommand)]
pub enum AppsCommand {
    /// Write the annotations into files, or print the kubectl commands that set them
    Annotate(Box<AppsAnnotateArgs>),
}

/// What someone deploys.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub struct DeploymentArgs {
    /// The project of Octopus Deploy, by slug
    #[arg(long, value_name = "SLUG")]
    pub octopus_project: Option<String>,
    /// The environment of Octopus Deploy, by slug
    #[arg(long, value_name = "SLUG")]
    pub environment: Option<String>,
    /// The tenant of Octopus Deploy, by slug
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
}

/// `apps` without a subcommand.
#[derive(Clone, Debug, Args)]
pub struct AppsListArgs {
    /// What is deployed.
    #[command(flatten)]
    pub deployment: DeploymentArgs,
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Version of Argo CD [default: the newest known]
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: AppsOutput,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Write Octopus's annotations into Applications and ApplicationSets, or take them out
///
/// Edits the files of -f and prints them; --in-place writes them back, --diff shows the change.
/// The source's name becomes the end of the keys where it has one. Without files it prints
/// `kubectl annotate` commands.
#[derive(Clone, Debug, Args)]
pub struct AppsAnnotateArgs {
    /// What is deployed.
    #[command(flatten)]
    pub deployment: DeploymentArgs,
    /// Only this Application or ApplicationSet (repeatable, comma-separated)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub app: Vec<String>,
    /// Only those with these labels, as kubectl reads them: key=value,other!=value
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// The source, by name or by its number, counted from 1
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Give the source a name where it needs one
    #[arg(long)]
    pub name_sources: bool,
    /// Take the annotations out
    #[arg(long)]
    pub absent: bool,
    /// Edit the files themselves
    #[arg(long, conflicts_with = "diff")]
    pub in_place: bool,
    /// Show the change and write nothing: exit code 1 if there is one
    #[arg(long)]
    pub diff: bool,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// The format of `apps`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AppsOutput {
    /// A table
    #[default]
    Text,
    /// A table with rights and places
    Wide,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// Comma-separated values
    Csv,
    /// A table for a pull request
    Markdown,
    /// One self-contained page
    Html,
}
