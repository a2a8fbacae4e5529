use super::prelude::*;

rule!(TrailingComment, "trailing-comment", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            last_field(&at, &at.says.effect, "effect", findings);
        }
        for at in policy.groupings() {
            last_field(&at, &at.says.role, "role's name", findings);
        }
    }
}

fn last_field<T>(
    at: &Located<'_, '_, T>,
    value: &Value<'_>,
    what: &str,
    findings: &mut Findings<'_>,
) {
    let Some((before, comment)) = value.text.split_once('#') else {
        return;
    };
    if !before.ends_with(char::is_whitespace) {
        return;
    }
    let before = before.trim_end();
    let finding = findings.add(
        at.field(value),
        format!("the comment is part of the {what}"),
    );
    finding
        .label(format!("the {what} is all of this"))
        .help("a comment needs a line of its own, also one that ignores a finding");
    let start = at.line.offset;
    let indent = at.text.text[..start].rsplit('\n').next().unwrap_or_default();
    let mut changes = vec![at.set_field(value, before)];
    if at.text.project_role.is_none() {
        let above = format!("#{comment}\n{indent}");
        changes.push(at.text.spot.splice(start..start, above));
    }
    finding.risky("put the comment above the line", changes);
}
