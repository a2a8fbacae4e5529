use super::prelude::*;

rule!(ShadowedIntegration, "shadowed-integration", Warning);

/// What an integration reads, and the one thing it may start.
const BASICS: &[(&str, &str)] = &[
    ("applications", "get"),
    ("applications", "sync"),
    ("clusters", "get"),
    ("logs", "get"),
];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let Some(enforcer) = instance.policy.enforcer() else {
            continue;
        };
        let mut told = HashSet::new();
        let names = integrations(site, instance);
        if names.is_empty() {
            continue;
        }
        let graph = instance.policy.graph();
        let rules = instance.policy.rules_by_subject();
        let is_deny = |at: &Located<'_, '_, Rule<'_>>| at.says.effect.text == "deny";
        // What is denied to the account by name is meant.
        let denying: HashSet<&str> = rules
            .iter()
            .filter(|(_, rules)| rules.iter().any(is_deny))
            .map(|(subject, _)| *subject)
            .collect();
        for name in names {
            let reached = graph.reach(&name, MAX_HOPS);
            let reached = reached.iter().map(|(name, _)| *name);
            if !reached.clone().any(|of| of != name && denying.contains(of)) {
                continue;
            }
            for at in reached.filter_map(|of| rules.get(of)).flatten() {
                for request in vocabulary::requests(&instance.policy, at.says) {
                    if !BASICS.contains(&(request.resource, &*request.action)) {
                        continue;
                    }
                    let question = Request::new(&name, request.resource, &request.action, &request.object);
                    let why = enforcer.explain(&question, 0);
                    let (Decision::BySubject(Verdict::Denied(line)), Some(_)) = (why.decision, why.overruled) else {
                        continue;
                    };
                    let Some(deny) = instance.policy.rule_at(enforcer, line) else {
                        continue;
                    };
                    if deny.says.subject.text == name || !told.insert((name.clone(), line)) {
                        continue;
                    }
                    findings
                        .add(deny.place(), format!("this line takes from the account {name} what another line gives it"))
                        .label(format!("denies it {} {} {}", request.action, request.resource, request.object))
                        .help(format!("{name} has the role {}; a program's account is better given rules of its own and no role", deny.says.subject.text));
                }
            }
        }
    }
}
