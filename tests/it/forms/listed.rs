//! ConfigMaps whose keys are in lists: JSON operations, and literals of a generator.

use serde_json::Value;

use super::RULES;
use super::kustomize::{BASES, base, build, only_added};
use crate::common::{Sandbox, real};

/// Both ConfigMaps, one changed by operations and one by a generator.
const BOTH: &str = "\
resources: [base.yaml]
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator:
- name: argocd-rbac-cm
  behavior: merge
  literals:
  - policy.default=\"role:none\" # nobody
  - |
    policy.team.csv=p, role:team, applications, get, web/*, allow
    g, team, role:team
patches:
- target: {kind: ConfigMap, name: argocd-cm}
  patch: |
    # ours
    - op: add
      path: /data/url
      value: https://argo.example.com

namespace: argocd # last
";

/// Edits in place, and takes it out again; what was between, for the files in `names`.
fn edited(sandbox: &Sandbox, input: &str, names: &[&str]) -> Vec<String> {
    let read = || -> Vec<String> { names.iter().map(|name| sandbox.read(name)).collect() };
    let run = |more: &str| {
        let run = sandbox
            .command(&format!("render --in-place -q {input} {more}"))
            .run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        read()
    };
    let before = read();
    let after = run("");
    assert_ne!(before, after);
    assert_eq!(run(""), after, "twice is once");
    assert_eq!(run("--absent"), before);
    run("")
}

#[test]
fn operations_and_literals_are_edited_in_place() {
    let sandbox = Sandbox::new()
        .with("overlay/kustomization.yaml", BOTH)
        .with("overlay/base.yaml", base(BASES[2]));
    let after = edited(
        &sandbox,
        "-f overlay/kustomization.yaml",
        &["overlay/kustomization.yaml"],
    );
    only_added(BOTH, &after[0]);
    if real::find("kubectl").is_some() {
        let [cm, rbac] = build(&sandbox);
        assert_eq!(cm["accounts.octopus"], "apiKey");
        assert_eq!(cm["accounts.octopus.enabled"], "true");
        assert_eq!(cm["url"], "https://argo.example.com");
        assert_eq!(rbac["policy.octopus.csv"], RULES);
        assert_eq!(rbac["policy.default"], "role:none");
    }
    let diff = sandbox
        .command("diff -q --absent -f overlay/kustomization.yaml")
        .run();
    assert_eq!(diff.code, 1, "{}", diff.stderr);
    assert!(
        diff.stdout.contains("\n-  path: /data/accounts.octopus\n"),
        "{}",
        diff.stdout
    );
}

#[test]
fn what_operations_and_literals_say_counts() {
    let sandbox = Sandbox::new().with("kustomization.yaml", BOTH);
    let run = sandbox
        .command("can role:team get applications web/shop --explain -f kustomization.yaml")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("kustomization.yaml:9:21: p, role:team"),
        "{}",
        run.stdout
    );
    let wrong = BOTH
        .replace("/data/url", "/data/accounts.bob")
        .replace("g, team", "g, team, role:a, x, y");
    let sandbox = Sandbox::new().with("kustomization.yaml", wrong);
    let run = sandbox.command("lint -f kustomization.yaml").run();
    assert!(
        run.stdout.contains("kustomization.yaml:17:14"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("kustomization.yaml:10:"),
        "{}",
        run.stdout
    );
    let fixed = sandbox
        .command("lint --fix=unsafe -f kustomization.yaml")
        .run();
    assert!(!fixed.stderr.contains("fixed"), "{}", fixed.stderr);
}

/// A later patch wins, and one operation may do away with everything.
#[test]
fn operations_are_laid_over_generators_in_kustomizes_order() {
    let text = "\
patches:
- target: {kind: ConfigMap, name: argocd-rbac-cm}
  patch: |-
    - op: remove
      path: /data/policy.csv
    - op: test
      path: /data/policy.a~1b.csv
      value: p, bob, applications, delete, */*, allow
    - op: add
      path: /data/policy.a~1b.csv
      value: p, bob, applications, sync, */*, allow
configMapGenerator:
- name: argocd-rbac-cm
  literals:
  - policy.csv=p, bob, applications, get, */*, allow
  - policy.default=role:readonly
