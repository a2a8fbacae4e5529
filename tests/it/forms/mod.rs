//! The forms, edits in place, and who owns the objects.

mod appproject;
mod generated;
mod helm;
mod identity;
mod in_place;
mod json_patch;
mod kustomize;
mod listed;
mod operator;
mod ownership;
mod policy;
mod samples;
mod shapes;

/// The rules of the account, as the built-in template has them.
const RULES: &str = "\
p, octopus, applications, get, *, allow
p, octopus, clusters, get, *, allow
p, octopus, logs, get, */*, allow
";
