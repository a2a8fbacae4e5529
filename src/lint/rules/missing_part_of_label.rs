use super::prelude::*;

rule!(MissingPartOfLabel, "missing-part-of-label", Error);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for instance in &subject.instances {
        for settings in instance.settings() {
            let object = &settings.object;
            let found = object.label(PART_OF);
            if settings.form != Form::ConfigMap || !object.is_from_server() || found == Some("argocd") {
                continue;
            }
            let target = Target {
                file: object.file,
                document: Some(object.document),
                route: object.route_to(&["metadata", "labels", PART_OF]),
            };
            let text = "argocd".to_owned();
            findings
                .add(
                    subject.name_of(object).value(),
                    format!("Argo CD does not find this {}", settings.which),
                )
                .label(format!("has not the label `{PART_OF}: argocd`"))
                .help("it reads its two ConfigMaps through that label, and behaves as though they were empty")
                .risky("add the label", vec![Change::Set { target, text }]);
        }
    }
}
