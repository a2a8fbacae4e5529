use super::prelude::*;

rule!(ForeignProjectRule, "foreign-project-rule", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let Some((project, role)) = at.text.project_role else {
                continue;
            };
            let (who, object) = (&at.says.subject, &at.says.object);
            let own = format!("proj:{project}:{role}");
            let rejects = "Argo CD rejects the AppProject";
            if who.text != own {
                findings
                    .add(at.field(who), format!("a rule of the role `{role}` is for another subject"))
                    .label("another subject")
                    .help(rejects)
                    .risky(format!("write `{own}`"), vec![at.set_field(who, own)]);
            } else if !object.text.starts_with(&format!("{project}/")) && at.says.resource.text != "projects" {
                findings
                    .add(at.field(object), format!("the object is outside the project `{project}`"))
                    .label(format!("does not begin with `{project}/`"))
                    .help(rejects);
            }
        }
        for at in policy.groupings().filter(|at| at.text.project_role.is_some()) {
            findings
                .add(at.place(), "`g` lines have no effect in a role of an AppProject")
                .label("no rule")
                .help("the groups that have the role are in its list `groups`");
        }
    }
}
