//! The template engine: strict about what is undefined, and the engine quotes, not the author.
//!
//! Every interpolation becomes one YAML scalar on one line or, in a `*.csv.j2`, one CSV field;
//! a value can therefore neither add a key nor a rule. The filters that would switch this off
//! (`safe`, `escape`) do not exist here.

mod catalogue;
mod format;
mod values;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context};

pub use catalogue::names;
pub use format::Quote;
pub use values::{GatewayVariables, Variables, Wanted};

use crate::error::{Error, Result};
use crate::model::{DEFAULT_NAMESPACE, FleetSettings, Instance, Location, Which};

/// The templates, built in and overridden, and how to render them.
pub struct Engine {
    environment: Environment<'static>,
    overridden: BTreeMap<String, String>,
}

/// Returns the built-in templates, compiled once: with `--all` each instance has an engine of its own.
fn built_in() -> Result<Environment<'static>> {
    static COMPILED: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(environment) = COMPILED.get() {
        return Ok(environment.clone());
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| Error::internal(format!("template syntax: {error}")))?;
    environment.set_syntax(syntax);
    environment.set_recursion_limit(50);
    // An instruction is one, and so are 64 bytes of text that it makes: at most 96 MB.
    environment.set_fuel(Some(1_500_000));
    environment.set_auto_escape_callback(format::mode);
    for (name, text) in catalogue::TEMPLATES {
        environment
            .add_template(name, text)
            .map_err(|error| Error::internal(format!("template {name}: {error}")))?;
    }
    Ok(COMPILED.get_or_init(|| environment).clone())
}

impl Engine {
    /// An engine with the built-in templates. `overrides` are names and texts that replace single
    /// ones, with the path to show in errors; `quote` writes a text as a one-line YAML scalar.
    pub fn new(quote: Quote, overrides: Vec<Override>) -> Result<Self> {
        let mut environment = built_in()?;
        format::install(&mut environment, quote);
        let mut engine = Self {
            environment,
            overridden: BTreeMap::new(),
        };
        for Override { name, path, text } in overrides {
            engine.overridden.insert(name.clone(), path);
            engine
                .environment
                .add_template_owned(name.clone(), text)
                .map_err(|error| engine.explain(&error, &name, &[]))?;
        }
        Ok(engine)
    }

    /// Renders the entries of `data` of one ConfigMap: what every form is built from.
    pub fn data(&self, which: Which, variables: &Variables) -> Result<Rendered> {
        self.of(which, data_template(which), variables)
    }

    /// Renders the merge patch for one ConfigMap.
    pub fn patch(&self, which: Which, variables: &Variables) -> Result<Rendered> {
        self.of(which, "patch.yaml.j2", variables)
    }

    /// Renders one whole ConfigMap for an Argo CD that has none.
    pub fn manifest(&self, which: Which, variables: &Variables) -> Result<Rendered> {
        self.of(which, "manifest.yaml.j2", variables)
    }

    /// Renders a Secret with these keys and values.
    pub fn secret(
        &self,
        name: &str,
        namespace: Option<&str>,
        entries: &[(String, String)],
    ) -> Result<Rendered> {
        let entries = entries.iter().map(|(key, value)| context! { key, value });
        let context = context! {
            name,
            namespace,
            entries => entries.collect::<Vec<_>>(),
        };
        self.fill("secret.yaml.j2", &context)
    }

    /// Renders one ConfigMap with our own keys only, for an Argo CD that gets it through an
    /// Application.
    pub fn fleet_configmap(&self, which: Which, variables: &Variables) -> Result<Rendered> {
        self.of(which, "fleet-configmap.yaml.j2", variables)
    }

    /// Renders the kustomization around such ConfigMaps.
    pub fn fleet_kustomization(
        &self,
        configmaps: &[Which],
        variables: &Variables,
    ) -> Result<Rendered> {
        let own = context! { configmaps => names_of(configmaps) };
        self.render("fleet-kustomization.yaml.j2", own, variables)
    }

    /// Renders what the `ApplicationSet` reads of an instance.
    pub fn fleet_instance(&self, instance: &Instance, variables: &Variables) -> Result<Rendered> {
        let cluster = instance.destination.as_ref();
        let server = cluster.and_then(|cluster| cluster.server.as_deref());
        let name = cluster.and_then(|cluster| cluster.name.as_deref());
        let named = ("name", name.unwrap_or(&instance.name));
        let (key, destination) = server.map_or(named, |url| ("server", url));
        let own = context! {
            instance => instance.name.as_str(),
            destination_key => key,
            destination => destination,
        };
        self.render("fleet-instance.yaml.j2", own, variables)
    }

