//! The templates that are built into the binary: one for each thing that is emitted.

/// Name and text of every built-in template.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    (
        "appproject-role.yaml.j2",
        include_str!("../../templates/appproject-role.yaml.j2"),
    ),
    (
        "argocd-cm.data.yaml.j2",
        include_str!("../../templates/argocd-cm.data.yaml.j2"),
    ),
    (
        "argocd-rbac-cm.data.yaml.j2",
        include_str!("../../templates/argocd-rbac-cm.data.yaml.j2"),
    ),
    (
        "argocd.patch.yaml.j2",
        include_str!("../../templates/argocd.patch.yaml.j2"),
    ),
    (
        "fleet-applicationset.yaml.j2",
        include_str!("../../templates/fleet-applicationset.yaml.j2"),
    ),
    (
        "fleet-configmap.yaml.j2",
        include_str!("../../templates/fleet-configmap.yaml.j2"),
    ),
    (
        "fleet-instance.yaml.j2",
        include_str!("../../templates/fleet-instance.yaml.j2"),
    ),
    (
        "fleet-kustomization.yaml.j2",
        include_str!("../../templates/fleet-kustomization.yaml.j2"),
    ),
    (
        "gateway-application.yaml.j2",
        include_str!("../../templates/gateway-application.yaml.j2"),
    ),
    (
        "gateway-command.sh.j2",
        include_str!("../../templates/gateway-command.sh.j2"),
    ),
    (
        "gateway-values.yaml.j2",
        include_str!("../../templates/gateway-values.yaml.j2"),
    ),
    (
        "helm-values.yaml.j2",
        include_str!("../../templates/helm-values.yaml.j2"),
    ),
    (
        "kustomization.yaml.j2",
        include_str!("../../templates/kustomization.yaml.j2"),
    ),
    (
        "kustomize-patch.yaml.j2",
        include_str!("../../templates/kustomize-patch.yaml.j2"),
    ),
    (
        "manifest.yaml.j2",
        include_str!("../../templates/manifest.yaml.j2"),
    ),
    (
        "patch.yaml.j2",
        include_str!("../../templates/patch.yaml.j2"),
    ),
    (
        "policy.csv.j2",
        include_str!("../../templates/policy.csv.j2"),
    ),
    (
        "secret.yaml.j2",
        include_str!("../../templates/secret.yaml.j2"),
    ),
];

/// The names of the built-in templates, which `--template-dir` can override.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}
