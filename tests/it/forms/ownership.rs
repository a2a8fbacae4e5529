//! Who owns the objects: warnings where a change would be taken back, and `--form auto`.

use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

/// Both ConfigMaps of a server, with more of `metadata`.
fn live(metadata: &str) -> String {
    let object = |name: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: cd\n  resourceVersion: \"1\"\n{metadata}data:\n  a: b\n"
        )
    };
    format!("{}---\n{}", object("argocd-cm"), object("argocd-rbac-cm"))
}

fn stderr(line: &str, input: &str) -> String {
    Sandbox::new().command(line).stdin(input).run().stderr
}

#[test]
fn each_owner_and_the_form_that_stays() {
    let owners = [
        (
            "  labels: {app.kubernetes.io/managed-by: Helm, helm.sh/chart: argo-cd-10.1.1}\n  annotations: {meta.helm.sh/release-name: argocd}\n",
            "the Helm release argocd (argo-cd-10.1.1)",
            "--form helm",
        ),
        (
            "  ownerReferences:\n  - {apiVersion: argoproj.io/v1beta1, kind: ArgoCD, name: cd}\n",
            "argocd-operator (ArgoCD cd)",
            "--form operator",
        ),
        (
            "  annotations: {argocd.argoproj.io/tracking-id: 'boot:/ConfigMap:cd/argocd-cm'}\n",
            "the Argo CD application boot",
            "--form kustomize",
        ),
        (
            "  labels: {app.kubernetes.io/instance: boot}\n",
            "the Argo CD application boot",
            "--form kustomize",
        ),
        (
            "  labels: {kustomize.toolkit.fluxcd.io/name: infra}\n",
            "the Flux Kustomization infra",
            "--form kustomize",
        ),
        (
            "  labels: {helm.toolkit.fluxcd.io/name: argocd}\n",
            "the Flux HelmRelease argocd",
            "--form helm",
        ),
    ];
    for (metadata, owner, form) in owners {
        for line in [
            "render -f -",
            "diff -f -",
            "render -f - --form patch --only argocd-cm",
        ] {
            let said = stderr(line, &live(metadata));
            let warning = said.lines().find(|line| line.contains("belongs to"));
            let warning = warning.unwrap_or_else(|| panic!("{line}: {said}"));
            assert!(
                warning.starts_with("warning: argocd-cm")
                    && warning.contains(owner)
                    && warning.contains(form),
                "{warning}"
            );
        }
        let auto = Sandbox::new()
            .command("render -f - --form auto --only argocd-cm")
            .stdin(live(metadata))
            .run();
        assert_eq!(auto.code, 0, "{}", auto.stderr);
        assert!(
            auto.stderr
                .contains(&format!("note: {form}, because of the owner")),
            "{}",
            auto.stderr
        );
        assert!(!auto.stderr.contains("belongs to"), "{}", auto.stderr);
        let shape = match form {
            "--form helm" => "configs:\n  cm:\n    accounts.octopus: apiKey\n",
            "--form operator" => {
                "metadata:\n  name: cd\nspec:\n  extraConfig:\n    accounts.octopus: apiKey\n"
            }
            _ => "kind: Component\n",
        };
        assert!(auto.stdout.contains(shape), "{}", auto.stdout);
    }
}

