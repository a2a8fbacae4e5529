use super::prelude::*;

rule!(DenyOnBuiltinRole, "deny-on-builtin-role", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.rules().filter(|at| at.says.effect.text == "deny") {
            let role = &*at.says.subject.text;
            let whom = match role {
                "role:readonly" => "takes from `role:admin` and every administrator too",
                "role:admin" => "takes from every administrator",
                _ => continue,
            };
            let finding = findings.add(
                at.place(),
                format!("this deny affects everyone who has `{role}`, and no allow overrides it"),
            );
            finding.label(whom);
            finding.help("to give less than a built-in role does, give a role of your own that allows less");
        }
    }
}
