//! Questions that several rules ask.

use std::collections::HashSet;

use crate::rbac::Line;
use crate::site::{ArgoCd, Object, PolicySource, Site};
use crate::yaml::{Node, ScalarStyle};

/// Returns a line's fields, and whether it is a rule; `None` for a line that says nothing.
pub(super) fn fields<'l>(line: &'l Line<'_>) -> Option<(bool, [&'l str; 5])> {
    match line {
        Line::Policy(p) => {
            let fields = [&p.subject, &p.resource, &p.action, &p.object, &p.effect];
            Some((true, fields.map(|value| &*value.text)))
        }
        Line::Grouping(g) => Some((false, [&g.subject.text, &g.role.text, "", "", ""])),
        _ => None,
    }
}

/// The boolean that someone meant who wrote no Go boolean.
pub(super) fn meant_bool(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "enabled" | "enable" => Some(true),
        "false" | "no" | "off" | "n" | "disabled" | "disable" => Some(false),
        _ => None,
    }
}

/// Whether a key is one that Argo CD reads of argocd-cm, those of accounts left out of account.
pub(super) fn is_of_cm(key: &str) -> bool {
    const KEYS: [&str; 8] = [
        "url",
        "additionalUrls",
        "admin.enabled",
        "dex.config",
        "oidc.config",
        "installationID",
        "passwordPattern",
        "exec.enabled",
    ];
    const BEGINNINGS: [&str; 10] = [
        "application.",
        "resource.",
        "server.rbac.",
        "users.",
        "kustomize.",
        "helm.",
        "statusbadge.",
        "ui.",
        "help.",
        "timeout.",
    ];
    KEYS.contains(&key)
        || BEGINNINGS
            .iter()
            .any(|beginning| key.starts_with(beginning))
}

/// Whether a text has a placeholder that something else fills in before Argo CD reads it.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.contains("${") || text.contains("{{") || text.contains("$(")
}

/// Whether a default role is named so that no one gets anything: a common idiom.
pub(super) fn means_nobody(role: &str) -> bool {
    let name = role.strip_prefix("role:").unwrap_or_default();
    role == "role:" || ["none", "\"\"", "''"].contains(&name)
}

/// Whether a policy's lines were joined by the YAML style that it is written in: several lines of
/// rules are there, and one arrives.
pub(super) fn is_folded(text: &PolicySource<'_>) -> bool {
    let Some(node) = text.spot.resolved() else {
        return false;
    };
    let style = node.as_scalar().map(crate::yaml::Scalar::style);
    if !matches!(style, Some(ScalarStyle::Folded | ScalarStyle::Plain)) {
        return false;
    }
    let says_something = |line: &&str| {
        let line = line.trim();
        let kind = line.split(',').next().unwrap_or_default().trim();
        ["p", "g"].contains(&kind) && line.contains(',')
    };
    let written = text.spot.source.text()[node.span()].lines();
    // The first line of a folded block is its header.
    let written = written.filter(says_something).count();
    let arrived = text.text.lines().filter(says_something).count();
    written > arrived.max(1)
}

/// Whether a text that should be a regular expression is a glob: its star repeats nothing.
pub(super) fn looks_like_glob(text: &str) -> bool {
    text.match_indices('*').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        // `/*` would repeat the slash, which no one means.
        matches!(before, None | Some('/' | '*' | '^' | '|' | '(' | '-'))
    })
}

/// The accounts that serve programs, and about which the policy says something.
pub(super) fn integrations(site: &Site<'_>, instance: &ArgoCd<'_>) -> Vec<String> {
    let named = site.options.integrations.iter().cloned();
    let accounts = instance
        .accounts
        .iter()
        .map(|account| account.name.to_owned());
    let graph = instance.policy.graph();
    let mut found: Vec<String> = named
        .chain(accounts)
        .filter(|name| instance.is_integration(name, &site.options))
        .filter(|name| graph.is_bound(name) || graph.has_rules(name))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The keys of a ConfigMap that certain managers of its fields have written last.
pub(super) fn managed_keys(
    object: &Object<'_>,
    wanted: impl Fn(&str, &str) -> bool,
) -> HashSet<String> {
    let fields = object.find(&["metadata", "managedFields"]);
    let mut keys = HashSet::new();
    for entry in fields.and_then(Node::items).unwrap_or_default() {
        let text = |key: &str| entry.get(key).and_then(Node::as_str).unwrap_or_default();
        if !wanted(text("manager"), text("operation")) {
            continue;
        }
        let data = entry
            .get("fieldsV1")
            .and_then(|fields| fields.get("f:data"));
        for entry in data.and_then(Node::entries).unwrap_or_default() {
            let key = entry.key.key_text().unwrap_or_default();
            keys.extend(key.strip_prefix("f:").map(str::to_owned));
        }
    }
    keys
}
