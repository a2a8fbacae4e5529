use super::prelude::*;

rule!(UnknownMatchMode, "unknown-match-mode", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.rbac_settings() {
        let Some(setting) = settings.get(MATCH_MODE_KEY) else {
            continue;
        };
        let text = setting.text().unwrap_or_default();
        if ["", "glob", "regex"].contains(&text) || is_placeholder(text) {
            continue;
        }
        findings
            .add(
                setting.spot.value(),
                format!("Argo CD knows no match mode `{}`", text.escape_debug()),
            )
            .label("read as `glob`")
            .help("the modes are `glob` and `regex`, in these letters");
    }
}
