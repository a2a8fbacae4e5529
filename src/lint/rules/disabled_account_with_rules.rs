use super::prelude::*;

rule!(DisabledAccountWithRules, "disabled-account-with-rules", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for account in instance.accounts.iter().filter(|account| !account.is_enabled()) {
            let (Some(setting), name) = (&account.enabled, account.name) else {
                continue;
            };
            let policy = &instance.policy;
            let rule = policy
                .rules()
                .find(|at| at.says.subject.text == name)
                .map(|at| at.place());
            let binding = || policy.bindings_of(name).map(|(place, _)| place).next();
            if let Some(place) = rule.or_else(binding) {
                findings
                    .add(
                        setting.spot.value(),
                        format!("the account {name} is disabled, and has rules"),
                    )
                    .label("its tokens do not work")
                    .related(place, "a rule of it")
                    .help("enable it, or remove its rules: who enables it later may not know of them");
            }
        }
    }
}
