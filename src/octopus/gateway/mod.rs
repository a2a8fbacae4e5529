//! What the gateway is told: checked, with the defaults filled in.

mod accept;
mod chart;
mod found;
mod install;
mod judge;
mod overlay;
mod values_files;

pub use accept::{accept_account_token, accept_project_token};
pub use found::FoundValues;
pub use judge::{Fault, judge};
pub use overlay::ValuesOverlay;
pub use values_files::{place_of, values_of};

use serde_json::{Map, Value};

use self::overlay::replaced;
use super::urls;
use crate::error::{Error, Result};
use crate::model::{
    FieldKind, Gateway, Severity, Source, is_data_key, is_namespace, is_object_name,
};
use crate::render::{Engine, GatewayVariables, Override};
use crate::text::Note;
use crate::yaml::{self, Stream};

/// The release and its namespace, where nothing else is said.
const RELEASE: &str = "octopus-gateway";
/// The namespace of the gateway, where no one says it.
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
    /// What the user lays over the values.
    pub overlay: ValuesOverlay,
    namespace: String,
    extra: Map<String, Value>,
}

/// The chart's values.
#[derive(Clone, Debug)]
pub struct GatewayValues {
    /// As text.
    pub text: String,
    /// The same, read again.
    pub model: Value,
    /// What was laid over them.
    pub notes: Vec<Note>,
}

impl GatewayPlan {
    /// All that the chart needs.
    pub fn new(
        gateway: Gateway,
        namespace: &str,
        templates: (Vec<Override>, Map<String, Value>),
    ) -> Result<Self> {
        let settings = Self::of_secrets(gateway, namespace, templates)?;
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
                "the gateway needs more options: {}",
                missing.join(", ")
            ))
            .hint("example: --name prod --octopus-url https://o.example --octopus-grpc-url grpc://o.example:8443 --space Spaces-1")
            .hint("or set it in the configuration: gateway: {name: prod, octopusUrl: …, octopusGrpcUrl: …, spaces: [Spaces-1]}")
            .hint("--register=false is for a gateway that is registered with Octopus Deploy elsewhere"));
        }
        settings.check()?;
        Ok(settings)
    }

    /// All that a Secret needs: names.
    pub fn of_secrets(
        mut gateway: Gateway,
        namespace: &str,
        (overrides, extra): (Vec<Override>, Map<String, Value>),
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
            overlay: ValuesOverlay::default(),
            namespace: namespace.to_owned(),
            extra,
        };
        settings.check_names()?;
        Ok(settings)
    }

    fn check_names(&self) -> Result<()> {
        if !is_namespace(&self.namespace) {
            return Err(wrong("-n", &self.namespace, "a namespace"));
        }
        for field in Gateway::FIELDS {
            let (fits, what): (fn(&str) -> bool, _) = match field.kind {
                FieldKind::Namespace => (is_namespace, "a namespace"),
                FieldKind::ObjectName => (is_object_name, "an object of Kubernetes"),
                FieldKind::SecretKey => (is_data_key, "a key of a Secret"),
                _ => continue,
            };
            if let Some(name) = self.gateway.text(field).filter(|name| !fits(name)) {
                return Err(wrong(&format!("--{}", field.option), &name, what));
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
        for field in Gateway::FIELDS {
            let Some(url) = gateway.text(field) else {
                continue;
            };
            let option = format!("--{}", field.option);
            match field.kind {
                FieldKind::WebUrl => urls::web(&option, &url)?,
                FieldKind::GrpcUrl { needs_port } => urls::grpc(&option, &url, needs_port)?,
                _ => {}
            }
        }
        for space in gateway.spaces.iter().flatten() {
            if !space.strip_prefix("Spaces-").is_some_and(|number| {
                !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
            }) {
                return Err(Error::usage(format!(
                    "--space `{}` is not the ID of a space",
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
    pub fn values(&self, inline: Option<&str>) -> Result<GatewayValues> {
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
        let model = model.ok_or_else(|| wrong("is not a mapping"))?;
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
        if self.overlay.is_empty() {
            return Ok(GatewayValues {
                text: rendered.text,
                model,
                notes: Vec::new(),
            });
        }
        let merged = self.overlay.over(&model)?;
        let odd = refuse_faults(&merged, inline)?;
        Ok(GatewayValues {
            text: replaced(&stream, &[], &merged)?,
            notes: laid_over(&model, &merged).into_iter().chain(odd).collect(),
            model: merged,
        })
    }

    /// Says what its choices mean.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let gateway = &self.gateway;
        if gateway.plaintext == Some(true) {
            notes.push(Note::warning("--plaintext: anyone in between can read the token; Argo CD's server must run with server.insecure"));
        } else if gateway.insecure == Some(true) {
            notes.push(Note::warning("--insecure: anyone who answers as Argo CD gets the token; --certificate-secret names what to trust instead"));
        }
        let unverified = gateway.plaintext == Some(true) || gateway.insecure == Some(true);
        if unverified && gateway.certificate_secret.is_some() {
            notes.push(Note::new("the certificates of --certificate-secret apply to Octopus Deploy only: Argo CD's certificate is not verified"));
        } else if !unverified && gateway.certificate_secret.is_none() {
            notes.push(Note::new("the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret"));
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

/// Refuses values with which the gateway does not work, once the user's are laid over ours, and says
/// what is odd about them.
fn refuse_faults(values: &Value, inline: Option<&str>) -> Result<Vec<Note>> {
    let token = values.pointer("/gateway/argocd/authenticationToken");
    if inline.is_some() && token.and_then(Value::as_str) != inline {
        return Err(
            Error::usage("--inline-token and --set or --values name two tokens")
                .hint("leave one of them out"),
        );
    }
    let (errors, others): (Vec<_>, Vec<_>) = judge(values)
        .into_iter()
        .partition(|fault| fault.gravity == Severity::Error);
    let mut faults = errors.into_iter();
    let Some(first) = faults.next() else {
        // Of secrets another note speaks.
        let is_odd = |fault: &Fault| {
            let path = fault.path.join(".");
            let is_secret = chart::is_secret(&path) || chart::is_secret(&(path + "."));
            fault.gravity == Severity::Warning && !is_secret
        };
        let odd = others.into_iter().filter(is_odd);
        let notes = odd.map(|fault| Note::warning(format!("{}: {}", fault.text, fault.help)));
        return Ok(notes.collect());
    };
    let mut error = Error::usage(format!(
        "the gateway does not work with what --set and --values lay over: {}",
        first.text
    ));
    if !first.help.is_empty() {
        error = error.hint(first.help);
    }
    Err(faults.fold(error, |error, fault| error.hint(fault.text)))
}

/// Says what the user's values change in ours.
fn laid_over(before: &Value, after: &Value) -> Vec<Note> {
    let changes = overlay::changes(before, after).into_iter();
    let notes = changes.map(|(path, before, after)| {
        let shown = |value: &Value| {
            if chart::is_secret(&path) {
                "***".to_owned()
            } else {
                value.to_string()
            }
        };
        let (set, before) = (shown(&after), before.as_ref().map(shown));
        let text = match before {
            Some(before) => format!("{path} is {set}, not {before}: --set or --values"),
            None => format!("{path} is {set}: --set or --values"),
        };
        if chart::is_secret(&path) {
            Note::warning(format!("{text}; these values hold a secret, which helm keeps in the cluster with every release"))
        } else {
            Note::new(text)
        }
    });
    notes.collect()
}

fn wrong(option: &str, name: &str, what: &str) -> Error {
    Error::usage(format!(
        "{option}: `{}` cannot be the name of {what}",
        name.escape_debug()
    ))
}
