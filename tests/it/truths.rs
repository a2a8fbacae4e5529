//! One truth: every command answers from the same reading of an Argo CD, as the server would.

use kubectl_octopus_argo::rbac::ArgoCdVersion;

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

/// An argocd-cm with the account and nothing else.
const CM: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
  accounts.octopus: apiKey
";

/// The rules that Octopus needs.
const NEEDED: &str = "\
p, octopus, applications, get, *, allow
p, octopus, clusters, get, *, allow
p, octopus, logs, get, */*, allow
";

/// An AppProject whose role reaches the account through its groups.
const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: web
spec:
  roles:
  - name: deployer
    policies:
    - p, proj:web:deployer, applications, *, web/*, allow
    groups: [octopus, acme:web]
";

fn rbac_cm(policy: &str) -> String {
    let lines: String = policy.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n  policy.csv: |\n{lines}"
    )
}

fn run(files: &[(&str, &str)], line: &str) -> Run {
    let sandbox = files.iter().fold(Sandbox::new(), |sandbox, (name, text)| {
        sandbox.with(name, text)
    });
    sandbox.command(line).run()
}

#[test]
fn roles_of_app_projects_count_in_can_check_and_matrix() {
    let rbac = rbac_cm(NEEDED);
    let files = [("cm.yaml", CM), ("rbac.yaml", &rbac), ("web.yaml", PROJECT)];
    let given = "-f cm.yaml -f rbac.yaml -f web.yaml";
    let can = run(
        &files,
        &format!("can octopus delete applications web/shop {given}"),
    );
    assert_eq!(can.stdout_of(0), "yes\n");
    let check = run(&files, &format!("check -o json {given}"));
    assert_eq!(check.code, 1, "{}", check.stderr);
    let found = check
        .stdout
        .contains("web.yaml:9:7: p, proj:web:deployer, applications, *, web/*, allow");
    assert!(found, "{}", check.stdout);
    let matrix = run(&files, &format!("matrix -o csv {given}"));
    let rows = matrix.stdout_of(0);
    for row in [
        "proj:web:deployer,applications,web/*,*,allow,",
        "octopus,has proj:web:deployer,",
        "acme:web,has proj:web:deployer,",
    ] {
        assert!(
            rows.lines().any(|line| line.starts_with(row)),
            "{row}\n{rows}"
        );
    }
    // Without the project, the same policy is proved.
    let check = run(&files, "check -f cm.yaml -f rbac.yaml");
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
}

#[test]
fn lint_reads_what_can_reads() {
    let values = "\
configs:
  cm:
    accounts.octopus: apiKey
  rbac:
    policy.csv: |
      g, acme:web, role:readonly
";
    // Beside a project, the account has a role, in each form.
    let csv = "g, acme:web, role:readonly\n";
    for (files, given) in [
        (vec![("values.yaml", values)], "-f values.yaml -f web.yaml"),
        (
            vec![("cm.yaml", CM), ("p.csv", csv)],
            "-f cm.yaml -f p.csv -f web.yaml",
        ),
    ] {
        let lint = |project: &str| {
            let mut files = files.clone();
            files.push(("web.yaml", project));
            let select = "account-without-permission,over-broad-integration";
            run(&files, &format!("lint --select {select} {given}")).stdout
        };
        let said = lint(PROJECT);
        assert!(
            !said.contains("account-without-permission"),
            "{given}\n{said}"
        );
        assert!(
            said.contains("over-broad-integration") && said.contains("--> web.yaml:10:14"),
            "{given}\n{said}"
        );
        let said = lint(&PROJECT.replace("octopus", "nobody"));
        assert!(
            said.contains("account-without-permission"),
            "{given}\n{said}"
        );
        assert!(!said.contains("over-broad-integration"), "{given}\n{said}");
    }
    // The options that say how a text is read count, too.
    let wrapped = format!(
        "argo:\n{}",
        values
            .replace("configs", "  configs")
            .replace("\n  ", "\n    ")
    );
    let files = [("values.yaml", wrapped.as_str())];
    let found = run(
        &files,
        "lint -f values.yaml --values-root argo --select account-without-permission",
    );
    assert_data_eq!(
        found.stdout.as_str(),
        str![[r#"
warning[account-without-permission]: no rule reaches the account octopus
 --> values.yaml:4:7
  |
4 |       accounts.octopus: apiKey
  |       ^^^^^^^^^^^^^^^^ may log in or make tokens, and see nothing
  |
  = help: Octopus Deploy then connects, and shows an empty list of applications


"#]]
    );
}

#[test]
fn a_misspelt_configs_alone_is_found() {
    for (values, given) in [
        ("config:\n  cm:\n    accounts.octopus: apiKey\n", ""),
        (
            "confgs:\n  rbac:\n    policy.default: role:readonly\n",
            "--form helm",
        ),
        (
            "argo:\n  config:\n    cm:\n      accounts.a: apiKey\n",
            "--values-root argo",
        ),
    ] {
        let found = run(
            &[("values.yaml", values)],
            &format!("lint -f values.yaml {given}"),
        );
        let said = found.stdout_of(1);
        assert!(
            said.contains("error[misspelt-values-key]"),
            "{values}\n{said}"
        );
    }
    // Of another chart.
    let other = "config:\n  cm:\n    url: https://x\n";
    assert_eq!(
        run(&[("values.yaml", other)], "lint -f values.yaml").stdout_of(0),
        ""
    );
}

#[test]
fn a_version_newer_than_what_is_known_is_said() {
    let newest = ArgoCdVersion::NEWEST;
    let files = [("p.csv", "p, alice, applications, get, a/*, allow\n")];
    for line in [
        "can alice get applications a/b",
        "who-can get applications a/b",
        "matrix",
        "check",
        "lint",
    ] {
        let said = |version: &str| {
            run(
                &files,
                &format!("{line} -f p.csv --argocd-version {version}"),
            )
            .stderr
        };
        let note =
            format!("note: Argo CD 9.9 is newer than what is known: the rules of {newest} count\n");
        assert!(said("9.9").contains(&note), "{line}: {}", said("9.9"));
        let patch = said(&format!("{newest}.9"));
        assert!(!patch.contains("newer than"), "{line}: {patch}");
    }
    let versions = format!("--argocd-version {newest}..9.9");
    let compared = run(&files, &format!("compare p.csv {versions}"));
    assert_data_eq!(
        compared.stderr.as_str(),
        str![[r#"
note: Argo CD 9.9 is newer than what is known: the rules of [..] count
note: no difference: both states make the same decisions for everyone

"#]]
    );
}

#[test]
fn a_matrix_of_app_projects_alone_lists_their_roles_and_groups() {
    let matrix = run(
        &[("web.yaml", PROJECT)],
        "matrix -o csv -f web.yaml --resource applications",
    );
    let rows = matrix.stdout_of(0);
    for subject in ["proj:web:deployer", "octopus", "acme:web"] {
        assert!(
            rows.lines().any(|row| row.starts_with(subject)),
            "{subject}\n{rows}"
        );
    }
}

#[test]
fn the_role_of_a_project_is_proved_as_its_own_subject() {
    let project = PROJECT.replace("deployer", "octopus").replace(
        "    - p, proj:web:octopus, applications, *, web/*, allow\n    groups: [octopus, acme:web]\n",
        "    - p, proj:web:octopus, applications, get, web/*, allow\n    - p, proj:web:octopus, clusters, get, web/*, allow\n    - p, proj:web:octopus, logs, get, web/*, allow\n",
    );
    let good = run(
        &[("web.yaml", &project)],
        "check --form appproject -f web.yaml",
    );
    assert_eq!(good.code, 0, "{}{}", good.stdout, good.stderr);
    assert_data_eq!(
        good.stdout.as_str(),
        str![[r#"
SUBJECT            ACTION            RESOURCE             OBJECT                          WANT      GOT   DECIDED BY
proj:web:octopus   get               applications         web/probe                       yes       yes   web.yaml:9:7
proj:web:octopus   get               applications         web/probe/probe                 yes       yes   web.yaml:9:7
proj:web:octopus   get               logs                 web/probe                       yes       yes   web.yaml:11:7
proj:web:octopus   get               logs                 web/probe/probe                 yes       yes   web.yaml:11:7
proj:web:octopus   get               clusters             web/https://probe.example.com   yes       yes   web.yaml:10:7
proj:web:octopus   everything else   clusters             (any)                           no        no    no rule
proj:web:octopus   get               projects             web                             no need   yes   web.yaml:7:5
proj:web:octopus   everything else   projects             (any)                           no        no    no rule
proj:web:octopus   get               applications         (outside web)                   no        no    no rule
proj:web:octopus   everything else   applications         (any)                           no        no    no rule
proj:web:octopus   everything else   applicationsets      (any)                           no        no    no rule
proj:web:octopus   everything else   repositories         (any)                           no        no    no rule
proj:web:octopus   everything else   write-repositories   (any)                           no        no    no rule
proj:web:octopus   everything else   certificates         (any)                           no        no    no rule
proj:web:octopus   everything else   accounts             (any)                           no        no    no rule
proj:web:octopus   everything else   gpgkeys              (any)                           no        no    no rule
proj:web:octopus   get               logs                 (outside web)                   no        no    no rule
proj:web:octopus   create            exec                 (any)                           no        no    no rule
proj:web:octopus   invoke            extensions           (any)                           no        no    no rule

"#]]
    );
    let wide = project.replace("applications, get", "applications, *");
    let bad = run(
        &[("web.yaml", &wide)],
        "check --form appproject -f web.yaml",
    );
    assert_eq!(bad.code, 1, "{}{}", bad.stdout, bad.stderr);
}

#[test]
fn a_server_without_authorisation_proves_nothing() {
    let params = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cmd-params-cm
data:
  server.disable.auth: \"true\"
";
    let rbac = rbac_cm(NEEDED);
    let values = "\
configs:
  cm:
    accounts.octopus: apiKey
  params:
    server.disable.auth: true
  rbac:
    policy.csv: |
      p, octopus, applications, get, *, allow
";
    let files = [
        ("cm.yaml", CM),
        ("rbac.yaml", &rbac),
        ("params.yaml", params),
        ("values.yaml", values),
    ];
    for given in ["-f cm.yaml -f rbac.yaml -f params.yaml", "-f values.yaml"] {
        let check = run(&files, &format!("check {given}"));
        assert_eq!(check.code, 1, "{}{}", check.stdout, check.stderr);
        assert!(
            check.stdout.contains("server.disable.auth"),
            "{}",
            check.stdout
        );
        let can = run(
            &files,
            &format!("can nobody delete applications a/b --explain {given}"),
        );
        assert!(can.stdout_of(0).contains("server.disable.auth"));
        let matrix = run(&files, &format!("matrix {given}"));
        assert!(
            matrix.stderr.contains("server.disable.auth"),
            "{}",
            matrix.stderr
        );
        let everybody = matrix.stdout_of(0);
        let row = "(everybody)   *          *        *         allow";
        assert_eq!(everybody.lines().nth(1), Some(row));
    }
}

#[test]
fn the_default_role_of_an_argocd_resource_is_assumed_and_named() {
    let resource = "\
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata:
  name: gitops
spec:
  rbac:
    policy: |
      p, octopus, applications, get, *, allow
";
    let files = [("argocd.yaml", resource)];
    let can = run(
        &files,
        "can anybody get applications a/b --explain -f argocd.yaml",
    );
    assert_eq!(can.code, 0);
    assert_data_eq!(
        can.stdout.as_str(),
        str![[r#"
yes
  allowed by the default role, which no rule overrides: built-in policy:1: p, role:readonly, applications, get, */*, allow

