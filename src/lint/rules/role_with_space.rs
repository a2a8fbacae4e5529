use super::prelude::*;

rule!(RoleWithSpace, "role-with-space", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            name(&at, &at.says.subject, findings);
        }
        for at in policy.groupings() {
            name(&at, &at.says.subject, findings);
            name(&at, &at.says.role, findings);
        }
    }
}

fn name<T>(at: &Located<'_, '_, T>, value: &Value<'_>, findings: &mut Findings<'_>) {
    let (prefix, rest) = value.text.split_once(':').unwrap_or_default();
    let trimmed = rest.trim_start();
    if !["role", "proj"].contains(&prefix) || trimmed.len() == rest.len() || trimmed.is_empty() {
        return;
    }
    let meant = format!("{prefix}:{trimmed}");
    findings
        .add(
            at.field(value),
            format!("`{}` is a different name from `{meant}`", value.text),
        )
        .label("has a space after the colon")
        .risky(format!("write `{meant}`"), vec![at.set_field(value, meant)]);
}
