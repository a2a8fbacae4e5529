use super::helpers::fields;
use super::prelude::*;
use crate::rbac::{builtin_policy, lines};

rule!(RepeatedBuiltin, "repeated-builtin", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let key = "built-in policy".into();
        let builtin = lines(&key, builtin_policy(policy.version));
        let builtin: Vec<_> = builtin.collect();
        let builtin: HashSet<_> = builtin.iter().filter_map(|line| fields(&line.line)).collect();
        for at in policy.lines().filter(|at| at.text.project_role.is_none()) {
            if fields(at.says).is_some_and(|fields| builtin.contains(&fields)) {
                findings
                    .add(at.place(), "this line is already in the built-in policy")
                    .label("adds nothing")
                    .help(format!("Argo CD {} loads its own policy before this one", policy.version))
                    .safe("remove the line", vec![at.remove()]);
            }
        }
    }
}
