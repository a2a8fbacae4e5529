use super::prelude::*;

rule!(ClusterByName, "cluster-by-name", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        for at in policy.all_rules() {
            let object = &at.says.object;
            let text = &*object.text;
            let of_clusters = vocabulary::resources(policy, &at.says.resource.text) == ["clusters"];
            let literal = pattern::is_plain(text) && !text.contains('*');
            if !of_clusters || !literal || text.contains("://") || is_placeholder(text) {
                continue;
            }
            findings
                .add(at.field(object), "a cluster is named by its server's URL")
                .label("matches none")
                .help("write https://HOST, of a project PROJECT/https://HOST, or * for all; `argocd cluster list` shows the URLs");
        }
    }
}
