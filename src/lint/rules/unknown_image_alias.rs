use super::prelude::*;

rule!(UnknownImageAlias, "unknown-image-alias", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let application = &app.application;
        let aliases = images::aliases(application);
        let paths = images::image_paths(application);
        for one in &paths {
            let (Some(suffix), Some(spot)) = (one.suffix, app.annotation(one.key)) else {
                continue;
            };
            let named = application.sources.iter().find(|source| source.name == Some(suffix));
            let is_reference = application.sources.iter().any(|source| source.reference == Some(suffix));
            let is_alias = aliases.iter().any(|alias| alias.suffix == Some(suffix));
            match named {
                Some(source) if source.is_reference() && !is_alias => {
                    findings
                        .add(spot.key(), format!("`{suffix}` only provides its files: the paths belong to the chart's source"))
                        .label("ignored")
                        .help("end the key in the name of the Helm source that uses the values");
                }
                Some(_) => {}
                None if is_reference || is_alias => {}
                None => {
                    findings
                        .add(spot.key(), format!("`{suffix}` is neither a source's name nor a `ref` nor an alias"))
                        .label("ignored")
                        .help(format!("{} gives a values file that alias", AnnotationField::ImageAlias.key(Some(suffix))));
                }
            }
        }
        for alias in &aliases {
            let (Some(suffix), Some(spot)) = (alias.suffix, app.annotation(alias.key)) else {
                continue;
            };
            let mut files = application.sources.iter().flat_map(|source| {
                source.value_files.iter().map(move |file| (source, *file))
            });
            if !files.any(|(source, file)| images::is_file(source, file, alias.value)) {
                findings
                    .add(spot.value(), format!("no source has the values file `{}`", alias.value))
                    .label("no entry of valueFiles")
                    .help("write it as in valueFiles, or as repository/revision/path/file");
            } else if !paths.iter().any(|one| one.suffix == Some(suffix)) {
                findings
                    .add(spot.key(), format!("the alias `{suffix}` is used by no annotation"))
                    .label("updates nothing alone")
                    .help(format!("add {} with the images of that file", AnnotationField::ImagePaths.key(Some(suffix))));
            }
        }
    }
}
