//! The Octopus gateway: the one list of what its chart must be told. The configuration, the options
//! of the command line, their help and the checks of their values all follow from it.

use serde::{Deserialize, Serialize};

use super::complete::Complete;

/// What a field holds: it decides how the option looks, and what its value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A namespace.
    Namespace,
    /// The name of an object of Kubernetes.
    ObjectName,
    /// A key of a Secret.
    SecretKey,
    /// An address for people and REST.
    WebUrl,
    /// A gRPC address; with a port where the other side has no usual one.
    GrpcUrl {
        /// Whether it must have a port.
        needs_port: bool,
    },
    /// Several texts.
    List,
    /// A number.
    Number,
    /// A flag, which is off where it is not given.
    Switch,
    /// Yes or no, with a default of the chart's.
    Choice,
}

/// One thing that the gateway is told.
#[derive(Clone, Copy, Debug)]
pub struct GatewayField {
    /// Its name in [`Gateway`].
    pub name: &'static str,
    /// The id of its option, by which it is asked for on the command line.
    pub id: &'static str,
    /// Its option, without the dashes.
    pub option: &'static str,
    /// What the help calls its value.
    pub value_name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What it is, for the help.
    pub about: &'static str,
}

impl GatewayField {
    /// Its key in the configuration, and in templates: `octopusUrl`.
    pub fn key(&self) -> String {
        let mut words = self.name.split('_');
        let mut key = words.next().unwrap_or_default().to_owned();
        for word in words {
            key.extend(word.chars().take(1).flat_map(char::to_uppercase));
            key.extend(word.chars().skip(1));
        }
        key
    }
}

/// Options that say one thing together: where one of the first list is given, the configuration
/// says nothing about any of the second.
const TOGETHER: &[(&[&str], &[&str])] = &[
    // How Octopus Deploy is trusted.
    (
        &["octopus_thumbprint", "octopus_plaintext"],
        &["octopus_thumbprint", "octopus_plaintext"],
    ),
    // How Argo CD is reached: half of one connection and half of another would expose the token.
    (
        &["argocd_grpc_url", "insecure", "plaintext"],
        &["argocd_grpc_url", "insecure", "plaintext"],
    ),
    (
        &["grpc_web", "grpc_web_root_path"],
        &["grpc_web", "grpc_web_root_path"],
    ),
    // Whose token it gets.
    (
        &["token_secret", "project_token_secret"],
        &["token_secret", "token_key", "project_token_secret"],
    ),
];

