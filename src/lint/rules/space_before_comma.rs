use super::prelude::*;

rule!(SpaceBeforeComma, "space-before-comma", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let says = at.says;
            for value in [&says.subject, &says.resource, &says.action, &says.object] {
                field(&at, value, findings);
            }
        }
        for at in policy.groupings() {
            field(&at, &at.says.subject, findings);
        }
    }
}

fn field<T>(at: &Located<'_, '_, T>, value: &Value<'_>, findings: &mut Findings<'_>) {
    let trimmed = value.text.trim_end();
    if trimmed.len() == value.text.len() {
        return;
    }
    findings
        .add(
            at.field(value),
            format!("`{}` ends with a space, which is part of it", value.text),
        )
        .label("matches nothing without the space")
        .help("Argo CD drops spaces after a comma, and keeps those before one")
        .risky("remove the space", vec![at.set_field(value, trimmed)]);
}
