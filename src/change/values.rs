//! Values for the argo-cd chart that are alone: for a values file that does not exist yet.

use super::Overlay;
use super::overlay::{has_exactly, parsed, spliced};
use crate::error::{Error, Result};
use crate::model::Which;
use crate::render::{Engine, Rendered, Variables};
use crate::yaml::Step;

/// A values file to be made.
pub struct ValuesFile<'a> {
    /// Renders it.
    pub engine: &'a Engine,
    /// With these values.
    pub variables: &'a Variables,
    /// What goes into it.
    pub overlay: Overlay<'a>,
    /// The ConfigMaps that are wanted.
    pub wanted: &'a [Which],
    /// The names of the charts above the argo-cd chart.
    pub root: &'a [String],
}

impl ValuesFile<'_> {
    /// The text.
    pub fn text(&self) -> Result<String> {
        let concerned = self.overlay.concerned(self.wanted);
        let rendered = self.engine.values(&concerned, self.variables)?;
        let stream = parsed(&rendered)?;
        let mut edits = Vec::new();
        for which in concerned {
            let key = if which == Which::Cm { "cm" } else { "rbac" };
            let route = [Step::key("configs"), Step::key(key)];
            if !has_exactly(&stream, &route, self.overlay.desired.data(which)) {
                return Err(wrong(&rendered, key));
            }
            edits.extend(self.overlay.edits(which, &route));
        }
        let text = spliced(&stream, edits, 0)?;
        Ok(self
            .root
            .iter()
            .rev()
            .fold(text, |text, key| below(key, &text)))
    }
}

fn wrong(rendered: &Rendered, key: &str) -> Error {
    Error::input(format!(
        "{}: what this template renders does not have the entries of its data template in \
         `configs.{key}`",
        rendered.template
    ))
    .hint("the built-in template helm-values.yaml.j2 shows the shape")
}

/// A text one level deeper, below a key.
fn below(key: &str, text: &str) -> String {
    let mut nested = format!("{}:\n", crate::yaml::write::key(key));
    for line in text.split_inclusive('\n') {
        if !line.trim_end().is_empty() {
            nested.push_str("  ");
        }
        nested.push_str(line);
    }
    nested
}
