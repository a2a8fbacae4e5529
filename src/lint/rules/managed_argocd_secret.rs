use super::prelude::*;

rule!(ManagedArgocdSecret, "managed-argocd-secret", Warning);

/// The Secret that Argo CD keeps tokens in.
const SECRET: &str = "argocd-secret";

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    const HELP: &str = "Argo CD keeps the accounts' tokens in argocd-secret: overwriting it revokes them all";
    for object in &site.relevant {
        let name = object.name();
        match object.kind() {
            "ExternalSecret" => {
                let target = object.text(&["spec", "target", "name"]).unwrap_or(name);
                let policy = object.text(&["spec", "target", "creationPolicy"]);
                if target == SECRET && policy != Some("Merge") {
                    let path = ["spec", "target", "creationPolicy"];
                    let spot = Spot::of_path(object, &path);
                    let place = spot.map_or_else(|| Spot::of_name(object).value(), |spot| spot.value());
                    findings
                        .add(place, "this ExternalSecret owns argocd-secret")
                        .label("drops accounts.*.tokens")
                        .help(HELP)
                        .help("with `spec.target.creationPolicy: Merge` it writes its own keys only");
                }
            }
            "SealedSecret" => {
                let template = object.text(&["spec", "template", "metadata", "name"]).unwrap_or(name);
                let patches = object.text(&["spec", "template", "metadata", "annotations", "sealedsecrets.bitnami.com/patch"]);
                if template == SECRET && patches != Some("true") {
                    findings
                        .add(Spot::of_name(object).value(), "this SealedSecret owns argocd-secret")
                        .label("drops accounts.*.tokens")
                        .help(HELP)
                        .help("with the annotations sealedsecrets.bitnami.com/managed and /patch it writes its own keys only");
                }
            }
            _ => {}
        }
        let Some(prefix) = site.options.chart_root(object) else {
            continue;
        };
        let path: Vec<&str> = prefix.into_iter().chain(["configs", "secret", "extra"]).collect();
        for setting in entries(object, &path) {
            let key = setting.key.strip_prefix("accounts.");
            if key.is_some_and(|key| key.ends_with(".tokens")) {
                findings
                    .add(setting.spot.key(), format!("Helm writes `{}` at every upgrade", setting.key))
                    .label("drops newer tokens")
                    .help(HELP);
            }
        }
    }
}