"#]]
    );
    assert_data_eq!(
        can.stderr.as_str(),
        str![[r#"
note: without the live argocd-rbac-cm the default role is taken for role:readonly, which argocd-operator sets
note: not read, so Argo CD's defaults count: argocd-cmd-params-cm, AppProjects

"#]]
    );
    let named = resource.replace("  rbac:\n", "  rbac:\n    defaultPolicy: \"\"\n");
    let can = run(
        &[("argocd.yaml", &named)],
        "can anybody get applications a/b -f argocd.yaml",
    );
    assert_eq!(can.stdout_of(1), "no\n");
    // The live ConfigMap beside it tells the default role.
    let live = rbac_cm("p, x, applications, get, *, allow");
    let both = run(
        &[("argocd.yaml", resource), ("rbac.yaml", &live)],
        "can anybody get applications a/b -f argocd.yaml -f rbac.yaml",
    );
    assert_eq!(both.stdout_of(1), "no\n");
}

#[test]
fn a_scope_named_sub_does_not_replace_the_subject() {
    let rbac = format!(
        "{}  scopes: '[sub, groups]'\n",
        rbac_cm("p, alice, applications, get, a/*, allow\ng, acme:ops, role:admin")
    );
    let files = [("rbac.yaml", rbac.as_str())];
    let own = run(
        &files,
        "can alice get applications a/b --groups none -f rbac.yaml",
    );
    assert_eq!(own.stdout_of(0), "yes\n");
    let group = run(
        &files,
        "can alice delete applications a/b --groups acme:ops -f rbac.yaml",
    );
    assert_eq!(group.stdout_of(0), "yes\n");
}

#[test]
fn before_3_0_logs_are_open_in_can_too() {
    let files = [
        ("cm.yaml", CM),
        ("p.csv", "p, alice, applications, get, a/*, allow\n"),
    ];
    let line = "can alice get logs a/b -f cm.yaml -f p.csv --argocd-version";
    assert_eq!(run(&files, &format!("{line} 2.14")).stdout_of(0), "yes\n");
    assert_eq!(run(&files, &format!("{line} 3.0")).stdout_of(1), "no\n");
    // Only to those who may get the application.
    let other = line.replace("a/b", "b/b");
    assert_eq!(run(&files, &format!("{other} 2.14")).stdout_of(1), "no\n");
    // A matrix lists rules, and there is none.
    let matrix = run(&files, "matrix -f cm.yaml -f p.csv --argocd-version 2.14");
    let note =
        "note: Argo CD 2.14 does not enforce logs: who may get an application may read its logs\n";
    assert!(matrix.stderr.contains(note), "{}", matrix.stderr);
    let enforced = format!("{CM}  server.rbac.log.enforce.enable: \"true\"\n");
    let files = [("cm.yaml", enforced.as_str()), files[1]];
    assert_eq!(run(&files, &format!("{line} 2.14")).stdout_of(1), "no\n");
}

#[test]
fn values_files_are_merged_as_helm_merges_them() {
    let base = "\
configs:
  cm:
    accounts.ci: apiKey
  rbac:
    policy.default: role:admin
    policy.csv: |
      p, ci, applications, sync, */*, allow
";
    let own = "\
configs:
  cm:
    accounts.octopus: apiKey
  rbac:
    policy.default: null
    policy.octopus.csv: |
      p, octopus, applications, get, *, allow
";
    let files = [("values.yaml", base), ("octopus.yaml", own)];
    let given = "-f values.yaml -f octopus.yaml";
    for (question, code) in [
        ("octopus get applications a/b", 0),
        ("ci sync applications a/b", 0),
        // The default role of the first file is removed by the second.
        ("octopus delete applications a/b", 1),
    ] {
        let can = run(&files, &format!("can {question} {given}"));
        assert_eq!(can.code, code, "{question}: {}{}", can.stdout, can.stderr);
    }
    let matrix = run(&files, &format!("matrix -o csv {given}"));
    assert_data_eq!(
        matrix.stdout.as_str(),
        str![[r#"
subject,resource,object,actions,effect,state,decided_by
ci,applications,*/*,sync,allow,,"values.yaml:7:7: p, ci, applications, sync, */*, allow"
octopus,applications,*,get,allow,,"octopus.yaml:7:7: p, octopus, applications, get, *, allow"

"#]]
    );
    let lint = run(&files, &format!("lint -o json {given}"));
    assert!(!lint.stdout.contains("unknown-account"), "{}", lint.stdout);
}

