use super::prelude::*;

rule!(MisplacedSetting, "misplaced-setting", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for settings in instance.settings() {
            for setting in &settings.all {
                if let Some(right) = belongs(&setting.key).filter(|right| *right != settings.which) {
                    let here = settings.which.name();
                    report(setting, here, right, findings);
                }
            }
        }
    }
    for object in site.relevant.iter().filter(|object| object.name() == PARAMS) {
        for setting in entries(object, &["data"]) {
            if let Some(right) = belongs(&setting.key) {
                report(&setting, PARAMS, right, findings);
            }
        }
    }
}

/// The ConfigMap that a key belongs to, if it is one of accounts or policy.
fn belongs(key: &str) -> Option<Which> {
    if is_policy_key(key) || [DEFAULT_ROLE_KEY, MATCH_MODE_KEY, SCOPES_KEY].contains(&key) {
        return Some(Which::RbacCm);
    }
    (account_key(key).is_some() || is_of_cm(key)).then_some(Which::Cm)
}

fn report(setting: &Setting<'_>, here: &str, right: Which, findings: &mut Findings<'_>) {
    findings
        .add(setting.spot.key(), format!("`{}` belongs in {right}", setting.key))
        .label(format!("ignored in {here}"));
}
