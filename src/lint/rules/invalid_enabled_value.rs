use super::prelude::*;

rule!(InvalidEnabledValue, "invalid-enabled-value", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        for setting in &settings.all {
            let (Some(AccountKey::Enabled(_)), Some(text)) =
                (account_key(&setting.key), setting.text())
            else {
                continue;
            };
            // The chart turns an unquoted boolean into `true` or `false` itself.
            let is_boolean = setting.scalar_type() == Some(ScalarType::Bool);
            if parse_bool(text).is_some() || settings.form == SettingsForm::Helm && is_boolean {
                continue;
            }
            let finding = findings.add(
                setting.spot.value(),
                format!("Argo CD does not read `{}` as a boolean", text.escape_debug()),
            );
            finding
                .label("neither `true` nor `false`")
                .help("one such value makes reading all accounts fail: no one can log in");
            if let Some(meant) = meant_bool(text) {
                finding.risky(
                    format!("write \"{meant}\""),
                    vec![setting.spot.set(meant.to_string())],
                );
            }
        }
    }
}
