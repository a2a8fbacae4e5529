use super::prelude::*;

rule!(MissingLogs, "missing-logs", Note);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for policy in subject.policies().filter(|policy| policy.version.enforces_logs()) {
        let Some(enforcer) = policy.enforcer() else {
            continue;
        };
        let mut told = HashSet::new();
        for at in policy.rules().filter(|at| at.says.effect.text == "allow") {
            let who = &*at.says.subject.text;
            let reads = at.says.action.text == "get" && at.says.resource.text == "applications";
            if !reads || told.contains(who) {
                continue;
            }
            let objects = pattern::objects(policy.mode, &at.says.object.text);
            let allowed = |object: &String| {
                let request = Request::new(who, "logs", "get", object);
                enforcer.decide(&request).allowed()
            };
            if objects.is_empty() || objects.iter().any(allowed) {
                continue;
            }
            told.insert(who);
            findings
                .add(
                    at.field(&at.says.resource),
                    format!("`{who}` sees applications, and not their logs"),
                )
                .label("since 3.0 logs need a line of their own")
                .help(format!("if logs are meant too: p, {who}, logs, get, {}, allow", at.says.object.text));
        }
    }
}