#[test]
fn files_in_git_are_where_the_change_belongs() {
    let file = live("  labels: {app.kubernetes.io/instance: boot}\n")
        .replace("  resourceVersion: \"1\"\n", "");
    let said = stderr("render -f -", &file);
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn the_operator_leaves_our_own_key_alone_and_takes_back_policy_csv() {
    let owned = live("  ownerReferences:\n  - {kind: ArgoCD, name: cd}\n");
    let said = stderr("render -f - --only argocd-rbac-cm", &owned);
    assert!(!said.contains("belongs to"), "{said}");
    let said = stderr(
        "render -f - --only argocd-rbac-cm --policy-key policy.csv",
        &owned,
    );
    assert!(said.contains("which writes policy.csv again"), "{said}");
}

#[test]
fn what_the_next_upgrade_does_is_said_for_each_way() {
    let owned = live(
        "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"resource.exclusions\":\"\"}}'\n",
    );
    assert_data_eq!(
        stderr("render -f - --only argocd-cm", &owned),
        str![[r#"
note: upgrades keep accounts.octopus, accounts.octopus.enabled, a after `kubectl replace` or `patch`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
next: … | kubectl octopus-argo render -f - --only argocd-cm | kubectl replace -f -

"#]]
    );
}

#[test]
fn keys_that_an_earlier_apply_made_prunable_are_named_with_the_command_that_mends_it() {
    let ours = live(
        "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"accounts.octopus\":\"apiKey\",\"dex.config\":\"\"}}'\n",
    );
    assert_data_eq!(
        stderr("render -f - --only argocd-cm", &ours),
        str![[r#"
warning: an earlier `kubectl apply` claims accounts.octopus, dex.config of argocd-cm
warning: the next client-side `kubectl apply` of manifests without them (an upgrade) deletes them
warning: `kubectl replace`, as below, prevents that; `kubectl patch` does not
note: upgrades keep accounts.octopus, accounts.octopus.enabled, a after `kubectl replace`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
next: … | kubectl octopus-argo render -f - --only argocd-cm | kubectl replace -f -

"#]]
    );
    let managed = live(
        "  managedFields:\n  - manager: kubectl-client-side-apply\n    operation: Update\n    fieldsV1:\n      f:data:\n        f:accounts.octopus: {}\n      f:metadata:\n        f:annotations:\n          f:kubectl.kubernetes.io/last-applied-configuration: {}\n",
    );
    let said = stderr("render -f - --only argocd-cm", &managed);
    let warnings: Vec<&str> = said.lines().take(3).collect();
    assert_eq!(
        warnings,
        [
            "warning: an earlier `kubectl apply` claims accounts.octopus of argocd-cm",
            "warning: the next `kubectl apply --server-side --force-conflicts` of manifests without them (an upgrade) deletes them",
            "warning: repair it, unless you apply a file that has them: … | kubectl octopus-argo render -f - --strip-resource-version | kubectl apply --server-side --force-conflicts --field-manager octopus-argo -f -",
        ]
    );
    // Without the annotation kubectl takes nothing over.
    let replaced = managed.replace(
        "          f:kubectl.kubernetes.io/last-applied-configuration: {}\n",
        "          f:other: {}\n",
    );
    let said = stderr("render -f - --only argocd-cm", &replaced);
    assert!(!said.contains("an earlier"), "{said}");
}

/// Argo CD's own argocd-rbac-cm has no `data`: kubectl deletes the map, whoever wrote what is in it.
#[test]
fn a_map_that_was_once_applied_goes_whole_at_the_next_apply() {
    let applied = live(
        "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"policy.csv\":\"\"}}'\n",
    );
    assert_data_eq!(
        stderr("render -f - --form patch --only argocd-rbac-cm", &applied),
        str![[r#"
warning: an earlier `kubectl apply` claims a, policy.octopus.csv of argocd-rbac-cm
warning: the next client-side `kubectl apply` of Argo CD's own manifest, which has no `data`, deletes them
warning: repair it, unless you apply a file that has them: … | kubectl octopus-argo render -f - --strip-resource-version | kubectl apply --server-side --force-conflicts --field-manager octopus-argo -f -
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: … | kubectl octopus-argo render -f - --form patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n cd --type merge --patch-file /dev/stdin

"#]]
    );
    assert_data_eq!(
        stderr("render -f - --only argocd-rbac-cm", &applied),
        str![[r#"
warning: an earlier `kubectl apply` claims a, policy.octopus.csv of argocd-rbac-cm
warning: the next client-side `kubectl apply` of Argo CD's own manifest, which has no `data`, deletes them
warning: `kubectl replace`, as below, prevents that; `kubectl patch` does not
note: upgrades keep policy.octopus.csv, a after `kubectl replace`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: … | kubectl octopus-argo render -f - --only argocd-rbac-cm | kubectl replace -f -

"#]]
    );
    // Installed server-side, the user's own key is at stake too.
    let installed = live("  managedFields:\n  - {manager: kubectl, operation: Apply}\n");
    let said = stderr("render -f - --only argocd-rbac-cm", &installed);
    assert!(
        said.contains("upgrades keep policy.octopus.csv, a after"),
        "{said}"
    );
}

#[test]
fn tools_with_a_source_of_their_own_are_named_with_what_they_do() {
    let terraform = |keys: &str| {
        live(&format!(
            "  managedFields:\n  - manager: Terraform\n    operation: Apply\n    fieldsV1:\n      f:data: {{{keys}}}\n"
        ))
    };
    let said = stderr("render -f - --only argocd-cm", &terraform("f:url: {}"));
    assert!(!said.contains("Terraform"), "{said}");
    let said = stderr(
        "render -f - --only argocd-cm",
        &terraform("f:accounts.octopus: {}"),
    );
    assert!(
        said.contains("warning: accounts.octopus of argocd-cm of namespace cd is written by Terraform, which reverts the change at its next apply; make the change in its configuration"),
        "{said}"
    );
    for (metadata, tool) in [
        (
            "  managedFields:\n  - {manager: HashiCorp, operation: Update}\n",
            "Terraform",
        ),
        (
            "  labels: {app.kubernetes.io/managed-by: terraform}\n",
            "Terraform",
        ),
        (
            "  annotations: {crossplane.io/external-name: x}\n",
            "Crossplane",
        ),
        (
            "  ownerReferences:\n  - {kind: ExternalSecret, name: x}\n",
            "External Secrets",
        ),
    ] {
        let said = stderr("render -f - --only argocd-cm", &live(metadata));
        let warning = format!("warning: argocd-cm of namespace cd is written by {tool}, which ");
        assert!(said.contains(&warning), "{said}");
        assert!(
            said.ends_with("next: make the change where the warning says, so that it lasts\n"),
            "{said}"
        );
    }
    let policy = live(
        "  managedFields:\n  - manager: argocd-rbac-operator\n    operation: Apply\n    fieldsV1:\n      f:data: {f:policy.team.dev.csv: {}}\n",
    );
    let said = stderr("render -f - --only argocd-rbac-cm", &policy);
    assert!(!said.contains("rbac-operator"), "{said}");
    let said = stderr(
        "render -f - --only argocd-rbac-cm --policy-key policy.team.dev.csv",
        &policy,
    );
    assert!(
        said.contains("is written by argocd-rbac-operator, which writes its keys again"),
        "{said}"
    );
}

#[test]
fn the_operator_reverts_the_account_within_minutes() {
    let owned = live("  ownerReferences:\n  - {kind: ArgoCD, name: cd}\n");
    assert_data_eq!(
        stderr("render -f - --only argocd-cm", &owned),
        str![[r#"
warning: argocd-cm of namespace cd belongs to argocd-operator (ArgoCD cd), which reverts the change within minutes; to make it last, use --form operator (the ArgoCD resource)
next: the form that stays: … | kubectl octopus-argo render -f - --only argocd-cm --form auto

"#]]
    );
}

/// Where one owner has a form that stays, that form is what to do next.
#[test]
fn a_form_that_stays_comes_before_another_tool() {
    let helm = live(
        "  labels: {app.kubernetes.io/managed-by: Helm, helm.sh/chart: argo-cd-10.1.1}\n  annotations: {meta.helm.sh/release-name: argocd}\n",
    );
    let terraform = live("  labels: {app.kubernetes.io/managed-by: terraform}\n");
    let (cm, _) = helm.split_once("---\n").unwrap();
    let (_, rbac) = terraform.split_once("---\n").unwrap();
    assert_data_eq!(
        stderr("render -f -", &format!("{cm}---\n{rbac}")),
        str![[r#"
warning: argocd-cm of namespace cd belongs to the Helm release argocd (argo-cd-10.1.1), whose upgrade keeps unknown keys, and whose rollback or --force does not; to make it last, use --form helm (values of the chart)
warning: argocd-rbac-cm of namespace cd is written by Terraform, which reverts the change at its next apply; make the change in its configuration, or kubernetes_config_map_v1_data with only these keys
note: upgrades keep policy.octopus.csv, a after `kubectl replace` or `patch`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: the form that stays: … | kubectl octopus-argo render -f - --form auto

"#]]
    );
}

/// Neither keys that Argo CD's own manifests bring are at stake, nor those that the change removes.
#[test]
fn keys_that_upgrades_keep_are_those_that_are_left() {
    let text = live("").replace("  a: b\n", "  a: b\n  resource.exclusions: x\n");
    assert_data_eq!(
        stderr("render -f - --only argocd-cm", &text),
        str![[r#"
note: upgrades keep accounts.octopus, accounts.octopus.enabled, a after `kubectl replace` or `patch`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
next: … | kubectl octopus-argo render -f - --only argocd-cm | kubectl replace -f -

"#]]
    );
    let applied = live(
        "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"policy.csv\":\"\"}}'\n",
    );
    let text = applied.replace("  a: b\n", "  a: b\n  policy.octopus.csv: ''\n");
    assert_data_eq!(
        stderr("render -f - --only argocd-rbac-cm --absent", &text),
        str![[r#"
note: an earlier `kubectl apply` claims a of argocd-rbac-cm
note: the next client-side `kubectl apply` of Argo CD's own manifest, which has no `data`, deletes them
note: `kubectl replace`, as below, prevents that; `kubectl patch` does not
note: upgrades keep a after `kubectl replace`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
next: … | kubectl octopus-argo render -f - --only argocd-rbac-cm --absent | kubectl replace -f -

"#]]
    );
}
