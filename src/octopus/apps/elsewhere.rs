//! Applications outside of Argo CD's own namespace.

use crate::error::Result;
use crate::input::{self, Cluster, File, WantedObjects};
use crate::process::Runner;
use crate::rbac::glob::Glob;
use crate::rbac::regex::GoRegex;
use crate::site::{PARAMS, objects};

/// The setting of argocd-cmd-params-cm that names them.
const KEY: &str = "application.namespaces";

/// Returns the other namespaces that Argo CD takes Applications from, as its settings among the files say. Where
/// they are patterns, the cluster is asked for its namespaces.
///
/// # Errors
/// Namespaces that may not be read.
pub fn namespaces(files: &[File], cluster: &Cluster, runner: &dyn Runner) -> Result<Vec<String>> {
    let all = objects(files);
    let params = all
        .iter()
        .rfind(|object| object.kind() == "ConfigMap" && object.name() == PARAMS);
    let text = params.and_then(|params| params.text(&["data", KEY]));
    let patterns: Vec<&str> = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|pattern| !pattern.is_empty())
        .collect();
    let is_name = |pattern: &&str| {
        let mut letters = pattern.bytes();
        letters.all(|b| b == b'-' || b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let mut names: Vec<String> = if patterns.iter().all(is_name) {
        patterns.iter().map(|name| (*name).to_owned()).collect()
    } else {
        let file = input::get(cluster, &WantedObjects::Namespaces, runner)?;
        let there = objects(std::slice::from_ref(&file));
        let taken = there.iter().map(|object| object.name().to_owned());
        taken
            .filter(|name| patterns.iter().any(|pattern| takes(pattern, name)))
            .collect()
    };
    names.retain(|name| *name != cluster.namespace);
    names.sort();
    names.dedup();
    Ok(names)
}

/// Whether a pattern of the setting takes a namespace: a glob, or between slashes a regular expression.
fn takes(pattern: &str, namespace: &str) -> bool {
    let expression = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
        .filter(|expression| !expression.is_empty());
    match expression {
        Some(expression) => {
            GoRegex::compile(expression).is_ok_and(|regex| regex.is_match(namespace))
        }
        None => Glob::compile(pattern).is_ok_and(|glob| glob.matches(namespace).unwrap_or(false)),
    }
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn a_pattern_is_a_glob_or_between_slashes_an_expression() {
        for (pattern, namespace, taken) in [
            ("team-a", "team-a", true),
            ("team-*", "team-a", true),
            ("team-*", "my-team-a", false),
            ("/^team-[ab]$/", "team-a", true),
            ("/^team-[ab]$/", "team-c", false),
            ("/team/", "my-team-a", true),
            ("[", "[", false),
            ("//", "team-a", false),
        ] {
            assert_eq!(takes(pattern, namespace), taken, "{pattern} {namespace}");
        }
    }
}
