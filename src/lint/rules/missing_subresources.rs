use super::prelude::*;

rule!(MissingSubresources, "missing-subresources", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.version.enforces_logs()) {
        let graph = policy.graph();
        let Some(enforcer) = policy.enforcer() else {
            continue;
        };
        let mut told = HashSet::new();
        // The enforcer does not know the rules of AppProjects' roles.
        let mut of_roles: HashMap<&str, Vec<&Rule<'_>>> = HashMap::new();
        for at in policy.all_rules().filter(|at| at.text.project_role.is_some()) {
            of_roles.entry(&at.says.subject.text).or_default().push(at.says);
        }
        for at in policy.all_rules().filter(|at| at.says.effect.text == "allow") {
            let (who, verb) = (&*at.says.subject.text, &*at.says.action.text);
            let plain = ["update", "delete"].contains(&verb) && at.says.resource.text == "applications";
            if !plain || !told.insert((who, verb)) {
                continue;
            }
            let path = format!("{verb}/apps/Deployment/default/web");
            let objects = pattern::objects(policy, &at.says.object.text);
            // A deny of what is inside alone was thought of too, and no further line would undo it.
            let of_role = of_roles.get(who).into_iter().flatten().any(|rule| {
                let covers = |field: &Value<'_>, text: &str| Pattern::new(policy, &field.text).matches(text);
                (rule.effect.text == "allow" || rule.effect.text == "deny" && !covers(&rule.action, verb))
                    && covers(&rule.resource, "applications")
                    && covers(&rule.action, &path)
                    && objects.iter().any(|object| covers(&rule.object, object))
            });
            let also = of_role || objects.iter().any(|object| {
                let asked = |action| enforcer.evaluate(&Request::new(who, "applications", action, object));
                match asked(&path) {
                    Verdict::Denied(_) => asked(verb).allowed(),
                    verdict => verdict.allowed(),
                }
            });
            let other = graph.reach(who, MAX_HOPS).len() > 1 && objects.is_empty();
            if also || other {
                continue;
            }
            findings
                .add(
                    at.field(&at.says.action),
                    format!("`{who}` may {verb} applications, but nothing inside them"),
                )
                .label("since 3.0 not for the resources of the application")
                .help(format!("to allow those too: p, {who}, applications, {verb}/*, {}, allow", at.says.object.text));
        }
    }
}
