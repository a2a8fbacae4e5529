use super::helpers::fields;
use super::prelude::*;

rule!(DuplicateLine, "duplicate-line", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let mut seen = HashMap::new();
        for at in instance.policy.lines() {
            let Some(fields) = fields(at.says) else {
                continue;
            };
            let first = *seen.entry((at.text.project_role, fields)).or_insert(at);
            if std::ptr::eq(first.line, at.line) {
                continue;
            }
            let finding = findings.add(at.place(), "this line is already in the policy");
            finding
                .label("adds nothing")
                .related(first.place(), "here");
            if at.text.project_role.is_none() {
                finding.safe("remove the line", vec![at.remove()]);
            }
        }
    }
}
