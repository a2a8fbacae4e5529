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
        for name in integrations(site, instance) {
            let graph = instance.policy.graph();
            let reached: HashSet<&str> =
                graph.reach(&name, MAX_HOPS).into_iter().map(|(name, _)| name).collect();
            for at in instance.policy.rules() {
                let of = &*at.says.subject.text;
                let is_deny = at.says.effect.text == "deny";
                // What is denied to the account by name is meant.
                if !reached.contains(of) || is_deny && of == name {
                    continue;
                }
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
                        .add(deny.place(), format!("the account {name} loses by this line what another one gives it"))
                        .label(format!("denies it {} {} {}", request.action, request.resource, request.object))
                        .help(format!("{name} has the role {}; a program's account is better given rules of its own and no role", deny.says.subject.text));
                }
            }
        }
    }
}
