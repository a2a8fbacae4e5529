//! `apps annotate`: annotations into files, and out again.

use snapbox::{assert_data_eq, str};

use super::list::APPS;
use crate::common::{Run, Sandbox, real};

const DEPLOY: &str = "--octopus-project billing --environment qa";

/// Applications as people write them.
const STYLES: [&str; 5] = [
    "# ours\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web   # the shop\nspec:\n  source:\n    repoURL: r\n    path: p\n",
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n    name: web\n    annotations:\n        # kept\n        a/b: c\nspec:\n    source: {repoURL: r, path: p}\n",
    "{\"apiVersion\": \"argoproj.io/v1alpha1\", \"kind\": \"Application\", \"metadata\": {\"name\": \"web\"}, \"spec\": {\"source\": {\"repoURL\": \"r\", \"path\": \"p\", \"name\": \"main\"}}}",
    "apiVersion: argoproj.io/v1alpha1\r\nkind: Application\r\nmetadata:\r\n  name: web\r\nspec:\r\n  sources:\r\n  - repoURL: r\r\n    path: p",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: argoproj.io/v1alpha1\n  kind: ApplicationSet\n  metadata:\n    name: web\n  spec:\n    template:\n      spec:\n        source:\n          repoURL: r\n          path: p\n",
];

fn annotate(text: &str, flags: &str) -> Run {
    Sandbox::new()
        .with("app.yaml", text)
        .command(&format!("apps annotate -q -f app.yaml {flags}"))
        .run()
}

#[test]
fn what_is_written_is_read_again_and_goes_to_the_byte() {
    for text in STYLES {
        let written = annotate(text, DEPLOY).stdout_of(0);
        assert_ne!(written, text);
        let listed = Sandbox::new()
            .with("app.yaml", &written)
            .command(&format!("apps -q -f app.yaml {DEPLOY}"))
            .run();
        assert_eq!(listed.code, 0, "{written}{}", listed.stderr);
        assert_eq!(annotate(&written, DEPLOY).stdout_of(0), written, "twice");
        assert_eq!(
            annotate(&written, &format!("{DEPLOY} --absent")).stdout_of(0),
            text
        );
        assert_eq!(annotate(&written, "--absent").stdout_of(0), text);
    }
}

#[test]
fn a_source_gets_a_name_where_it_needs_one() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\nspec:\n  sources:\n    - repoURL: charts\n      chart: web\n    - repoURL: https://git.example.com/values.git  # Git\n      ref: prod\n";
    annotate(text, DEPLOY).refused(
        3,
        "app.yaml:1:1: web: source 2 is one of several, and it has no name",
    );
    let named = annotate(text, &format!("{DEPLOY} --name-sources")).stdout_of(0);
    assert_data_eq!(
        named.clone(),
        str![[r#"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  annotations:
    argo.octopus.com/project.prod: billing
    argo.octopus.com/environment.prod: qa
spec:
  sources:
    - repoURL: charts
      chart: web
    - repoURL: https://git.example.com/values.git  # Git
      ref: prod
      name: prod

"#]]
    );
    assert_eq!(
        annotate(&named, "--absent --name-sources").stdout_of(0),
        text
    );
    annotate(text, &format!("{DEPLOY} --source 1"))
        .refused(3, "source 1: a Helm chart repository cannot be written to");
    annotate(text, &format!("{DEPLOY} --source x")).refused(3, "it has no source `x`, only: 1, 2");
}

#[test]
fn a_source_is_chosen_by_its_name_before_its_number() {
    let app = |first: &str, second: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web}}\nspec:\n  sources:\n  - {{repoURL: r, path: a/web, name: {first}}}\n  - {{repoURL: r, path: b/web{second}}}\n"
        )
    };
    for (first, second, flags, name) in [
        ("web", ", name: api", "--source web", "web"),
        ("web", ", name: api", "--source 2", "api"),
        ("'2'", ", name: api", "--source 2", "2"),
        ("web", "", "--source 2 --name-sources", "web-2"),
        ("web-2", "", "--source 2 --name-sources", "web"),
        (&"n".repeat(51), "", "--source 1", &"n".repeat(51)),
    ] {
        let out = annotate(&app(first, second), &format!("{DEPLOY} {flags}")).stdout_of(0);
        let keys = format!(
            "argo.octopus.com/project.{name}: billing\n    argo.octopus.com/environment.{name}: qa"
        );
        let keys = keys.replace("\n    ", ", ");
        assert!(out.replace("\n    ", ", ").contains(&keys), "{out}");
        assert!(
            out.contains(&format!("name: {name}")) || name == "2",
            "{out}"
        );
    }
    let too_long = "n".repeat(52);
    annotate(&app(&too_long, ""), &format!("{DEPLOY} --source 1")).refused(3, &too_long);
}

#[test]
fn a_comment_in_the_annotations_is_never_removed() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  annotations:\n    # why\n    argo.octopus.com/project: billing\n    argo.octopus.com/environment: qa\nspec:\n  source: {repoURL: r, path: p}\n";
    let out = annotate(text, "--absent").stdout_of(0);
    assert!(
        out.contains("# why") && !out.contains("argo.octopus.com"),
        "{out}"
    );
}

