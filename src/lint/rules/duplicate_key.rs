use super::prelude::*;

rule!(DuplicateKey, "duplicate-key", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    // What is in a generator is in the kustomization around it.
    let is_around = |object: &&Object<'_>| !matches!(object.shape, DataShape::Literals(_));
    for object in site.relevant.iter().filter(is_around) {
        let span = object.node.span();
        let inside = object.in_document().duplicates().iter();
        for double in inside.filter(|double| span.contains(&double.second)) {
            let key = &double.key;
            let finding = findings.add(
                Place::of_key(object, double.second),
                format!("duplicate key `{key}`"),
            );
            finding
                .label("kubectl takes this one")
                .related(Place::of_key(object, double.first), "kustomize refuses the file, kubectl drops this")
                .help("put both into one, or remove one");
        }
    }
}
