use super::prelude::*;

rule!(UnknownOctopusAnnotation, "unknown-octopus-annotation", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for (key, value) in &app.application.annotations {
            let Some(spot) = app.annotation(key) else { continue };
            if Key::parse(key).is_some() || !annotation::is_octopus(key) {
                continue;
            }
            let finding = findings.add(
                spot.key(),
                format!("Octopus does not read the annotation `{key}`"),
            );
            finding.label("ignored");
            match annotation::meant(key) {
                Some(meant) if app.application.annotation(&meant).is_none() => {
                    let set = FixEdit::Set {
                        target: spot.sibling(&meant),
                        text: (*value).to_owned(),
                    };
                    finding.risky(format!("call it `{meant}`"), vec![spot.remove(), set]);
                }
                Some(meant) => {
                    finding.help(format!("did you mean `{meant}`? It is there too, and counts"));
                }
                None => {
                    finding.help(format!("its keys begin with {}: project, environment, tenant, image-replace-paths", annotation::PREFIX));
                }
            }
        }
        for (key, _) in &app.application.labels {
            if let (true, Some(spot)) = (Key::parse(key).is_some(), app.label(key)) {
                findings
                    .add(spot.key(), format!("`{key}` is a label, and Octopus reads annotations"))
                    .label("ignored")
                    .help("move it from `labels` to `annotations`");
            }
        }
    }
}
