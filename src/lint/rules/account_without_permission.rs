use super::prelude::*;

rule!(AccountWithoutPermission, "account-without-permission", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let knows_all = instance.knows_accounts() && instance.knows_policy();
        if !knows_all || !instance.policy.default_role.is_empty() {
            continue;
        }
        let graph = instance.policy.graph();
        for account in instance.accounts.iter().filter(|account| account.is_usable()) {
            let Some(setting) = account.setting() else {
                continue;
            };
            if graph.reaches_rules(account.name) {
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
