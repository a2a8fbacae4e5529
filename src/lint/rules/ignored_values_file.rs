use super::prelude::*;

rule!(IgnoredValuesFile, "ignored-values-file", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let aliases = images::aliases(&app.application);
        // Only who uses aliases leaves the files out that have none.
        if aliases.is_empty() {
            continue;
        }
        let paths = images::image_paths(&app.application);
        let has_paths = |name: Option<&str>| name.is_some() && paths.iter().any(|one| one.suffix == name);
        for source in app.application.sources.iter().filter(|source| source.value_files.len() > 1) {
            if has_paths(source.name) {
                continue;
            }
            for file in &source.value_files {
                let is_named = aliases.iter().any(|alias| images::is_file(source, file, alias.value))
                    || has_paths(images::reference_of(file));
                let list = app.source(source, &["helm"]).and_then(|spot| value_file(spot, file));
                if let (false, Some(spot)) = (is_named, list) {
                    findings
                        .add(spot.value(), format!("the values file `{file}` has no alias"))
                        .label("its images are not updated")
                        .help(format!("give it one: {}", AnnotationField::ImageAlias.key(Some("NAME"))));
                }
            }
        }
    }
}

/// The entry of `valueFiles`.
fn value_file<'a>(mut helm: Spot<'a>, file: &str) -> Option<Spot<'a>> {
    let list = helm.resolved()?.get("valueFiles")?;
    let mut items = list.items()?.iter().enumerate();
    let (index, node) = items.find(|(_, item)| item.as_str() == Some(file))?;
    helm.route.extend([Step::key("valueFiles"), Step::Index(index)]);
    (helm.key, helm.node) = (None, Some(node));
    Some(helm)
}
