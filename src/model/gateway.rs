//! The Octopus gateway: what its chart must be told.

use serde::{Deserialize, Serialize};

use super::instance::Complete;

/// Writes the struct and how it is completed field by field.
macro_rules! gateway {
    ($($(#[$about:meta])* $name:ident: $type:ty,)*) => {
        /// The Octopus gateway of an Argo CD. Nothing here is secret: tokens are in Secrets, which
        /// are named.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, rename_all = "camelCase", default)]
        pub struct Gateway {
            $($(#[$about])* pub $name: Option<$type>,)*
        }

        impl Complete for Gateway {
            fn complete(&mut self, defaults: &Self) {
                $(self.$name.complete(&defaults.$name);)*
            }
        }
    };
}

gateway! {
    /// The gateway's name in Octopus Deploy.
    name: String,
    /// The namespace that it is installed in.
    namespace: String,
    /// The name of its Helm release.
    release: String,
    /// The version of its chart.
    chart_version: String,
    /// The address of Octopus Deploy: `https://example.octopus.app`.
    octopus_url: String,
    /// The gRPC address of Octopus Deploy: `grpc://example.octopus.app:8443`.
    octopus_grpc_url: String,
    /// Register it with Octopus Deploy when it is installed.
    register: bool,
    /// The thumbprint of Octopus Deploy's certificate, which it then accepts alone.
    octopus_thumbprint: String,
    /// Use no TLS towards Octopus Deploy's gRPC address.
    octopus_plaintext: bool,
    /// Seconds between its signs of life to Octopus Deploy; 0 sends none.
    keep_alive: u32,
    /// How many pods run; one works, the others stand by.
    replicas: u32,
    /// Serve metrics to Prometheus.
    metrics: bool,
    /// The environments of Octopus Deploy that it serves, by slug.
    environments: Vec<String>,
    /// The spaces of Octopus Deploy that it is registered in: Spaces-1.
    spaces: Vec<String>,
    /// The Secret with Octopus Deploy's own access token.
    access_token_secret: String,
    /// The key of that Secret.
    access_token_key: String,
    /// The gRPC address of Argo CD's server, from inside the cluster.
    argocd_grpc_url: String,
    /// The address of Argo CD for people's browsers, to which Octopus Deploy links.
    argocd_web_url: String,
    /// Do not verify the certificate of Argo CD's server.
    insecure: bool,
    /// Use no TLS towards Argo CD's server.
    plaintext: bool,
    /// Use gRPC-web towards Argo CD's server.
    grpc_web: bool,
    /// Use gRPC-web below this path.
    grpc_web_root_path: String,
    /// The Secret with certificates that it trusts beside the public ones.
    certificate_secret: String,
    /// The Secret with the account's token.
    token_secret: String,
    /// The key of that Secret.
    token_key: String,
    /// The Secret with tokens of projects, in place of the account's.
    project_token_secret: String,
}
