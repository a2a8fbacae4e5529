//! `render` for several instances.

use snapbox::{assert_data_eq, str};

use crate::common::{Sandbox, real};
use crate::config::{CM, RBAC};

const CONFIGURATION: &str = "\
fleet:
  repoURL: https://git.example.com/argo.git
  targetRevision: main
  path: ./rendered/
  project: platform
instances:
- name: git
  files: [git]
- name: edge
  namespace: argo
  destination: {server: 'https://10.0.0.1:6443'}
- name: shop
  permissions: {sync: true, projects: [shop]}
";

fn fleet() -> Sandbox {
    Sandbox::new()
        .with("octopus-argo.yaml", CONFIGURATION)
        .with("git/argocd-cm.yaml", CM)
        .with("git/argocd-rbac-cm.yaml", RBAC)
}

/// All files below a directory, with their texts.
fn tree(sandbox: &Sandbox, below: &str) -> String {
    let mut names = Vec::new();
    let mut directories = vec![sandbox.path().join(below)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(sandbox.path()).unwrap();
                names.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    names.sort();
    let texts = names
        .iter()
        .map(|name| format!("#### {name}\n{}", sandbox.read(name)));
    texts.collect()
}

#[test]
fn each_instance_gets_a_directory_and_those_without_an_owner_are_delivered() {
    let sandbox = fleet();
    let run = sandbox.command("render --all --output-dir rendered").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: wrote 3 of 3 instances to rendered
note: the instances without files have our keys only: the account is enabled and its capabilities become exactly apiKey
next: commit rendered, then apply rendered/applicationset.yaml once to the Argo CD that delivers
---- exit code 0

"#]]
    );
    assert_data_eq!(
        tree(&sandbox, "rendered"),
        str![[r#####"
#### rendered/applicationset.yaml
# Apply this once, to the Argo CD that delivers. It makes an Application of every directory beside
# it that has an instance.yaml.
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: octopus-argo
  namespace: argocd
spec:
  goTemplate: true
  goTemplateOptions: ["missingkey=error"]
  generators:
  - git:
      repoURL: https://git.example.com/argo.git
      revision: main
      files:
      - path: rendered/*/instance.yaml
  syncPolicy:
    # Who deletes the ApplicationSet does not delete everybody's settings with it.
    preserveResourcesOnDeletion: true
  template:
    metadata:
      name: 'octopus-argo-{{.name}}'
    spec:
      project: platform
      source:
        repoURL: https://git.example.com/argo.git
        targetRevision: main
        path: '{{.path.path}}'
      destination:
        name: '{{dig "name" "" .destination}}'
        server: '{{dig "server" "" .destination}}'
        namespace: '{{.namespace}}'
      syncPolicy:
        automated:
          prune: false
        syncOptions:
        # Only the fields in these ConfigMaps are ours; the others stay with whoever set them.
        - ServerSideApply=true
        # Without this, Argo CD first takes over what kubectl applied, and then deletes it.
        - ClientSideApplyMigration=false
#### rendered/edge/argocd-cm.yaml
# Only our own keys. Argo CD delivers this directory, by the ApplicationSet beside it: applied with
# `kubectl apply -k` or `-f`, this object deletes every other setting that kubectl applied.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argo
  annotations:
    # Whatever becomes of the Application, the ConfigMap stays: it holds everybody's settings.
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
data:
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
#### rendered/edge/argocd-rbac-cm.yaml
# Only our own keys. Argo CD delivers this directory, by the ApplicationSet beside it: applied with
# `kubectl apply -k` or `-f`, this object deletes every other setting that kubectl applied.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argo
  annotations:
    # Whatever becomes of the Application, the ConfigMap stays: it holds everybody's settings.
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
data:
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
#### rendered/edge/instance.yaml
# Read by the ApplicationSet beside this directory; no Kubernetes object.
name: edge
namespace: argo
destination:
  server: https://10.0.0.1:6443
#### rendered/edge/kustomization.yaml
# Argo CD delivers this directory, by the ApplicationSet beside it. Do not apply it yourself: its
# ConfigMaps hold our keys only, and `kubectl apply -k` would delete the settings of everybody else.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- argocd-cm.yaml
- argocd-rbac-cm.yaml
#### rendered/git/argocd-cm.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
#### rendered/git/argocd-rbac-cm.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    g, acme:admins, role:admin
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
#### rendered/shop/argocd-cm.yaml
# Only our own keys. Argo CD delivers this directory, by the ApplicationSet beside it: applied with
# `kubectl apply -k` or `-f`, this object deletes every other setting that kubectl applied.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  annotations:
    # Whatever becomes of the Application, the ConfigMap stays: it holds everybody's settings.
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
data:
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
#### rendered/shop/argocd-rbac-cm.yaml
# Only our own keys. Argo CD delivers this directory, by the ApplicationSet beside it: applied with
# `kubectl apply -k` or `-f`, this object deletes every other setting that kubectl applied.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
  annotations:
    # Whatever becomes of the Application, the ConfigMap stays: it holds everybody's settings.
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
data:
  policy.octopus.csv: |
    p, octopus, applications, get, shop/*, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, shop/*, allow
    p, octopus, applications, sync, shop/*, allow
#### rendered/shop/instance.yaml
# Read by the ApplicationSet beside this directory; no Kubernetes object.
name: shop
namespace: argocd
destination:
  name: shop
#### rendered/shop/kustomization.yaml
# Argo CD delivers this directory, by the ApplicationSet beside it. Do not apply it yourself: its
# ConfigMaps hold our keys only, and `kubectl apply -k` would delete the settings of everybody else.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- argocd-cm.yaml
- argocd-rbac-cm.yaml

"#####]]
    );
    let before = tree(&sandbox, "rendered");
    let _ = sandbox
        .command("render --all --output-dir rendered")
        .run()
        .stdout_of(0);
    assert_eq!(tree(&sandbox, "rendered"), before);
}

#[test]
fn without_a_repository_the_applicationset_has_one_that_cannot_be() {
    let sandbox = Sandbox::new().with("octopus-argo.yaml", "instances: [{name: a}]");
    let run = sandbox.command("render --all --output-dir out").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: applicationset.yaml has https://example.invalid/set-fleet.repoURL, because the configuration names no Git repository: set fleet.repoURL
note: wrote 1 of 1 instances to out
note: one instance has our keys only: the account is enabled and its capabilities become exactly apiKey
next: commit out, then apply out/applicationset.yaml once to the Argo CD that delivers

"#]]
    );
    let _ = run.stdout_of(0);
    let set = sandbox.read("out/applicationset.yaml");
    assert_eq!(
        set.matches("https://example.invalid/set-fleet.repoURL")
            .count(),
        2,
        "{set}"
    );
    assert!(
        set.contains("path: '*/instance.yaml'") || set.contains("path: \"*/instance.yaml\""),
        "{set}"
    );
}

#[test]
fn where_all_have_files_there_is_nothing_to_deliver() {
    let sandbox = fleet().with("c.yaml", "instances: [{name: git, files: [git]}]");
    let _ = sandbox
        .command("render --all --output-dir out --config c.yaml")
        .run()
        .stdout_of(0);
    assert!(!sandbox.path().join("out/applicationset.yaml").exists());
    assert!(!sandbox.path().join("out/git/instance.yaml").exists());
    assert!(
        sandbox
            .read("out/git/argocd-cm.yaml")
            .contains("accounts.octopus: apiKey")
    );
    assert_eq!(sandbox.read("git/argocd-cm.yaml"), CM);
}

#[test]
fn what_has_an_owner_now_is_not_delivered_twice() {
    let sandbox = Sandbox::new()
        .with("bare.yaml", "instances: [{name: git}]")
        .with("owned.yaml", "instances: [{name: git, files: [git]}]")
        .with("git/argocd-cm.yaml", CM);
    let _ = sandbox
        .command("render --all --output-dir out --config bare.yaml")
        .run()
        .stdout_of(0);
    let before = tree(&sandbox, "out");
    let run = sandbox
        .command("render --all --output-dir out --config owned.yaml")
        .run();
    run.refused(3, "out/git/instance.yaml is left from an earlier run");
    assert_eq!(tree(&sandbox, "out"), before);
}

#[test]
fn a_bad_instance_does_not_stop_the_others() {
    let sandbox = fleet().with(
        "c.yaml",
        "instances: [{name: gone, files: [gone.yaml]}, {name: helm, form: helm}, {name: git, files: [git]}, {name: a}]",
    );
    let run = sandbox
        .command("render --all --output-dir out --config c.yaml")
        .run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
gone: error: cannot read gone.yaml
gone:   caused by: No such file or directory (os error 2)
helm: error: the instance has the form helm and no files, and its owner would revert other changes
helm:   hint: name the owner's files in the configuration: files: [values.yaml]
warning: applicationset.yaml has https://example.invalid/set-fleet.repoURL, because the configuration names no Git repository: set fleet.repoURL
note: wrote 2 of 4 instances to out
note: the instances without files have our keys only: the account is enabled and its capabilities become exactly apiKey
next: commit out, then apply out/applicationset.yaml once to the Argo CD that delivers

"#]]
    );
    let _ = run.stdout_of(3);
    assert!(sandbox.path().join("out/git/argocd-cm.yaml").exists());
    assert!(sandbox.path().join("out/a/instance.yaml").exists());
    assert!(!sandbox.path().join("out/gone").exists());
}

#[test]
fn files_are_edited_in_their_place() {
    let sandbox = fleet();
    let run = sandbox.command("render --all --in-place").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
edge: error: the instance has no files to edit
edge:   hint: render it into a directory: --output-dir DIR
shop: error: the instance has no files to edit
shop:   hint: render it into a directory: --output-dir DIR
note: edited the files of 1 of 3 instances
next: review the change (git diff) and commit it

"#]]
    );
    let _ = run.stdout_of(3);
    assert!(
        sandbox
            .read("git/argocd-cm.yaml")
            .contains("accounts.octopus: apiKey")
    );
    let back = sandbox
        .command("render --instance git --in-place --absent")
        .run();
    let _ = back.stdout_of(0);
    assert_eq!(sandbox.read("git/argocd-cm.yaml"), CM);
    assert_eq!(sandbox.read("git/argocd-rbac-cm.yaml"), RBAC);
}

