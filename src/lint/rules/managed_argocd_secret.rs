use super::prelude::*;

rule!(ManagedArgocdSecret, "managed-argocd-secret", Warning);

/// The Secret that Argo CD keeps tokens in.
const SECRET: &str = "argocd-secret";

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    const HELP: &str = "Argo CD keeps the accounts' tokens in argocd-secret: who writes it anew revokes them all";
    for object in &subject.relevant {
        let name = object.name();
        match object.kind() {
            "ExternalSecret" => {
                let target = some(object.text(&["spec", "target", "name"])).unwrap_or(name);
                let policy = object.text(&["spec", "target", "creationPolicy"]);
                if target == SECRET && policy != "Merge" {
                    let path = ["spec", "target", "creationPolicy"];
                    let spot = subject.spot(object, &path);
                    let place = spot.map_or_else(|| subject.name_of(object).value(), |spot| spot.value());
                    findings
                        .add(place, "this ExternalSecret owns argocd-secret")
                        .label("drops accounts.*.tokens")
                        .help(HELP)
                        .help("with `spec.target.creationPolicy: Merge` it writes its own keys only");
                }
            }
            "SealedSecret" => {
                let template = some(object.text(&["spec", "template", "metadata", "name"])).unwrap_or(name);
                let patches = object.text(&["spec", "template", "metadata", "annotations", "sealedsecrets.bitnami.com/patch"]);
                if template == SECRET && patches != "true" {
                    findings
                        .add(subject.name_of(object).value(), "this SealedSecret owns argocd-secret")
                        .label("drops accounts.*.tokens")
                        .help(HELP)
                        .help("with the annotations sealedsecrets.bitnami.com/managed and /patch it writes its own keys only");
                }
            }
            _ => {}
        }
        let Some(prefix) = chart_prefix(object) else {
            continue;
        };
        let path: Vec<&str> = prefix.into_iter().chain(["configs", "secret", "extra"]).collect();
        for setting in entries(object, &path, subject.source(object.file).text()) {
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

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
