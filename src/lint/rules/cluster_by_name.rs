use super::prelude::*;

rule!(ClusterByName, "cluster-by-name", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        for at in policy.all_rules() {
            let object = &at.says.object;
            let text = &*object.text;
            if text.contains('*') || text.contains("://") || !pattern::is_plain(text) {
                continue;
            }
            let of_clusters = vocabulary::resources(policy, &at.says.resource.text) == ["clusters"];
            if !of_clusters || is_placeholder(text) {
                continue;
            }
            findings
                .add(at.field(object), "a cluster is named by its server's URL")
                .label("matches none")
                .help("write https://HOST, of a project PROJECT/https://HOST, or * for all; `argocd cluster list` shows the URLs");
        }
    }
}
