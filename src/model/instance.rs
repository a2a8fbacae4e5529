//! An Argo CD among several, as the configuration describes it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::complete::Complete;
use super::{Form, Gateway, MatchMode};

/// Writes the two structs that share their settings: `Defaults`, and `Instance`, which has some
/// of its own. Both refuse unknown keys, which serde cannot do for a struct inside a struct.
macro_rules! settings {
    ($($(#[$about:meta])* $name:ident: $type:ty,)*) => {
        /// Settings of every command, and of every instance that does not set them itself.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, rename_all = "camelCase", default)]
        pub struct Defaults {
            $($(#[$about])* pub $name: $type,)*
        }

        /// An Argo CD.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        pub struct Instance {
            /// The name that --instance takes, and that the instance's directory has: lower-case
            /// letters, digits and `-`.
            #[cfg_attr(
                feature = "schema",
                schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"))
            )]
            pub name: String,
            /// Files and directories with its ConfigMaps, values, ArgoCD or AppProjects; relative
            /// paths start at the configuration.
            #[serde(default)]
            pub files: Vec<PathBuf>,
            /// Whether its directories are read with all that is below them.
            #[serde(default)]
            pub recursive: bool,
            /// The cluster that the fleet's ApplicationSet delivers it to; without it the cluster
            /// that has the instance's name in Argo CD.
            pub destination: Option<Destination>,
            $($(#[$about])* #[serde(default)] pub $name: $type,)*
        }

        impl Instance {
            /// Takes from the defaults what it does not set itself.
            pub fn complete(&mut self, defaults: &Defaults) {
                $(self.$name.complete(&defaults.$name);)*
            }
        }

        impl From<&Defaults> for Instance {
            fn from(defaults: &Defaults) -> Self {
                let mut instance = Self::default();
                instance.complete(defaults);
                instance
            }
        }
    };
}

settings! {
    /// The namespace of Argo CD.
    namespace: Option<String>,
    /// The context of the kubeconfig, for --live and for the commands that hints name.
    context: Option<String>,
    /// The local account that Octopus Deploy uses.
    account: Option<String>,
    /// What the account may do beyond reading, and where.
    permissions: Permissions,
    /// What is read and changed: the two ConfigMaps, values of the chart, an ArgoCD resource, …
    form: Option<Form>,
    /// Where the argo-cd chart's values are in a values file: argo-cd in an umbrella chart.
    values_root: Option<String>,
    /// The key of argocd-rbac-cm for the rules.
    policy_key: Option<String>,
    /// How patterns are written, where the input does not say (policy.matchMode).
    match_mode: Option<MatchMode>,
    /// A directory of templates that replace built-in ones of the same name.
    template_dir: Option<PathBuf>,
    /// The version of Argo CD whose rules count.
    argocd_version: Option<String>,
    /// How argocd reaches the server.
    argocd: ArgocdSettings,
    /// The Octopus gateway.
    gateway: Gateway,
}

/// What the account may do beyond reading everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Permissions {
    /// Whether it may sync applications.
    pub sync: Option<bool>,
    /// The projects that applications and logs are confined to: names, never patterns.
    pub projects: Option<Vec<String>>,
}

/// How argocd reaches the server: its own flags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ArgocdSettings {
    /// The context of argocd's configuration (--argocd-context).
    pub context: Option<String>,
    /// The server, HOST:PORT (--server).
    pub server: Option<String>,
    /// argocd's configuration file (--argocd-config).
    pub config: Option<PathBuf>,
    /// Use gRPC-web (--grpc-web).
    pub grpc_web: Option<bool>,
    /// Use gRPC-web below this path (--grpc-web-root-path).
    pub grpc_web_root_path: Option<String>,
    /// Do not verify the server's certificate (--insecure).
    pub insecure: Option<bool>,
    /// Use no TLS (--plaintext).
    pub plaintext: Option<bool>,
    /// Reach the server through the Kubernetes API (--port-forward).
    pub port_forward: Option<bool>,
    /// The namespace of the server, with portForward (--port-forward-namespace).
    pub port_forward_namespace: Option<String>,
    /// The kubeconfig context that argocd uses (--kube-context).
    pub kube_context: Option<String>,
    /// The server's certificate, or its authority's (--server-crt).
    pub server_crt: Option<PathBuf>,
    /// A client certificate (--client-crt).
    pub client_crt: Option<PathBuf>,
    /// The client certificate's key (--client-crt-key).
    pub client_crt_key: Option<PathBuf>,
}

impl ArgocdSettings {
    /// Whether they say which server is meant.
    pub fn names_a_server(&self) -> bool {
        let named = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
        named(&self.context) || named(&self.server) || self.port_forward == Some(true)
    }
}

/// A cluster, as Argo CD knows it: by its name or by its URL, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Destination {
    /// The cluster's name.
    pub name: Option<String>,
    /// The URL of the cluster's API server.
    pub server: Option<String>,
}

impl Complete for Permissions {
    fn complete(&mut self, defaults: &Self) {
        self.sync.complete(&defaults.sync);
        self.projects.complete(&defaults.projects);
    }
}

impl Complete for ArgocdSettings {
    /// Who names a server says all of how it is reached: half of one connection and half of
    /// another could send a token where it does not belong.
    fn complete(&mut self, defaults: &Self) {
        if self.names_a_server() {
            self.config.complete(&defaults.config);
        } else {
            let own = std::mem::take(self);
            self.clone_from(defaults);
            self.overlay(own);
        }
    }
}

impl ArgocdSettings {
    fn overlay(&mut self, own: Self) {
        let defaults = std::mem::replace(self, own);
        self.context.complete(&defaults.context);
        self.server.complete(&defaults.server);
        self.config.complete(&defaults.config);
        self.grpc_web.complete(&defaults.grpc_web);
        self.grpc_web_root_path
            .complete(&defaults.grpc_web_root_path);
        self.insecure.complete(&defaults.insecure);
        self.plaintext.complete(&defaults.plaintext);
        self.port_forward.complete(&defaults.port_forward);
        self.port_forward_namespace
            .complete(&defaults.port_forward_namespace);
        self.kube_context.complete(&defaults.kube_context);
        self.server_crt.complete(&defaults.server_crt);
        self.client_crt.complete(&defaults.client_crt);
        self.client_crt_key.complete(&defaults.client_crt_key);
    }
}

impl Instance {
    /// Lets relative paths start at `base`.
    pub fn rebase(&mut self, base: &Path) {
        let argocd = &mut self.argocd;
        let options = [
            &mut self.template_dir,
            &mut argocd.config,
            &mut argocd.server_crt,
            &mut argocd.client_crt,
            &mut argocd.client_crt_key,
        ];
        for path in (options.into_iter().flatten()).chain(&mut self.files) {
            *path = base.join(&*path);
        }
    }
}

/// Refuses a text that does not lead to the values of a chart below others: names separated by dots,
/// as in `platform.argo-cd`. The error says how to write it.
pub fn check_values_root(text: &str) -> Result<(), &'static str> {
    if text.split('.').any(str::is_empty) {
        return Err("write the names from the top down, with dots between them: platform.argo-cd");
    }
    Ok(())
}
