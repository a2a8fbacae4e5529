use super::prelude::*;

rule!(NoncanonicalCapabilities, "noncanonical-capabilities", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        for setting in &settings.all {
            let (Some(AccountKey::Capabilities(_)), Some(text)) =
                (account_key(&setting.key), setting.text())
            else {
                continue;
            };
            let canonical = Capabilities::parse(text).canonical();
            if canonical == text || canonical.is_empty() {
                continue;
            }
            findings
                .add(
                    setting.spot.value(),
                    "the list of capabilities is not written as Argo CD writes it",
                )
                .label(format!("`{canonical}`, without spaces"))
                .help("Argo CD rewrites it when the account makes a token, and a tool that compares with Git then sees a change")
                .safe(
                    format!("write `{canonical}`"),
                    vec![setting.spot.splice(0..text.len(), canonical)],
                );
        }
    }
}