#[test]
fn the_values_of_a_dependency_are_found_by_every_command() {
    let values = "\
argo-cd:
  configs:
    rbac:
      policy.csv: |
        p, octopus, applications, delete, *, allow
";
    let files = [("values.yaml", values)];
    let can = run(&files, "can octopus delete applications a/b -f values.yaml");
    assert_eq!(can.stdout_of(0), "yes\n");
    let matrix = run(&files, "matrix -o csv -f values.yaml");
    assert!(matrix.stdout_of(0).contains("octopus"));
}

#[test]
fn values_without_anything_of_ours_are_clean() {
    for values in [
        "controller:\n  replicas: 2\n",
        "argo-cd:\n  server:\n    config: {}\n",
    ] {
        let lint = run(&[("values.yaml", values)], "lint -f values.yaml");
        assert_eq!(lint.code, 0, "{values}{}{}", lint.stdout, lint.stderr);
    }
}

#[test]
fn a_patch_that_holds_a_policy_can_be_asked() {
    let patch = "data:\n  policy.csv: |\n    p, alice, applications, get, a/*, allow\n";
    let files = [("patch.yaml", patch)];
    let can = run(&files, "can alice get applications a/b -f patch.yaml");
    assert_eq!(can.stdout_of(0), "yes\n");
    // A patch is laid over its base, wherever it comes.
    let rbac = rbac_cm("p, bob, applications, get, a/*, allow");
    let files = [("patch.yaml", patch), ("rbac.yaml", rbac.as_str())];
    let can = run(
        &files,
        "can bob get applications a/b -f patch.yaml -f rbac.yaml",
    );
    assert_eq!(can.stdout_of(1), "no\n");
}

