//! Applications and `ApplicationSet`s as rules see them.

use std::collections::HashMap;

use crate::octopus::apps::{AppKind, AppSource, Application, Parent};
use crate::site::{Object, Site, Spot};
use crate::yaml::{Entry, Node, Step};

/// The rules about Applications, which `apps` runs too.
pub(super) const RULES: [&str; 17] = [
    "annotated-applicationset",
    "duplicate-key",
    "duplicate-source-name",
    "ignored-values-file",
    "image-path-without-value",
    "incomplete-octopus-scope",
    "not-a-string",
    "octopus-value-not-a-slug",
    "plain-keys-on-named-source",
    "registry-on-eks-cluster",
    "repository-outside-project",
    "shared-octopus-target",
    "unknown-image-alias",
    "unknown-octopus-annotation",
    "unknown-octopus-source",
    "unnamed-octopus-source",
    "unwritable-octopus-source",
];

/// An Application, or the template of an ApplicationSet, with its places.
pub(super) struct App<'a> {
    pub(super) object: Object<'a>,
    pub(super) application: Application<'a>,
    annotations: HashMap<&'a str, &'a Entry>,
}

/// The Applications and `ApplicationSet`s.
pub(super) fn applications<'a>(site: &Site<'a>) -> Vec<App<'a>> {
    let apps = site.relevant.iter().filter_map(|object| {
        let application = Application::read(object.in_document(), object.node)?;
        let path = [application.kind.base(), &["metadata", "annotations"]].concat();
        let entries = object
            .find(&path)
            .and_then(Node::entries)
            .unwrap_or_default();
        let by_key = |entry: &'a Entry| Some((entry.key.as_str()?, entry));
        Some(App {
            object: object.clone(),
            application,
            annotations: entries.iter().filter_map(by_key).collect(),
        })
    });
    apps.collect()
}

impl<'a> App<'a> {
    /// An annotation of the Application or the template.
    pub(super) fn annotation(&self, key: &str) -> Option<Spot<'a>> {
        let path = [self.base(), &["metadata", "annotations", key]].concat();
        let entry = self.annotations.get(key)?;
        Some(Spot::of_entry(&self.object, &path, entry))
    }

    /// An annotation of the ApplicationSet itself.
    pub(super) fn outer_annotation(&self, key: &str) -> Option<Spot<'a>> {
        self.at(&["metadata", "annotations", key])
    }

    /// A label of the Application or the template.
    pub(super) fn label(&self, key: &str) -> Option<Spot<'a>> {
        self.at(&[self.base(), &["metadata", "labels", key]].concat())
    }

    /// A field of a source, or the source where it has no such field.
    pub(super) fn source(&self, source: &AppSource<'_>, fields: &[&str]) -> Option<Spot<'a>> {
        let mut keys: Vec<&str> = self.base().to_vec();
        keys.extend(match source.parent {
            Parent::Source => &["spec", "source"][..],
            Parent::Hydrator => &["spec", "sourceHydrator", "drySource"],
            Parent::Sources => &["spec", "sources"],
        });
        let mut spot = self.at(&keys)?;
        if source.parent == Parent::Sources {
            let item = spot.resolved()?.items()?.get(source.index)?;
            spot.route.push(Step::Index(source.index));
            spot.key = None;
            spot.node = Some(item);
        }
        for field in fields {
            if let Some(entry) = spot.resolved().and_then(|node| node.entry(field)) {
                spot.route.push(Step::key(*field));
                (spot.key, spot.node) = (Some(&entry.key), Some(&entry.value));
                return Some(spot);
            }
        }
        // A whole mapping is long: its first key stands for it.
        if let Some(first) = spot
            .resolved()
            .and_then(Node::entries)
            .and_then(<[Entry]>::first)
        {
            spot.route.extend(first.key.key_text().map(Step::key));
            (spot.key, spot.node) = (Some(&first.key), Some(&first.value));
        }
        Some(spot)
    }

    /// The name.
    pub(super) fn name(&self) -> Option<Spot<'a>> {
        self.at(&["metadata", "name"])
    }

    /// What to call it in a message.
    pub(super) fn title(&self) -> String {
        match self.application.kind {
            AppKind::Application => self.application.name.to_owned(),
            AppKind::ApplicationSet => format!("the ApplicationSet {}", self.application.name),
        }
    }

    fn base(&self) -> &'static [&'static str] {
        self.application.kind.base()
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<Spot<'a>> {
        Spot::of_path(&self.object, path)
    }
}
