use super::prelude::*;

rule!(DefeatedDeny, "defeated-deny", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let policy = &instance.policy;
        let role = policy.default_role;
        let Some(enforcer) = policy.enforcer().filter(|_| !role.is_empty()) else {
            continue;
        };
        let default = instance.rbac.as_ref().and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        for at in policy.rules().filter(|at| at.says.effect.text == "deny") {
            let allowed = vocabulary::requests(policy, at.says).into_iter().find(|request| {
                let request = Request::new(role, request.resource, &request.action, &request.object);
                enforcer.evaluate(&request).allowed()
            });
            let Some(request) = allowed else {
                continue;
            };
            let finding = findings.add(
                at.place(),
                format!("the default role `{role}` allows what this line denies"),
            );
            finding.label(format!(
                "{} {} {} is allowed anyway",
                request.action, request.resource, request.object
            ));
            if let Some(default) = default {
                finding.related(default.spot.value(), "checked first, and its allow is final");
            }
            finding.help("with an empty default role the denies of other roles take effect: policy.default: ''");
        }
    }
}
