use super::prelude::*;

rule!(UnnamedOctopusSource, "unnamed-octopus-source", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let sources = &app.application.sources;
        if sources.len() < 2 {
            continue;
        }
        let fields = AnnotationField::SCOPE.into_iter().chain([AnnotationField::ImagePaths]);
        for spot in fields.filter_map(|field| app.annotation(&field.key(None))) {
            let finding = findings.add(
                spot.key(),
                format!(
                    "{} has {} sources, and this key does not say which one it is for",
                    app.title(),
                    sources.len()
                ),
            );
            finding.label("ignored");
            let named: Vec<&str> = sources.iter().filter_map(|source| source.name).collect();
            match named.as_slice() {
                [] => finding.help("give the source that is updated a `name`, and end the key in it: apps annotate --name-sources does both"),
                several => finding.help(format!("end the key in a dot and a source's name: {}", several.join(", "))),
            };
        }
    }
}
