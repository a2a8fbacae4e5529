use super::prelude::*;

rule!(MissingPartOfLabel, "missing-part-of-label", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        // argocd-rbac-cm is read by its name, and needs no label.
        for settings in instance.settings().filter(|one| one.which == Which::Cm) {
            let object = &settings.object;
            let found = object.label(PART_OF);
            if settings.form != SettingsForm::ConfigMap || !object.from_server() || found == Some("argocd") {
                continue;
            }
            let target = FixTarget {
                file: object.file,
                document: Some(object.document),
                route: object.route_to(&["metadata", "labels", PART_OF]),
            };
            let text = "argocd".to_owned();
            findings
                .add(
                    Spot::of_name(object).value(),
                    format!("Argo CD does not find this {}", settings.which),
                )
                .label(format!("does not have the label `{PART_OF}: argocd`"))
                .help("it finds argocd-cm by that label, and behaves as though it were empty; argocd-rbac-cm needs none")
                .risky("add the label", vec![FixEdit::Set { target, text }]);
        }
    }
}