#[test]
fn what_does_not_fit_a_fleet_is_refused() {
    fleet()
        .command("render --all")
        .run()
        .refused(2, "do not fit into one stream");
    let run = fleet()
        .command("render --all --live --output-dir out")
        .run();
    run.refused(
        2,
        "--live cannot be combined with writing the files of several instances",
    );
    let sandbox = Sandbox::new().with("octopus-argo.yaml", "instances: [{name: a}]");
    let run = sandbox
        .command("render --all --absent --output-dir out")
        .run();
    run.refused(3, "the instance has no files");
    let run = sandbox
        .command("render --all --policy-key policy.csv --output-dir out")
        .run();
    run.refused(3, "replaced as a whole");
}

#[test]
fn collateral_is_refused_per_instance() {
    let policy = RBAC.replace("policy.csv: |\n", "policy.csv: |\n    g, team, octopus\n");
    let sandbox = fleet().with("git/argocd-rbac-cm.yaml", policy);
    let run = sandbox
        .command("render --all --output-dir out --fail-on-collateral")
        .run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
git: error: the change would alter what subjects other than octopus may do
git:   hint: team: gained: get applications * (git/argocd-rbac-cm.yaml (after the change):11:5: p, octopus, applications, get, *, allow)
git:   hint: team: gained: get clusters * (git/argocd-rbac-cm.yaml (after the change):12:5: p, octopus, clusters, get, *, allow)
git:   hint: team: gained: get logs */* (git/argocd-rbac-cm.yaml (after the change):13:5: p, octopus, logs, get, */*, allow)
note: wrote 2 of 3 instances to out
note: the instances without files have our keys only: the account is enabled and its capabilities become exactly apiKey
next: commit out, then apply out/applicationset.yaml once to the Argo CD that delivers

