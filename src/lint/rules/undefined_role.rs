use super::prelude::*;
use crate::site::ArgoCd;

rule!(UndefinedRole, "undefined-role", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let known = |one: &&ArgoCd<'_>| one.knows_policy() || one.has_operator();
    for instance in site.instances.iter().filter(known) {
        let graph = instance.policy.graph();
        let mut told = HashSet::new();
        for at in instance.policy.groupings() {
            let role = &*at.says.role.text;
            // Others speak of a misspelt role, and a project brings its own.
            let spelt = role.starts_with("role.") || role.starts_with("role: ") || role.contains('#');
            let subject = &*at.says.subject.text;
            let reversed = subject.starts_with("role:") && !role.starts_with("role:");
            if spelt || reversed || is_placeholder(role) {
                continue;
            }
            // A project that is not in the input may have the role.
            let project = project_role(role).map(|(project, _)| project);
            let known = |name: &str| instance.projects.iter().find(|one| one.name() == name);
            if let Some(name) = project {
                let defined = known(name).is_none_or(|one| one.subjects().any(|subject| subject == role));
                if !defined && told.insert(role) {
                    findings
                        .add(at.field(&at.says.role), format!("the AppProject {name} has no role of that name"))
                        .label("gives nothing");
                }
                continue;
            }
            if graph.reaches_rules(role) || !told.insert(role) {
                continue;
            }
            let names = graph.names_with_rules();
            let similar = spelling::meant(role, names.iter().copied().filter(|name| *name != subject));
            let finding = findings.add(at.field(&at.says.role), format!("no rule defines `{role}`"));
            finding.label("gives nothing");
            if let Some(similar) = similar {
                finding.help(format!("did you mean `{similar}`?"));
            }
        }
    }
}
