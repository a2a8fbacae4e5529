use super::prelude::*;

rule!(MisspeltValuesKey, "misspelt-values-key", Error);

/// What the chart reads below `configs`.
const BELOW: [&str; 12] = [
    "clusterCredentials", "cm", "cmp", "credentialTemplates", "credentialTemplatesAnnotations", "gpg",
    "params", "rbac", "repositories", "secret", "ssh", "tls",
];

/// What it reads there too, and what is never misspelt for one of ours.
const OTHERS: [&str; 2] = ["repositoriesAnnotations", "styles"];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for object in &site.relevant {
        let Some(root) = site.options.chart_root(object) else {
            continue;
        };
        let document = object.in_document();
        for setting in entries(object, &root) {
            let inside = setting.spot.resolved().and_then(Node::entries).unwrap_or_default();
            let is_ours = |key: &str| ["cm", "rbac", "params"].contains(&key);
            let holds_ours = inside.iter().any(|entry| entry.key.as_str().is_some_and(is_ours));
            let key = &*setting.key;
            if key != "configs" && holds_ours && spelling::meant(key, ["configs"]).is_some() {
                report(&setting, "configs", findings);
            }
        }
        let configs = [&root[..], &["configs"]].concat();
        for setting in entries(object, &configs) {
            let key = &*setting.key;
            let is_mapping = setting.spot.node.is_some_and(|node| document.resolve(node).entries().is_some());
            if !is_mapping || BELOW.contains(&key) || OTHERS.contains(&key) {
                continue;
            }
            if let Some(meant) = spelling::meant(key, ["cm", "rbac", "params"]) {
                report(&setting, meant, findings);
            }
        }
    }
}

fn report(setting: &Setting<'_>, meant: &str, findings: &mut Findings<'_>) {
    findings
        .add(
            setting.spot.key(),
            format!("the argo-cd chart does not read `{}`", setting.key),
        )
        .label("silently ignored")
        .help(format!("did you mean `{meant}`?"));
}
