use super::prelude::*;
use crate::site::ArgoCd;

rule!(UndefinedRole, "undefined-role", Warning);

/// So many names are compared at most to find what was meant: each undefined role with each name.
const BUDGET: usize = 3_000_000;

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let known = |one: &&ArgoCd<'_>| one.knows_policy() || one.has_operator();
    for instance in site.instances.iter().filter(known) {
        let graph = instance.policy.graph();
        let mut told = HashSet::new();
        let projects: HashMap<&str, HashSet<String>> =
            instance.projects.iter().rev().map(|one| (one.name(), one.subjects().collect())).collect();
        let names = graph.names_with_rules();
        let mut budget = BUDGET;
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
            if let Some(name) = project {
                let defined = projects.get(name).is_none_or(|roles| roles.contains(role));
                if !defined && told.insert(role) {
                    findings
                        .add(at.field(&at.says.role), format!("the AppProject {name} has no role of that name"))
                        .label("gives nothing");
                }
                continue;
            }
            if !told.insert(role) || graph.reaches_rules(role) {
                continue;
            }
            budget = budget.saturating_sub(names.len());
            let known = names.iter().copied().filter(|name| *name != subject && budget > 0);
            let similar = spelling::meant(role, known);
            let finding = findings.add(at.field(&at.says.role), format!("no rule defines `{role}`"));
            finding.label("gives nothing");
            if let Some(similar) = similar {
                finding.help(format!("did you mean `{similar}`?"));
            }
        }
    }
}
