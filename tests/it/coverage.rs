//! `check --coverage`: the lines of a policy that no expectation depends on.

use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::yaml::Stream;
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
ada       sync     applications   prod/shop   no     no    rbac.yaml:9:5
ada       sync     applications   pay/shop    yes    yes   rbac.yaml:10:5
ops       get      clusters       https://a   yes    yes   rbac.yaml:14:5
eve       sync     applications   web/shop    yes    yes   rbac.yaml:26:7

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
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: expectations cover 5 of 11 policy lines (45 %), less than 46 %

"#]]
    );
    check("--expect e.yaml --coverage-min 101").refused(2, "101");
    check("--coverage").refused(2, "--expect");
    check("-o lcov").refused(2, "there are no expectations");
}

/// Each line that the lcov file names is the policy line that its count is about.
#[test]
fn the_line_numbers_of_lcov_are_those_of_the_yaml() {
    let lcov = check("--expect e.yaml -o lcov -q").stdout_of(0);
    let json = check("--expect e.yaml --coverage -o json -q").stdout_of(0);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let lines: Vec<&str> = RBAC.lines().collect();
    let mut seen = 0;
    for record in lcov.lines().filter_map(|line| line.strip_prefix("DA:")) {
        let (number, count) = record.split_once(',').unwrap();
        let number: usize = number.parse().unwrap();
        let of_line = report["coverage"]["all"].as_array().unwrap().iter();
        let mut of_line = of_line.filter(|line| line["line"] == number);
        let line = of_line.next().unwrap();
        let said = line["text"].as_str().unwrap();
        let group = said.strip_prefix("g, acme:ci").is_some();
        assert!(
            group || lines[number - 1].contains(said),
            "{number}: {said}"
        );
        assert!(!group || lines[number - 1].contains("acme:ci"));
        assert_eq!(line["expectations"].to_string(), count);
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn proofs_cover_what_they_depend_on() {
    let expectations = "expectations:\n\
        - {subject: '*', action: get, resource: clusters, object: '*', allowed: false, except: [{subject: 'role:admin'}]}\n\
        - {subject: ada, action: sync, resource: applications, object: 'prod/*', allowed: false}\n\
        - {subject: '{ada,bob}', action: sync, resource: applications, object: 'pay/*', allowed: true}\n";
    let run = Sandbox::new()
        .with("rbac.yaml", RBAC)
        .with("e.yaml", expectations)
        .command("check -q -f rbac.yaml --expect e.yaml --coverage -o markdown")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
| SUBJECT | ACTION | RESOURCE | OBJECT | WANT | GOT | DECIDED BY |
| --- | --- | --- | --- | --- | --- | --- |
| /* | get | clusters | /* | no | yes | ops may get clusters some-app: rbac.yaml:14:5: p, ops, clusters, get, /*, allow |
| ada | sync | applications | prod//* | no | no | proved for every request that matches |
| {ada,bob} | sync | applications | pay//* | yes | yes | proved for every request that matches, of 2 subjects |

| PART | LINES | COVERED | PERCENT |
| --- | --- | --- | --- |
| policy.csv | 5 | 4 | 80 |
| policy.ops.csv | 3 | 0 | 0 |
| proj:web:ci | 3 | 0 | 0 |
| all | 11 | 4 | 36 |

| NOT COVERED | PART | LINE |
| --- | --- | --- |
| rbac.yaml:8:5 | policy.csv | p, role:dev, applications, sync, dev//*, allow |
| rbac.yaml:14:5 | policy.ops.csv | p, ops, clusters, get, /*, allow |
| rbac.yaml:15:5 | policy.ops.csv | p, ops, clusters, get, https:///*, allow |
| rbac.yaml:16:5 | policy.ops.csv | p, nobody, logs, get, /*//*, allow |
| rbac.yaml:26:7 | proj:web:ci | p, proj:web:ci, applications, sync, web//*, allow |
| rbac.yaml:27:7 | proj:web:ci | p, proj:web:ci, applications, delete, web//*, allow |
| rbac.yaml:28:14 | proj:web:ci | g, acme:ci, proj:web:ci |
---- stderr
warning: 1 of 3 checks failed on the state as read
---- exit code 1

"#]]
    );
}

fn written(policy: &str, flags: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new().with("rbac.yaml", policy);
    let run = sandbox
        .command(&format!(
            "check -f rbac.yaml --use-builtin-policy=false --write-expectations new.yaml {flags}"
        ))
        .run();
    (sandbox, run)
}

#[test]
fn a_set_is_written_from_the_present_state() {
    let (sandbox, run) = written(RBAC, "--coverage");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout

PART             LINES   COVERED   PERCENT
policy.csv       5       4         80
policy.ops.csv   3       2         66
proj:web:ci      3       3         100
all              11      9         81

NOT COVERED      PART             LINE
rbac.yaml:8:5    policy.csv       p, role:dev, applications, sync, dev/*, allow
rbac.yaml:15:5   policy.ops.csv   p, ops, clusters, get, https://*, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
note: 17 expectations about 7 subjects written to new.yaml; they hold on the state as read
note: expectations cover 9 of 11 policy lines (81 %)
---- exit code 0

"#]]
    );
    assert_data_eq!(
        sandbox.read("new.yaml"),
        str![[r#"
# yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-octopus-argo/kubectl-octopus-argo/main/docs/expectations.schema.json
# What the policy allows, and nothing else. Edit it freely: `check --expect` reads it.
expectations:
  - {subject: acme:ci, action: get, resource: projects, object: web, allowed: true}
  - {subject: acme:ci, action: '{rollback,sync,delete}', resource: applications, object: web/*, allowed: true}
  - {subject: acme:ci, action: '*', resource: '*', object: '*', allowed: false, except: [
      {action: delete, resource: applications, object: web/*},
      {action: get, resource: projects, object: web},
      {action: rollback, resource: applications, object: web/*},
      {action: sync, resource: applications, object: web/*}]}
  - {subject: '{ada,bob,role:dev}', action: '{rollback,sync}', resource: applications, object: dev/*, allowed: true}
  - {subject: '{ada,bob,role:dev}', action: rollback, resource: applications, object: '*/*', allowed: true, except: [
      {action: rollback, resource: applications, object: prod/*}]}
  - {subject: '{ada,bob,role:dev}', action: sync, resource: applications, object: '*/*', allowed: true, except: [
      {action: sync, resource: applications, object: prod/*}]}
  - {subject: '{ada,bob,role:dev}', action: sync, resource: applications, object: prod/*, allowed: false}
  - {subject: '{ada,bob,role:dev}', action: '*', resource: '*', object: '*', allowed: false, except: [
      {action: rollback, resource: applications, object: '*/*'},
      {action: rollback, resource: applications, object: dev/*},
      {action: sync, resource: applications, object: '*/*'},
      {action: sync, resource: applications, object: dev/*}]}
  - {subject: nobody, action: get, resource: logs, object: '*/*', allowed: true}
  - {subject: nobody, action: '*', resource: '*', object: '*', allowed: false, except: [
      {action: get, resource: logs, object: '*/*'}]}
  - {subject: ops, action: get, resource: clusters, object: '*', allowed: true}
  - {subject: ops, action: get, resource: clusters, object: https://*, allowed: true}
  - {subject: ops, action: '*', resource: '*', object: '*', allowed: false, except: [
      {action: get, resource: clusters},
      {action: get, resource: clusters, object: https://*}]}
  - {subject: proj:web:ci, action: get, resource: projects, object: web, allowed: true}
  - {subject: proj:web:ci, action: '{rollback,sync,delete}', resource: applications, object: web/*, allowed: true}
  - {subject: proj:web:ci, action: '*', resource: '*', object: '*', allowed: false, except: [
      {action: delete, resource: applications, object: web/*},
      {action: get, resource: projects, object: web},
      {action: rollback, resource: applications, object: web/*},
      {action: sync, resource: applications, object: web/*}]}
  - {subject: '*', action: '*', resource: '*', object: '*', allowed: false, except: [
      {subject: [ada, bob, role:dev, ops, nobody, acme:ci, proj:web:ci], inherited: false}]}

"#]]
    );
    let passes = "check -q -f rbac.yaml --use-builtin-policy=false --expect new.yaml";
    assert_eq!(sandbox.command(passes).run().code, 0);
    // One that is there stays.
    let again = sandbox
        .command("check -f rbac.yaml --write-expectations new.yaml")
        .run();
    again.refused(2, "new.yaml exists");
}

#[test]
fn what_is_written_fails_on_another_state() {
    let (sandbox, _) = written(RBAC, "-q");
    let expectations = sandbox.read("new.yaml");
    for (old, new) in [
        ("    g, bob, role:dev\n", ""),
        (
            "role:dev, applications, sync, prod/*, deny",
            "role:dev, applications, sync, prod/a, deny",
        ),
        ("ops, clusters, get, *, allow", "ops, clusters, *, *, allow"),
        ("g, ada, role:dev", "g, mallory, role:dev"),
        (
            "applications, delete, web/*, allow",
            "applications, delete, web/*, deny",
        ),
        ("\ndata:\n", "\ndata:\n  policy.default: role:dev\n"),
    ] {
        let policy = RBAC.replacen(old, new, 1);
        assert_ne!(policy, RBAC);
        let run = Sandbox::new()
            .with("other.yaml", policy)
            .with("new.yaml", &expectations)
            .command("check -q -f other.yaml --use-builtin-policy=false --expect new.yaml")
            .run();
        assert_eq!(run.code, 1, "{old}: {}", run.stdout);
    }
}

#[test]
fn a_set_for_stdout_stays_alone() {
    let sandbox = Sandbox::new().with("rbac.yaml", RBAC);
    let both = "check -f rbac.yaml --write-expectations - --coverage";
    sandbox.command(both).run().refused(2, "both for stdout");
    let run = sandbox
        .command("check -q -f rbac.yaml --write-expectations -")
        .run();
    assert!(run.stdout_of(0).starts_with("# yaml-language-server"));
    let both = "check -f rbac.yaml --expect a.yaml --write-expectations b.yaml";
    sandbox
        .command(both)
        .run()
        .refused(2, "cannot be used with");
}

#[test]
fn the_coverage_of_a_written_set_is_the_same_document_in_json_and_in_yaml() {
    let parsed = |format: &str| {
        let (_, run) = written(RBAC, &format!("--coverage -o {format}"));
        let text = run.stdout_of(0);
        let stream = Stream::parse(Source::new("stdout", text.as_str())).unwrap();
        let document = &stream.documents()[0];
        (text, document.to_json(document.root().unwrap()).unwrap())
    };
    let ((_, json), (text, yaml)) = (parsed("json"), parsed("yaml"));
    assert_eq!(json["schema"], "coverage/v1");
    assert_eq!(json, yaml);
    assert!(text.starts_with("schema: coverage/v1\n"), "{text}");
}