#[test]
fn the_change_is_shown() {
    let sandbox = Sandbox::new().with("apps.yaml", APPS);
    let command = |flags: &str| {
        sandbox
            .command(&format!(
                "apps annotate -f apps.yaml --app previews {flags}"
            ))
            .run()
    };
    assert_data_eq!(
        command(&format!("{DEPLOY} --diff")).snapshot(),
        str![[r#"
---- stdout
--- live/apps.yaml
+++ desired/apps.yaml
@@ -49,8 +49,8 @@
     metadata:
       name: preview-{{env}}
       annotations:
-        argo.octopus.com/project: previews
-        argo.octopus.com/environment: '{{env}}'
+        argo.octopus.com/project: billing
+        argo.octopus.com/environment: 'qa'
     spec:
       project: shop
       source:
---- exit code 1

"#]]
    );
    let same = command("--octopus-project previews --environment dev --in-place");
    assert_eq!(same.code, 0, "{}", same.stderr);
    let again = command("--octopus-project previews --environment dev --diff");
    assert_data_eq!(
        again.snapshot(),
        str![[r#"
---- stderr
note: nothing to change: previews is annotated already
---- exit code 0

"#]]
    );
    assert!(sandbox.read("apps.yaml").contains("environment: 'dev'\n"));
}

#[test]
fn another_deployment_is_left_alone() {
    let run = Sandbox::new()
        .with("apps.yaml", APPS)
        .command("apps annotate -f apps.yaml --app web --absent --octopus-project other --diff")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: left annotations of web alone that name another deployment: shop, production
note: nothing to change: web has nothing to remove
---- exit code 0

"#]]
    );
}

#[test]
fn who_is_meant_has_to_be_said_where_there_are_several() {
    let run = |flags: &str| {
        Sandbox::new()
            .with(
                "apps.yaml",
                APPS.replace(
                    "  name: api\n",
                    "  name: api\n  labels: {team: b, tier: x}\n",
                ),
            )
            .command(&format!("apps annotate -q -f apps.yaml {DEPLOY} {flags}"))
            .run()
    };
    run("").refused(2, "the input has 3 Applications: web, api, previews");
    run("--app nobody").refused(3, "there is no Application `nobody`");
    run("-l team=c").refused(3, "no Application in the input matches");
    run("-l (team)").refused(2, "is not a requirement of a selector");
    for selector in ["team=b,tier!=y", "team,!other", "team==b"] {
        let out = run(&format!("-l {selector}")).stdout_of(0);
        assert!(
            out.contains("project.values: billing") && !out.contains("project: billing"),
            "{out}"
        );
    }
}

#[test]
fn mistakes_are_refused() {
    let run = |flags: &str| annotate(STYLES[0], flags);
    run("").refused(2, "--octopus-project and --environment are required");
    run("--octopus-project Billing --environment qa")
        .refused(2, "--octopus-project `Billing` is not a slug");
    let sandbox = Sandbox::new();
    sandbox
        .command(&format!("apps annotate {DEPLOY}"))
        .run()
        .refused(2, "there is no Application to annotate");
    sandbox
        .command(&format!("apps annotate {DEPLOY} --app a --in-place"))
        .run()
        .refused(2, "--in-place edits files");
    sandbox
        .command(&format!("apps annotate -f - {DEPLOY} --in-place"))
        .run()
        .refused(2, "--in-place cannot edit stdin");
    sandbox
        .command(&format!("apps annotate {DEPLOY} --app a --diff"))
        .run()
        .refused(2, "--diff compares files");
}

#[test]
fn an_application_of_a_set_is_left_to_the_set() {
    let text = STYLES[0].replace(
        "  name: web   # the shop\n",
        "  name: web\n  ownerReferences: [{kind: ApplicationSet, name: webs}]\n",
    );
    let run = Sandbox::new()
        .with("app.yaml", &text)
        .command(&format!("apps annotate -f app.yaml {DEPLOY}"))
        .run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: left web alone: the ApplicationSet webs makes it, and its template is what to annotate
error: no Application in the input matches
  hint: --app and --selector say which

"#]]
    );
    assert_eq!(run.code, 3);
    annotate(&text, &format!("{DEPLOY} --app web")).stdout_of(0);
}

#[test]
fn without_files_the_commands_are_printed() {
    let run = Sandbox::new()
        .command(&format!(
            "apps annotate {DEPLOY} --app web,api --source main -n tools"
        ))
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
kubectl annotate applications.argoproj.io web -n tools --overwrite argo.octopus.com/project.main=billing argo.octopus.com/environment.main=qa
kubectl annotate applications.argoproj.io api -n tools --overwrite argo.octopus.com/project.main=billing argo.octopus.com/environment.main=qa
---- stderr
note: an Application that comes from Git loses annotations at the next sync: annotate its file there
---- exit code 0

"#]]
    );
    let absent = Sandbox::new()
        .command("apps annotate -q --app web --absent")
        .run()
        .stdout_of(0);
    assert_data_eq!(
        absent,
        str![[r#"
kubectl annotate applications.argoproj.io web -n argocd --overwrite argo.octopus.com/project- argo.octopus.com/environment-

"#]]
    );
}

#[test]
fn the_cluster_is_annotated_by_commands_that_fit_its_sources() {
    let objects = |kind: &str| {
        let items: String = APPS
            .split("---\n")
            .filter(|object| object.contains(&format!("kind: {kind}\n")))
            .map(|object| format!("- {}\n", object.trim_end().replace('\n', "\n  ")))
            .collect();
        format!("apiVersion: v1\nkind: List\nitems:\n{items}")
    };
    let run = Sandbox::new()
        .command(&format!("apps annotate --live {DEPLOY} --app api,previews"))
        .answers(0, &objects("Application"), "")
        .answers(0, &objects("ApplicationSet"), "")
        .answers(0, "", "")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
kubectl annotate applications.argoproj.io api -n argocd --overwrite argo.octopus.com/project.values=billing argo.octopus.com/environment.values=qa
kubectl patch applicationsets.argoproj.io previews -n argocd --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"argo.octopus.com/project":"billing","argo.octopus.com/environment":"qa"}}}}}'
---- stderr
note: api keeps its tenant acme: --absent removes it
---- exit code 0

