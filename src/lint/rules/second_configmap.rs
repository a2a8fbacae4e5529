use super::prelude::*;

rule!(SecondConfigmap, "second-configmap", Error);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (second, first) in &subject.seconds {
        let name = second.which.name();
        findings
            .add(
                subject.name_of(&second.object).value(),
                format!("a second {name} for the same Argo CD"),
            )
            .label("what is applied last replaces the other")
            .related(subject.name_of(first).value(), "the first one")
            .help("put both into one; to lint several Argo CDs at once, keep them in directories of their own");
    }
}
