use super::prelude::*;

rule!(SecondConfigmap, "second-configmap", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for (second, first) in &site.seconds {
        let name = second.which.name();
        findings
            .add(
                Spot::of_name(&second.object).value(),
                format!("a second {name} for the same Argo CD"),
            )
            .label("what is applied last replaces the other")
            .related(Spot::of_name(first).value(), "the first one")
            .help("put both into one; to lint several Argo CDs at once, keep them in directories of their own");
    }
}
