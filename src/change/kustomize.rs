//! A kustomize Component with a patch for each ConfigMap.

use super::Overlay;
use super::overlay::{has_exactly, parsed, spliced};
use crate::error::{Error, Result};
use crate::model::Which;
use crate::render::{Engine, Rendered, Variables};
use crate::yaml::{self, Document, Edit, Node, Step};

/// A Component to be made.
pub struct Kustomization<'a> {
    /// Renders it.
    pub engine: &'a Engine,
    /// With these values.
    pub variables: &'a Variables,
    /// What goes into it.
    pub overlay: Overlay<'a>,
    /// The ConfigMaps that are wanted.
    pub wanted: &'a [Which],
}

/// A patch in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchFile {
    /// The file's name, as the Component names it.
    pub name: String,
    /// The patch.
    pub text: String,
}

impl Kustomization<'_> {
    /// The Component with its patches inside.
    pub fn inline(&self) -> Result<String> {
        let concerned = self.overlay.concerned(self.wanted);
        let rendered = self
            .engine
            .kustomization(&concerned, false, self.variables)?;
        let stream = parsed(&rendered)?;
        let root = stream.documents().first().and_then(Document::root);
        let patches = root
            .and_then(|root| root.get("patches"))
            .and_then(Node::items);
        let mut edits = Vec::new();
        for which in concerned {
            let targets = |patch: &Node| {
                let name = patch.get("target").and_then(|target| target.get("name"));
                name.and_then(Node::as_str) == Some(which.name())
            };
            let index = patches
                .and_then(|patches| patches.iter().position(targets))
                .ok_or_else(|| wrong(&rendered, which))?;
            edits.push(Edit::SetText {
                document: 0,
                route: vec![Step::key("patches"), Step::Index(index), Step::key("patch")],
                text: self.patch(which)?,
            });
        }
        Ok(yaml::edit(&stream, &edits)?)
    }

    /// The Component, and its patches in files of their own.
    pub fn files(&self) -> Result<(String, Vec<PatchFile>)> {
        let concerned = self.overlay.concerned(self.wanted);
        let rendered = self
            .engine
            .kustomization(&concerned, true, self.variables)?;
        parsed(&rendered)?;
        let mut files = Vec::new();
        for which in concerned {
            let name = format!("{which}.patch.yaml");
            if !rendered.text.contains(&name) {
                return Err(wrong(&rendered, which));
            }
            let text = self.patch(which)?;
            files.push(PatchFile { name, text });
        }
        Ok((rendered.text, files))
    }

    fn patch(&self, which: Which) -> Result<String> {
        let rendered = self.engine.kustomize_patch(which, self.variables)?;
        let stream = parsed(&rendered)?;
        let route = [Step::key("data")];
        let root = stream.documents().first().and_then(Document::root);
        let text = |keys: [&str; 2]| {
            let node = keys
                .iter()
                .filter(|key| !key.is_empty())
                .try_fold(root?, |node, key| node.get(key));
            node.and_then(Node::as_str)
        };
        let is_ours = text(["kind", ""]) == Some("ConfigMap")
            && text(["metadata", "name"]) == Some(which.name());
        if !is_ours || !has_exactly(&stream, &route, self.overlay.desired.data(which)) {
            return Err(wrong(&rendered, which));
        }
        spliced(&stream, self.overlay.edits(which, &route), 1)
    }
}

fn wrong(rendered: &Rendered, which: Which) -> Error {
    Error::input(format!(
        "{}: what this template renders has no patch for {which} with the entries of its data template",
        rendered.template
    ))
    .hint("the built-in templates kustomization.yaml.j2 and kustomize-patch.yaml.j2 show the shape")
}
