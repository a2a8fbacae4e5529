use super::prelude::*;

rule!(OctopusValueNotASlug, "octopus-value-not-a-slug", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for (key, value) in &app.application.annotations {
            let Some(Key { field, .. }) = Key::parse(key) else {
                continue;
            };
            let trimmed = value.trim();
            let is_fine = trimmed.is_empty() || is_slug(trimmed) || is_templated(value);
            let Some(spot) = app.annotation(key) else { continue };
            if !AnnotationField::SCOPE.contains(&field) || is_fine {
                continue;
            }
            let finding = findings.add(spot.value(), format!("`{trimmed}` is not a slug"));
            finding.label(format!("the {field}'s slug, not its name"));
            if let Some(slug) = slug_of(trimmed) {
                finding.risky(format!("make it `{slug}`, which Octopus makes of such a name"), vec![spot.set(slug)]);
            }
        }
    }
}
