//! `diff`: what it shows, to whom, and with which exit code.

use snapbox::{assert_data_eq, str};

use crate::common::{Sandbox, real};

const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\ndata:\n  accounts.octopus: login\n";

#[test]
fn the_sample() {
    assert_data_eq!(
        Sandbox::new().command("diff --sample").run().snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.octopus-argo-sample.argocd-cm
+++ desired/v1.ConfigMap.octopus-argo-sample.argocd-cm
@@ -57,3 +57,5 @@
       kinds: [Endpoints, EndpointSlice]
     - apiGroups: [coordination.k8s.io]
       kinds: [Lease]
+  accounts.octopus: apiKey
+  accounts.octopus.enabled: "true"
--- live/v1.ConfigMap.octopus-argo-sample.argocd-rbac-cm
+++ desired/v1.ConfigMap.octopus-argo-sample.argocd-rbac-cm
@@ -34,3 +34,7 @@
 
     # The auditor reads, and that is all.
     g, auditor, role:readonly
+  policy.octopus.csv: |
+    p, octopus, applications, get, *, allow
+    p, octopus, clusters, get, *, allow
+    p, octopus, logs, get, */*, allow
Permissions
+ octopus: get applications *
+ octopus: get clusters *
+ octopus: get logs */*
  no one else's permissions change
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: try it on your own Argo CD: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml --show-managed-fields | kubectl octopus-argo diff -f -
---- exit code 1

"#]]
    );
}

