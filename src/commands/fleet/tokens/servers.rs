//! Which Argo CD an instance's argocd reaches.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::super::super::context::Context;
use crate::cli::Argocd;
use crate::error::{Error, Result};
use crate::model::Instance;
use crate::process::argocd::{Owner, config_file, servers};

/// Refuses an instance that does not say which server is meant: argocd's own idea of it would be
/// the same for all of them.
pub(in crate::commands::fleet) fn refuse_none(instance: &Instance) -> Result<()> {
    if instance.argocd.names_a_server() {
        return Ok(());
    }
    Err(
        Error::input("the instance does not say how its server is reached, so argocd's present login would count for it")
            .hint("say it in the configuration: argocd: {context: NAME}, or server, or portForward: true"),
    )
}

/// Refuses two instances that have the same account on the same server: each would replace, and
/// revoke, the token of the other.
pub(super) fn refuse_same<'i>(
    all: impl Iterator<Item = (&'i Instance, &'i Argocd, &'i [Owner])>,
    context: &Context<'_, '_>,
) -> Result<()> {
    let mut known: BTreeMap<(String, String), &str> = BTreeMap::new();
    let mut configurations = BTreeMap::new();
    for (instance, argocd, owners) in all {
        if !instance.argocd.names_a_server() {
            continue;
        }
        let server = server(argocd, &mut configurations, context);
        for owner in owners {
            let key = (server.clone(), owner.to_string());
            if let Some(other) = known.insert(key, &instance.name) {
                return Err(Error::usage(format!(
                    "the instances {other} and {} reach the same server, and {owner} is in both: each would replace the other's token",
                    instance.name
                ))
                .hint("give them accounts of their own in the configuration")
                .hint(format!("or leave one out: --instance NAME,NAME without {}", instance.name)));
            }
        }
    }
    Ok(())
}

/// The contexts of argocd's configurations: of each its server, and whether it is core mode.
type Configurations = BTreeMap<Option<PathBuf>, BTreeMap<String, (String, bool)>>;

/// A text that is the same for the same server, as far as can be known without asking it.
fn server(
    argocd: &Argocd,
    configurations: &mut Configurations,
    context: &Context<'_, '_>,
) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let in_cluster = || {
        format!(
            "cluster {} {} {}",
            text(&argocd.kube_context),
            text(&argocd.port_forward_namespace),
            text(&argocd.server_name)
        )
    };
    if argocd.port_forward {
        return in_cluster();
    }
    let root = text(&argocd.grpc_web_root_path);
    let root = root.trim_matches('/');
    if let Some(server) = &argocd.server {
        return format!("server {}/{root}", normal(server))
            .trim_end_matches('/')
            .to_owned();
    }
    let name = text(&argocd.argocd_context);
    let env = &context.host.env;
    let file = argocd.argocd_config.clone();
    let file = file.or_else(|| config_file(|name| env.get(name)));
    let file = file.map(|path| context.host.path(path));
    let contexts = configurations.entry(file.clone()).or_insert_with(|| {
        let text = file.as_ref().and_then(|path| fs::read_to_string(path).ok());
        text.map(|text| servers(&text)).unwrap_or_default()
    });
    match contexts.get(&name) {
        Some((_, true)) => in_cluster(),
        Some((server, false)) => format!("server {}", normal(server)),
        // argocd itself says what is wrong with it.
        None => format!("context {name} of {file:?}"),
    }
}

/// Without what makes no difference: the port that is meant anyway, and case.
fn normal(server: &str) -> String {
    let server = server.to_lowercase();
    let server = server.trim_start_matches("https://").trim_end_matches('/');
    match server.split_once('/') {
        Some((host, path)) => format!("{}/{path}", host.trim_end_matches(":443")),
        None => server.trim_end_matches(":443").to_owned(),
    }
}
