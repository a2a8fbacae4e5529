//! Applications and what Octopus does with them: `apps`.

use clap::{Args, Subcommand, ValueEnum};

use super::form::form_of_input;
use super::{FailOn, Fleet, Input};

/// Show which Application sources an Octopus deployment updates.
///
/// Reads Applications and ApplicationSets with the AppProjects and the policy beside them. Lists
/// every source with what its annotations link it to, whether a deployment updates it and if not,
/// why; then mistakes in the annotations.
#[derive(Clone, Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    mut_arg("form", form_of_input),
    mut_arg("sample", |arg| arg.hide(true))
)]
pub struct AppsArgs {
    /// What to do with the Applications; without it they are listed.
    #[command(subcommand)]
    pub command: Option<AppsCommand>,
    /// The list.
    #[command(flatten)]
    pub list: AppsListArgs,
}

/// The subcommands of `apps`. Their doc comments are the help text.
#[derive(Clone, Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a doc comment here would hide the help of the arguments"
)]
pub enum AppsCommand {
    Annotate(Box<AppsAnnotateArgs>),
}

/// What someone deploys.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub struct DeploymentArgs {
    /// Slug of the project in Octopus Deploy
    #[arg(long, value_name = "SLUG")]
    pub octopus_project: Option<String>,
    /// Slug of the environment in Octopus Deploy
    #[arg(long, value_name = "SLUG")]
    pub environment: Option<String>,
    /// Slug of the tenant in Octopus Deploy
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
}

/// `apps` without a subcommand.
#[derive(Clone, Debug, Args)]
pub struct AppsListArgs {
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Version of Argo CD, such as 3.5 or 3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: AppsOutput,
    /// What is deployed.
    #[command(flatten)]
    pub deployment: DeploymentArgs,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Annotate Applications for Octopus, or remove the annotations
///
/// Edits Applications and ApplicationSets in the files of -f and prints them; --in-place writes them
/// back, --diff shows the change. The source's name becomes the end of the keys where it has one. Without files it prints
/// `kubectl annotate` commands.
#[derive(Clone, Debug, Args)]
#[command(
    mut_arg("form", |arg| arg.hide(true)),
    mut_arg("values_root", |arg| arg.hide(true)),
    mut_arg("sample", |arg| arg.hide(true))
)]
pub struct AppsAnnotateArgs {
    /// Only this Application or ApplicationSet (repeatable, comma-separated)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub app: Vec<String>,
    /// Only those with these labels, in kubectl's syntax: key=value,other!=value
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Source to annotate, by name or number (the first is 1)
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Give the source a name if it needs one
    #[arg(long)]
    pub name_sources: bool,
    /// Remove the annotations
    #[arg(long)]
    pub absent: bool,
    /// Edit the files of --filename
    #[arg(long, conflicts_with = "diff")]
    pub in_place: bool,
    /// Show the change and write nothing: exit code 1 if there is one
    #[arg(long)]
    pub diff: bool,
    /// What is deployed.
    #[command(flatten)]
    pub deployment: DeploymentArgs,
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
    /// A table with permissions and places
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
