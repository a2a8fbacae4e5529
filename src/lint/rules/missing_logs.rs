use super::prelude::*;

rule!(MissingLogs, "missing-logs", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site
        .policies()
        .filter(|policy| policy.version.enforces_logs())
    {
        let Some(enforcer) = policy.enforcer() else {
            continue;
        };
        let mut told = HashSet::new();
        // A pass over the rules for each subject would take a policy of thousands long.
        // A deny was thought of too, and no further line would undo it.
        let with_logs: HashSet<&str> = policy
            .all_rules()
            .filter(|line| ["allow", "deny"].contains(&&*line.says.effect.text))
            .filter(|line| {
                vocabulary::resources(policy, &line.says.resource.text).contains(&"logs")
            })
            .map(|line| &*line.says.subject.text)
            .collect();
        for at in policy.all_rules().filter(|at| at.says.effect.text == "allow") {
            let who = &*at.says.subject.text;
            let reads = at.says.action.text == "get" && at.says.resource.text == "applications";
            if !reads || !told.insert(who) {
                continue;
            }
            // Some logs are allowed or denied already.
            let reached = policy.graph().reach(who, MAX_HOPS);
            let has_logs = reached.iter().any(|(name, _)| with_logs.contains(&**name));
            let objects = pattern::objects(policy, &at.says.object.text);
            let allowed = |object: &String| {
                let request = Request::new(who, "logs", "get", object);
                enforcer.decide(&request).allowed()
            };
            if has_logs || objects.is_empty() || objects.iter().any(allowed) {
                continue;
            }
            findings
                .add(
                    at.field(&at.says.resource),
                    format!("`{who}` may read applications, but not their logs"),
                )
                .label("since 3.0 logs need a line of their own")
                .help(format!(
                    "to allow logs too: p, {who}, logs, get, {}, allow",
                    at.says.object.text
                ));
        }
    }
}
