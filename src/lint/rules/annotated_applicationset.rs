use super::prelude::*;

rule!(AnnotatedApplicationset, "annotated-applicationset", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        for (key, value) in &app.application.outer_annotations {
            let (Some(_), Some(spot)) = (Key::parse(key), app.outer_annotation(key)) else {
                continue;
            };
            let finding = findings.add(
                spot.key(),
                format!("`{key}` annotates the ApplicationSet, and its Applications do not get it"),
            );
            finding.label("ignored");
            if app.application.annotation(key).is_some() {
                finding.help("`spec.template.metadata.annotations` has it too, and counts");
            } else {
                let mut target = spot.target();
                target.route.truncate(app.object.route.len());
                let path = ["spec", "template", "metadata", "annotations", key];
                target.route.extend(path.map(Step::key));
                let set = FixEdit::Set {
                    target,
                    text: (*value).to_owned(),
                };
                finding.risky("move it to `spec.template.metadata.annotations`", vec![spot.remove(), set]);
            }
        }
    }
}
