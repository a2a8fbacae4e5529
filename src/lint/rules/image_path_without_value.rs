use super::prelude::*;

rule!(ImagePathWithoutValue, "image-path-without-value", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for paths in images::image_paths(&app.application) {
            let Some(spot) = app.annotation(paths.key) else {
                continue;
            };
            let files = values_files(site, &app.application, paths);
            for template in images::templates(paths.value) {
                let range = template.start..template.start + template.text.len();
                if template.values.is_empty() && !is_templated(template.text) {
                    findings
                        .add(
                            spot.within(range),
                            format!("`{}` is not a template of an image's name", template.text),
                        )
                        .label("matches no image")
                        .help("write the whole name with the values in it: docker.io/{{ .Values.image.repository }}:{{ .Values.image.tag }}");
                    continue;
                }
                for path in &template.values {
                    let missing = !files.is_empty()
                        && !files.iter().any(|(_, document)| images::has_value(document, path));
                    if !missing {
                        continue;
                    }
                    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
                    findings
                        .add(
                            spot.within(range.clone()),
                            format!("`.Values.{}` has no value in {}", path.join("."), names.join(", ")),
                        )
                        .label("updates no image");
                }
            }
        }
    }
}

/// The values files that an annotation is about, where all of them were read.
fn values_files<'a>(
    site: &Site<'a>,
    application: &Application<'a>,
    paths: images::ImagePaths<'a>,
) -> Vec<(&'a str, &'a Document)> {
    let mut found = Vec::new();
    for (source, mut files) in images::sources_of(application, paths) {
        if files.is_empty() {
            files.push("values.yaml");
        }
        for file in files {
            let path = match images::reference_of(file) {
                Some(reference) => file[reference.len() + 1..].trim_start_matches('/').to_owned(),
                None => repository::directory(Some(&format!("{}/{file}", source.path.unwrap_or_default()))),
            };
            let is_it = |name: &str| name == path || name.ends_with(&format!("/{path}"));
            let mut read = site.files.iter().filter_map(|file| match &file.content {
                Content::Documents(stream) => Some(stream),
                Content::Policy(_) => None,
            });
            let mut of_path = read.by_ref().filter(|stream| is_it(stream.source().name()));
            let (Some(stream), None) = (of_path.next(), of_path.next()) else {
                return Vec::new();
            };
            let [document] = stream.documents() else {
                return Vec::new();
            };
            found.push((stream.source().name(), document));
        }
    }
    found
}