";
    let ask = |text: &str, action: &str| {
        let sandbox = Sandbox::new().with("kustomization.yaml", text);
        let line = format!("can bob {action} applications a/b -f kustomization.yaml");
        sandbox.command(&line).run().stdout
    };
    let answers = |text: &str| ["sync", "get", "delete"].map(|action| ask(text, action));
    assert_eq!(answers(text), ["yes\n", "yes\n", "no\n"]);
    let none = text.replace("role:readonly", "");
    assert_eq!(answers(&none), ["yes\n", "no\n", "no\n"]);
    let whole = none.replace(
        "op: remove\n      path: /data/policy.csv",
        "op: replace\n      path: /data\n      value: {}",
    );
    assert_eq!(answers(&whole), ["yes\n", "no\n", "no\n"]);
}

#[test]
fn files_of_operations_are_edited_in_place() {
    let kustomization = "patches:\n- {path: ./p.json, target: {name: argocd-cm}}\npatchesJson6902:\n- {path: q.yaml, target: {name: argocd-rbac-cm}}\n";
    let json = "[\n  {\"op\": \"add\", \"path\": \"/data/url\", \"value\": \"x\"}\n]\n";
    let yaml = "# ours\n- {op: add, path: /metadata/labels, value: {a: b}}\n";
    let sandbox = Sandbox::new()
        .with("k/kustomization.yaml", kustomization)
        .with("k/p.json", json)
        .with("k/q.yaml", yaml);
    let after = edited(
        &sandbox,
        "-f k",
        &["k/p.json", "k/q.yaml", "k/kustomization.yaml"],
    );
    let operations: Value = serde_json::from_str(&after[0]).unwrap();
    assert_eq!(operations[1]["path"], "/data/accounts.octopus");
    assert_eq!(operations[2]["value"], "true");
    only_added(yaml, &after[1]);
    assert!(after[1].contains("- op: add\n  path: /data/policy.octopus.csv\n  value: |\n"));
    let run = sandbox.command("render -f k").run();
    assert!(
        !run.stderr.contains("operations on keys of `data` fail"),
        "{}",
        run.stderr
    );
    let run = Sandbox::new()
        .with("k/kustomization.yaml", kustomization)
        .with("k/q.yaml", yaml)
        .command("render -f k")
        .run();
    assert!(
        run.stderr.contains("operations on keys of `data` fail"),
        "{}",
        run.stderr
    );
    // Alone, a file tells by its paths what it is of.
    let alone = yaml
        .replace("/metadata/labels", "/data/accounts.ci")
        .replace("{a: b}", "apiKey");
    let sandbox = Sandbox::new().with("q.yaml", alone);
    edited(&sandbox, "-f q.yaml", &["q.yaml"]);
}

#[test]
fn a_patch_between_quotes_is_edited_where_the_change_fits() {
    let text = "patches:\n- target: {name: argocd-rbac-cm}\n  patch: '[{\"op\": \"add\", \"path\": \"/data/a\", \"value\": \"b\"}]' # why\n";
    let sandbox = Sandbox::new().with("kustomization.yaml", text);
    let after = edited(&sandbox, "-f kustomization.yaml", &["kustomization.yaml"]);
    assert!(after[0].ends_with("allow\\n\"}]' # why\n"), "{}", after[0]);
    let folded = text.replace("'[", ">-\n    [").replace("]' # why", "]");
    for (text, said) in [
        (
            text.replace("\"b\"", "\"it''s\""),
            "this patch of argocd-rbac-cm is not written as it is read",
        ),
        (
            folded,
            "this patch of argocd-rbac-cm is not written as it is read",
        ),
        (
            text.replace('"', "")
                .replace("'[", "\"[")
                .replace("]'", "]\""),
            "does not fit between its quotes",
        ),
    ] {
        let sandbox = Sandbox::new().with("kustomization.yaml", text);
        let run = sandbox
            .command("render -f kustomization.yaml --in-place")
            .run();
        run.refused(3, said);
    }
}

#[test]
fn a_literal_keeps_its_quotes_and_a_shared_policy_its_key() {
    let text = "configMapGenerator:\n- name: argocd-cm\n  literals:\n  - 'accounts.octopus=\"login\"'\n- name: argocd-rbac-cm\n  literals:\n  - |\n    policy.csv=g, a, role:admin\n";
    let run = Sandbox::new()
        .with("kustomization.yaml", text)
        .command("render -q -f kustomization.yaml --policy-key policy.csv")
        .run();
    let wanted = text.replace(
        "\"login\"'",
        "\"login,apiKey\"'\n  - accounts.octopus.enabled=true",
    );
    let rules: String = RULES.lines().map(|line| format!("    {line}\n")).collect();
    assert_eq!(run.stdout, format!("{wanted}{rules}"), "{}", run.stderr);
}

