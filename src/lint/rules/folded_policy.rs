use super::prelude::*;

rule!(FoldedPolicy, "folded-policy", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for text in instance.policy.texts.iter().filter(|text| is_folded(text)) {
            findings
                .add(
                    text.spot.value(),
                    format!("the lines of `{}` are folded into one another", text.key),
                )
                .label("joins lines with spaces")
                .help("write `|` in front of the policy: it keeps the lines");
        }
    }
}
