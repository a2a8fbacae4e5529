//! Applications and ApplicationSets as they are in documents.

use std::collections::{HashMap, HashSet};

use crate::yaml::{Document, Node};

/// The kind of an object that Octopus's annotations belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// An `Application`.
    Application,
    /// An `ApplicationSet`, of which the template counts.
    ApplicationSet,
}

impl AppKind {
    /// The kind's name in Kubernetes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::ApplicationSet => "ApplicationSet",
        }
    }

    /// The keys that lead to the Application or its template.
    pub fn base(self) -> &'static [&'static str] {
        match self {
            Self::Application => &[],
            Self::ApplicationSet => &["spec", "template"],
        }
    }
}

/// How a source is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// It is `spec.source`.
    Source,
    /// It is an item of `spec.sources`.
    Sources,
    /// It is `spec.sourceHydrator.drySource`, which Octopus does not read.
    Hydrator,
}

/// A source of an Application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSource<'a> {
    /// Where it is declared.
    pub parent: Parent,
    /// Its position, counted from 0.
    pub index: usize,
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// The repository.
    pub repo_url: &'a str,
    /// The directory in it.
    pub path: Option<&'a str>,
    /// The branch, tag or commit; without one the repository's default branch.
    pub revision: Option<&'a str>,
    /// The chart, where the repository is one of Helm charts.
    pub chart: Option<&'a str>,
    /// The name under which other sources use its files.
    pub reference: Option<&'a str>,
    /// The values files of a Helm chart, in order.
    pub value_files: Vec<&'a str>,
    /// Whether it says anything about Helm.
    pub has_helm: bool,
}

impl AppSource<'_> {
    /// Returns the name, or the position as Argo CD's command line counts it.
    pub fn label(&self) -> String {
        match self.name {
            Some(name) => name.to_owned(),
            None => (self.index + 1).to_string(),
        }
    }

    /// Whether it only lends its files to other sources.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some() && self.path.is_none() && self.chart.is_none()
    }
}

/// An Application, or the template of an ApplicationSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application<'a> {
    /// What it is.
    pub kind: AppKind,
    /// The object's name.
    pub name: &'a str,
    /// The name of the Application itself, which an ApplicationSet fills in.
    pub app_name: &'a str,
    /// The object's namespace, if it names one.
    pub namespace: Option<&'a str>,
    /// The AppProject.
    pub project: &'a str,
    /// The annotations, in the order of the text; a key may be there twice.
    pub annotations: Vec<(&'a str, &'a str)>,
    /// The annotations of an ApplicationSet itself, which its Applications do not get.
    pub outer_annotations: Vec<(&'a str, &'a str)>,
    /// The labels, in the order of the text.
    pub labels: Vec<(&'a str, &'a str)>,
    /// The sources.
    pub sources: Vec<AppSource<'a>>,
    /// Whether a `templatePatch` may add annotations that cannot be seen here.
    pub is_patched: bool,
    /// The ApplicationSet that makes it, and resets its annotations.
    pub owner: Option<&'a str>,
    /// The annotations by their keys: each source asks for several of its own.
    by_key: HashMap<&'a str, &'a str>,
}

impl<'a> Application<'a> {
    /// Reads an object; `None` if it is of another kind.
    pub fn read(document: &'a Document, object: &'a Node) -> Option<Self> {
        let at = ValueReader { document };
        let object = document.resolve(object);
        let version = at.text(object, &["apiVersion"]).unwrap_or_default();
        if !version.starts_with("argoproj.io/") {
            return None;
        }
        let kind = match at.text(object, &["kind"])? {
            "Application" => AppKind::Application,
            "ApplicationSet" => AppKind::ApplicationSet,
            _ => return None,
        };
        let name = at.text(object, &["metadata", "name"]).unwrap_or_default();
        let app = at.find(object, kind.base());
        let text = |keys: &[&str]| app.and_then(|app| at.text(app, keys));
        let pairs = |keys: &[&str]| app.map(|app| at.pairs(app, keys)).unwrap_or_default();
        let outer_annotations = match kind {
            AppKind::Application => Vec::new(),
            AppKind::ApplicationSet => at.pairs(object, &["metadata", "annotations"]),
        };
        let patch = at
            .text(object, &["spec", "templatePatch"])
            .unwrap_or_default();
        let annotations = pairs(&["metadata", "annotations"]);
        Some(Self {
            kind,
            name,
            app_name: text(&["metadata", "name"]).unwrap_or_default(),
            namespace: at
                .text(object, &["metadata", "namespace"])
                .filter(|name| !name.is_empty()),
            project: text(&["spec", "project"])
                .filter(|name| !name.is_empty())
                .unwrap_or("default"),
            by_key: annotations.iter().copied().collect(),
            annotations,
            outer_annotations,
            labels: pairs(&["metadata", "labels"]),
            sources: app.map(|app| at.sources(app)).unwrap_or_default(),
            is_patched: kind == AppKind::ApplicationSet
                && patch.contains(super::annotation::PREFIX),
            owner: at.owner(object),
        })
    }

