use super::prelude::*;

rule!(DuplicateKey, "duplicate-key", Error);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for object in &subject.relevant {
        let span = object.node.span();
        let inside = object.parsed.duplicates().iter();
        for double in inside.filter(|double| span.contains(&double.second)) {
            let key = &double.key;
            let finding = findings.add(
                Subject::key_at(object, double.second),
                format!("the key `{key}` stands here twice"),
            );
            finding
                .label("kubectl takes this one")
                .related(Subject::key_at(object, double.first), "kustomize refuses the file, kubectl drops this")
                .help("put both into one, or take one out");
        }
    }
}
