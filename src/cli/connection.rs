//! How argocd is found and how it reaches its server.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::option::{GivenOptions, options};
use crate::model::{Connection, Span};

/// How argocd is found and how it reaches its server: argocd's own flags, passed through. Its
/// variables (`ARGOCD_SERVER`, `ARGOCD_AUTH_TOKEN`, `ARGOCD_OPTS`) count as well.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "argocd")]
pub struct Argocd {
    /// Path of the argocd program [default: `ARGOCD`, or argocd in PATH]
    #[arg(long, value_name = "FILE")]
    pub argocd_path: Option<PathBuf>,
    /// Time limit for each call of argocd [default: 60s]
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<Span>,
    /// Address of the Argo CD server
    #[arg(long, value_name = "HOST:PORT")]
    pub server: Option<String>,
    /// Use gRPC-web, for proxies without HTTP/2
    #[arg(long)]
    pub grpc_web: bool,
    /// Use gRPC-web below this path
    #[arg(long, value_name = "PATH")]
    pub grpc_web_root_path: Option<String>,
    /// Do not verify the server's certificate
    #[arg(long)]
    pub insecure: bool,
    /// Connect without TLS
    #[arg(long)]
    pub plaintext: bool,
    /// Reach the server through the Kubernetes API
    #[arg(long)]
    pub port_forward: bool,
    /// Namespace of the server, with --port-forward
    #[arg(long, value_name = "NAMESPACE")]
    pub port_forward_namespace: Option<String>,
    /// Label app.kubernetes.io/name of the server's pods, with --port-forward
    #[arg(long, value_name = "NAME")]
    pub server_name: Option<String>,
    /// Context of argocd's configuration file
    #[arg(long, value_name = "NAME")]
    pub argocd_context: Option<String>,
    /// argocd's configuration file (its --config)
    #[arg(long, value_name = "FILE")]
    pub argocd_config: Option<PathBuf>,
    /// Run argocd in core mode, in which authorization is off
    #[arg(long)]
    pub core: bool,
    /// Context of the kubeconfig for --core and --port-forward (argocd's --kube-context)
    #[arg(long, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// Certificate of the server or of its certificate authority
    #[arg(long, value_name = "FILE")]
    pub server_crt: Option<PathBuf>,
    /// Client certificate
    #[arg(long, value_name = "FILE")]
    pub client_crt: Option<PathBuf>,
    /// Key of the client certificate
    #[arg(long, value_name = "FILE")]
    pub client_crt_key: Option<PathBuf>,
    /// Header to add to every request (repeatable)
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// Maximum number of connection retries
    #[arg(long, value_name = "N")]
    pub http_retry_max: Option<u32>,
}

impl Argocd {
    /// The flags that are passed through, under argocd's names: values first, then switches.
    pub fn connection(&self) -> Connection {
        let mut flags: Vec<OsString> = Vec::new();
        let (values, switches): (GivenOptions, GivenOptions) = self
            .given_options()
            .into_iter()
            .partition(|(_, value)| value.is_some());
        let retries = self.http_retry_max.map(|most| most.to_string().into());
        let headers = self.header.iter().map(|text| Some(text.into()));
        let more = retries
            .into_iter()
            .map(|most| ("--http-retry-max", Some(most)));
        let more = more.chain(headers.map(|header| ("--header", header)));
        for (name, value) in values.into_iter().chain(more).chain(switches) {
            match name {
                "--argocd-path" => continue,
                "--argocd-config" => flags.push("--config".into()),
                name => flags.push(name.into()),
            }
            flags.extend(value);
        }
        Connection {
            flags,
            server: self.server.clone(),
            grpc_web_root_path: self.grpc_web_root_path.clone(),
            plaintext: self.plaintext,
            port_forward: self.port_forward,
            context: self.argocd_context.clone(),
            config: self.argocd_config.clone(),
            core: self.core,
            headers: self.header.clone(),
        }
    }

    /// The same as flags of ours, for the commands that hints name. Headers are left out: they may
    /// hold a credential.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        for (name, value) in self.given_options() {
            flags.push(name.to_owned());
            flags.extend(value.map(|value| value.to_string_lossy().into_owned()));
        }
        flags
    }
}

options! {
    Argocd repeats {
        argocd_path: "--argocd-path",
        server: "--server",
        grpc_web_root_path: "--grpc-web-root-path",
        port_forward_namespace: "--port-forward-namespace",
        server_name: "--server-name",
        argocd_context: "--argocd-context",
        argocd_config: "--argocd-config",
        kube_context: "--kube-context",
        server_crt: "--server-crt",
        client_crt: "--client-crt",
        client_crt_key: "--client-crt-key",
        grpc_web: "--grpc-web",
        insecure: "--insecure",
        plaintext: "--plaintext",
        port_forward: "--port-forward",
        core: "--core",
    }
    leaves out { timeout, header, http_retry_max, }
}
