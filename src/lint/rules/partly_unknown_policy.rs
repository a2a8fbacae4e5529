use super::prelude::*;

rule!(PartlyUnknownPolicy, "partly-unknown-policy", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for text in &policy.texts {
            let mut lines = text.template_lines();
            let Some(first) = lines.next() else {
                continue;
            };
            let count = 1 + lines.count();
            let (lines, are) = if count == 1 { ("line", "is") } else { ("lines", "are") };
            findings
                .add(
                    text.spot.within(first),
                    format!("{count} {lines} of the policy {are} filled in by a template"),
                )
                .label("what this becomes is unknown")
                .help("only the lines without a template's expressions are looked at");
        }
    }
}
