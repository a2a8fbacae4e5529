use super::prelude::*;

rule!(NotAString, "not-a-string", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for settings in instance.settings() {
            // The chart makes texts of what is below `configs.cm`, not of `configs.rbac`.
            if settings.form == SettingsForm::Helm && settings.which == Which::Cm {
                continue;
            }
            check_mapping(settings, findings);
            for setting in &settings.all {
                check_setting(settings, setting, findings);
            }
        }
    }
    for app in applications(site) {
        for (key, _) in &app.application.annotations {
            check_annotation(&app, key, findings);
        }
    }
}

/// An annotation of Octopus's. Argo CD gets none of an Application whose annotations are not all
/// strings.
fn check_annotation(app: &App<'_>, key: &str, findings: &mut Findings<'_>) {
    let (Some(spot), true) = (app.annotation(key), annotation::is_octopus(key)) else {
        return;
    };
    let Some(value) = spot.resolved().and_then(Node::as_scalar) else {
        return;
    };
    let what = match value.scalar_type() {
        // Without a value: another rule.
        ScalarType::String | ScalarType::Null => return,
        ScalarType::Bool => "a boolean",
        ScalarType::Number => "a number",
    };
    let text = value.value();
    findings
        .add(spot.value(), format!("the value of `{key}` is {what}, and must be a string"))
        .label("not in quotes")
        .help("the API server refuses the object")
        .safe(format!("write \"{text}\""), vec![spot.set(text)]);
}

/// The settings as a whole, where they are no mapping of keys to texts.
fn check_mapping(settings: &Settings<'_>, findings: &mut Findings<'_>) {
    let path: &[&str] = match (settings.form, settings.which) {
        (SettingsForm::ConfigMap, _) => &["data"],
        (SettingsForm::Operator, Which::Cm) => &["spec", "extraConfig"],
        (SettingsForm::Operator, Which::RbacCm) => &["spec", "rbac"],
        // Values that are no mapping are not taken for the chart's.
        (SettingsForm::Helm, _) => return,
    };
    let Some(node) = settings.object.find(path) else {
        return;
    };
    if let (true, Some(spot)) = (
        node.entries().is_none() && !node.is_null(),
        Spot::of_path(&settings.object, path),
    ) {
        findings
            .add(
                spot.value(),
                format!("`{}` is not a mapping of keys to strings", path.join(".")),
            )
            .label("the API server refuses the object");
    }
}

fn check_setting(settings: &Settings<'_>, setting: &Setting<'_>, findings: &mut Findings<'_>) {
    let Some(node) = setting.spot.resolved() else {
        return;
    };
    let what = match setting.scalar_type() {
        Some(ScalarType::String) => return,
        // In a patch, null takes the key away.
        Some(ScalarType::Null) if settings.partial => return,
        Some(ScalarType::Null) => "null",
        Some(ScalarType::Bool) => "a boolean",
        Some(ScalarType::Number) => "a number",
        None if node.items().is_some() => "a list",
        None => "a mapping",
    };
    let finding = findings.add(
        setting.spot.value(),
        format!(
            "the value of `{}` is {what}, and must be a string",
            setting.key
        ),
    );
    finding.label("not in quotes").help(match settings.form {
        SettingsForm::ConfigMap => {
            "the API server refuses the object; `kubectl kustomize` and `kubectl patch --local` do not notice"
        }
        SettingsForm::Helm => "the chart passes it on as it is, and the API server refuses the object",
        SettingsForm::Operator => "the API server refuses the resource",
    });
    if let (Some(text), Some(kind)) = (setting.text(), setting.scalar_type()) {
        let text = match (kind, parse_bool(text), meant_bool(text)) {
            (ScalarType::Bool, None, Some(meant)) => meant.to_string(),
            _ => text.to_owned(),
        };
        finding.safe(format!("write \"{text}\""), vec![setting.spot.set(text)]);
    }
}
