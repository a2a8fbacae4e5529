use super::prelude::*;

rule!(RepositoryOutsideProject, "repository-outside-project", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let mut projects: HashMap<&str, &Object<'_>> = HashMap::new();
    for object in site.relevant.iter().filter(|object| object.kind() == "AppProject") {
        projects.entry(object.name()).or_insert(object);
    }
    for app in applications(site) {
        let project = app.application.project;
        let Some(object) = projects.get(project).copied() else {
            continue;
        };
        let repos = object.find(&["spec", "sourceRepos"]).and_then(Node::items);
        let repos: Vec<&str> = repos.unwrap_or_default().iter().filter_map(Node::as_str).collect();
        if repos.iter().any(|repo| is_templated(repo)) {
            continue;
        }
        for mapping in mappings(&app.application) {
            let source = &app.application.sources[mapping.source];
            let Some(spot) = app.source(source, &["repoURL"]) else {
                continue;
            };
            if mapping.scope.is_empty() || is_templated(source.repo_url) || repository::is_permitted(&repos, source.repo_url) {
                continue;
            }
            let finding = findings.add(
                spot.value(),
                format!("the AppProject {project} does not permit this repository"),
            );
            finding.label("Argo CD refuses the source").help("what Octopus commits there is never synced: add it to `sourceRepos`");
            if let Some(place) = Spot::of_path(object, &["spec", "sourceRepos"]) {
                finding.related(place.key(), "what the project permits");
            }
        }
    }
}
