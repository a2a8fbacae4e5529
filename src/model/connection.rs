//! How argocd reaches its server: argocd's own flags, passed through as they are.

use std::path::PathBuf;

/// The connection flags of argocd. What is not set is left to argocd: its configuration and
/// `ARGOCD_*` variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `--server HOST:PORT`.
    pub server: Option<String>,
    /// `--grpc-web`.
    pub grpc_web: bool,
    /// `--grpc-web-root-path PATH`.
    pub grpc_web_root_path: Option<String>,
    /// `--insecure`: the server's certificate is not verified.
    pub insecure: bool,
    /// `--plaintext`: no TLS.
    pub plaintext: bool,
    /// `--port-forward`: through the Kubernetes API, to a server's pod.
    pub port_forward: bool,
    /// `--port-forward-namespace NAMESPACE`.
    pub port_forward_namespace: Option<String>,
    /// `--server-name NAME`: the label of the server's pods.
    pub server_name: Option<String>,
    /// `--argocd-context NAME`: a context of argocd's configuration.
    pub context: Option<String>,
    /// `--config FILE`: argocd's configuration.
    pub config: Option<PathBuf>,
    /// `--core`: without a server; authorisation is off.
    pub core: bool,
    /// `--kube-context NAME`.
    pub kube_context: Option<String>,
    /// `--server-crt FILE`.
    pub server_crt: Option<PathBuf>,
    /// `--client-crt FILE`.
    pub client_crt: Option<PathBuf>,
    /// `--client-crt-key FILE`.
    pub client_crt_key: Option<PathBuf>,
    /// `--header 'Name: value'`, any number; it may hold a credential.
    pub headers: Vec<String>,
    /// `--http-retry-max N`.
    pub http_retry_max: Option<u32>,
}
