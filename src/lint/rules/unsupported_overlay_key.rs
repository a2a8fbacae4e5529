use super::prelude::*;

rule!(UnsupportedOverlayKey, "unsupported-overlay-key", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let version = site.options.version;
    for settings in site.rbac_settings().filter(|_| !version.reads_policy_keys()) {
        for setting in &settings.all {
            if is_policy_key(&setting.key) && setting.key != POLICY_KEY {
                findings
                    .add(
                        setting.spot.key(),
                        format!("Argo CD {version} does not read `{}`", setting.key),
                    )
                    .label("read since 2.8")
                    .help("put these rules into `policy.csv`");
            }
        }
    }
}
