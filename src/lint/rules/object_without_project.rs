use super::prelude::*;

rule!(ObjectWithoutProject, "object-without-project", Warning);

/// Resources whose objects are `PROJECT/NAME`.
const SCOPED: &[&str] = &["applications", "applicationsets", "logs", "exec"];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        for at in policy.all_rules() {
            let object = &at.says.object;
            if object.text.contains(['*', '/']) || !pattern::is_plain(&object.text) {
                continue;
            }
            let resources = vocabulary::resources(policy, &at.says.resource.text);
            let scoped = !resources.is_empty() && resources.iter().all(|one| SCOPED.contains(one));
            if !scoped || is_placeholder(&object.text) {
                continue;
            }
            findings
                .add(
                    at.field(object),
                    format!("no object of `{}` is called `{}`", at.says.resource.text, object.text),
                )
                .label("has no project")
                .help("an application is PROJECT/NAME, or PROJECT/NAMESPACE/NAME outside Argo CD's namespace");
        }
    }
}
