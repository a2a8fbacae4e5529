use super::prelude::*;

rule!(AccountWithoutPermission, "account-without-permission", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let knows_all = instance.knows_accounts() && instance.knows_policy();
        let (graph, default) = (instance.policy.graph(), instance.policy.default_role);
        // Rules of the empty subject are everybody's.
        let is_for_all = !(default.is_empty() || means_nobody(default)) || graph.reaches_rules("");
        if !knows_all || is_for_all {
            continue;
        }
        let projects: HashSet<&str> = instance.projects.iter().map(AppProject::name).collect();
        for account in instance.accounts.iter().filter(|account| account.is_usable()) {
            let Some(setting) = account.setting() else {
                continue;
            };
            // The role of an AppProject that is not in the input may have rules.
            let reached = graph.reach(account.name, MAX_HOPS);
            let is_unknown = |name: &str| {
                let project = project_role(name).map(|(project, _)| project);
                project.is_some_and(|name| !projects.contains(name))
            };
            if graph.reaches_rules(account.name) || reached.iter().any(|(name, _)| is_unknown(name)) {
                continue;
            }
            findings
                .add(
                    setting.spot.key(),
                    format!("no rule reaches the account {}", account.name),
                )
                .label("may log in or make tokens, and see nothing")
                .help("Octopus Deploy then connects, and shows an empty list of applications");
        }
    }
}