"#]]
    );
}

#[test]
fn the_real_kubectl_makes_the_same_of_our_commands() {
    let (Some(kubectl), Some(shell)) = (real::find("kubectl"), real::find("sh")) else {
        return;
    };
    let json = |program: &std::path::Path, args: &[&str], stdin: &str| -> serde_json::Value {
        let output = real::run(program, args, stdin, |_| {});
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let text = STYLES[1];
    let ours = annotate(text, DEPLOY).stdout_of(0);
    let read = [
        "patch", "--local", "-f", "-", "--type", "merge", "-p", "{}", "-o", "json",
    ];
    let ours = json(&kubectl, &read, &ours);
    let line = Sandbox::new()
        .command(&format!("apps annotate -q {DEPLOY} --app web"))
        .run()
        .stdout_of(0);
    let line = line.trim_end().replacen(
        "kubectl annotate applications.argoproj.io web -n argocd",
        &format!("{} annotate --local -f - -o json", kubectl.display()),
        1,
    );
    assert_eq!(json(&shell, &["-c", &line], text), ours);
    // The patch of an ApplicationSet is what our edit gives.
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      source: {repoURL: r, path: p}\n";
    let line = Sandbox::new()
        .command(&format!("apps annotate -q --live {DEPLOY} --app web"))
        .answers(0, "", "")
        .answers(0, set, "")
        .answers(0, "", "")
        .run();
    if line.code == 0 {
        let patch = line
            .stdout
            .trim_end()
            .rsplit_once(" -p ")
            .unwrap()
            .1
            .trim_matches('\'')
            .to_owned();
        let args = [
            "patch", "--local", "-f", "-", "--type", "merge", "-p", &patch, "-o", "json",
        ];
        let ours = json(&kubectl, &read, &annotate(set, DEPLOY).stdout_of(0));
        assert_eq!(json(&kubectl, &args, set), ours);
    } else {
        panic!("{}", line.stderr);
    }
}

/// Of the files those with an Application are printed, and stdin, which has to come out somewhere.
#[test]
fn absent_takes_out_what_was_named_and_prints_what_it_edits() {
    let app = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  annotations:
    argo.octopus.com/project: shop
    argo.octopus.com/environment: dev
    argo.octopus.com/tenant: acme
spec:
  sources:
  - {repoURL: https://a.example.com, name: one}
  - {repoURL: https://b.example.com, name: two}
";
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n";
    let sandbox = Sandbox::new().with("app.yaml", app).with("x.yaml", service);
    let mut all = String::new();
    for line in [
        "-f app.yaml -f x.yaml --octopus-project shop --environment dev --tenant acme",
        "-f app.yaml -f -",
        "--app shop --octopus-project shop --environment dev",
    ] {
        let run = sandbox
            .command(&format!("apps annotate --absent {line}"))
            .stdin(service)
            .run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- stdout
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  sources:
  - {repoURL: https://a.example.com, name: one}
  - {repoURL: https://b.example.com, name: two}
---- exit code 0
---- stdout
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  sources:
  - {repoURL: https://a.example.com, name: one}
  - {repoURL: https://b.example.com, name: two}
---
apiVersion: v1
kind: Service
metadata: {name: x}
---- exit code 0
---- stdout
kubectl annotate applications.argoproj.io shop -n argocd --overwrite argo.octopus.com/project- argo.octopus.com/environment-
---- stderr
note: these keys are for an Application with one unnamed source: --source NAME is for others, --live finds out
note: an Application that comes from Git loses annotations at the next sync: annotate its file there
---- exit code 0

"#]]
    );
}
