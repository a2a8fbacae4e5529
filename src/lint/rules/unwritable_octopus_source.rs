use super::prelude::*;

rule!(UnwritableOctopusSource, "unwritable-octopus-source", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for mapping in mappings(&app.application) {
            let MappingVerdict::Unwritable(why) = mapping.verdict else {
                continue;
            };
            let source = &app.application.sources[mapping.source];
            let field = match why {
                Unwritable::ChartRepository => "chart",
                Unwritable::OciRegistry | Unwritable::Hydrator => "repoURL",
                Unwritable::Commit | Unwritable::Tag => "targetRevision",
            };
            let Some(spot) = app.source(source, &[field]) else {
                continue;
            };
            let finding = findings.add(
                spot.value(),
                format!("Octopus cannot update source {} of {}: {why}", source.label(), app.title()),
            );
            finding.label("the deployment fails here");
            match why {
                Unwritable::ChartRepository | Unwritable::OciRegistry => {
                    finding.help("keep the values in a Git source with `ref`, and annotate that one");
                }
                Unwritable::Commit | Unwritable::Tag => {
                    finding.help("Octopus takes it for a branch and cannot push to it: name a branch");
                }
                Unwritable::Hydrator => {
                    finding.help("annotations work with `source` and `sources`");
                }
            }
        }
    }
}
