//! From annotations to the sources that a deployment updates.
//!
//! The rules are those of Octopus Deploy's own deployment code: the keys of a named source end in
//! its name, an unnamed source has plain keys and counts only where it is the only one, and values
//! are compared without their case and the spaces around them.

use std::collections::HashSet;
use std::fmt;

use super::annotation::{AnnotationField, Key, is_slug, is_templated};
use super::read::Application;
use super::writable::{Unwritable, unwritable};

/// What the annotations of a source say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnnotationScope<'a> {
    /// The project's slug.
    pub project: Option<&'a str>,
    /// The environment's slug.
    pub environment: Option<&'a str>,
    /// The tenant's slug.
    pub tenant: Option<&'a str>,
    /// The step's slug.
    pub step: Option<&'a str>,
}

impl<'a> AnnotationScope<'a> {
    /// Reads the keys of a source, or the plain ones. A value without a character is none.
    fn read(application: &Application<'a>, source: Option<&str>) -> Self {
        let value = |field: AnnotationField| {
            let value = application.annotation(&field.key(source))?.trim();
            (!value.is_empty()).then_some(value)
        };
        Self {
            project: value(AnnotationField::Project),
            environment: value(AnnotationField::Environment),
            tenant: value(AnnotationField::Tenant),
            step: value(AnnotationField::Step),
        }
    }

    /// Whether no annotation says anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of a source when someone deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingVerdict {
    /// A deployment to its scope updates it.
    Updated,
    /// Nothing links it to Octopus.
    NotAnnotated,
    /// One of the two required annotations is missing.
    Missing(AnnotationField),
    /// A value that no deployment has, because it cannot be a slug.
    NotASlug(AnnotationField),
    /// One of several sources without a name: no annotation can belong to it.
    Unnamed,
    /// It has a name, and the annotations are those of a source without one.
    PlainKeys,
    /// Two sources of the Application have this name, and Octopus refuses such an Application.
    DuplicateName,
    /// Octopus cannot write to it.
    Unwritable(Unwritable),
    /// A `templatePatch` decides, which cannot be seen here.
    Patched,
}

impl MappingVerdict {
    /// Whether a deployment updates the source.
    pub fn is_updated(self) -> bool {
        self == Self::Updated
    }
}

impl fmt::Display for MappingVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Updated => f.write_str("yes"),
            Self::NotAnnotated => f.write_str("not annotated"),
            Self::Missing(field) => write!(f, "the annotation for the {field} is missing"),
            Self::NotASlug(field) => write!(f, "the annotation for the {field} is not a slug"),
            Self::Unnamed => f.write_str("one of several sources, and it has no name"),
            Self::PlainKeys => {
                f.write_str("the source has a name, and the annotations do not end in it")
            }
            Self::DuplicateName => f.write_str("two sources have this name"),
            Self::Unwritable(why) => why.fmt(f),
            Self::Patched => f.write_str("templatePatch sets the annotations"),
        }
    }
}

/// A source and what Octopus does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// The source's position in the Application.
    pub source: usize,
    /// What its annotations say, or were meant to say.
    pub scope: AnnotationScope<'a>,
    /// What becomes of it.
    pub verdict: MappingVerdict,
}

/// Returns what Octopus does with each source of an Application.
pub fn mappings<'a>(application: &Application<'a>) -> Vec<Mapping<'a>> {
    let several = application.sources.len() > 1;
    let plain = AnnotationScope::read(application, None);
    let names = |name| {
        application
            .sources
            .iter()
            .filter(|one| one.name == Some(name))
            .count()
    };
    let mapping = |(index, source): (usize, &super::read::AppSource<'a>)| {
        let own = match source.name {
            None => plain,
            Some(name) => AnnotationScope::read(application, Some(name)),
        };
        let (scope, verdict) = match source.name {
            None if several && !own.is_empty() => (plain, MappingVerdict::Unnamed),
            None if several => (own, MappingVerdict::NotAnnotated),
            Some(_) if own.is_empty() && !several && !plain.is_empty() => {
                (plain, MappingVerdict::PlainKeys)
            }
            Some(name) if !own.is_empty() && names(name) > 1 => {
                (own, MappingVerdict::DuplicateName)
            }
            _ => (own, judge(own)),
        };
        let verdict = match verdict {
            MappingVerdict::Updated => {
                unwritable(source).map_or(MappingVerdict::Updated, MappingVerdict::Unwritable)
            }
            MappingVerdict::NotAnnotated if application.is_patched => MappingVerdict::Patched,
            other => other,
        };
        Mapping {
            source: index,
            scope,
            verdict,
        }
    };
    application
        .sources
        .iter()
        .enumerate()
        .map(mapping)
        .collect()
}

