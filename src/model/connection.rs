//! How argocd reaches its server: argocd's own flags, passed through as they are.

use std::ffi::OsString;
use std::path::PathBuf;

/// The connection flags of argocd, and what they say that matters to us. What is not set is left to argocd: its
/// configuration and `ARGOCD_*` variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// The flags that were given, as argocd takes them.
    pub flags: Vec<OsString>,
    /// `--server HOST:PORT`.
    pub server: Option<String>,
    /// `--grpc-web-root-path PATH`.
    pub grpc_web_root_path: Option<String>,
    /// `--plaintext`: no TLS.
    pub plaintext: bool,
    /// `--port-forward`: through the Kubernetes API, to a server's pod.
    pub port_forward: bool,
    /// `--argocd-context NAME`: a context of argocd's configuration.
    pub context: Option<String>,
    /// `--config FILE`: argocd's configuration.
    pub config: Option<PathBuf>,
    /// `--core`: without a server; authorisation is off.
    pub core: bool,
    /// `--header 'Name: value'`, any number; it may hold a credential.
    pub headers: Vec<String>,
}
