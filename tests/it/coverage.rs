//! `check --coverage`: the lines of a policy that no expectation depends on.

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
data:
  policy.csv: |
    # The team.
    p, role:dev, applications, sync, dev/*, allow
    p, role:dev, applications, sync, prod/*, deny
    p, role:dev, applications, sync, */*, allow
    g, ada, role:dev
    g, bob, role:dev
  policy.ops.csv: |
    p, ops, clusters, get, *, allow
    p, ops, clusters, get, https://*, allow
    p, nobody, logs, get, */*, allow
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: web
spec:
  roles:
  - name: ci
    policies:
    - p, proj:web:ci, applications, sync, web/*, allow
    - p, proj:web:ci, applications, delete, web/*, allow
    groups: [acme:ci]
";

const EXPECTATIONS: &str = "\
expectations:
- {subject: ada, action: sync, resource: applications, object: prod/shop, allowed: false}
- {subject: ada, action: sync, resource: applications, object: pay/shop, allowed: true}
- {subject: ops, action: get, resource: clusters, object: 'https://a', allowed: true}
- {subject: eve, groups: ['acme:ci'], action: sync, resource: applications, object: web/shop, allowed: true}
";

fn check(flags: &str) -> Run {
    Sandbox::new()
        .with("rbac.yaml", RBAC)
        .with("e.yaml", EXPECTATIONS)
        .command(&format!("check -f rbac.yaml {flags}"))
        .run()
}

#[test]
fn a_line_is_covered_if_an_expectation_comes_out_otherwise_without_it() {
    assert_data_eq!(
        check("--expect e.yaml --coverage").snapshot(),
        str![[r#"
---- stdout
SUBJECT   ACTION   RESOURCE       OBJECT      WANT   GOT   DECIDED BY
ada       sync     applications   prod/shop   no     no    rbac.yaml:9:5: p, role:dev, applications, sync, prod/*, deny
ada       sync     applications   pay/shop    yes    yes   rbac.yaml:10:5: p, role:dev, applications, sync, */*, allow
ops       get      clusters       https://a   yes    yes   rbac.yaml:14:5: p, ops, clusters, get, *, allow
eve       sync     applications   web/shop    yes    yes   rbac.yaml:26:7: p, proj:web:ci, applications, sync, web/*, allow

PART             LINES   COVERED   PERCENT
policy.csv       5       3         60
policy.ops.csv   3       0         0
proj:web:ci      3       2         66
all              11      5         45

NOT COVERED      PART             LINE
rbac.yaml:8:5    policy.csv       p, role:dev, applications, sync, dev/*, allow
rbac.yaml:12:5   policy.csv       g, bob, role:dev
rbac.yaml:14:5   policy.ops.csv   p, ops, clusters, get, *, allow
rbac.yaml:15:5   policy.ops.csv   p, ops, clusters, get, https://*, allow
rbac.yaml:16:5   policy.ops.csv   p, nobody, logs, get, */*, allow
rbac.yaml:27:7   proj:web:ci      p, proj:web:ci, applications, delete, web/*, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
note: 4 checks passed on the state as read
note: expectations cover 5 of 11 policy lines (45 %)
---- exit code 0

"#]]
    );
}

#[test]
fn lcov_has_the_lines_of_the_file() {
    assert_data_eq!(
        check("--expect e.yaml -o lcov").snapshot(),
        str![[r#"
---- stdout
TN:expectations
SF:rbac.yaml
DA:8,0
DA:9,1
DA:10,1
DA:11,1
DA:12,0
DA:14,0
DA:15,0
DA:16,0
DA:26,1
DA:27,0
DA:28,1
LF:11
LH:5
end_of_record
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
note: 4 checks passed on the state as read
note: expectations cover 5 of 11 policy lines (45 %)
---- exit code 0

"#]]
    );
}

#[test]
fn json_and_markdown_have_it_too() {
    let json = check("--expect e.yaml --coverage -o json").stdout_of(0);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let coverage = &report["coverage"];
    assert_eq!(coverage["lines"], 11);
    assert_eq!(coverage["covered"], 5);
    assert_eq!(coverage["parts"][2]["part"], "proj:web:ci");
    assert_eq!(coverage["all"][1]["line"], 9);
    // Without the option the report is what it was.
    let json = check("--expect e.yaml -o json").stdout_of(0);
    assert!(!json.contains("coverage"));
    let markdown = check("--expect e.yaml --coverage -o markdown").stdout_of(0);
    assert!(markdown.contains("| all | 11 | 5 | 45 |"), "{markdown}");
}

#[test]
fn a_gate_wants_a_share() {
    assert_eq!(check("--expect e.yaml --coverage-min 45").code, 0);
    let run = check("--expect e.yaml --coverage-min 46 -q");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("less than 46 %"), "{}", run.stderr);
    check("--expect e.yaml --coverage-min 101").refused(2, "101");
    check("--coverage").refused(2, "--expect");
    check("-o lcov").refused(2, "coverage is that of expectations");
}