fn judge(scope: AnnotationScope<'_>) -> MappingVerdict {
    match (scope.project, scope.environment) {
        (Some(_), Some(_)) => {
            let values = [scope.project, scope.environment, scope.tenant, scope.step];
            let mut values = AnnotationField::SCOPE.into_iter().zip(values);
            let fits = |value: &str| is_templated(value) || is_slug(&value.to_ascii_lowercase());
            let unfit = values.find(|(_, value)| value.is_some_and(|value| !fits(value)));
            unfit.map_or(MappingVerdict::Updated, |(field, _)| {
                MappingVerdict::NotASlug(field)
            })
        }
        (Some(_), None) => MappingVerdict::Missing(AnnotationField::Environment),
        (None, None) if scope.is_empty() => MappingVerdict::NotAnnotated,
        (None, _) => MappingVerdict::Missing(AnnotationField::Project),
    }
}

/// What someone deploys, as far as it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deployment<'d> {
    /// The project's slug.
    pub project: Option<&'d str>,
    /// The environment's slug.
    pub environment: Option<&'d str>,
    /// The tenant's slug.
    pub tenant: Option<&'d str>,
}

/// How a source's scope compares with a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It belongs to another deployment, or to none.
    No,
    /// A required annotation is missing, and what is there fits.
    Partly,
    /// A value is filled in later, and may fit.
    Perhaps,
    /// It is what is deployed.
    Yes,
}

impl Deployment<'_> {
    /// Whether nothing was said.
    pub fn is_any(&self) -> bool {
        *self == Self::default()
    }

    /// Compares a scope with what is deployed; what was not said fits every value.
    pub fn compare(&self, scope: AnnotationScope<'_>) -> Match {
        if self.is_any() {
            return Match::Yes;
        }
        let pairs = [
            (self.project, scope.project, Match::Partly),
            (self.environment, scope.environment, Match::Partly),
            // A deployment for a tenant leaves sources without one alone.
            (self.tenant, scope.tenant, Match::No),
        ];
        let mut found = Match::Yes;
        let mut equal = false;
        for (asked, value, missing) in pairs {
            let Some(asked) = asked else { continue };
            let one = match value {
                None => missing,
                Some(value) if is_templated(value) => Match::Perhaps,
                Some(value) if value.eq_ignore_ascii_case(asked.trim()) => {
                    equal = true;
                    Match::Yes
                }
                Some(_) => Match::No,
            };
            found = found.min(one);
        }
        // What has nothing in common with the deployment is none of its business.
        if found == Match::Partly && !equal {
            return Match::No;
        }
        found
    }
}

