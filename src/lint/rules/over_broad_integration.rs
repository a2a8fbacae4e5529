use super::prelude::*;

rule!(OverBroadIntegration, "over-broad-integration", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let names = integrations(site, instance);
        if names.is_empty() {
            continue;
        }
        let policy = &instance.policy;
        let (graph, rules, bindings) = (policy.graph(), policy.rules_by_subject(), policy.bindings());
        let mut first_broad: HashMap<&str, _> = HashMap::new();
        for at in policy.all_rules() {
            if let Some(what) = breadth(policy, at.says) {
                first_broad.entry(&at.says.subject.text).or_insert((at, what));
            }
        }
        for name in names {
            for at in rules.get(&*name).into_iter().flatten() {
                if let Some(what) = breadth(policy, at.says) {
                    findings
                        .add(at.place(), format!("the account {name} may do more than a program needs"))
                        .label(what)
                        .help("name each resource and action, so that new ones in a later Argo CD are not granted unseen");
                }
            }
            for bound in bindings.get(&*name).into_iter().flatten() {
                let role = bound.role;
                let reached = graph.reach(role, MAX_HOPS - 1);
                if reached.iter().any(|(name, _)| *name == "role:admin") {
                    findings
                        .add(bound.place(), format!("the account {name} is an administrator"))
                        .label("everything on everything")
                        .help(format!("give it the permissions that it needs: p, {name}, applications, get, */*, allow"));
                    continue;
                }
                let broad = reached.iter().filter_map(|(name, _)| first_broad.get(name));
                let broad = broad.min_by_key(|(rule, _)| (rule.text.index, rule.line.offset));
                if let Some((rule, what)) = broad {
                    findings
                        .add(bound.place(), format!("the account {name} may do more than a program needs"))
                        .label("by this role")
                        .related(rule.place(), *what);
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
