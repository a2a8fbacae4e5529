use super::prelude::*;

rule!(InvalidPolicyLine, "invalid-policy-line", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        // Asked once of a text, and not of each of its lines.
        let folded: Vec<_> = instance.policy.texts.iter().filter(|text| is_folded(text)).collect();
        for at in instance.policy.lines() {
            let Line::Invalid(error) = at.says else {
                continue;
            };
            // That has a rule of its own, and these lines are not the ones that were written.
            if at.text.is_template(at.line) || folded.iter().any(|text| std::ptr::eq(*text, at.text)) {
                continue;
            }
            let finding = findings.add(at.place(), reason(&error.to_string()));
            finding.help(error.hint());
            if at.text.project_role.is_some() {
                finding.help("Argo CD drops the policy of the whole AppProject");
            } else {
                finding.help("no line of the policy loads: every call that needs a decision fails, the administrator's too");
            }
        }
    }
}

/// The error without the line itself, which the frame shows.
fn reason(error: &str) -> String {
    error.split(": ").next().unwrap_or(error).to_owned()
}
