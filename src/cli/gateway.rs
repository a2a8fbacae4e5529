//! The Octopus gateway.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Fleet;
use crate::model::Gateway;

/// Configure the Octopus gateway's chart with the token and the connection
#[derive(Clone, Debug, Subcommand)]
pub enum GatewayCommand {
    /// Print the Secret with the token, or with the tokens of projects
    Secret(Box<GatewaySecretArgs>),
    /// Print the values of the gateway's Helm chart
    Values(Box<GatewayValuesArgs>),
    /// Print the Argo CD Application that installs the gateway
    Application(Box<GatewayApplicationArgs>),
    /// Print the helm command that installs the gateway, without secrets
    Command(Box<GatewayCommandArgs>),
}

/// What the gateway must be told.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Gateway")]
pub struct GatewayArgs {
    /// The gateway's name in Octopus Deploy
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Octopus Deploy: `https://example.octopus.app`
    #[arg(long, value_name = "URL")]
    pub octopus_url: Option<String>,
    /// The gRPC address of Octopus Deploy: `grpc://example.octopus.app:8443`
    #[arg(long, value_name = "URL")]
    pub octopus_grpc_url: Option<String>,
    /// An environment of Octopus Deploy, by slug (repeatable, comma-separated)
    #[arg(long, value_name = "SLUG", value_delimiter = ',')]
    pub environment: Vec<String>,
    /// A space of Octopus Deploy: Spaces-1 (repeatable, comma-separated)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub space: Vec<String>,
    /// Register the gateway with Octopus Deploy; with false somebody else does
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub register: Option<bool>,
    /// Accept only the certificate of Octopus Deploy with this thumbprint
    #[arg(long, value_name = "THUMBPRINT")]
    pub octopus_thumbprint: Option<String>,
    /// Use no TLS towards Octopus Deploy's gRPC address
    #[arg(long)]
    pub octopus_plaintext: bool,
    /// Seconds between the gateway's signs of life [default: 30, the chart's own]
    #[arg(long, value_name = "SECONDS")]
    pub keep_alive: Option<u32>,
    /// How many pods run; one works, the others stand by
    #[arg(long, value_name = "N")]
    pub replicas: Option<u32>,
    /// Serve metrics to Prometheus
    #[arg(long)]
    pub metrics: bool,
    /// The Secret with Octopus Deploy's access token [default: octopus-server-access-token]
    #[arg(long, value_name = "NAME")]
    pub access_token_secret: Option<String>,
    /// The key of that Secret [default: `OCTOPUS_SERVER_ACCESS_TOKEN`]
    #[arg(long, value_name = "KEY")]
    pub access_token_key: Option<String>,
    /// Address of the Argo CD server [default: `grpc://argocd-server.NAMESPACE.svc.cluster.local`]
    #[arg(long, value_name = "URL")]
    pub argocd_grpc_url: Option<String>,
    /// URL of Argo CD's web interface, to which Octopus Deploy links
    #[arg(long, value_name = "URL")]
    pub argocd_web_url: Option<String>,
    /// Do not verify the certificate of Address of the Argo CD server: whoever is between can read the token
    #[arg(long)]
    pub insecure: bool,
    /// Use no TLS towards Address of the Argo CD server: everybody on the way can read the token
    #[arg(long)]
    pub plaintext: bool,
    /// Use gRPC-web towards Address of the Argo CD server
    #[arg(long)]
    pub grpc_web: bool,
    /// Use gRPC-web below this path
    #[arg(long, value_name = "PATH")]
    pub grpc_web_root_path: Option<String>,
    /// Secret with certificates to trust, safer than --insecure
    #[arg(long, value_name = "NAME")]
    pub certificate_secret: Option<String>,
    /// The Secret with the account's token [default: argocd-auth-token]
    #[arg(long, value_name = "NAME")]
    pub token_secret: Option<String>,
    /// The key of that Secret [default: `ARGOCD_AUTH_TOKEN`]
    #[arg(long, value_name = "KEY")]
    pub token_key: Option<String>,
    /// Secret with project tokens, instead of the account's
    #[arg(long, value_name = "NAME")]
    pub project_token_secret: Option<String>,
    /// The gateway's namespace [default: octopus-gateway]
    #[arg(long, value_name = "NAMESPACE")]
    pub gateway_namespace: Option<String>,
    /// The name of the Helm release [default: octopus-gateway]
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// The version of the chart
    #[arg(long, value_name = "VERSION")]
    pub chart_version: Option<String>,
    /// Namespace of Argo CD [default: argocd]
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Directory of templates that replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    pub template_dir: Option<PathBuf>,
    /// Set a template variable (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Set template variables from a YAML or JSON file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub values: Vec<PathBuf>,
}

