//! What types cannot say of a configuration.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{
    AccountName, Configuration, Instance, Location, ProjectName, Source, check_values_root,
    is_data_key, is_policy_key,
};
use crate::yaml::{Node, Stream};

/// A way through a configuration, from its root.
#[derive(Clone, Copy)]
enum PathStep<'a> {
    Key(&'a str),
    Item(usize),
}

pub(super) fn validate(configuration: &Configuration, source: &Source) -> Result<()> {
    let mut names = BTreeSet::new();
    for (index, instance) in configuration.instances.iter().enumerate() {
        let wrong = |(key, error): (&str, Error)| {
            let way = [
                PathStep::Key("instances"),
                PathStep::Item(index),
                PathStep::Key(key),
            ];
            match place(source, &way) {
                Some(place) => error.at(place),
                None => error,
            }
        };
        name(&instance.name).map_err(|error| wrong(("name", error)))?;
        if !names.insert(&instance.name) {
            let error = Error::input(format!("there are two instances `{}`", instance.name));
            return Err(wrong(("name", error)));
        }
        instance_itself(instance).map_err(wrong)?;
    }
    let defaults = Instance::from(&configuration.defaults);
    instance_itself(&defaults).map_err(|(key, error)| {
        match place(source, &[PathStep::Key("defaults"), PathStep::Key(key)]) {
            Some(place) => error.at(place),
            None => error,
        }
    })
}

/// A name is a directory, a part of an Application's name and a word on the command line.
fn name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = name.len() <= 63
        && name.starts_with(plain)
        && name.ends_with(plain)
        && name.chars().all(|c| plain(c) || c == '-');
    if fits {
        return Ok(());
    }
    Err(Error::input(format!(
        "`{}` cannot be the name of an instance",
        name.escape_debug()
    ))
    .hint("names have lower-case letters, digits and `-`, at most 63"))
}

/// The first setting that cannot be, by its key.
fn instance_itself(instance: &Instance) -> Result<(), (&'static str, Error)> {
    if let Some(account) = &instance.account {
        AccountName::new(account).map_err(|why| ("account", Error::input(why)))?;
    }
    for project in instance.permissions.projects.iter().flatten() {
        ProjectName::new(project).map_err(|why| ("permissions", Error::input(why)))?;
    }
    if let Some(key) = &instance.policy_key
        && !(is_policy_key(key) && is_data_key(key))
    {
        let error = Error::input(format!(
            "Argo CD does not read a policy from the key `{}`",
            key.escape_debug()
        ));
        let error = error.hint("keys for rules are policy.csv and policy.ANYTHING.csv");
        return Err(("policyKey", error));
    }
    if let Some(root) = &instance.values_root
        && let Err(how) = check_values_root(root)
    {
        let error = Error::input(format!("`{}` does not lead to values", root.escape_debug()));
        return Err(("valuesRoot", error.hint(how)));
    }
    if let Some(cluster) = &instance.destination
        && cluster.name.is_some() == cluster.server.is_some()
    {
        let error = Error::input("a destination is a cluster's name or its server's URL");
        let error = error.hint("give one of them: destination: {name: production}");
        return Err(("destination", error));
    }
    for file in &instance.files {
        if file == Path::new("-") || file.as_os_str().is_empty() {
            let error = Error::input("an instance is read from files, not from stdin");
            return Err(("files", error.hint("name a file or a directory")));
        }
        if file.starts_with("https:") || file.starts_with("http:") {
            let error = Error::input(format!("nothing is downloaded: {}", file.display()));
            return Err(("files", error.hint("name a file or a directory")));
        }
    }
    Ok(())
}

/// Where something is, or what comes nearest above it.
fn place(source: &Source, way: &[PathStep<'_>]) -> Option<Location> {
    let stream = Stream::parse(source.clone()).ok()?;
    let mut node = stream.documents().first()?.root()?;
    for step in way {
        let next: Option<&Node> = match step {
            PathStep::Key(key) => node.get(key),
            PathStep::Item(index) => node.items().and_then(|items| items.get(*index)),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    Some(source.location(node.span().start))
}
