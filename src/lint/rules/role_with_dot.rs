use super::prelude::*;

rule!(RoleWithDot, "role-with-dot", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let graph = instance.policy.graph();
        let wrong = |name: &str| {
            let rest = name.strip_prefix("role.")?;
            (!graph.reaches_rules(name)).then(|| format!("role:{rest}"))
        };
        for at in instance.policy.groupings() {
            if let Some(meant) = wrong(&at.says.role.text) {
                let change = at.set_field(&at.says.role, meant.clone());
                let place = at.field(&at.says.role);
                report(place, &at.says.role.text, &meant, change, findings);
            }
        }
        let default = instance.rbac.as_ref().and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        if let Some(setting) = default
            && let Some(text) = setting.text()
            && let Some(meant) = wrong(text)
        {
            let change = setting.spot.set(meant.clone());
            report(setting.spot.value(), text, &meant, change, findings);
        }
    }
}

fn report(place: Place, name: &str, meant: &str, change: FixEdit, findings: &mut Findings<'_>) {
    findings
        .add(place, format!("no role is called `{name}`"))
        .label("a colon follows `role`")
        .help(format!("it grants nothing; `{meant}` was probably intended"))
        .risky(format!("write `{meant}`"), vec![change]);
}