/// What follows a block would give it the line break that it does not have.
#[test]
fn a_block_that_the_text_ends_is_edited_only_where_no_line_break_counts() {
    let text = "configMapGenerator:\n- name: argocd-cm\n  literals:\n  - |\n    a=b\n    c";
    let sandbox = Sandbox::new().with("k.yaml", text);
    let run = sandbox.command("render -f k.yaml").run();
    run.refused(
        3,
        "k.yaml:4:5: the last string of this list does not end with a line break",
    );
    let sandbox = Sandbox::new().with("k.yaml", text.replace('|', "|-"));
    edited(&sandbox, "-f k.yaml", &["k.yaml"]);
}

#[test]
fn a_generator_that_is_only_a_name_keeps_its_line() {
    let text = "configMapGenerator:\n- name: argocd-cm\n- name: argocd-rbac-cm # ours";
    let sandbox = Sandbox::new().with("k.yaml", text);
    let after = edited(&sandbox, "-f k.yaml", &["k.yaml"]);
    only_added(text, &after[0]);
}

#[test]
fn what_would_hide_the_change_or_is_unknown_is_refused() {
    let operations = |text: &str| {
        format!(
            "patches:\n- target: {{kind: ConfigMap, name: argocd-cm}}\n  patch: |-\n    {text}\n"
        )
    };
    let add = "- {op: add, path: /data/accounts.octopus, value: apiKey}";
    let cm = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n";
    let generator = |text: &str| format!("configMapGenerator:\n- name: argocd-rbac-cm\n  {text}\n");
    for (text, more, said) in [
        (
            operations("- {op: copy, path: /data/accounts.octopus, from: /data/url}"),
            "",
            "an operation on `data` that is not `add`, `replace`, `remove` or `test`",
        ),
        (
            operations(&format!("{add}\n    {add}")),
            "--absent",
            "`accounts.octopus` is set twice in this list",
        ),
        (
            operations(add),
            "--absent",
            "nothing would be left of this list",
        ),
        (
            format!("{}---\n{cm}", operations(add)),
            "",
            "`accounts.octopus` is set here and in the argocd-cm at k.yaml:",
        ),
        (
            generator("files: [x/policy.octopus.csv]"),
            "",
            "the generator takes `policy.octopus.csv` from the file x/policy.octopus.csv",
        ),
        (
            generator("literals: [a=1, a=2]"),
            "",
            "k.yaml:3:21: duplicate key `a`",
        ),
        (
            "- {op: add, path: /data/url, value: x}\n".to_owned(),
            "",
            "k.yaml is a list of JSON operations",
        ),
    ] {
        let sandbox = Sandbox::new().with("k.yaml", &text);
        let run = sandbox.command(&format!("render -f k.yaml {more}")).run();
        run.refused(3, said);
    }
    let run = Sandbox::new()
        .with("k.yaml", generator("files: [policy.csv]\n  envs: [a.env]"))
        .with("policy.csv", "p, bob, applications, get, */*, allow\n")
        .command("can bob get applications a/b -f k.yaml,policy.csv")
        .run();
    assert_eq!(run.stdout, "yes\n");
    assert!(
        run.stderr
            .contains("not read: k.yaml:2:3: a.env, for argocd-rbac-cm"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("policy.csv, for"), "{}", run.stderr);
}

#[test]
fn a_list_that_ends_the_file_and_a_key_of_another_that_is_set_twice() {
    let text = "\
patches:
- target: {kind: ConfigMap, name: argocd-cm}
  patch: |-
    - {op: add, path: /data/url, value: a}
    - {op: replace, path: /data/url, value: b}
configMapGenerator:
- name: argocd-rbac-cm
  behavior: merge
  literals:
  - |
    policy.team.csv=p, role:team, applications, get, web/*, allow
";
    let sandbox = Sandbox::new().with("kustomization.yaml", text);
    let after = edited(&sandbox, "-f kustomization.yaml", &["kustomization.yaml"]);
    only_added(text, &after[0]);
}
