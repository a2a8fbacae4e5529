use super::prelude::*;

rule!(IntegrationLogin, "integration-login", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let named = &site.options.integrations;
    for instance in &site.instances {
        for account in &instance.accounts {
            let list = account.list();
            let Some(setting) = &account.capabilities else {
                continue;
            };
            if !named.iter().any(|name| name == account.name) || !list.has(LOGIN) {
                continue;
            }
            let rest = list.without(LOGIN);
            let finding = findings.add(
                setting.spot.value(),
                format!("the account {} can log in with a password", account.name),
            );
            finding
                .label("`login` is for people")
                .help("a program needs `apiKey` alone, which makes tokens");
            if rest.has(API_KEY) {
                let text = rest.canonical();
                let whole = 0..setting.text().map_or(0, str::len);
                finding.risky(
                    format!("write `{text}`"),
                    vec![setting.spot.splice(whole, text)],
                );
            }
        }
    }
}
