use super::prelude::*;

rule!(DuplicateLine, "duplicate-line", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let mut seen = HashMap::new();
        for at in instance.policy.lines() {
            let fields: Vec<&str> = match at.says {
                Line::Policy(p) => [&p.subject, &p.resource, &p.action, &p.object, &p.effect]
                    .iter()
                    .map(|value| &*value.text)
                    .collect(),
                Line::Grouping(g) => vec![&g.subject.text, &g.role.text],
                _ => continue,
            };
            let scope = at.text.project_role;
            let Some(first) = seen.insert((scope, fields.clone()), at) else {
                continue;
            };
            seen.insert((scope, fields), first);
            let finding = findings.add(at.place(), "this line is already in the policy");
            finding
                .label("says nothing new")
                .related(first.place(), "here");
            if at.text.project_role.is_none() {
                finding.safe("remove the line", vec![at.remove()]);
            }
        }
    }
}
