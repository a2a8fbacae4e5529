use super::prelude::*;

rule!(UnknownProject, "unknown-project", Note);

/// Resources whose objects begin with a project.
const SCOPED: &[&str] = &["applications", "applicationsets", "logs", "exec"];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| !one.projects.is_empty()) {
        let policy = &instance.policy;
        // Every Argo CD has the project `default`.
        let names = || instance.projects.iter().map(AppProject::name).chain(["default"]);
        let known: HashSet<&str> = names().collect();
        let mut told = HashSet::new();
        for at in policy.rules().filter(|_| policy.mode == MatchMode::Glob) {
            let object = &at.says.object;
            let Some((project, _)) = object.text.split_once('/') else {
                continue;
            };
            let is_name = pattern::is_plain(project) && !project.contains('*') && !is_placeholder(&object.text);
            if !is_name || project.is_empty() || known.contains(project) || !told.insert(project.to_owned()) {
                continue;
            }
            let resources = vocabulary::resources(policy, &at.says.resource.text);
            if resources.is_empty() || !resources.iter().all(|one| SCOPED.contains(one)) {
                continue;
            }
            let finding = findings.add(
                at.field(object),
                format!("no AppProject of the input is called `{project}`"),
            );
            finding.label("matches nothing, if these are all");
            match spelling::meant(project, names()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("an object begins with its project, not with an application or a namespace"),
            };
        }
    }
}
