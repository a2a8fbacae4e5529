use super::prelude::*;

rule!(PlainKeysOnNamedSource, "plain-keys-on-named-source", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let [source] = app.application.sources.as_slice() else {
            continue;
        };
        let Some(name) = source.name else { continue };
        for field in AnnotationField::SCOPE.into_iter().chain([AnnotationField::ImagePaths]) {
            let Some(spot) = app.annotation(&field.key(None)) else {
                continue;
            };
            let meant = field.key(Some(name));
            let finding = findings.add(
                spot.key(),
                format!("the source is called `{name}`, and this key is for a source without a name"),
            );
            finding.label("ignored");
            match (app.application.annotation(&field.key(None)), app.annotation(&meant)) {
                (Some(value), None) => {
                    let set = FixEdit::Set {
                        target: spot.sibling(&meant),
                        text: value.to_owned(),
                    };
                    finding.risky(format!("call it `{meant}`"), vec![spot.remove(), set]);
                }
                _ => {
                    finding.help(format!("`{meant}` is there too, and counts"));
                }
            }
        }
    }
}
