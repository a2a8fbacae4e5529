//! The annotations that tell Octopus Deploy where a Helm chart's values name images.

use super::annotation::{AnnotationField, Key};
use super::read::{AppSource, Application};
use crate::yaml::{Document, Node};

/// One template of an `image-replace-paths` annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'t> {
    /// Its text.
    pub text: &'t str,
    /// Where it begins in the annotation's value.
    pub start: usize,
    /// The values that it refers to, each split at its dots.
    pub values: Vec<Vec<&'t str>>,
}

/// Splits an annotation's value into its templates.
pub fn templates(value: &str) -> Vec<Template<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in value.split(',') {
        let text = part.trim();
        if !text.is_empty() {
            let blank = part.len() - part.trim_start().len();
            found.push(Template {
                text,
                start: start + blank,
                values: values(text),
            });
        }
        start += part.len() + 1;
    }
    found
}

/// The paths behind `.Values.` between braces.
fn values(text: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let inside = &rest[open + 2..];
        let end = inside.find("}}").unwrap_or(inside.len());
        for (at, marker) in inside[..end].match_indices(".Values.") {
            let path = &inside[at + marker.len()..end];
            let stop = |c: char| !(c.is_alphanumeric() || "._-".contains(c));
            let path = &path[..path.find(stop).unwrap_or(path.len())];
            let path = path.trim_end_matches('.');
            if !path.is_empty() {
                found.push(path.split('.').collect());
            }
        }
        rest = &inside[end..];
    }
    found
}

/// Whether a values file has a single value at this path.
pub fn has_value(document: &Document, path: &[&str]) -> bool {
    let root = document.root().map(|root| document.resolve(root));
    let found = path.iter().try_fold(root, |node, key| {
        let node = node?;
        let step = match (node.get(key), key.parse::<usize>()) {
            (Some(found), _) => found,
            (None, Ok(index)) => node.items()?.get(index)?,
            (None, Err(_)) => return None,
        };
        Some(Some(document.resolve(step)))
    });
    found
        .flatten()
        .and_then(Node::as_scalar)
        .is_some_and(|scalar| scalar.scalar_type() != crate::yaml::ScalarType::Null)
}

/// An image annotation that takes its suffix from a list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePaths<'a> {
    /// The annotation's key.
    pub key: &'a str,
    /// The part behind the dot.
    pub suffix: Option<&'a str>,
    /// Its value.
    pub value: &'a str,
}

/// The `image-replace-paths` annotations.
pub fn image_paths<'a>(application: &Application<'a>) -> Vec<ImagePaths<'a>> {
    of_field(application, AnnotationField::ImagePaths)
}

/// The `image-replace-alias` annotations.
pub fn aliases<'a>(application: &Application<'a>) -> Vec<ImagePaths<'a>> {
    of_field(application, AnnotationField::ImageAlias)
}

fn of_field<'a>(application: &Application<'a>, wanted: AnnotationField) -> Vec<ImagePaths<'a>> {
    let keys = application.annotations.iter().filter_map(|(key, value)| {
        let Key { field, suffix } = Key::parse(key)?;
        (field == wanted).then_some(ImagePaths { key, suffix, value })
    });
    keys.collect()
}

/// The sources whose values an `image-replace-paths` annotation is about: the one that its suffix
/// names, the only one, or in the older meaning those that use the `ref` or the alias.
pub fn sources_of<'s, 'a>(
    application: &'s Application<'a>,
    paths: ImagePaths<'a>,
) -> Vec<(&'s AppSource<'a>, Vec<&'a str>)> {
    let files = |wanted: &dyn Fn(&AppSource<'a>, &str) -> bool| {
        let sources = application.sources.iter().filter_map(|source| {
            let used = source
                .value_files
                .iter()
                .filter(|file| wanted(source, file));
            let used: Vec<&'a str> = used.copied().collect();
            (!used.is_empty()).then_some((source, used))
        });
        sources.collect::<Vec<_>>()
    };
    let all = |source: &'s AppSource<'a>| (source, source.value_files.clone());
    match paths.suffix {
        None if application.sources.len() == 1 => application.sources.iter().map(all).collect(),
        None => Vec::new(),
        Some(name) => {
            let named = application
                .sources
                .iter()
                .find(|source| source.name == Some(name));
            if let Some(source) = named.filter(|source| !source.is_reference()) {
                return vec![all(source)];
            }
            let own: Vec<_> = aliases(application)
                .into_iter()
                .filter(|alias| alias.suffix == Some(name))
                .collect();
            if !own.is_empty() {
                return files(&|source, file| {
                    own.iter().any(|alias| is_file(source, file, alias.value))
                });
            }
            files(&|_, file| reference_of(file) == Some(name))
        }
    }
}

/// Whether an alias stands for a values file: as it is written, or with repository, revision and
/// directory in front.
pub fn is_file(source: &AppSource<'_>, file: &str, alias: &str) -> bool {
    if file == alias {
        return true;
    }
    let path = source
        .path
        .unwrap_or_default()
        .trim_start_matches("./")
        .trim_matches('/');
    let parts = [
        source.repo_url,
        source.revision.unwrap_or("HEAD"),
        path,
        file,
    ];
    let parts: Vec<&str> = parts
        .into_iter()
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    parts.join("/") == alias
}

/// The `ref` in a values file's path: `values` in `$values/prod.yaml`.
pub fn reference_of(file: &str) -> Option<&str> {
    let rest = file.strip_prefix('$')?;
    Some(rest.split('/').next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;
    use crate::yaml::Stream;

    #[test]
    fn templates_and_their_values() {
        let value = "docker.io/{{ .Values.a.image }}:{{.Values.a.tag}}, {{ .Values.another-image.name | quote }},image.tag";
        let found = templates(value);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].values, [vec!["a", "image"], vec!["a", "tag"]]);
        assert_eq!(found[1].values, [vec!["another-image", "name"]]);
        assert!(value[found[1].start..].starts_with("{{ .Values.another"));
        assert!(found[2].values.is_empty());
        assert!(templates(" , ").is_empty());
        assert_eq!(templates("{{ .Values.a")[0].values, [vec!["a"]]);
    }

    #[test]
    fn a_value_is_a_single_one() {
        let text = "image: {name: nginx, tag: 1.19}\nlist: [{image: x}]\nnone:\n";
        let stream = Stream::parse(Source::new("values.yaml", text)).unwrap();
        let has = |path: &[&str]| has_value(&stream.documents()[0], path);
        assert!(has(&["image", "name"]) && has(&["image", "tag"]) && has(&["list", "0", "image"]));
        assert!(
            !has(&["image"]) && !has(&["image", "x"]) && !has(&["none"]) && !has(&["list", "7"])
        );
    }
}