#[test]
fn the_sample_on_a_terminal_has_colours_and_marked_words() {
    let run = Sandbox::new()
        .command("diff -f - -q")
        .stdin(CM)
        .terminal()
        .run();
    assert_data_eq!(
        run.stdout.replace('\u{1b}', "<ESC>"),
        str![[r#"
<ESC>[1m--- live/v1.ConfigMap.argocd.argocd-cm<ESC>[0m
<ESC>[1m+++ desired/v1.ConfigMap.argocd.argocd-cm<ESC>[0m
<ESC>[36m@@ -3,4 +3,5 @@<ESC>[0m
 metadata:
   name: argocd-cm
 data:
<ESC>[31m-<ESC>[0m<ESC>[31m  accounts.octopus: <ESC>[0m<ESC>[7m<ESC>[31mlogin<ESC>[0m
<ESC>[32m+<ESC>[0m<ESC>[32m  accounts.octopus: <ESC>[0m<ESC>[7m<ESC>[32mlogin,apiKey<ESC>[0m
<ESC>[32m+<ESC>[0m<ESC>[7m<ESC>[32m  accounts.octopus.enabled: "true"<ESC>[0m

"#]]
    );
    for quiet in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let run = Sandbox::new()
            .command("diff -f - -q")
            .stdin(CM)
            .terminal()
            .env(quiet.0, quiet.1)
            .run();
        assert!(!run.stdout.contains('\u{1b}'), "{quiet:?}");
    }
    let run = Sandbox::new()
        .command("diff -f - -q --color always")
        .stdin(CM)
        .run();
    assert!(run.stdout.contains('\u{1b}'));
}

#[test]
fn no_difference_is_exit_code_zero() {
    let done = Sandbox::new().command("render --sample").run().stdout_of(0);
    let run = Sandbox::new().command("diff -f -").stdin(done).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: nothing to change: account and rules are already in place
---- exit code 0

"#]]
    );
}

#[test]
fn what_only_the_server_writes_is_on_neither_side() {
    let live = CM.replace(
        "\ndata:",
        "\n  uid: abc\n  resourceVersion: \"7\"\n  managedFields: []\ndata:",
    );
    let run = Sandbox::new().command("diff -q -f -").stdin(live).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.argocd.argocd-cm
+++ desired/v1.ConfigMap.argocd.argocd-cm
@@ -4,4 +4,5 @@
   name: argocd-cm
   resourceVersion: "7"
 data:
-  accounts.octopus: login
+  accounts.octopus: login,apiKey
+  accounts.octopus.enabled: "true"
---- stderr
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
---- exit code 1

"#]]
    );
}

#[test]
fn an_item_of_a_list_is_shown_at_the_left_margin() {
    let indented = format!("- {}\n", CM.trim_end().replace('\n', "\n  "));
    let list = format!("apiVersion: v1\nitems:\n{indented}kind: List\n");
    let run = Sandbox::new().command("diff -q -f -").stdin(list).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.argocd.argocd-cm
+++ desired/v1.ConfigMap.argocd.argocd-cm
@@ -3,4 +3,5 @@
 metadata:
   name: argocd-cm
 data:
-  accounts.octopus: login
+  accounts.octopus: login,apiKey
+  accounts.octopus.enabled: "true"
---- stderr
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
---- exit code 1

"#]]
    );
}

#[test]
fn an_item_that_ends_in_a_block_does_not_take_the_line_behind_it() {
    let list = "items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: argocd-rbac-cm\n\
                apiVersion: v1\nkind: List\n";
    let out = Sandbox::new()
        .command("diff -q -f -")
        .stdin(list)
        .run()
        .stdout_of(1);
    assert!(
        out.contains("+    p, octopus, logs, get, */*, allow\nPermissions\n"),
        "{out}"
    );
}

#[test]
fn json_on_one_line_is_shown_as_yaml() {
    let object =
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"argocd-cm"},"data":{}}"#;
    let run = Sandbox::new()
        .command("diff -q -f - -U 1")
        .stdin(object)
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.argocd.argocd-cm
+++ desired/v1.ConfigMap.argocd.argocd-cm
@@ -4,2 +4,4 @@
   name: argocd-cm
-data: {}
+data:
+  accounts.octopus: apiKey
+  accounts.octopus.enabled: "true"
---- stderr
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
---- exit code 1

"#]]
    );
}

#[test]
fn json_report_has_a_versioned_schema() {
    let run = Sandbox::new()
        .command("diff -q -f - -o json")
        .stdin(CM)
        .env("KUBECTL_EXTERNAL_DIFF", "no-such")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
{
  "schema": "diff/v1",
  "objects": [
    {
      "object": "v1.ConfigMap.argocd.argocd-cm",
      "file": "<stdin>",
      "changed": true,
      "changes": [
        {
          "key": "accounts.octopus",
          "before": "login",
          "after": "login,apiKey"
        },
        {
          "key": "accounts.octopus.enabled",
          "before": null,
          "after": "true"
        }
      ],
      "diff": "--- live/v1.ConfigMap.argocd.argocd-cm/n+++ desired/v1.ConfigMap.argocd.argocd-cm/n@@ -3,4 +3,5 @@/n metadata:/n   name: argocd-cm/n data:/n-  accounts.octopus: login/n+  accounts.octopus: login,apiKey/n+  accounts.octopus.enabled: /"true/"/n"
    }
  ],
  "permissions": null,
  "collateral": null
}
---- stderr
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
---- exit code 1

"#]]
    );
}

#[test]
fn fresh_shows_the_whole_objects_as_new() {
    let out = Sandbox::new()
        .command("diff -q --fresh --only argocd-cm")
        .run()
        .stdout_of(1);
    assert!(
        out.starts_with("--- /dev/null\n+++ desired/v1.ConfigMap.argocd.argocd-cm\n"),
        "{out}"
    );
}

#[test]
fn the_next_step_repeats_the_options() {
    let sandbox = Sandbox::new().with("my cm.yaml", CM);
    let run = sandbox
        .command("diff --allow-sync --account ci -f")
        .arg("my cm.yaml")
        .run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
next: review it (kubectl octopus-argo diff -f 'my cm.yaml' --account ci --allow-sync), then kubectl octopus-argo render -f 'my cm.yaml' --account ci --allow-sync --in-place edits my cm.yaml; commit that

"#]]
    );
}

#[cfg(unix)]
#[test]
fn the_external_diff_shows_the_text_and_we_decide_the_exit_code() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new().with(
        "differ",
        "#!/bin/sh\necho \"args: $1\"; shift\nfor d; do stat -c %a $d $d/*; cat $d/*; done; exit 0\n",
    );
    let program = sandbox.path().join("differ");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let value = format!("{} -u $(evil)", program.display());
    let output = real::run(real::binary(), &["diff", "-q", "-f", "-"], CM, |command| {
        command.env("KUBECTL_EXTERNAL_DIFF", &value);
    });
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{shown}");
    let expected = CM.replace(
        "login\n",
        "login,apiKey\n  accounts.octopus.enabled: \"true\"\n",
    );
    assert_eq!(
        shown,
        format!("args: -u\n700\n600\n{CM}700\n600\n{expected}")
    );
}

#[test]
fn kubectl_finds_the_plugin() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    let directory = real::binary().parent().unwrap().to_owned();
    let output = real::run(
        &kubectl,
        &["octopus-argo", "diff", "--sample"],
        "",
        |command| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let paths = std::iter::once(directory.clone()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(paths).unwrap());
        },
    );
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        shown,
        Sandbox::new().command("diff --sample").run().stdout_of(1)
    );
}

/// The body of a patch names neither kind nor namespace; the diff names the object all the same.
#[test]
fn a_patch_is_called_by_what_it_is_of() {
    let run = Sandbox::new()
        .command("diff -q --only argocd-cm -f -")
        .stdin("metadata: {name: argocd-cm}\ndata:\n  a: b\n")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.argocd.argocd-cm
+++ desired/v1.ConfigMap.argocd.argocd-cm
@@ -1,3 +1,5 @@
 metadata: {name: argocd-cm}
 data:
   a: b
+  accounts.octopus: apiKey
+  accounts.octopus.enabled: "true"
---- exit code 1

"#]]
    );
}