"#]]
    );
    let _ = run.stdout_of(5);
    assert!(!sandbox.path().join("out/git").exists());
    assert!(sandbox.path().join("out/edge/instance.yaml").exists());
}

#[test]
fn a_template_of_ones_own_is_used() {
    let sandbox = Sandbox::new()
        .with("octopus-argo.yaml", "defaults: {templateDir: t}\ninstances: [{name: a}]")
        .with("t/fleet-instance.yaml.j2", "name: {{ instance }}\nnamespace: {{ namespace }}\nregion: eu\ndestination: {name: {{ destination }}}\n");
    let _ = sandbox
        .command("render --all --output-dir out")
        .run()
        .stdout_of(0);
    assert!(sandbox.read("out/a/instance.yaml").contains("region: eu"));
    let sandbox = sandbox.with(
        "t/fleet-configmap.yaml.j2",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ name }}}\ndata: {other: x}\n",
    );
    let run = sandbox.command("render --all --output-dir again").run();
    run.refused(3, "is not argocd-cm with the entries of its data template");
}

#[test]
fn the_real_kubectl_builds_the_kustomization() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    let sandbox = fleet();
    let _ = sandbox
        .command("render --all --output-dir rendered")
        .run()
        .stdout_of(0);
    let directory = sandbox.path().join("rendered/shop");
    let built = real::run(
        &kubectl,
        &["kustomize", directory.to_str().unwrap()],
        "",
        |_| {},
    );
    let text = String::from_utf8(built.stdout).unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    assert_eq!(text.matches("kind: ConfigMap").count(), 2, "{text}");
    assert_eq!(
        text.matches("argocd.argoproj.io/sync-options: Prune=false,Delete=false")
            .count(),
        2
    );
    assert!(
        text.contains("p, octopus, applications, sync, shop/*, allow"),
        "{text}"
    );
    assert!(!text.contains("destination"), "{text}");
}
