use super::prelude::*;

rule!(UnknownEffect, "unknown-effect", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for at in site.policies().flat_map(WholePolicy::all_rules) {
        let effect = &at.says.effect;
        if ["allow", "deny"].contains(&&*effect.text) || effect.text.contains('#') {
            continue;
        }
        let shown = effect.text.escape_debug();
        let finding = findings.add(
            if effect.text.is_empty() { at.place() } else { at.field(effect) },
            format!("the effect `{shown}` does nothing"),
        );
        finding
            .label("neither `allow` nor `deny`")
            .help("the line loads without complaint, and neither allows nor denies anything");
        let meant = effect.text.trim().to_lowercase();
        if ["allow", "deny"].contains(&&*meant) {
            finding.risky(format!("write `{meant}`"), vec![at.set_field(effect, meant)]);
        }
    }
}
