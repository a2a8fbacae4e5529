//! The keys of Octopus Deploy's annotations.

use std::fmt;

/// The part in front of every key that Octopus reads.
pub const PREFIX: &str = "argo.octopus.com/";

/// What an annotation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnnotationField {
    /// The slug of the Octopus project. Required.
    Project,
    /// The slug of the Octopus environment. Required.
    Environment,
    /// The slug of the Octopus tenant.
    Tenant,
    /// The slug of the step that may update the source.
    Step,
    /// The Octopus space.
    Space,
    /// The directory that templates are written to.
    Path,
    /// Helm templates that build the names of images from values.
    ImagePaths,
    /// A values file under another name, which older releases of Octopus read.
    ImageAlias,
    /// The registry of images that name none; it belongs to a cluster.
    DefaultRegistry,
}

impl AnnotationField {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Project,
        Self::Environment,
        Self::Tenant,
        Self::Step,
        Self::Space,
        Self::Path,
        Self::ImagePaths,
        Self::ImageAlias,
        Self::DefaultRegistry,
    ];

    /// The fields that decide whether a deployment updates a source.
    pub const SCOPE: [Self; 4] = [Self::Project, Self::Environment, Self::Tenant, Self::Step];

    /// The key's part behind the prefix.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Environment => "environment",
            Self::Tenant => "tenant",
            Self::Step => "step",
            Self::Space => "space",
            Self::Path => "path",
            Self::ImagePaths => "image-replace-paths",
            Self::ImageAlias => "image-replace-alias",
            Self::DefaultRegistry => "default-container-registry",
        }
    }

    /// The key for a source, or for the only one, which needs no name.
    pub fn key(self, source: Option<&str>) -> String {
        match source {
            Some(source) => format!("{PREFIX}{self}.{source}"),
            None => format!("{PREFIX}{self}"),
        }
    }
}

impl fmt::Display for AnnotationField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key that Octopus reads, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'k> {
    /// What its value says.
    pub field: AnnotationField,
    /// The name behind the dot: a source's, or of image annotations also a `ref` or an alias.
    pub suffix: Option<&'k str>,
}

impl<'k> Key<'k> {
    /// Takes a key apart, or returns `None` where Octopus reads no such key.
    pub fn parse(key: &'k str) -> Option<Self> {
        let rest = key.strip_prefix(PREFIX)?;
        AnnotationField::ALL.into_iter().find_map(|field| {
            let suffix = match rest.strip_prefix(field.as_str())? {
                "" => None,
                behind => Some(behind.strip_prefix('.')?),
            };
            Some(Self { field, suffix })
        })
    }
}

/// Returns the key that a similar one was probably meant to be: `argo.octopus.environment`, which
/// Octopus's own examples once had, or a misspelt field.
pub fn meant(key: &str) -> Option<String> {
    let lower = key.to_lowercase();
    let rest = [
        "argo.octopus.com",
        "argo.octopus",
        "octopus.com",
        "argo-octopus.com",
    ]
    .iter()
    .find_map(|start| lower.strip_prefix(start)?.strip_prefix(['/', '.', '-']))?;
    // The suffix is a source's name, which is compared letter by letter.
    let rest = &key[key.len() - rest.len()..];
    let (field, suffix) = match rest.split_once(['.', '/']) {
        Some((field, suffix)) => (field, Some(suffix)),
        None => (rest, None),
    };
    let names = AnnotationField::ALL.map(AnnotationField::as_str);
    let field = crate::model::spelling::meant(field, names)?;
    let field = AnnotationField::ALL
        .into_iter()
        .find(|one| one.as_str() == field)?;
    let meant = field.key(suffix);
    (meant != key).then_some(meant)
}

/// Whether someone who wrote this key thought of Octopus.
pub fn is_octopus(key: &str) -> bool {
    let lower = key.to_lowercase();
    let domain = lower.split_once('/').map_or(&*lower, |(domain, _)| domain);
    domain.contains("octopus") && (domain.contains("argo") || domain == "octopus.com")
}

/// Whether a value is filled in later: by an ApplicationSet, Helm, kustomize or a script.
pub fn is_templated(value: &str) -> bool {
    value.contains("{{") || value.contains("${") || value.contains("$(")
}

/// Whether a value may be a slug: lower-case letters, digits, dashes and underscores.
pub fn is_slug(value: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    !value.is_empty() && value.bytes().all(fits)
}

/// Returns the slug that Octopus gives to a name by default, or `None` where nothing is left of it.
pub fn slug_of(name: &str) -> Option<String> {
    let mut slug = String::new();
    for c in name.trim().chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_apart() {
        let parse = |key| Key::parse(key).map(|key| (key.field, key.suffix));
        assert_eq!(
            parse("argo.octopus.com/project"),
            Some((AnnotationField::Project, None))
        );
        assert_eq!(
            parse("argo.octopus.com/environment.web.v2"),
            Some((AnnotationField::Environment, Some("web.v2")))
        );
        assert_eq!(
            parse("argo.octopus.com/image-replace-paths.chart"),
            Some((AnnotationField::ImagePaths, Some("chart")))
        );
        for unread in [
            "argo.octopus.environment",
            "argo.octopus.com/projects",
            "argo.octopus.com/Project",
            "argo.octopus.com/",
            "project",
        ] {
            assert_eq!(parse(unread), None, "{unread}");
        }
    }

    #[test]
    fn the_key_that_was_meant_is_found() {
        for (written, meant_key) in [
            ("argo.octopus.environment", "argo.octopus.com/environment"),
            (
                "argo.octopus.com/enviroment",
                "argo.octopus.com/environment",
            ),
            (
                "argo.octopus.com/Project.Web",
                "argo.octopus.com/project.Web",
            ),
            ("argo.octopus.com.project", "argo.octopus.com/project"),
            ("octopus.com/tenant", "argo.octopus.com/tenant"),
            (
                "argo.octopus.com/image-replacement-paths",
                "argo.octopus.com/image-replace-paths",
            ),
            (
                "argo.octopus.com/project/web",
                "argo.octopus.com/project.web",
            ),
        ] {
            assert_eq!(meant(written).as_deref(), Some(meant_key), "{written}");
        }
        assert_eq!(meant("argo.octopus.com/owner-of-this-app"), None);
    }

    #[test]
    fn slugs() {
        assert!(is_slug("argo-cd-guestbook") && is_slug("prod_1"));
        assert!(!is_slug("Prod") && !is_slug("my project") && !is_slug(""));
        assert_eq!(
            slug_of("My  Project (new)").as_deref(),
            Some("my-project-new")
        );
        assert_eq!(slug_of("Front_End 2").as_deref(), Some("front_end-2"));
        assert_eq!(slug_of(" ! "), None);
    }
}
