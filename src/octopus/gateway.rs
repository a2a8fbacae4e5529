//! What the gateway is told: checked, with the defaults filled in.

use serde_json::{Map, Value};

use super::urls;
use crate::error::{Error, Result};
use crate::model::{Gateway, Source, is_data_key, is_namespace, is_object_name};
use crate::render::{Engine, GatewayVariables, Override};
use crate::text::Note;
use crate::yaml::{self, Stream};

/// The release and its namespace, where nothing else is said.
const RELEASE: &str = "octopus-gateway";
/// The namespace of the gateway, where nobody says it.
pub const GATEWAY_NAMESPACE: &str = RELEASE;
/// The documented name of the Secret with the account's token.
pub const TOKEN_SECRET: &str = "argocd-auth-token";
/// The documented key of the Secret with the account's token.
pub const TOKEN_KEY: &str = "ARGOCD_AUTH_TOKEN";
/// The documented Secret with Octopus Deploy's access token, and its key.
const ACCESS_TOKEN: (&str, &str) = ("octopus-server-access-token", "OCTOPUS_SERVER_ACCESS_TOKEN");

/// What the gateway's templates get, checked.
pub struct GatewayPlan {
    /// What the gateway is told.
    pub gateway: Gateway,
    /// The templates.
    pub engine: Engine,
    /// Whether the values go into an Application.
    pub in_application: bool,
    /// The AppProject of the Application.
    pub application_project: String,
    namespace: String,
    extra: Map<String, Value>,
}

/// The chart's values.
#[derive(Clone, Debug)]
pub struct Values {
    /// As text.
    pub text: String,
    /// The same, read again.
    pub model: Value,
}

impl GatewayPlan {
    /// All that the chart needs.
    pub fn new(
        gateway: Gateway,
        namespace: &str,
        overrides: Vec<Override>,
        extra: Map<String, Value>,
    ) -> Result<Self> {
        let settings = Self::of_secrets(gateway, namespace, overrides, extra)?;
        let gateway = &settings.gateway;
        let registers = gateway.register != Some(false);
        let has_space = gateway
            .spaces
            .as_ref()
            .is_some_and(|spaces| !spaces.is_empty());
        let needed = [
            ("--name", !registers || gateway.name.is_some()),
            ("--octopus-url", !registers || gateway.octopus_url.is_some()),
            ("--octopus-grpc-url", gateway.octopus_grpc_url.is_some()),
            ("--space", !registers || has_space),
        ];
        let missing = needed.iter().filter(|(_, is_there)| !is_there);
        let missing: Vec<&str> = missing.map(|(option, _)| *option).collect();
        if !missing.is_empty() {
            return Err(Error::usage(format!(
                "the gateway must be told more: {}",
                missing.join(", ")
            ))
            .hint("for example: --name prod --octopus-url https://example.octopus.app --octopus-grpc-url grpc://example.octopus.app:8443 --space Spaces-1")
            .hint("or say it in the configuration: gateway: {name: prod, octopusUrl: …, octopusGrpcUrl: …, spaces: [Spaces-1]}")
            .hint("--register=false is for a gateway that somebody else registers with Octopus Deploy"));
        }
        settings.check()?;
        Ok(settings)
    }

    /// All that a Secret needs: names.
    pub fn of_secrets(
        mut gateway: Gateway,
        namespace: &str,
        overrides: Vec<Override>,
        extra: Map<String, Value>,
    ) -> Result<Self> {
        if gateway.project_token_secret.is_some()
            && (gateway.token_secret.is_some() || gateway.token_key.is_some())
        {
            return Err(Error::usage(
                "the gateway takes either the account's token or tokens of projects, and both are named",
            )
            .hint("leave --project-token-secret out, or --token-secret and --token-key"));
        }
        let fill = |into: &mut Option<String>, value: &str| {
            into.get_or_insert_with(|| value.to_owned());
        };
        fill(&mut gateway.release, RELEASE);
        fill(&mut gateway.namespace, RELEASE);
        fill(&mut gateway.access_token_secret, ACCESS_TOKEN.0);
        fill(&mut gateway.access_token_key, ACCESS_TOKEN.1);
        let url = format!("grpc://argocd-server.{namespace}.svc.cluster.local");
        fill(&mut gateway.argocd_grpc_url, &url);
        if gateway.project_token_secret.is_none() {
            fill(&mut gateway.token_secret, TOKEN_SECRET);
            fill(&mut gateway.token_key, TOKEN_KEY);
        }
        gateway.environments.get_or_insert_default();
        gateway.spaces.get_or_insert_default();
        let settings = Self {
            gateway,
            engine: Engine::new(yaml::write::value, overrides)?,
            in_application: false,
            application_project: String::new(),
            namespace: namespace.to_owned(),
            extra,
        };
        settings.check_names()?;
        Ok(settings)
    }