/// Writes the struct and the list of its fields.
macro_rules! gateway {
    ($(#[doc = $about:literal] $name:ident: $type:ty = $id:ident $option:literal $value:literal $kind:expr,)*) => {
        /// The Octopus gateway of an Argo CD. Nothing here is secret: tokens are in Secrets, which
        /// are named.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, rename_all = "camelCase", default)]
        pub struct Gateway {
            $(#[doc = $about] pub $name: Option<$type>,)*
        }

        impl Gateway {
            /// Its fields, in the order in which the help shows them.
            pub const FIELDS: &'static [GatewayField] = &[
                $(GatewayField {
                    name: stringify!($name),
                    id: stringify!($id),
                    option: $option,
                    value_name: $value,
                    kind: $kind,
                    about: $about,
                },)*
            ];

            /// Takes from the configuration what was not given: of things that are said together
            /// all or nothing.
            pub fn follow(&mut self, defaults: &Self) {
                let given = self.clone();
                $(
                    if !given.decides(stringify!($name)) {
                        self.$name.complete(&defaults.$name);
                    }
                )*
            }

            /// Whether a field has a value.
            pub fn has(&self, name: &str) -> bool {
                match name {
                    $(stringify!($name) => self.$name.is_some(),)*
                    _ => false,
                }
            }
        }

        impl Complete for Gateway {
            fn complete(&mut self, defaults: &Self) {
                $(self.$name.complete(&defaults.$name);)*
            }
        }
    };
}

gateway! {
    /// Name of the gateway in Octopus Deploy
    name: String = name "name" "NAME" FieldKind::Text,
    /// URL of Octopus Deploy: `https://example.octopus.app`
    octopus_url: String = octopus_url "octopus-url" "URL" FieldKind::WebUrl,
    /// gRPC address of Octopus Deploy: `grpc://example.octopus.app:8443`
    octopus_grpc_url: String = octopus_grpc_url "octopus-grpc-url" "URL" FieldKind::GrpcUrl { needs_port: true },
    /// Slug of an environment in Octopus Deploy (repeatable, comma-separated)
    environments: Vec<String> = environment "environment" "SLUG" FieldKind::List,
    /// Id of a space in Octopus Deploy: Spaces-1 (repeatable, comma-separated)
    spaces: Vec<String> = space "space" "ID" FieldKind::List,
    /// Register the gateway with Octopus Deploy; false if that is done elsewhere
    register: bool = register "register" "BOOL" FieldKind::Choice,
    /// Accept only the certificate of Octopus Deploy with this thumbprint
    octopus_thumbprint: String = octopus_thumbprint "octopus-thumbprint" "THUMBPRINT" FieldKind::Text,
    /// Connect to Octopus Deploy's gRPC address without TLS
    octopus_plaintext: bool = octopus_plaintext "octopus-plaintext" "" FieldKind::Switch,
    /// Seconds between keep-alive messages of the gateway [default: 30, from the chart]
    keep_alive: u32 = keep_alive "keep-alive" "SECONDS" FieldKind::Number,
    /// Number of pods: one is active, the others are on standby
    replicas: u32 = replicas "replicas" "N" FieldKind::Number,
    /// Serve metrics to Prometheus
    metrics: bool = metrics "metrics" "" FieldKind::Switch,
    /// Secret with Octopus Deploy's access token [default: octopus-server-access-token]
    access_token_secret: String = access_token_secret "access-token-secret" "NAME" FieldKind::ObjectName,
    /// Key of that Secret [default: `OCTOPUS_SERVER_ACCESS_TOKEN`]
    access_token_key: String = access_token_key "access-token-key" "KEY" FieldKind::SecretKey,
    /// Address of the Argo CD server [default: `grpc://argocd-server.NAMESPACE.svc.cluster.local`]
    argocd_grpc_url: String = argocd_grpc_url "argocd-grpc-url" "URL" FieldKind::GrpcUrl { needs_port: false },
    /// URL of Argo CD's web interface, to which Octopus Deploy links
    argocd_web_url: String = argocd_web_url "argocd-web-url" "URL" FieldKind::WebUrl,
    /// Do not verify the Argo CD server's certificate: anyone on the network path can read the token
    insecure: bool = insecure "insecure" "" FieldKind::Switch,
    /// Connect to the Argo CD server without TLS: anyone on the network path can read the token
    plaintext: bool = plaintext "plaintext" "" FieldKind::Switch,
    /// Use gRPC-web to reach the Argo CD server
    grpc_web: bool = grpc_web "grpc-web" "" FieldKind::Switch,
    /// Use gRPC-web below this path
    grpc_web_root_path: String = grpc_web_root_path "grpc-web-root-path" "PATH" FieldKind::Text,
    /// Secret with the certificates to trust, of Argo CD and Octopus Deploy; safer than --insecure
    certificate_secret: String = certificate_secret "certificate-secret" "NAME" FieldKind::ObjectName,
    /// Secret with the account's token [default: argocd-auth-token]
    token_secret: String = token_secret "token-secret" "NAME" FieldKind::ObjectName,
    /// Key of that Secret [default: `ARGOCD_AUTH_TOKEN`]
    token_key: String = token_key "token-key" "KEY" FieldKind::SecretKey,
    /// Secret with project tokens, instead of the account's
    project_token_secret: String = project_token_secret "project-token-secret" "NAME" FieldKind::ObjectName,
    /// Namespace of the gateway [default: octopus-gateway]
    namespace: String = gateway_namespace "gateway-namespace" "NAMESPACE" FieldKind::Namespace,
    /// Name of the Helm release [default: octopus-gateway]
    release: String = release "release" "NAME" FieldKind::ObjectName,
    /// Version of the chart
    chart_version: String = chart_version "chart-version" "VERSION" FieldKind::Text,
}

impl Gateway {
    /// Whether what is given settles this field, so that nothing else may say it.
    pub fn decides(&self, name: &str) -> bool {
        self.has(name)
            || TOGETHER.iter().any(|(deciding, decided)| {
                decided.contains(&name) && deciding.iter().any(|other| self.has(other))
            })
    }

    /// The value of a field that is a text.
    pub fn text(&self, field: &GatewayField) -> Option<String> {
        let all = serde_json::to_value(self).ok()?;
        Some(all.get(field.key())?.as_str()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_configuration() {
        let keys: Vec<String> = Gateway::FIELDS.iter().map(GatewayField::key).collect();
        let all = serde_json::to_value(Gateway::default()).unwrap();
        let mut known: Vec<&String> = all.as_object().unwrap().keys().collect();
        let mut keys: Vec<&String> = keys.iter().collect();
        keys.sort();
        known.sort();
        assert_eq!(keys, known);
    }

    #[test]
    fn what_is_said_together_is_not_completed_by_halves() {
        let of_file = Gateway {
            argocd_grpc_url: Some("grpc://elsewhere".to_owned()),
            insecure: Some(true),
            token_secret: Some("one".to_owned()),
            token_key: Some("key".to_owned()),
            metrics: Some(true),
            ..Gateway::default()
        };
        let mut given = Gateway {
            plaintext: Some(true),
            token_key: Some("mine".to_owned()),
            ..Gateway::default()
        };
        given.follow(&of_file);
        assert_eq!((given.argocd_grpc_url, given.insecure), (None, None));
        assert_eq!(given.token_secret.as_deref(), Some("one"));
        assert_eq!(given.token_key.as_deref(), Some("mine"));
        assert_eq!(given.metrics, Some(true));
    }
}
