//! The Octopus gateway.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Subcommand, value_parser};
use serde_json::{Map, Value};

use super::form::form_of_input;
use super::{Fleet, Input};
use crate::model::{FieldKind, Gateway, GatewayField};

/// The Octopus gateway's chart: its Secret, values and Application. The documentation of the
/// arguments is the help.
#[derive(Clone, Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a doc comment here would hide the help of the arguments"
)]
pub enum GatewayCommand {
    Secret(Box<GatewaySecretArgs>),
    Values(Box<GatewayValuesArgs>),
    Application(Box<GatewayApplicationArgs>),
    Command(Box<GatewayCommandArgs>),
}

/// The options of the gateway: one for each of [`Gateway::FIELDS`].
#[derive(Clone, Debug, Default)]
pub struct GatewayOptions(pub Gateway);

impl Args for GatewayOptions {
    fn augment_args(command: Command) -> Command {
        command.args(Gateway::FIELDS.iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for GatewayOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut told = Map::new();
        for field in Gateway::FIELDS {
            if let Some(value) = value(field, matches) {
                told.insert(field.key(), value);
            }
        }
        serde_json::from_value(Value::Object(told))
            .map(Self)
            .map_err(|error| clap::Error::raw(ErrorKind::InvalidValue, error))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The option of a field.
fn option(field: &'static GatewayField) -> Arg {
    let arg = Arg::new(field.id)
        .long(field.option)
        .help(field.about.trim())
        .help_heading("Gateway");
    match field.kind {
        FieldKind::Switch => arg.action(ArgAction::SetTrue),
        FieldKind::Choice => arg
            .value_name(field.value_name)
            .value_parser(value_parser!(bool))
            .num_args(0..=1)
            .default_missing_value("true")
            .require_equals(true),
        FieldKind::Number => arg
            .value_name(field.value_name)
            .value_parser(value_parser!(u32)),
        FieldKind::List => arg
            .value_name(field.value_name)
            .value_delimiter(',')
            .action(ArgAction::Append),
        _ => arg.value_name(field.value_name),
    }
}

/// The value that was given for a field.
fn value(field: &GatewayField, matches: &ArgMatches) -> Option<Value> {
    match field.kind {
        FieldKind::Switch => matches.get_flag(field.id).then_some(Value::Bool(true)),
        FieldKind::Choice => matches.get_one::<bool>(field.id).map(|on| (*on).into()),
        FieldKind::Number => matches.get_one::<u32>(field.id).map(|n| (*n).into()),
        FieldKind::List => {
            let all = matches.get_many::<String>(field.id)?;
            Some(all.cloned().map(Value::String).collect())
        }
        _ => matches
            .get_one::<String>(field.id)
            .map(|text| text.as_str().into()),
    }
}

/// Hides the options of the gateway that a Secret does not need.
fn for_a_secret(arg: Arg) -> Arg {
    let needed = [
        "token_secret",
        "token_key",
        "project_token_secret",
        "gateway_namespace",
    ];
    let is_other = Gateway::FIELDS
        .iter()
        .any(|field| arg.get_id() == field.id && !needed.contains(&field.id));
    if is_other { arg.hide(true) } else { arg }
}

/// What the gateway must be told, and the templates that write it down.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Templates")]
pub struct GatewayArgs {
    /// What the gateway must be told.
    #[command(flatten)]
    pub told: GatewayOptions,
    /// Directory of templates that replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    pub template_dir: Option<PathBuf>,
    /// Set a template variable (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub template_set: Vec<String>,
    /// Set template variables from a YAML or JSON file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub template_values: Vec<PathBuf>,
}

/// The chart's values: from the options, from what is known of Argo CD, and as helm takes them.
#[derive(Clone, Debug, Default, Args)]
pub struct ChartArgs {
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Merge a values file, as `helm -f` does (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Chart values")]
    pub values: Vec<PathBuf>,
    /// Set a value, as `helm --set` does: replicaCount=2 (repeatable)
    #[arg(long, value_name = "PATH=VALUE", help_heading = "Chart values")]
    pub set: Vec<String>,
    /// Where Argo CD's own settings come from.
    #[command(flatten)]
    pub input: Input,
}

impl ChartArgs {
    /// What the configuration can complete.
    pub(super) fn parts(&mut self) -> (&mut GatewayArgs, Option<&mut Input>) {
        (&mut self.gateway, Some(&mut self.input))
    }
}

/// Print the Secret with the account's token or with project tokens.
///
/// The token comes from --token-file or stdin. `token create -o secret` makes a token and prints the
/// same Secret in one step.
#[derive(Clone, Debug, Args)]
#[command(mut_args(for_a_secret))]
pub struct GatewaySecretArgs {
    /// File with the account's token (- for stdin) [default: stdin]
    #[arg(long, value_name = "FILE", conflicts_with = "project_token")]
    pub token_file: Option<PathBuf>,
    /// File with a project's token (repeatable); PROJECT octo-gateway-unscoped serves calls without a project
    #[arg(long, value_name = "PROJECT=FILE")]
    pub project_token: Vec<String>,
    /// Account that the token must belong to [default: octopus]
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Name of the Secret [default: that of --token-secret or --project-token-secret]
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,
    /// Omit the namespace, so that `kubectl apply -n` decides
    #[arg(long)]
    pub no_namespace: bool,
    /// Write to this file (mode 0600) instead of stdout
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "output_file")]
    pub force: bool,
    /// Print only the command that restarts the gateway after a new token
    #[arg(long, conflicts_with_all = ["token_file", "project_token", "output_file"])]
    pub rotate_hint: bool,
    /// Namespace of Argo CD [default: argocd]
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the values of the gateway's Helm chart.
///
/// With -f or --live, Argo CD's own settings decide how the gateway reaches it: server.insecure,
/// server.rootpath, url, the server of an ArgoCD resource, the address of an EKS capability. stderr
/// names each choice and its source; options and the configuration take precedence.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct GatewayValuesArgs {
    /// Check the values files of --filename instead of printing values
    #[arg(long, conflicts_with_all = ["inline_token", "output_file", "output_dir", "live", "sample"])]
    pub check: bool,
    /// Put the token itself into the values, which makes them secret
    #[arg(long, conflicts_with = "project_token_secret")]
    pub inline_token: bool,
    /// File with the token, with --inline-token (- for stdin) [default: stdin]
    #[arg(long, value_name = "FILE", requires = "inline_token")]
    pub token_file: Option<PathBuf>,
    /// Write to this file instead of stdout (mode 0600 with --inline-token)
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "output_file")]
    pub force: bool,
    /// Write the values of each instance to DIR/NAME.values.yaml
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output_file", "inline_token"])]
    pub output_dir: Option<PathBuf>,
    /// What the chart is told.
    #[command(flatten)]
    pub chart: ChartArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the Argo CD Application that installs the gateway.
///
/// It refers to the Secrets and holds no token, so it can be kept in Git.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct GatewayApplicationArgs {
    /// AppProject of the Application
    #[arg(long, value_name = "PROJECT", default_value = "default")]
    pub application_project: String,
    /// What the chart is told.
    #[command(flatten)]
    pub chart: ChartArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the helm command that installs the gateway, without secrets.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct GatewayCommandArgs {
    /// What the chart is told.
    #[command(flatten)]
    pub chart: ChartArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}
