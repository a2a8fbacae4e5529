use super::prelude::*;

rule!(DisabledAccountWithRules, "disabled-account-with-rules", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let disabled: Vec<_> = instance.accounts.iter().filter(|account| !account.is_enabled()).collect();
        if disabled.is_empty() {
            continue;
        }
        let policy = &instance.policy;
        let (rules, bindings) = (policy.rules_by_subject(), policy.bindings());
        for account in disabled {
            let (Some(setting), name) = (&account.enabled, account.name) else {
                continue;
            };
            let rule = rules.get(name).map(|lines| lines[0].place());
            let binding = || bindings.get(name).map(|bound| bound[0].place());
            if let Some(place) = rule.or_else(binding) {
                findings
                    .add(
                        setting.spot.value(),
                        format!("the account {name} is disabled, but has rules"),
                    )
                    .label("its tokens do not work")
                    .related(place, "a rule of it")
                    .help("enable it, or remove its rules: someone who enables it later may not know of them");
            }
        }
    }
}