/// Returns the suffixes of scoping keys that name no source, each with its key.
pub fn unknown_sources<'a>(application: &Application<'a>) -> Vec<(&'a str, &'a str)> {
    let names = application.sources.iter().filter_map(|one| one.name);
    let names: HashSet<&str> = names.collect();
    let keys = application.annotations.iter().filter_map(|(key, _)| {
        let Key { field, suffix } = Key::parse(key)?;
        let suffix = suffix?;
        let scopes = AnnotationField::SCOPE.contains(&field)
            || field == AnnotationField::Space
            || field == AnnotationField::Path;
        (scopes && !names.contains(suffix)).then_some((*key, suffix))
    });
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;
    use crate::yaml::Stream;

    /// What becomes of each source of an Application with these annotations and sources.
    fn verdicts(annotations: &str, sources: &str) -> Vec<String> {
        let text = format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  annotations: {annotations}\nspec: {sources}\n"
        );
        let stream = Stream::parse(Source::new("app.yaml", text)).unwrap();
        let document = &stream.documents()[0];
        let application = Application::read(document, document.root().unwrap()).unwrap();
        let all = mappings(&application);
        all.iter()
            .map(|mapping| mapping.verdict.to_string())
            .collect()
    }

    const PAIR: &str = "{argo.octopus.com/project: shop, argo.octopus.com/environment: prod}";
    const NAMED: &str =
        "{argo.octopus.com/project.web: shop, argo.octopus.com/environment.web: prod}";
    const ONE: &str = "{source: {repoURL: r, path: p}}";
    const ONE_NAMED: &str = "{source: {repoURL: r, path: p, name: web}}";

    #[test]
    fn one_source() {
        assert_eq!(verdicts(PAIR, ONE), ["yes"]);
        assert_eq!(verdicts(NAMED, ONE_NAMED), ["yes"]);
        assert_eq!(verdicts("{}", ONE), ["not annotated"]);
        assert_eq!(verdicts(NAMED, ONE), ["not annotated"]);
        assert_eq!(
            verdicts(PAIR, ONE_NAMED),
            ["the source has a name, and the annotations do not end in it"]
        );
        assert_eq!(
            verdicts(
                "{argo.octopus.com/project: shop, argo.octopus.com/environment: ' '}",
                ONE
            ),
            ["the annotation for the environment is missing"]
        );
        assert_eq!(
            verdicts("{argo.octopus.com/tenant: t}", ONE),
            ["the annotation for the project is missing"]
        );
    }

    #[test]
    fn a_value_that_cannot_be_a_slug_is_of_no_deployment() {
        for (value, verdict) in [
            ("Shop_1", "yes"),
            ("'{{project}}'", "yes"),
            ("My Shop", "the annotation for the project is not a slug"),
        ] {
            let annotations = PAIR.replace("project: shop", &format!("project: {value}"));
            assert_eq!(verdicts(&annotations, ONE), [verdict]);
        }
        let tenant = PAIR.replace('}', ", argo.octopus.com/tenant: a/b}");
        assert_eq!(
            verdicts(&tenant, ONE),
            ["the annotation for the tenant is not a slug"]
        );
    }

    #[test]
    fn a_list_of_one_source_is_one_source() {
        assert_eq!(
            verdicts(PAIR, "{sources: [{repoURL: r, path: p}]}"),
            ["yes"]
        );
        assert_eq!(
            verdicts(
                PAIR,
                "{source: {repoURL: a, path: p}, sources: [{repoURL: r, chart: c}]}"
            ),
            ["a Helm chart repository cannot be written to"]
        );
    }

    #[test]
    fn several_sources() {
        let sources = "{sources: [{repoURL: r, path: p, name: web}, {repoURL: r, path: q}]}";
        assert_eq!(verdicts(NAMED, sources), ["yes", "not annotated"]);
        assert_eq!(
            verdicts(PAIR, sources),
            [
                "not annotated",
                "one of several sources, and it has no name"
            ]
        );
        let twice =
            "{sources: [{repoURL: r, path: p, name: web}, {repoURL: r, path: q, name: web}]}";
        assert_eq!(verdicts(NAMED, twice), ["two sources have this name"; 2]);
    }

    #[test]
    fn a_deployment_is_compared_without_case() {
        let scope = AnnotationScope {
            project: Some("Shop"),
            environment: Some("prod"),
            ..AnnotationScope::default()
        };
        let of = |project, environment, tenant| Deployment {
            project,
            environment,
            tenant,
        };
        assert_eq!(
            of(Some("shop"), Some("prod"), None).compare(scope),
            Match::Yes
        );
        assert_eq!(
            of(Some("shop"), Some("dev"), None).compare(scope),
            Match::No
        );
        assert_eq!(of(Some("shop"), None, Some("t")).compare(scope), Match::No);
        assert_eq!(of(None, None, Some("t")).compare(scope), Match::No);
        let half = AnnotationScope {
            environment: None,
            ..scope
        };
        let asked = of(Some("shop"), Some("prod"), None);
        assert_eq!(asked.compare(half), Match::Partly);
        assert_eq!(
            of(None, None, None).compare(AnnotationScope::default()),
            Match::Yes
        );
        let later = AnnotationScope {
            environment: Some("{{.env}}"),
            ..scope
        };
        assert_eq!(
            of(Some("shop"), Some("dev"), None).compare(later),
            Match::Perhaps
        );
    }
}