    fn check_names(&self) -> Result<()> {
        let gateway = &self.gateway;
        let namespaces = [
            ("-n", Some(&self.namespace)),
            ("--gateway-namespace", gateway.namespace.as_ref()),
        ];
        for (option, name) in namespaces {
            if let Some(name) = name.filter(|name| !is_namespace(name)) {
                return Err(wrong(option, name, "a namespace"));
            }
        }
        let names = [
            ("--release", &gateway.release),
            ("--access-token-secret", &gateway.access_token_secret),
            ("--token-secret", &gateway.token_secret),
            ("--project-token-secret", &gateway.project_token_secret),
            ("--certificate-secret", &gateway.certificate_secret),
        ];
        for (option, name) in names {
            if let Some(name) = name.as_ref().filter(|name| !is_object_name(name)) {
                return Err(wrong(option, name, "an object of Kubernetes"));
            }
        }
        let keys = [
            ("--access-token-key", &gateway.access_token_key),
            ("--token-key", &gateway.token_key),
        ];
        for (option, key) in keys {
            if let Some(key) = key.as_ref().filter(|key| !is_data_key(key)) {
                return Err(wrong(option, key, "a key of a Secret"));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let gateway = &self.gateway;
        if gateway.insecure == Some(true) && gateway.plaintext == Some(true) {
            return Err(Error::usage(
                "--plaintext uses no TLS at all, so there is no certificate that --insecure could ignore",
            )
            .hint("choose one; better than both: --certificate-secret"));
        }
        if gateway.certificate_secret.is_some()
            && let Some(option) = [
                ("--insecure", gateway.insecure),
                ("--plaintext", gateway.plaintext),
            ]
            .into_iter()
            .find_map(|(option, on)| (on == Some(true)).then_some(option))
        {
            return Err(Error::usage(format!(
                "with {option} nobody looks at the certificates of --certificate-secret"
            ))
            .hint(format!("leave {option} out")));
        }
        if gateway.octopus_plaintext == Some(true) && gateway.octopus_thumbprint.is_some() {
            return Err(Error::usage(
                "with --octopus-plaintext there is no certificate that --octopus-thumbprint could pin",
            )
            .hint("choose one"));
        }
        if let Some(empty) = [
            ("--environment", &gateway.environments),
            ("--space", &gateway.spaces),
        ]
        .into_iter()
        .find_map(|(option, list)| {
            let mut values = list.iter().flatten();
            values
                .any(|value| value.trim().is_empty())
                .then_some(option)
        }) {
            return Err(Error::usage(format!("{empty} has an empty value"))
                .hint("is a variable empty? leave the option out, or name one"));
        }
        let url = |value: &Option<String>| value.clone().unwrap_or_default();
        if let Some(url) = &gateway.octopus_url {
            urls::web("--octopus-url", url)?;
        }
        urls::grpc("--octopus-grpc-url", &url(&gateway.octopus_grpc_url), true)?;
        urls::grpc("--argocd-grpc-url", &url(&gateway.argocd_grpc_url), false)?;
        if let Some(url) = &gateway.argocd_web_url {
            urls::web("--argocd-web-url", url)?;
        }
        for space in gateway.spaces.iter().flatten() {
            if !space.strip_prefix("Spaces-").is_some_and(|number| {
                !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
            }) {
                return Err(Error::usage(format!(
                    "--space `{}` is no id of a space",
                    space.escape_debug()
                ))
                .hint(
                    "ids look like Spaces-1; the address of the space in Octopus Deploy shows it",
                ));
            }
        }
        Ok(())
    }

    /// What a template gets; `inline` stands for a token.
    pub fn variables(&self, inline: Option<&str>) -> GatewayVariables {
        GatewayVariables {
            gateway: self.gateway.clone(),
            namespace: self.namespace.clone(),
            inline_token: inline.map(str::to_owned),
            in_application: self.in_application,
            application_project: self.application_project.clone(),
            settings: Vec::new(),
            extra: self.extra.clone(),
        }
    }

    /// The same, with the values for a command line.
    pub fn command_variables(&self, settings: Vec<String>) -> GatewayVariables {
        GatewayVariables {
            settings,
            ..self.variables(None)
        }
    }

    /// The chart's values, read again: one mapping, with one kind of token.
    pub fn values(&self, inline: Option<&str>) -> Result<Values> {
        let rendered = self
            .engine
            .gateway("gateway-values.yaml.j2", &self.variables(inline))?;
        let wrong = |what: &str| {
            Error::input(format!(
                "{}: what this template renders {what}",
                rendered.template
            ))
        };
        let stream = Stream::parse(Source::new(&*rendered.template, &*rendered.text))?;
        let [document] = stream.documents() else {
            return Err(wrong("is not one document"));
        };
        if let Some(double) = document.duplicates().first() {
            return Err(wrong(&format!("has the key `{}` twice", double.key)));
        }
        let model = document
            .root()
            .map(|root| document.to_json(root))
            .transpose()?;
        let model = model.filter(Value::is_object);
        let model = model.ok_or_else(|| wrong("is no mapping"))?;
        let argocd = |key: &str| model.pointer(&format!("/gateway/argocd/{key}")).is_some();
        let kinds = [
            argocd("authenticationToken"),
            argocd("authenticationTokenSecretName"),
            argocd("projectAuthenticationSecretName") || argocd("projectAuthentication"),
        ];
        if kinds.into_iter().filter(|kind| *kind).count() != 1 {
            return Err(wrong(
                "does not say where the one token, or the tokens of projects, come from",
            ));
        }
        if inline.is_none() && argocd("authenticationToken") {
            return Err(wrong("has an inline token without --inline-token"));
        }
        Ok(Values {
            text: rendered.text,
            model,
        })
    }

    /// Says what its choices mean.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let gateway = &self.gateway;
        if gateway.plaintext == Some(true) {
            notes.push(Note::warning("--plaintext: everybody on the way to Argo CD can read the token; Argo CD's server must run with server.insecure"));
        } else if gateway.insecure == Some(true) {
            notes.push(Note::warning("--insecure: nobody checks that it is Argo CD's server who gets the token; --certificate-secret names what to trust instead"));
        } else if gateway.certificate_secret.is_none() {
            notes.push(Note::new("the gateway verifies the certificate of Argo CD's server; the one that Argo CD makes itself is self-signed: give it with --certificate-secret"));
        }
        if gateway.octopus_plaintext == Some(true) {
            notes.push(Note::warning(
                "--octopus-plaintext: what the gateway sends to Octopus Deploy is not encrypted",
            ));
        }
        if gateway.keep_alive == Some(0) {
            notes.push(Note::new("--keep-alive 0: a load balancer that closes idle connections will cut this one off"));
        }
        if gateway.grpc_web == Some(true) && gateway.grpc_web_root_path.is_some() {
            notes.push(Note::new("--grpc-web-root-path includes --grpc-web"));
        }
        if gateway
            .octopus_url
            .as_ref()
            .is_some_and(|url| url.starts_with("http://"))
        {
            notes.push(Note::warning(
                "--octopus-url is http: Octopus Deploy's access token goes to it unencrypted",
            ));
        }
        notes
    }

    /// The namespace of Argo CD.
    pub fn argocd_namespace(&self) -> &str {
        &self.namespace
    }

    /// The namespace of the gateway.
    pub fn namespace(&self) -> &str {
        self.gateway
            .namespace
            .as_deref()
            .unwrap_or(GATEWAY_NAMESPACE)
    }

    /// The name of the release.
    pub fn release(&self) -> &str {
        self.gateway.release.as_deref().unwrap_or(RELEASE)
    }
}

fn wrong(option: &str, name: &str, what: &str) -> Error {
    Error::usage(format!(
        "{option}: `{}` cannot be the name of {what}",
        name.escape_debug()
    ))
}
