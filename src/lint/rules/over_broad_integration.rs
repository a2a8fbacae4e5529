use super::prelude::*;

rule!(OverBroadIntegration, "over-broad-integration", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for name in integrations(site, instance) {
            let policy = &instance.policy;
            for at in policy.rules().filter(|at| at.says.subject.text == name) {
                if let Some(what) = breadth(policy, at.says) {
                    findings
                        .add(at.place(), format!("the account {name} may do more than a program needs"))
                        .label(what)
                        .help("name each resource and each action: what is new in the next Argo CD is then not given unseen");
                }
            }
            let graph = policy.graph();
            for (place, role) in policy.bindings_of(&name) {
                let reached = graph.reach(role, MAX_HOPS - 1);
                if reached.iter().any(|(name, _)| *name == "role:admin") {
                    findings
                        .add(place, format!("the account {name} is an administrator"))
                        .label("everything on everything")
                        .help(format!("give it the permissions that it needs: p, {name}, applications, get, */*, allow"));
                    continue;
                }
                let mut rules = policy.all_rules();
                let broad = rules.find_map(|rule| {
                    let of = reached.iter().any(|(name, _)| *name == rule.says.subject.text);
                    of.then(|| breadth(policy, rule.says)).flatten().map(|what| (rule, what))
                });
                if let Some((rule, what)) = broad {
                    findings
                        .add(place, format!("the account {name} may do more than a program needs"))
                        .label("by this role")
                        .related(rule.place(), what);
                }
            }
        }
    }
}

/// Why a line gives more than a program needs.
fn breadth(policy: &WholePolicy<'_>, rule: &Rule<'_>) -> Option<&'static str> {
    let everything = |text: &str| match policy.mode {
        MatchMode::Glob => text == "*",
        MatchMode::Regex => [".*", "^.*$"].contains(&text),
    };
    if rule.effect.text != "allow" {
        None
    } else if everything(&rule.resource.text) {
        Some("every resource")
    } else {
        everything(&rule.action.text).then_some("every action")
    }
}
