use super::prelude::*;

rule!(ReplacedPolicy, "replaced-policy", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let instead = "a key of its own, policy.NAME.csv, adds rules and replaces none (since 2.8)";
    let is_partial = |settings: &&Settings<'_>| {
        let behavior = settings.object.text(&["behavior"]);
        // A generator that makes the ConfigMap replaces nothing.
        let is_made = matches!(settings.object.shape, DataShape::Literals(_)) && behavior != Some("merge");
        settings.partial && !is_made
    };
    for settings in site.rbac_settings().filter(is_partial) {
        let Some(setting) = settings.get(POLICY_KEY).filter(|one| one.text().is_some()) else {
            continue;
        };
        let what = match settings.object.shape {
            DataShape::Literals(_) => "generator",
            DataShape::Operations(_) => "operation",
            DataShape::Data => "patch",
        };
        let finding = findings.add(
            setting.spot.key(),
            format!("this {what} replaces the whole `policy.csv`"),
        );
        finding.label("rules that are there now are removed").help(instead);
        if settings.object.shape == DataShape::Data {
            finding.help("it is a patch: it has no kind, or a kustomization names it as one");
        }
    }
    for object in site.relevant.iter().filter(|object| is_kustomization(object)) {
        for spot in generated(object) {
            findings
                .add(spot.value(), "this generator replaces the whole `policy.csv`")
                .label("rules that are there now are removed")
                .help(instead);
        }
    }
}

/// The files of generators that merge a `policy.csv` into argocd-rbac-cm.
fn generated<'a>(object: &Object<'a>) -> Vec<Spot<'a>> {
    let mut found = Vec::new();
    let generators = object.find(&["configMapGenerator"]).and_then(Node::items);
    for (index, generator) in generators.unwrap_or_default().iter().enumerate() {
        let text = |key: &str| generator.get(key).and_then(Node::as_str);
        if text("name") != Some("argocd-rbac-cm") || text("behavior") != Some("merge") {
            continue;
        }
        let items = generator.get("files").and_then(Node::items).unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            let source = item.as_str().unwrap_or_default();
            if !source.starts_with("policy.csv=") && source != "policy.csv" {
                continue;
            }
            let mut route = object.route_to(&["configMapGenerator"]);
            route.extend([Step::Index(index), Step::key("files"), Step::Index(at)]);
            found.push(Spot {
                file: object.file,
                document: Some((object.document, object.in_document())),
                route,
                key: None,
                node: Some(item),
                part: None,
                source: object.source(),
            });
        }
    }
    found
}
