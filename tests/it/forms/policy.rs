//! Questions to the policy that Helm values or an ArgoCD resource hold.

use crate::common::Sandbox;

const VALUES: &str = "\
cd:
  configs:
    rbac:
      policy.default: role:readonly
      policy.matchMode: glob
      policy.csv: |
        # people
        p, role:dev, applications, sync, dev/*, allow
      policy.more.csv: \"g, alice, role:dev\\n\"
";
const ARGOCD: &str = "\
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata: {name: cd}
spec:
  rbac:
    defaultPolicy: role:readonly
    policy: |
      p, bob, applications, sync, */*, allow
";
const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data:
  policy.csv: p, nobody, applications, sync, */*, allow
  policy.octopus.csv: p, octopus, applications, sync, */*, allow
";

fn can(question: &str, options: &str, input: &str) -> (u8, String) {
    let line = format!("can {question} -f - --explain {options}");
    let run = Sandbox::new().command(&line).stdin(input).run();
    (run.code, run.stdout + &run.stderr)
}

#[test]
fn helm_values_answer_with_their_lines() {
    let (code, said) = can("alice sync app dev/x", "--values-root cd", VALUES);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("<stdin>:8:9: p, role:dev"), "{said}");
    assert!(said.contains("<stdin>:9:25: g, alice, role:dev"), "{said}");
    let (code, said) = can("carol get app x/y", "--form helm --values-root cd", VALUES);
    assert_eq!(code, 0, "{said}");
    let (code, said) = can("carol get app x/y", "--form helm", "a: 1\n");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("there is no policy in the input"), "{said}");
}

#[test]
fn an_argocd_answers_with_what_the_operator_makes_of_it() {
    let (code, said) = can("bob sync app a/b", "", ARGOCD);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("<stdin>:8:7: p, bob"), "{said}");
    let both = format!("{ARGOCD}---\n{RBAC}");
    let (code, said) = can("octopus sync app a/b", "--form operator", &both);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("<stdin>:15:23: p, octopus"), "{said}");
    // The operator writes policy.csv from the resource.
    let (code, said) = can("nobody sync app a/b", "--form operator", &both);
    assert_eq!(code, 1, "{said}");
    // Where both are in the input the ConfigMap is what is live.
    let (code, said) = can("nobody sync app a/b", "", &both);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn check_and_diff_prove_the_change_of_values_and_of_an_argocd() {
    for (options, input) in [("--values-root cd", VALUES), ("", ARGOCD)] {
        let input = input.replace("role:readonly", "''");
        let line = format!("check -f - {options} --after-change");
        let run = Sandbox::new().command(&line).stdin(&input).run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let line = format!("diff -f - {options} --color never");
        let run = Sandbox::new().command(&line).stdin(&input).run();
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("Permissions\n"), "{}", run.stdout);
        let line = format!("render -q -f - {options} --fail-on-collateral");
        let run = Sandbox::new().command(&line).stdin(&input).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}
