use super::prelude::*;

rule!(UnsupportedOverlayKey, "unsupported-overlay-key", Error);

/// The first version that reads more keys than `policy.csv`.
const SINCE: ArgoCdVersion = ArgoCdVersion::new(2, 8);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let version = subject.options.version;
    for settings in subject.rbac_settings().filter(|_| version < SINCE) {
        for setting in &settings.all {
            if is_policy_key(&setting.key) && setting.key != POLICY_KEY {
                findings
                    .add(
                        setting.spot.key(),
                        format!("Argo CD {version} does not read `{}`", setting.key),
                    )
                    .label(format!("read since {SINCE}"))
                    .help("put these rules into `policy.csv`");
            }
        }
    }
}
