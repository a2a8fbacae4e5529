use super::prelude::*;

rule!(SharedOctopusTarget, "shared-octopus-target", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let apps = applications(site);
    let mut seen: HashMap<[String; 6], Vec<(usize, usize)>> = HashMap::new();
    for (at, app) in apps.iter().enumerate() {
        for mapping in mappings(&app.application) {
            let source = &app.application.sources[mapping.source];
            let scope = mapping.scope;
            let value = |value: Option<&str>| value.unwrap_or_default().to_lowercase();
            let target = [
                repository::normalized(source.repo_url),
                repository::directory(source.path),
                source.revision.unwrap_or("HEAD").to_owned(),
                value(scope.project),
                value(scope.environment),
                value(scope.tenant),
            ];
            let is_known = !target.iter().any(|part| is_templated(part));
            if !mapping.verdict.is_updated() || !is_known {
                continue;
            }
            let others = seen.entry(target).or_default();
            // Charts that use different values files of one directory do not get in each other's way.
            let same = others.iter().find(|(other, index)| {
                let other = &apps[*other].application.sources[*index];
                let apart = !other.value_files.is_empty()
                    && !source.value_files.is_empty()
                    && !source.value_files.iter().any(|file| other.value_files.contains(file));
                !apart && !other.is_reference()
            });
            if let (Some((first, index)), Some(spot)) = (same, app.source(source, &["path", "repoURL"])) {
                let first = &apps[*first];
                let finding = findings.add(
                    spot.value(),
                    format!(
                        "{} and {} have the same files, and a deployment of {} to {} writes them for both",
                        first.title(),
                        app.title(),
                        scope.project.unwrap_or_default(),
                        scope.environment.unwrap_or_default(),
                    ),
                );
                finding.label("written twice").help("give each environment a directory of its own, or annotate only one of them");
                let other = &first.application.sources[*index];
                if let Some(place) = first.source(other, &["path", "repoURL"]) {
                    finding.related(place.value(), "the same files");
                }
            }
            others.push((at, mapping.source));
        }
    }
}
