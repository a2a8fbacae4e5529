use super::prelude::*;

rule!(DuplicateSourceName, "duplicate-source-name", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let sources = &app.application.sources;
        if !app.application.annotations.iter().any(|(key, _)| Key::parse(key).is_some()) {
            continue;
        }
        for (index, source) in sources.iter().enumerate() {
            let Some(name) = source.name else { continue };
            let first = sources[..index].iter().find(|other| other.name == Some(name));
            let (Some(first), Some(spot)) = (first, app.source(source, &["name"])) else {
                continue;
            };
            let finding = findings.add(
                spot.value(),
                format!("two sources of {} are called `{name}`", app.title()),
            );
            finding.label("Octopus refuses the whole Application").help("give each source a name of its own");
            if let Some(first) = app.source(first, &["name"]) {
                finding.related(first.value(), "the first one");
            }
        }
    }
}
