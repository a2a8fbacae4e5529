use super::prelude::*;

rule!(WritingDefaultRole, "writing-default-role", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let default = instance.rbac.as_ref().and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        let (Some(setting), policy) = (default, &instance.policy) else {
            continue;
        };
        let role = policy.default_role;
        let Some(enforcer) = policy.enforcer().filter(|_| !role.is_empty()) else {
            continue;
        };
        let objects = ["default/guestbook", "default", "https://kubernetes.default.svc"];
        let writes = RESOURCES.iter().find_map(|resource| {
            let mut actions = vocabulary::actions_of(resource, policy.version);
            actions.retain(|action| *action != "get");
            actions.into_iter().find_map(|action| {
                let allowed = |object: &&str| {
                    let request = Request::new(role, resource, action, object);
                    enforcer.evaluate(&request).allowed()
                };
                objects.iter().any(allowed).then_some((*resource, action))
            })
        });
        if let Some((resource, action)) = writes {
            findings
                .add(
                    setting.spot.value(),
                    format!("everyone who is logged in has the role `{role}`, which may change things"),
                )
                .label(format!("may {action} {resource}, for example"))
                .help("no deny overrides what the default role allows; `role:readonly` or nothing is safe");
        }
    }
}
