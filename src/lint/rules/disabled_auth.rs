use super::prelude::*;

rule!(DisabledAuth, "disabled-auth", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.disables_auth().is_some()) {
        let mut params = instance.params.iter().flatten();
        let Some(setting) = params.rfind(|setting| setting.key == "server.disable.auth") else {
            continue;
        };
        findings
            .add(
                setting.spot.value(),
                "the server requires no login and permits everything to everyone",
            )
            .label("no authorisation")
            .help("accounts and policy decide nothing while this is set");
    }
}