    /// Renders the `ApplicationSet` that delivers a fleet from `repo_url`.
    pub fn fleet_applicationset(
        &self,
        fleet: &FleetSettings,
        repo_url: &str,
        variables: &Variables,
    ) -> Result<Rendered> {
        let path = fleet.path.as_deref().unwrap_or_default();
        let path = path.trim_start_matches("./").trim_matches('/');
        let instance_files = match path {
            "" | "." => "*/instance.yaml".to_owned(),
            path => format!("{path}/*/instance.yaml"),
        };
        let own = context! {
            repo_url,
            instance_files,
            target_revision => fleet.target_revision.as_deref().unwrap_or("HEAD"),
            delivering_project => fleet.project.as_deref().unwrap_or("default"),
            delivering_namespace => fleet.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE),
        };
        self.render("fleet-applicationset.yaml.j2", own, variables)
    }

    /// Renders the patch for one ConfigMap that a kustomize Component has.
    pub fn kustomize_patch(&self, which: Which, variables: &Variables) -> Result<Rendered> {
        self.of(which, "kustomize-patch.yaml.j2", variables)
    }

    /// Renders a kustomize Component with patches for these ConfigMaps, inside or in files.
    pub fn kustomization(
        &self,
        configmaps: &[Which],
        files: bool,
        variables: &Variables,
    ) -> Result<Rendered> {
        let own = context! { configmaps => names_of(configmaps), files => files };
        self.render("kustomization.yaml.j2", own, variables)
    }

    /// Renders values for the argo-cd chart that make these ConfigMaps.
    pub fn values(&self, configmaps: &[Which], variables: &Variables) -> Result<Rendered> {
        let own = context! { configmaps => names_of(configmaps) };
        self.render("helm-values.yaml.j2", own, variables)
    }

    /// Renders the merge patch for an `ArgoCD` resource of which nothing is known.
    pub fn argocd_patch(&self, variables: &Variables) -> Result<Rendered> {
        self.render("argocd.patch.yaml.j2", Value::UNDEFINED, variables)
    }

    /// Renders the role of one `AppProject`.
    pub fn role(&self, project: &str, variables: &Variables) -> Result<Rendered> {
        let own = context! {
            role_project => project,
            role_objects => variables.wanted.project_objects(project),
            role_subject => format!("proj:{project}:{}", variables.account),
        };
        self.render("appproject-role.yaml.j2", own, variables)
    }

    /// Renders one of the gateway's templates.
    pub fn gateway(&self, template: &str, variables: &GatewayVariables) -> Result<Rendered> {
        self.fill(template, &variables.context()?)
    }

    fn of(&self, which: Which, template: &str, variables: &Variables) -> Result<Rendered> {
        let own = context! {
            name => which.name(),
            data_template => data_template(which),
        };
        self.render(template, own, variables)
    }

    /// Renders a template with variables of its own and those that all have.
    fn render(&self, template: &str, own: Value, variables: &Variables) -> Result<Rendered> {
        let context = if own.is_undefined() {
            variables.context()?
        } else {
            context! { ..own, ..variables.context()? }
        };
        self.fill(template, &context)
    }

    fn fill(&self, template: &str, context: &Value) -> Result<Rendered> {
        let known: Vec<String> = keys(context);
        let text = self
            .environment
            .get_template(template)
            .and_then(|found| found.render(context))
            .map_err(|error| self.explain(&error, template, &known))?;
        Ok(Rendered {
            template: self.shown(template),
            text,
        })
    }

    /// What is shown for a template: the path of the file that overrides it, or its name.
    fn shown(&self, template: &str) -> String {
        match self.overridden.get(template) {
            Some(path) => path.clone(),
            None => format!("<{template}>"),
        }
    }

    /// Turns the engine's error into one that names template, line and the missing value.
    fn explain(&self, error: &minijinja::Error, template: &str, known: &[String]) -> Error {
        let mut error = error;
        // An error inside an include is wrapped; the innermost one knows its own place.
        while let Some(inner) =
            std::error::Error::source(error).and_then(|source| source.downcast_ref())
        {
            error = inner;
        }
        let name = error.name().unwrap_or(template);
        let location = Location {
            name: self.shown(name).into(),
            line: error.line().unwrap_or(1),
            column: 1,
        };
        if error.kind() == ErrorKind::UndefinedError {
            let missing = self.missing(name, location.line, known);
            let message = match missing.as_slice() {
                [] => "a value that this template uses is not defined".to_owned(),
                some => format!("no value for {}", some.join(", ")),
            };
            return Error::input(message).at(location).hint(
                "give it with --template-set NAME=VALUE or --template-values FILE, or correct the \
                 template's name for it",
            );
        }
        let reason = error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned);
        Error::input(format!("this template cannot be rendered: {reason}")).at(location)
    }

    /// The names that the template uses on this line and that nothing defines.
    fn missing(&self, template: &str, line: usize, known: &[String]) -> Vec<String> {
        let Ok(template) = self.environment.get_template(template) else {
            return Vec::new();
        };
        let text = template.source().lines().nth(line - 1).unwrap_or_default();
        let words: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
            .collect();
        let mut missing: Vec<String> = template
            .undeclared_variables(true)
            .into_iter()
            .filter(|name| !known.contains(name) && words.contains(&name.as_str()))
            .map(|name| format!("`{name}`"))
            .collect();
        missing.sort();
        missing
    }
}

fn data_template(which: Which) -> &'static str {
    match which {
        Which::Cm => "argocd-cm.data.yaml.j2",
        Which::RbacCm => "argocd-rbac-cm.data.yaml.j2",
    }
}

fn names_of(configmaps: &[Which]) -> Vec<&'static str> {
    configmaps.iter().map(|which| which.name()).collect()
}

fn keys(context: &Value) -> Vec<String> {
    let names = context.try_iter().into_iter().flatten();
    names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// A template of the user's own instead of a built-in one.
#[derive(Clone, Debug)]
pub struct Override {
    /// The built-in template's name.
    pub name: String,
    /// The file, for errors.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A text that was rendered, and from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The template's name, or the file that overrides it.
    pub template: String,
    /// What came out.
    pub text: String,
}

#[cfg(test)]
mod tests;
