use super::prelude::*;

rule!(IncompleteOctopusScope, "incomplete-octopus-scope", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for mapping in mappings(&app.application) {
            let MappingVerdict::Missing(missing) = mapping.verdict else {
                continue;
            };
            let source = &app.application.sources[mapping.source];
            let key = missing.key(source.name);
            if let Some(empty) = app.annotation(&key) {
                findings
                    .add(empty.value(), format!("the annotation for the {missing} has no value"))
                    .label("counts as missing");
                continue;
            }
            let there = AnnotationField::SCOPE.iter().find_map(|field| app.annotation(&field.key(source.name)));
            let Some(there) = there else { continue };
            findings
                .add(
                    there.key(),
                    format!("Octopus needs project and environment, and the {missing} is missing"),
                )
                .label("updates nothing alone")
                .help(format!("add `{key}` with the {missing}'s slug"));
        }
    }
}