impl GatewayArgs {
    /// What was given, as the configuration would say it.
    pub fn settings(&self) -> Gateway {
        let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
        let on = |flag: bool| flag.then_some(true);
        let args = self.clone();
        Gateway {
            name: args.name,
            namespace: args.gateway_namespace,
            release: args.release,
            chart_version: args.chart_version,
            octopus_url: args.octopus_url,
            octopus_grpc_url: args.octopus_grpc_url,
            register: args.register,
            octopus_thumbprint: args.octopus_thumbprint,
            octopus_plaintext: on(self.octopus_plaintext),
            keep_alive: args.keep_alive,
            replicas: args.replicas,
            metrics: on(self.metrics),
            environments: some(&self.environment),
            spaces: some(&self.space),
            access_token_secret: args.access_token_secret,
            access_token_key: args.access_token_key,
            argocd_grpc_url: args.argocd_grpc_url,
            argocd_web_url: args.argocd_web_url,
            insecure: on(self.insecure),
            plaintext: on(self.plaintext),
            grpc_web: on(self.grpc_web),
            grpc_web_root_path: args.grpc_web_root_path,
            certificate_secret: args.certificate_secret,
            token_secret: args.token_secret,
            token_key: args.token_key,
            project_token_secret: args.project_token_secret,
        }
    }

    /// Takes from the configuration what was not given.
    pub(super) fn complete(&mut self, from: &Gateway) {
        fn fill<T: Clone>(into: &mut Option<T>, from: Option<&T>) {
            if into.is_none() {
                *into = from.cloned();
            }
        }
        fn list(into: &mut Vec<String>, from: Option<&Vec<String>>) {
            if into.is_empty() {
                into.extend(from.into_iter().flatten().cloned());
            }
        }
        fill(&mut self.name, from.name.as_ref());
        fill(&mut self.gateway_namespace, from.namespace.as_ref());
        fill(&mut self.release, from.release.as_ref());
        fill(&mut self.chart_version, from.chart_version.as_ref());
        fill(&mut self.octopus_url, from.octopus_url.as_ref());
        fill(&mut self.octopus_grpc_url, from.octopus_grpc_url.as_ref());
        fill(&mut self.register, from.register.as_ref());
        fill(&mut self.keep_alive, from.keep_alive.as_ref());
        fill(&mut self.replicas, from.replicas.as_ref());
        self.metrics |= from.metrics.unwrap_or_default();
        // So is how Octopus Deploy is trusted.
        if self.octopus_thumbprint.is_none() && !self.octopus_plaintext {
            let thumbprint = &mut self.octopus_thumbprint;
            fill(thumbprint, from.octopus_thumbprint.as_ref());
            self.octopus_plaintext = from.octopus_plaintext.unwrap_or_default();
        }
        list(&mut self.environment, from.environments.as_ref());
        list(&mut self.space, from.spaces.as_ref());
        let secret = &mut self.access_token_secret;
        fill(secret, from.access_token_secret.as_ref());
        fill(&mut self.access_token_key, from.access_token_key.as_ref());
        fill(&mut self.argocd_web_url, from.argocd_web_url.as_ref());
        fill(
            &mut self.certificate_secret,
            from.certificate_secret.as_ref(),
        );
        // How Argo CD is reached is said in one place.
        if self.argocd_grpc_url.is_none() && !self.insecure && !self.plaintext {
            fill(&mut self.argocd_grpc_url, from.argocd_grpc_url.as_ref());
            self.insecure = from.insecure.unwrap_or_default();
            self.plaintext = from.plaintext.unwrap_or_default();
        }
        if self.grpc_web_root_path.is_none() && !self.grpc_web {
            fill(
                &mut self.grpc_web_root_path,
                from.grpc_web_root_path.as_ref(),
            );
            self.grpc_web = from.grpc_web.unwrap_or_default();
        }
        // So is whose token it gets.
        if self.token_secret.is_none() && self.project_token_secret.is_none() {
            let secret = &mut self.project_token_secret;
            fill(secret, from.project_token_secret.as_ref());
            fill(&mut self.token_secret, from.token_secret.as_ref());
            fill(&mut self.token_key, from.token_key.as_ref());
        }
    }
}

/// Print the Secret with the token, or with the tokens of projects
///
/// The token comes from --token-file, else from stdin. `token create -o secret` prints the same
/// Secret without the detour.
#[derive(Clone, Debug, Args)]
pub struct GatewaySecretArgs {
    /// File with the account's token (- for stdin) [default: stdin]
    #[arg(long, value_name = "FILE", conflicts_with = "project_token")]
    pub token_file: Option<PathBuf>,
    /// File with a project's token (repeatable); octo-gateway-unscoped is for calls without a project
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
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the values of the gateway's Helm chart
#[derive(Clone, Debug, Args)]
pub struct GatewayValuesArgs {
    /// Put the token itself into the values, which makes them a secret
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
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the Argo CD Application that installs the gateway
///
/// It names the Secrets and holds no token, so that it can stand in Git.
#[derive(Clone, Debug, Args)]
pub struct GatewayApplicationArgs {
    /// AppProject of the Application
    #[arg(long, value_name = "PROJECT", default_value = "default")]
    pub application_project: String,
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// Print the helm command that installs the gateway, without secrets
#[derive(Clone, Debug, Args)]
pub struct GatewayCommandArgs {
    /// What the gateway must be told.
    #[command(flatten)]
    pub gateway: GatewayArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}
