//! Installing the chart: as an Application, or by the helm command.

use super::overlay::replaced;
use super::{GatewayPlan, GatewayValues};
use crate::error::{Error, Result};
use crate::model::Source;
use crate::yaml::Stream;

impl GatewayPlan {
    /// Returns the Application, with the values as they are inside.
    ///
    /// # Errors
    /// A template that renders something else.
    pub fn application(&self, values: &GatewayValues) -> Result<String> {
        let variables = self.variables(None);
        let rendered = self
            .engine
            .gateway("gateway-application.yaml.j2", &variables)?;
        let mut text = rendered.text;
        let parse = |text: &str| Stream::parse(Source::new(&*rendered.template, text));
        if !self.overlay.is_empty() {
            let route = ["spec", "source", "helm", "valuesObject"];
            text = replaced(&parse(&text)?, &route, &values.model)?;
        }
        let stream = parse(&text)?;
        let model = match stream.documents() {
            [one] => one.root().map(|root| one.to_json(root)).transpose()?,
            _ => None,
        };
        let inside = model
            .as_ref()
            .and_then(|model| model.pointer("/spec/source/helm/valuesObject"));
        if inside != Some(&values.model) {
            return Err(Error::input(format!(
                "{}: what this template renders does not have the chart's values at spec.source.helm.valuesObject",
                rendered.template
            ))
            .hint("include them with `{% filter indent(8) %}{% include \"gateway-values.yaml.j2\" %}{% endfilter %}`"));
        }
        Ok(text)
    }

    /// Returns the helm command: every value as JSON in a word of its own, so that none can become another.
    ///
    /// # Errors
    /// A key that helm's command line cannot set.
    pub fn command(&self, values: &GatewayValues) -> Result<String> {
        let mut flat = Vec::new();
        flatten("", &values.model, &mut flat)?;
        let variables = self.command_variables(flat);
        let rendered = self.engine.gateway("gateway-command.sh.j2", &variables)?;
        Ok(rendered.text)
    }
}

/// Leaves of the values as `path=JSON`, as helm's --set-json takes them.
fn flatten(path: &str, value: &serde_json::Value, into: &mut Vec<String>) -> Result<()> {
    match value {
        serde_json::Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                if key.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
                    return Err(Error::input(format!(
                        "helm's command line cannot set the key `{}`",
                        key.escape_debug()
                    ))
                    .hint("use `gateway values` and `helm upgrade -f values.yaml`"));
                }
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, value, into)?;
            }
        }
        leaf => into.push(format!("{path}={leaf}")),
    }
    Ok(())
}
