use super::prelude::*;

rule!(UnreadableApplication, "unreadable-application", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let apps = applications(site);
    // Whose Applications they are is known only where there is one Argo CD.
    let [instance] = site.instances.as_slice() else {
        return;
    };
    if apps.is_empty() || !instance.knows_policy() {
        return;
    }
    let Some(enforcer) = instance.policy.enforcer() else {
        return;
    };
    for account in integrations(site, instance) {
        for app in &apps {
            let application = &app.application;
            let object = application.rbac_object(&instance.namespace);
            let is_updated = mappings(application).iter().any(|one| one.verdict.is_updated());
            let request = Request::new(&account, "applications", "get", &object);
            if !is_updated || is_templated(&object) || enforcer.decide(&request).allowed() {
                continue;
            }
            if let Some(spot) = app.name() {
                findings
                    .add(spot.value(), format!("{account} may not get {object}, so Octopus does not see it"))
                    .label("the annotation has no effect")
                    .help(format!("a rule for it: p, {account}, applications, get, {}/*, allow", application.project));
            }
        }
    }
}