#[test]
fn what_holds_no_policy_is_named() {
    let params = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: some-cm\ndata: {}\n";
    let can = run(
        &[("cm.yaml", params)],
        "can alice get applications a/b -f cm.yaml",
    );
    assert_eq!(can.code, 3);
    assert_data_eq!(
        can.stderr.as_str(),
        str![[r#"
error: there is no policy in the input
  hint: it holds ConfigMap some-cm, which has no policy
  hint: a policy is in argocd-rbac-cm, in a CSV file, in an AppProject or an ArgoCD, in Helm values
  hint: read it with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml

"#]]
    );
}

#[test]
fn aliases_and_merge_keys_are_followed_when_reading() {
    let rbac = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
data:
  <<: &more
    policy.default: &role role:readonly
  policy.csv: |
    p, alice, applications, sync, a/*, allow
";
    let files = [("rbac.yaml", rbac)];
    let can = run(&files, "can bob get applications a/b -f rbac.yaml");
    assert_eq!(can.code, 0, "{}", can.stderr);
}

#[test]
fn argocd_rbac_cm_needs_no_label() {
    let rbac = rbac_cm("p, alice, applications, get, a/*, allow");
    let rbac = rbac.replace("data:\n", "data:\n  policy.default: role:nobody\n");
    let lint = run(&[("rbac.yaml", &rbac)], "lint -o json -f rbac.yaml");
    assert!(!lint.stdout.contains("replaced-policy"), "{}", lint.stdout);
    assert_data_eq!(
        lint.stdout.as_str(),
        str![[r#"
{
  "schema": "lint/v1",
  "findings": [
    {
      "rule": "unknown-default-role",
      "severity": "error",
      "file": "rbac.yaml",
      "line": 7,
      "column": 19,
      "endLine": 7,
      "endColumn": 30,
      "message": "no rule defines the default role `role:nobody`"
    },
    {
      "rule": "missing-logs",
      "severity": "note",
      "file": "rbac.yaml",
      "line": 9,
      "column": 15,
      "endLine": 9,
      "endColumn": 27,
      "message": "`alice` may read applications, but not their logs",
      "help": [
        "to allow logs too: p, alice, logs, get, a/*, allow"
      ]
    }
  ]
}

"#]]
    );
}

#[test]
fn a_no_says_which_groups_are_not_asked_for() {
    let files = [("p.csv", "p, acme:ops, applications, get, */*, allow\n")];
    let can = run(
        &files,
        "can alice get applications a/b --groups acme:ops --explain -f p.csv",
    );
    let said = can.stdout_of(1);
    assert!(
        said.contains("the group acme:ops is ignored: no g line binds it"),
        "{said}"
    );
}

/// What lint prints of a file.
fn lint_says(name: &str, text: &str) -> String {
    run(&[(name, text)], &format!("lint -f {name}")).stdout
}

#[test]
fn lint_knows_roles_that_are_elsewhere_or_empty_on_purpose() {
    let cm = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
data: {accounts.octopus: apiKey}
---
";
    let both = |policy: &str| lint_says("cm.yaml", &format!("{cm}{}", rbac_cm(policy)));
    let nothing = both("g, octopus, role:x");
    assert!(nothing.contains("account-without-permission"), "{nothing}");
    let elsewhere = both("g, octopus, proj:web:deployer");
    assert!(
        !elsewhere.contains("account-without-permission"),
        "{elsewhere}"
    );
    let empty = rbac_cm("").replace("data:\n", "data:\n  policy.default: 'role:\"\"'\n");
    let empty = lint_says("rbac.yaml", &empty);
    assert!(!empty.contains("unknown-default-role"), "{empty}");
    assert!(empty.contains("note[empty-default-role]"), "{empty}");
}

#[test]
fn lint_suggests_nothing_that_it_would_report_itself() {
    let denied =
        "p, role:dev, applications, get, dev/*, allow\np, role:dev, logs, get, dev/*, deny\n";
    let denied = lint_says("p.csv", denied);
    assert!(!denied.contains("missing-logs"), "{denied}");
    let reversed = lint_says("p.csv", "g, role:admin, \"*\"\n");
    assert!(reversed.contains("reversed-grouping"), "{reversed}");
    assert!(!reversed.contains("swap the two"), "{reversed}");
}

#[test]
fn lint_finds_undefined_roles_in_an_argocd_resource() {
    let resource = "\
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata: {name: argocd}
spec:
  rbac:
    policy: |
      g, acme:dev, role:dve
";
    let said = lint_says("argocd.yaml", resource);
    assert!(said.contains("undefined-role"), "{said}");
}

/// Values whose policy a template fills in between plain lines.
const TEMPLATED: &str = "configs:\n  cm:\n    accounts.octopus: apiKey\n  rbac:\n    policy.csv: |\n      \
    p, octopus, applications, get, */*, allow\n      \
    {{- range .Values.admins }}\n      \
    g, {{ . }}, role:admin\n      \
    {{- end }}\n";

#[test]
fn a_policy_that_a_template_fills_in_is_read_where_it_is_plain() {
    let sandbox = Sandbox::new().with("values.yaml", TEMPLATED);
    let said =
        "values.yaml:7:7: 3 lines of the policy are filled in by a template, and count as missing";
    for (command, code) in [
        ("can octopus get applications web/shop", 0),
        ("can octopus delete applications web/shop", 1),
        ("matrix", 0),
    ] {
        let run = sandbox.command(&format!("{command} -f values.yaml")).run();
        assert_eq!(run.code, code, "{command}: {}", run.stderr);
        assert_eq!(
            run.stderr.matches(said).count(),
            1,
            "{command}: {}",
            run.stderr
        );
    }
    // A line of the template may give octopus anything: no refusal is proved.
    let run = sandbox.command("check -f values.yaml").run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION            RESOURCE             OBJECT                            WANT   GOT          DECIDED BY
octopus   get               applications         probe/probe                       yes    yes          values.yaml:6:7
octopus   get               applications         probe/probe/probe                 yes    yes          values.yaml:6:7
octopus   get               logs                 probe/probe                       yes    no           no rule
octopus   get               logs                 probe/probe/probe                 yes    no           no rule
octopus   get               clusters             https://probe.example.com         yes    no           no rule
octopus   get               clusters             probe/https://probe.example.com   yes    no           no rule
octopus   get               clusters             *                                 -      no           no rule
octopus   get               applications         *                                 -      no           no rule
octopus   get               logs                 */*                               -      no           no rule
octopus   delete            applications         *                                 -      no           no rule
octopus   everything else   clusters             (any)                             no     no           no rule
octopus   everything else   projects             (any)                             no     no           no rule
octopus   everything else   applications         (any)                             no     no           no rule
octopus   everything else   applicationsets      (any)                             no     no           no rule
octopus   everything else   repositories         (any)                             no     no           no rule
octopus   everything else   write-repositories   (any)                             no     no           no rule
octopus   everything else   certificates         (any)                             no     no           no rule
octopus   everything else   accounts             (any)                             no     no           no rule
octopus   everything else   gpgkeys              (any)                             no     no           no rule
octopus   create            exec                 (any)                             no     no           no rule
octopus   invoke            extensions           (any)                             no     no           no rule
octopus   *                 *                    (any)                             no     not proved   values.yaml:7:7: filled in by a template

"#]]
    );
    // A line for a role that octopus does not have concerns nobody who is asked about.
    let harmless = "configs:\n  rbac:\n    policy.csv: |\n      p, role:dev, applications, sync, ${PROJECT}/*, allow\n";
    let run = Sandbox::new()
        .with("values.yaml", harmless)
        .command("check -f values.yaml")
        .run();
    assert!(!run.stdout.contains("filled in"), "{}", run.stdout);
    // However the tags are indented, their lines belong to the policy.
    let outdented = "configs:\n  rbac:\n    policy.csv: |\n{{ .Values.policy | indent 6 }}\n    policy.ci.csv: |\n      p, a, logs, get, */*, allow\n";
    let run = Sandbox::new()
        .with("values.yaml", outdented)
        .command("check -f values.yaml")
        .run();
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION            RESOURCE             OBJECT                            WANT   GOT          DECIDED BY
octopus   get               applications         probe/probe                       yes    no           no rule
octopus   get               applications         probe/probe/probe                 yes    no           no rule
octopus   get               logs                 probe/probe                       yes    no           no rule
octopus   get               logs                 probe/probe/probe                 yes    no           no rule
octopus   get               clusters             https://probe.example.com         yes    no           no rule
octopus   get               clusters             probe/https://probe.example.com   yes    no           no rule
octopus   get               clusters             *                                 -      no           no rule
octopus   get               applications         *                                 -      no           no rule
octopus   get               logs                 */*                               -      no           no rule
octopus   delete            applications         *                                 -      no           no rule
octopus   everything else   clusters             (any)                             no     no           no rule
octopus   everything else   projects             (any)                             no     no           no rule
octopus   everything else   applications         (any)                             no     no           no rule
octopus   everything else   applicationsets      (any)                             no     no           no rule
octopus   everything else   repositories         (any)                             no     no           no rule
octopus   everything else   write-repositories   (any)                             no     no           no rule
octopus   everything else   certificates         (any)                             no     no           no rule
octopus   everything else   accounts             (any)                             no     no           no rule
octopus   everything else   gpgkeys              (any)                             no     no           no rule
octopus   create            exec                 (any)                             no     no           no rule
octopus   invoke            extensions           (any)                             no     no           no rule
octopus   *                 *                    (any)                             no     not proved   values.yaml:4:1: filled in by a template

"#]]
    );
    let whole = "configs:\n  cm: {{ toYaml .Values.cm | nindent 4 }}\n";
    Sandbox::new()
        .with("values.yaml", whole)
        .command("render --form helm -f values.yaml")
        .run()
        .refused(3, "values.yaml:2:7: a template fills in `configs.cm`");
    // What comes from a server is filled in by nobody any more.
    let live = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm, uid: a}\ndata:\n  policy.csv: |\n    {{- end }}\n";
    Sandbox::new()
        .with("live.yaml", live)
        .command("can a get logs a/b -f live.yaml")
        .run()
        .refused(3, "the policy does not load");
}

#[test]
fn patches_inside_a_kustomization_are_read() {
    let kustomization = "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\npatches:\n- patch: |-\n    \
        apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: argocd-rbac-cm\n    data:\n      policy.csv: |\n        \
        p, alice, applications, get, web/*, allow\n        p, alice, applications, gett, web/*, allow\n";
    let sandbox = Sandbox::new().with("kustomization.yaml", kustomization);
    let run = sandbox
        .command("can alice get applications web/shop --explain -f kustomization.yaml")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
yes
  allowed by kustomization.yaml:11:9: p, alice, applications, get, web/*, allow

"#]]
    );
    let run = sandbox.command("lint -f kustomization.yaml").run();
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
warning[replaced-policy]: this patch replaces the whole `policy.csv`
  --> kustomization.yaml:10:7
   |
10 |       policy.csv: |
   |       ^^^^^^^^^^ rules that are there now are removed
   |
   = help: a key of its own, policy.NAME.csv, adds rules and replaces none (since 2.8)
   = help: it is a patch: it has no kind, or a kustomization names it as one

note[missing-logs]: `alice` may read applications, but not their logs
  --> kustomization.yaml:11:19
   |
11 |         p, alice, applications, get, web/*, allow
   |                   ^^^^^^^^^^^^ since 3.0 logs need a line of their own
   |
   = help: to allow logs too: p, alice, logs, get, web/*, allow

warning[unknown-action]: Argo CD [..] has no action `gett`
  --> kustomization.yaml:12:33
   |
12 |         p, alice, applications, gett, web/*, allow
   |                                 ^^^^ matches none


"#]]
    );
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: 2 warnings, 1 note in 1 file

"#]]
    );
}

#[test]
fn can_says_what_has_to_be_known_beside_its_answer() {
    let sandbox = Sandbox::new().with(
        "p.csv",
        "p, ida@corp.example, applications, get, web/*, allow\n",
    );
    let run = sandbox
        .command("can ida@corp.example get applications web/shop -f p.csv")
        .run();
    assert_eq!((run.code, &*run.stdout), (0, "yes\n"));
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: this holds where ida@corp.example is the user's identifier (`sub`); as a value of `scopes` it needs a g line

"#]]
    );
    let run = sandbox
        .command("can ida@corp.example get applications shop -f p.csv")
        .run();
    assert_eq!((run.code, &*run.stdout), (1, "no\n"));
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: the object of applications is PROJECT/NAME: `shop` has no project

"#]]
    );
}

#[test]
fn lint_looks_at_addresses_projects_and_misplaced_keys() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\ndata:\n  policy.csv: |\n    \
        p, ida@corp.example, exec, create, web/*, allow\n    g, acme:x, proj:gone:deployer\n    g, acme:y, proj:web:missing\n  \
        scopes: '[groups, email]'\n  url: https://x\n  server.admin.apiKey: y\n---\n\
        apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n  scopes: '[groups]'\n  policy.user: x\n---\n\
        apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: web}\nspec:\n  roles:\n  - name: deployer\n    policies:\n    \
        - p, proj:web:deployer, applications, get, web/*, allow\n    - p, proj:web:deployer, applications, update, web/*, allow\n";
    let run = Sandbox::new()
        .with("a.yaml", text)
        .command("lint -q -o github -f a.yaml")
        .run();
    let found: Vec<(&str, &str)> = run
        .stdout
        .lines()
        .filter_map(|line| {
            let place = line.split("line=").nth(1)?.split(',').next()?;
            let rule = line.split("title=").nth(1)?.split("::").next()?;
            Some((place, rule))
        })
        .collect();
    for expected in [
        ("6", "unbound-group"),
        ("8", "undefined-role"),
        ("10", "misplaced-setting"),
        ("11", "unread-key"),
        ("17", "misplaced-setting"),
        ("18", "unread-key"),
        ("27", "missing-logs"),
        ("28", "missing-subresources"),
    ] {
        assert!(
            found
                .iter()
                .any(|(line, rule)| (*line, true) == (expected.0, rule.contains(expected.1))),
            "{expected:?}: {}",
            run.stdout
        );
    }
    assert!(
        !found
            .iter()
            .any(|(line, rule)| *line == "7" && rule.contains("undefined-role")),
        "{}",
        run.stdout
    );
}