    /// The value of an annotation; of a key that is there twice, the last.
    pub fn annotation(&self, key: &str) -> Option<&'a str> {
        self.by_key.get(key).copied()
    }

    /// The object that a policy is asked about: `project/name`, with the namespace in between where
    /// it is not Argo CD's own.
    pub fn rbac_object(&self, argocd_namespace: &str) -> String {
        match self.namespace {
            Some(namespace) if namespace != argocd_namespace => {
                format!("{}/{namespace}/{}", self.project, self.app_name)
            }
            _ => format!("{}/{}", self.project, self.app_name),
        }
    }
}

/// Reads values of a document, aliases followed.
#[derive(Clone, Copy)]
struct ValueReader<'a> {
    document: &'a Document,
}

impl<'a> ValueReader<'a> {
    fn find(self, node: &'a Node, keys: &[&str]) -> Option<&'a Node> {
        keys.iter().try_fold(node, |node, key| {
            Some(self.document.resolve(node.get(key)?))
        })
    }

    fn text(self, node: &'a Node, keys: &[&str]) -> Option<&'a str> {
        let scalar = self.find(node, keys)?.as_scalar()?;
        (scalar.scalar_type() != crate::yaml::ScalarType::Null).then(|| scalar.value())
    }

    /// The texts of a mapping, what a merge key brings included.
    fn pairs(self, node: &'a Node, keys: &[&str]) -> Vec<(&'a str, &'a str)> {
        let mut merged = Vec::new();
        let mut own = Vec::new();
        let entries = self.find(node, keys).and_then(Node::entries);
        for entry in entries.unwrap_or_default() {
            if entry.key.is_merge_key() {
                let value = self.document.resolve(&entry.value);
                merged.extend(self.texts(value));
            } else if let Some(pair) = self.pair(&entry.key, &entry.value) {
                own.push(pair);
            }
        }
        let known: HashSet<&str> = own.iter().map(|(key, _)| *key).collect();
        merged.retain(|(key, _)| !known.contains(key));
        merged.extend(own);
        merged
    }

    fn texts(self, node: &'a Node) -> Vec<(&'a str, &'a str)> {
        let entries = node.entries().unwrap_or_default().iter();
        let pairs = entries.filter_map(|entry| self.pair(&entry.key, &entry.value));
        pairs.collect()
    }

    fn pair(self, key: &'a Node, value: &'a Node) -> Option<(&'a str, &'a str)> {
        let value = self.document.resolve(value).as_scalar()?;
        Some((key.as_scalar()?.value(), value.value()))
    }

    fn owner(self, object: &'a Node) -> Option<&'a str> {
        let owners = self
            .find(object, &["metadata", "ownerReferences"])?
            .items()?;
        let owner = owners
            .iter()
            .find(|owner| self.text(owner, &["kind"]) == Some("ApplicationSet"))?;
        self.text(owner, &["name"])
    }

    fn sources(self, app: &'a Node) -> Vec<AppSource<'a>> {
        // Argo CD takes the list where both are there.
        let list = self.find(app, &["spec", "sources"]).and_then(Node::items);
        if let Some(items) = list.filter(|items| !items.is_empty()) {
            let sources = items.iter().enumerate();
            return sources
                .map(|(index, item)| {
                    self.source(self.document.resolve(item), Parent::Sources, index)
                })
                .collect();
        }
        let single = [
            (Parent::Source, &["spec", "source"][..]),
            (Parent::Hydrator, &["spec", "sourceHydrator", "drySource"]),
        ];
        let mut found = single
            .into_iter()
            .filter_map(|(parent, keys)| Some(self.source(self.find(app, keys)?, parent, 0)));
        found.next().into_iter().collect()
    }

    fn source(self, node: &'a Node, parent: Parent, index: usize) -> AppSource<'a> {
        let text = |key: &str| self.text(node, &[key]).filter(|text| !text.is_empty());
        let files = self
            .find(node, &["helm", "valueFiles"])
            .and_then(Node::items);
        let files = files.unwrap_or_default().iter();
        AppSource {
            parent,
            index,
            name: text("name").map(str::trim).filter(|name| !name.is_empty()),
            repo_url: text("repoURL").unwrap_or_default(),
            path: text("path"),
            revision: text("targetRevision"),
            chart: text("chart"),
            reference: text("ref"),
            value_files: files
                .filter_map(|file| self.document.resolve(file).as_str())
                .collect(),
            has_helm: self.find(node, &["helm"]).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;
    use crate::yaml::Stream;

    #[test]
    fn metadata_as_argo_cd_reads_it() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  namespace: team\n  \
            labels: &shared {a: shared, b: shared}\n  annotations: {b: own, <<: *shared}\nspec: {project: ''}\n";
        let stream = Stream::parse(Source::new("app.yaml", text)).unwrap();
        let document = &stream.documents()[0];
        let application = Application::read(document, document.root().unwrap()).unwrap();
        assert_eq!(application.rbac_object("argocd"), "default/team/web");
        assert_eq!(application.rbac_object("team"), "default/web");
        assert_eq!(application.annotations, [("a", "shared"), ("b", "own")]);
    }
}
