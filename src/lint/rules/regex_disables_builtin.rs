use super::prelude::*;

rule!(RegexDisablesBuiltin, "regex-disables-builtin", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.rbac_settings() {
        let mode = settings.get(MATCH_MODE_KEY);
        let Some(setting) = mode.filter(|setting| setting.text() == Some("regex")) else {
            continue;
        };
        findings
            .add(
                setting.spot.value(),
                "with regular expressions `admin`, `role:admin` and `role:readonly` lose their built-in permissions",
            )
            .label("reads the built-in `*` as a regular expression")
            .help("`*` and `*/*` do not compile, and who reaches such a line is denied everything")
            .help("use globs, or give everyone rules of their own instead of a built-in role");
    }
}
