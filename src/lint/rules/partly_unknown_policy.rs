use super::prelude::*;

rule!(PartlyUnknownPolicy, "partly-unknown-policy", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for text in policy.texts.iter().filter(|text| !text.is_live) {
            let mut lines = text.lines().iter().filter(|line| is_template_line(line.text));
            let Some(first) = lines.next() else {
                continue;
            };
            let count = 1 + lines.count();
            let (lines, are) = if count == 1 { ("line", "is") } else { ("lines", "are") };
            let end = first.offset + first.text.len();
            findings
                .add(
                    text.spot.within(first.offset..end),
                    format!("{count} {lines} of the policy {are} filled in by a template"),
                )
                .label("what this becomes is unknown")
                .help("only the lines without a template's expressions are looked at");
        }
    }
}
